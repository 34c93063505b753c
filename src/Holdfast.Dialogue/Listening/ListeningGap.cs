using Holdfast.Speech;

namespace Holdfast.Dialogue;

/// <summary>
/// A time in which a person could not be heard because the connection was away: what arrived before and after it, how long it was in their own time, and which
/// recordings of it are wanted.
/// </summary>
/// <remarks>
/// That something is missing the sound itself tells; that the connection was away is told by another thread, perhaps when there is sound again. So what lies
/// around the last place where something is missing is always kept.
/// </remarks>
internal sealed class ListeningGap
{
    /// <summary>How long a turn waits, after a resume, for what the page recorded.</summary>
    public static readonly TimeSpan LongestForRecording = TimeSpan.FromSeconds(4);

    /// <summary>An outage may be known so much later than what comes from behind it, in samples: 2 s.</summary>
    public const int KnownLate = 2 * HearingFormat.SampleRate;

    /// <summary>On a line that loses something again so soon, no outage is looked for each time, in samples: 250 ms.</summary>
    private const long TooSoon = HearingFormat.SampleRate / 4;

    /// <summary>Recordings of one session that are known by their names; a page sends one for each gap.</summary>
    private const int KeysKept = 16;

    private readonly Hearing _hearing;
    private readonly Queue<string> _keys = new();
    private SpeechSound _head = new(HearingFormat.SampleRate);
    private short[] _tail = [];
    private (short[] Sound, int Since) _lastVoice = ([], 0);
    private int? _length;
    private long _cutAt;
    private long _backAt;
    private bool _isWanted;
    private bool _hasOlder;
    private bool _isKnownLate;
    private bool _heardSinceOpen;

    public ListeningGap(Hearing hearing) => _hearing = hearing;

    /// <summary>Whether the connection is away now.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>How much was heard since something was missing, in samples.</summary>
    public long Since { get; private set; } = long.MaxValue;

    /// <summary>The connection is lost.</summary>
    /// <param name="recent">What arrived last.</param>
    /// <param name="heardAt">When.</param>
    /// <returns>Whether it was there until now.</returns>
    public bool Open(RecentSound recent, long heardAt)
    {
        if (IsOpen)
        {
            return false;
        }

        // Where the page had no time to send what it recorded, it goes on with it: one recording has both gaps.
        (IsOpen, _hasOlder) = (true, _isWanted && _hearing.Time.GetElapsedTime(_backAt) <= LongestForRecording);
        (_isKnownLate, _heardSinceOpen) = (!_hasOlder && Since < KnownLate, false);
        if (!_hasOlder)
        {
            _cutAt = heardAt;
            if (!_isKnownLate)
            {
                Keep(recent, length: null);
            }
        }

        return true;
    }

    /// <summary>The connection is back.</summary>
    /// <returns>Whether it was away.</returns>
    public bool Close(long now)
    {
        if (!IsOpen)
        {
            return false;
        }

        (IsOpen, _backAt, _isWanted) = (false, now, true);
        return true;
    }

    /// <summary>Something is missing between what arrived and what comes next.</summary>
    public void OnMissing(RecentSound recent, int? samples)
    {
        _isKnownLate = false;
        if (IsOpen ? !_hasOlder : !_isWanted)
        {
            if (IsOpen || Since > TooSoon)
            {
                Keep(recent, samples);
            }
        }
        else
        {
            // A second one before the first was filled: from the first to the last there are pieces that arrived.
            (_length, _head) = (null, new SpeechSound(HearingFormat.SampleRate));
        }

        Since = 0;
    }

    /// <summary>What arrives; of what comes after a gap the first second is kept.</summary>
    public void Append(ReadOnlySpan<short> frame)
    {
        _heardSinceOpen = true;
        if (!_head.IsFull)
        {
            _head.Append(frame);
        }

        Since = Since == long.MaxValue ? Since : Since + frame.Length;
    }

    /// <summary>
    /// Whether a recording has something that did not arrive, as far as can be known without hearing it: there was a gap, and this is the first recording
    /// of it. What a page recorded because it alone was cut off arrived long ago.
    /// </summary>
    /// <param name="beganAt">When it began, where that is known.</param>
    /// <param name="key">The page's name for it: sent again, it has nothing new.</param>
    public bool Wants(long? beganAt, string? key)
    {
        if ((!IsOpen && (!_isWanted || beganAt > _backAt)) || (key is not null && _keys.Contains(key, StringComparer.Ordinal)))
        {
            return false;
        }

        if (key is not null)
        {
            _keys.Enqueue(key);
            if (_keys.Count > KeysKept)
            {
                _keys.Dequeue();
            }
        }

        _isWanted = IsOpen;
        return true;
    }

    /// <summary>Finds in a recording what is missing in a speech.</summary>
    /// <param name="speech">What arrived of it; nothing of it is kept.</param>
    /// <param name="recording">16 kHz mono.</param>
    /// <param name="beganAt">When it began, where that is known.</param>
    public Task<FoundSound[]> FindAsync(PersonSpeech speech, short[] recording, long? beganAt)
    {
        var expected = ExpectedStart(beganAt);
        var (sound, holes, from) = (speech.Sound.Span.ToArray(), speech.Sound.Holes.ToArray(), speech.WaitsFrom);
        return _hearing.RunAsync(() => SoundJoin.Lay(sound, holes, recording, from, expected)
            .Select(laid => Found(laid.Hole.Id, recording[laid.Start..laid.End])).ToArray());
    }

    /// <summary>Finds in a recording what did not arrive, where the person was saying nothing when the connection was lost.</summary>
    /// <param name="recent">What arrived last.</param>
    /// <param name="recording">16 kHz mono.</param>
    /// <param name="beganAt">When it began, where that is known.</param>
    public Task<FoundSound> FindAsync(RecentSound recent, short[] recording, long? beganAt)
    {
        if (_isKnownLate && !_heardSinceOpen)
        {
            Keep(recent, length: null);
        }

        var expected = ExpectedStart(beganAt);
        var (tail, head, length) = (_tail, _head.Span.ToArray(), _length);
        var (lastVoice, since) = _lastVoice;
        (_tail, _lastVoice) = ([], ([], 0));
        return _hearing.RunAsync(() =>
        {
            var (start, end) = SoundJoin.Missing(tail, recording, head, expected, lastVoice, since, length);
            return Found(hole: 0, recording[start..end]);
        });
    }

    private int? ExpectedStart(long? beganAt) =>
        beganAt is { } began ? HearingFormat.SamplesOf(_hearing.Time.GetElapsedTime(began, _cutAt == 0 ? began : _cutAt)) : null;

    private void Keep(RecentSound recent, int? length)
    {
        (_tail, _lastVoice, _length, _head) = (recent.Last(int.MaxValue), (recent.LastVoice, recent.SinceVoice), length, new SpeechSound(HearingFormat.SampleRate));
    }

    private FoundSound Found(int hole, short[] sound)
    {
        using var activity = new VoiceActivity(_hearing.Model);
        var detector = new VoiceDetector(_hearing.Options.Threshold);
        var (last, hasBegun) = (0, false);
        for (var i = 0; i + HearingFormat.FrameSamples <= sound.Length; i += HearingFormat.FrameSamples)
        {
            hasBegun |= detector.Begins(activity.Next(sound.AsSpan(i, HearingFormat.FrameSamples)));
            last = detector.IsVoiced ? i + HearingFormat.FrameSamples : last;
        }

        return new FoundSound(hole, sound, hasBegun ? last : 0);
    }
}

/// <summary>What did not arrive and was found in a recording.</summary>
/// <param name="Hole">Where it belongs; 0 where it belongs to nothing that arrived.</param>
/// <param name="Sound">It: 16 kHz mono.</param>
/// <param name="Voiced">The end of the last voice in it; 0 where there is none.</param>
internal sealed record FoundSound(int Hole, short[] Sound, int Voiced);
