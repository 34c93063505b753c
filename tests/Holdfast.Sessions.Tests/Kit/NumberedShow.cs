using Holdfast.Media;

namespace Holdfast.Sessions.Tests.Kit;

/// <summary>
/// A show that says numbered words: each character of a text is a word, from 200 to 700 ms, with a pause after it. It can go
/// back, and notes what it handed out.
/// </summary>
/// <param name="observer">Is told what happens.</param>
/// <param name="clock">The media clock.</param>
/// <param name="asksUntilBack">How often it must be asked, 20 ms each, until what it put aside is there.</param>
internal sealed class NumberedShow(IShowObserver observer, Func<long>? clock = null, int asksUntilBack = 0) : IResumableShow
{
    private const int MaxBack = 60;

    // 500 Hz: ten whole waves in 20 ms.
    private static readonly short[] Tone =
        [.. Enumerable.Range(0, SoundFormat.SamplesPerFrame).Select(i => (short)(8_000 * Math.Sin(2 * Math.PI * 500 * i / 48_000)))];

    private readonly List<Frame> _frames = [];
    private int _next;
    private int _end = int.MaxValue;
    private int _told;
    private int _released;
    private string? _ending;
    private int _endsIn;
    private bool _isAside;
    private int _asked;
    private (RewindPoint Point, int Repeated)? _continued;

    /// <summary>The place of each 20 ms that was asked for, in order; 0 where there was no speech.</summary>
    public List<long> HandedOut { get; } = [];

    /// <summary>The place by the tick at which it was asked for, where there is a clock.</summary>
    public Dictionary<long, long> PlaceAt { get; } = [];

    /// <summary>How often it was told to put aside what it has.</summary>
    public int TimesAside { get; private set; }

    /// <summary>How often it was asked to draw while it had not got back what it put aside.</summary>
    public int DrawnWhileAside { get; private set; }

    /// <summary>20 ms of the first utterance that were heard of another show, and are not said by this one.</summary>
    public int Before { get; private set; }

    /// <summary>How often it was asked to draw.</summary>
    public int Drawn { get; private set; }

    /// <summary>20 ms of speech there are, pauses included.</summary>
    public long Places => _frames.Count;

    /// <summary>So many 20 ms of silence after its last sound it tells that an utterance is over.</summary>
    public int EndsLateBy { get; set; }

    /// <summary>The furthest place that was handed out.</summary>
    public long Furthest => _told;

    public VideoFormat VideoFormat => new(64, 64, 25);

    public EncodedLoop? IdleLoop => null;

    public bool IsIdle => false;

    public long Place { get; private set; }

    /// <summary>Its words so far: utterance and number, and the first and last place that sounds.</summary>
    public IEnumerable<(string Name, long First, long Last)> Words => _frames
        .Select((frame, index) => (Frame: frame, Place: index + 1L))
        .Where(static one => !one.Frame.IsSilent)
        .GroupBy(static one => (one.Frame.Utterance, one.Frame.Word))
        .Select(static word => ($"{word.Key.Utterance}.{word.Key.Word}", word.First().Place, word.Last().Place));

    public bool IsSilent(long place) => _frames[(int)place - 1].IsSilent;

    public bool IsIn(long place, string utteranceId) => string.Equals(_frames[(int)place - 1].Utterance, utteranceId, StringComparison.Ordinal);

    public bool ReadAudio(Span<short> pcm)
    {
        Place = 0;
        var sounds = false;
        if (!_isAside && _next < Math.Min(_frames.Count, _end))
        {
            var frame = _frames[_next++];
            Place = _next;
            sounds = !frame.IsSilent;
            Fill(pcm, frame);
            Tell(frame);
        }

        if (_ending is { } ending && Place == 0 && --_endsIn <= 0)
        {
            _ending = null;
            observer.UtteranceEnded(ending, UtteranceEnd.Finished);
        }

        HandedOut.Add(Place);
        if (clock is not null)
        {
            PlaceAt[clock()] = Place;
        }

        return sounds;
    }

    public void Draw(long frameIndex, I420Picture picture)
    {
        Drawn++;
        DrawnWhileAside += _isAside ? 1 : 0;
        picture.Data.Fill((byte)(frameIndex * 7));
    }

    /// <summary>The language of each text it was given.</summary>
    public List<string?> Languages { get; } = [];

    /// <summary>The trace of each text that it was given from its beginning.</summary>
    public List<System.Diagnostics.ActivityContext> Traces { get; } = [];

    public SayResult Say(Utterance utterance)
    {
        Languages.Add(utterance.Language);
        Traces.Add(utterance.Trace);
        _frames.AddRange(FramesOf(utterance));
        return SayResult.Accepted;
    }

    public SayResult Continue(Utterance utterance, SpeechMark mark) => Continue(utterance, mark, isExact: false);

    private SayResult Continue(Utterance utterance, SpeechMark mark, bool isExact)
    {
        Languages.Add(utterance.Language);
        var frames = FramesOf(utterance).ToList();
        var target = Math.Clamp(frames.FindIndex(frame => frame.Word == mark.Word) + (int)(mark.SinceWord / SoundFormat.FrameDuration), 0, frames.Count - 1);
        var start = target;
        while (!isExact && start > 0 && target - start < MaxBack && !(frames[start].IsSilent && start < target))
        {
            start--;
        }

        Before = start;
        _continued = (new RewindPoint(0, utterance.Id, SoundFormat.FrameDuration * start), target - start);
        _frames.AddRange(frames.Skip(start).Select((frame, i) => frame with { IsFirst = i == 0 }));
        return SayResult.Accepted;
    }

    /// <summary>What it was given of another show's making.</summary>
    public List<string> Given { get; } = [];

    public SayResult Continue(Utterance utterance, SpeechMark mark, ReadOnlyMemory<byte> made)
    {
        Given.Add(System.Text.Encoding.UTF8.GetString(made.Span));
        return Continue(utterance, mark, isExact: Given[^1].StartsWith(Exactly, StringComparison.Ordinal));
    }

    private const string Exactly = "exactly at ";

    public SpeechLeft? LeaveAfter(int least, int most)
    {
        var (from, utterance) = (_next, _next < _frames.Count ? _frames[_next].Utterance : "");
        for (_end = _next; _end < _frames.Count && _end - from < least && string.Equals(_frames[_end].Utterance, utterance, StringComparison.Ordinal); _end++)
        {
        }

        var finished = _end > from && (_end == _frames.Count || !string.Equals(_frames[_end].Utterance, utterance, StringComparison.Ordinal)) ? utterance : null;
        var mark = _end < _frames.Count && finished is null ? MarkOf(_end + 1) : null;
        return new SpeechLeft(mark, mark is null ? default(ReadOnlyMemory<byte>) : System.Text.Encoding.UTF8.GetBytes($"{Exactly}{mark}"), finished, _end - from);
    }

    public ReadOnlyMemory<byte> MadeFrom(long place) => System.Text.Encoding.UTF8.GetBytes($"{MarkOf(place)}");

    public SpeechMark? MarkOf(long place)
    {
        var index = place > 0 ? (int)place - 1 : _next;
        if (index >= _frames.Count || (_frames[index].Offset is var offset && offset == 0))
        {
            return null;
        }

        var frame = _frames[index];
        return new SpeechMark(frame.Utterance, SoundFormat.FrameDuration * offset, frame.Word, SoundFormat.FrameDuration * (offset - frame.WordOffset));
    }

    private static IEnumerable<Frame> FramesOf(Utterance utterance)
    {
        var offset = 0;
        for (var word = 0; word < utterance.Text.Length; word++)
        {
            var length = 10 + utterance.Text[word] * 7 % 26;
            var pause = word == utterance.Text.Length - 1 ? 0 : 5;
            var wordOffset = offset;
            for (var i = 0; i < length + pause; i++)
            {
                var isFirst = word == 0 && i == 0;
                var isLast = word == utterance.Text.Length - 1 && i == length - 1;
                yield return new Frame(utterance.Id, i >= length, isFirst, isLast, word, wordOffset, offset++);
            }
        }
    }

    public int Interrupt()
    {
        var stopped = _frames.Skip(_next).Select(frame => frame.Utterance).Distinct(StringComparer.Ordinal).ToArray();
        (_next, _told, _released) = (_frames.Count, _frames.Count, _frames.Count);
        foreach (var id in stopped)
        {
            observer.UtteranceEnded(id, UtteranceEnd.Interrupted);
        }

        return stopped.Length;
    }

    public void PutAside() => (_isAside, _asked, TimesAside) = (true, 0, TimesAside + 1);

    public bool TakeBack()
    {
        _isAside = _isAside && _asked++ < asksUntilBack;
        return !_isAside;
    }

    public void Release(long place)
    {
        MustBeHere();
        _released = Math.Max(_released, (int)Math.Min(place - MaxBack, _next));
    }

    public RewindPoint? Rewind(long place)
    {
        MustBeHere();
        var index = Math.Max((int)place - 1, _released);
        if (index >= _frames.Count || index > _told || (index == _told && _frames[index].IsFirst))
        {
            return null;
        }

        var start = index;
        while (start > _released && index - start < MaxBack && !_frames[start].IsFirst && !(_frames[start].IsSilent && start < index))
        {
            start--;
        }

        if (start > _next || start >= _told)
        {
            return null;
        }

        _next = start;
        var first = _frames.FindIndex(frame => string.Equals(frame.Utterance, _frames[start].Utterance, StringComparison.Ordinal));
        return new RewindPoint(start + 1, _frames[start].Utterance, SoundFormat.FrameDuration * (start - first));
    }

    public string? DropUtterance()
    {
        MustBeHere();
        if (_next == 0 || _next == _frames.Count || _frames[_next].IsFirst)
        {
            return null;
        }

        var id = _frames[_next].Utterance;
        while (_next < _frames.Count && string.Equals(_frames[_next].Utterance, id, StringComparison.Ordinal))
        {
            _next++;
        }

        (_told, _released) = (Math.Max(_told, _next), _next);
        observer.UtteranceEnded(id, UtteranceEnd.Dropped);
        return id;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void MustBeHere() => Assert.False(_isAside, "what is about the place is asked for only when it is back");

    private void Tell(Frame frame)
    {
        if (_next <= _told)
        {
            return;
        }

        _told = _next;
        if (frame.IsFirst)
        {
            observer.UtteranceStarted(frame.Utterance);
            if (_continued is { Point: var point, Repeated: var repeated } && string.Equals(point.UtteranceId, frame.Utterance, StringComparison.Ordinal))
            {
                observer.UtteranceResumed(frame.Utterance, point.Offset, SoundFormat.FrameDuration * repeated);
                _continued = null;
            }
        }

        if (frame.WordOffset == frame.Offset)
        {
            observer.WordReached(frame.Utterance, frame.Word, 1);
        }

        if (frame.IsLast && EndsLateBy > 0)
        {
            (_ending, _endsIn) = (frame.Utterance, EndsLateBy);
        }
        else if (frame.IsLast)
        {
            observer.UtteranceEnded(frame.Utterance, UtteranceEnd.Finished);
        }
    }

    private static void Fill(Span<short> pcm, Frame frame)
    {
        if (!frame.IsSilent)
        {
            Tone.CopyTo(pcm);
        }
    }

    private sealed record Frame(string Utterance, bool IsSilent, bool IsFirst, bool IsLast, int Word, int WordOffset, int Offset);
}

/// <summary>Makes numbered shows and remembers them.</summary>
internal sealed class NumberedShows : IShowFactory
{
    public List<NumberedShow> Made { get; } = [];

    /// <summary>How often each must be asked until what it put aside is there.</summary>
    public int AsksUntilBack { get; set; }

    /// <summary>The media clock of the house that they are made for.</summary>
    public Func<long> Clock { get; set; } = () => 0;

    public IReadOnlyList<ShowDescription> Shows { get; } =
        [new("numbers", new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = "Numbers" })];

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public IShow Create(string name, IShowObserver observer)
    {
        var show = new NumberedShow(observer, () => Clock(), AsksUntilBack);
        Made.Add(show);
        return show;
    }

    public ReadOnlyMemory<byte> Preview(string name) => default;

    /// <summary>Letters are of a language; digits are of none.</summary>
    public string? LanguageOf(string text) => text.Any(char.IsAsciiLetter) ? "und-Latn" : text.Any(char.IsLetter) ? "und-Hani" : null;
}
