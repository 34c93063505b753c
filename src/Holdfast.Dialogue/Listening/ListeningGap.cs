using Holdfast.Speech;

namespace Holdfast.Dialogue;

/// <summary>
/// A connection that was lost while somebody may have been speaking: what had arrived before, what came first when it was back, and what a page's
/// recording has of the time between.
/// </summary>
/// <remarks>Not thread-safe: it belongs to the listener's own order.</remarks>
internal sealed class ListeningGap
{
    /// <summary>Recordings of one session that are known by their names; a page sends one for each gap.</summary>
    private const int KeysKept = 16;

    /// <summary>How long a turn waits, after a resume, for what the page recorded.</summary>
    public static readonly TimeSpan LongestForRecording = TimeSpan.FromSeconds(4);

    private readonly Hearing _hearing;
    private readonly Queue<string> _keys = new();
    private short[] _tail = [];
    private (short[] Sound, int Since) _lastVoice = ([], 0);
    private long _cutAt;
    private bool _isWanted;
    private SpeechSound? _head;

    public ListeningGap(Hearing hearing) => _hearing = hearing;

    /// <summary>Whether the connection is away now.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>When it was back, a timestamp of the clock.</summary>
    public long BackAt { get; private set; }

    /// <param name="recent">What arrived last.</param>
    /// <param name="heardAt">When.</param>
    /// <returns>Whether it was there until now.</returns>
    public bool Open(RecentSound recent, long heardAt)
    {
        if (IsOpen)
        {
            return false;
        }

        // What arrives from now on comes from behind the gap, also before anybody knows that the connection is back.
        (IsOpen, _head) = (true, new SpeechSound(HearingFormat.SampleRate));
        if (!_isWanted || _hearing.Time.GetElapsedTime(BackAt) > LongestForRecording)
        {
            // Otherwise the page had no time to send what it recorded: it goes on with it, and one recording has both gaps.
            (_tail, _lastVoice, _cutAt) = (recent.Last(int.MaxValue), (recent.LastVoice, recent.SinceVoice), heardAt);
        }

        recent.Clear();
        return true;
    }

    /// <returns>Whether it was away.</returns>
    public bool Close(long now)
    {
        if (!IsOpen)
        {
            return false;
        }

        (IsOpen, BackAt, _isWanted) = (false, now, true);
        return true;
    }

    /// <summary>What arrives; of what comes after a gap the first second is kept.</summary>
    public void Append(ReadOnlySpan<short> frame) => _head?.Append(frame);

    /// <summary>
    /// Whether a recording has something that did not arrive, as far as can be known without hearing it: there was a gap, and this is the first recording
    /// of it. What a page recorded because it alone was cut off arrived long ago.
    /// </summary>
    /// <param name="beganAt">When it began, where that is known.</param>
    /// <param name="key">The page's name for it: sent again, it has nothing new.</param>
    public bool Wants(long? beganAt, string? key)
    {
        if ((!IsOpen && (!_isWanted || beganAt > BackAt)) || (key is not null && _keys.Contains(key, StringComparer.Ordinal)))
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

    /// <summary>Finds in a recording what did not arrive.</summary>
    /// <param name="before">What arrived of what the person was saying; null where they were saying nothing.</param>
    /// <param name="recording">16 kHz mono.</param>
    /// <param name="beganAt">When it began, where that is known.</param>
    /// <returns>What is missing, and where the last voice in it ends; 0 where there is none.</returns>
    public Task<(short[] Missing, int Voiced)> FindAsync(SpeechSound? before, short[] recording, long? beganAt)
    {
        int? expected = beganAt is { } began
            ? HearingFormat.SamplesOf(_hearing.Time.GetElapsedTime(began, _cutAt == 0 ? began : _cutAt))
            : null;
        var arrived = before is null ? _tail : before.Span.ToArray();
        var after = _head?.Span.ToArray() ?? [];
        var (lastVoice, since) = _lastVoice;
        (_tail, _lastVoice) = ([], ([], 0));
        return _hearing.RunAsync(() =>
        {
            var (start, end) = SoundJoin.Missing(arrived, recording, after, expected, lastVoice, since);
            var missing = recording[start..end];
            return (missing, Voiced(missing));
        });
    }

    private int Voiced(ReadOnlySpan<short> sound)
    {
        using var activity = new VoiceActivity(_hearing.Model);
        var detector = new VoiceDetector(_hearing.Options.Threshold);
        var (last, hasBegun) = (0, false);
        for (var i = 0; i + HearingFormat.FrameSamples <= sound.Length; i += HearingFormat.FrameSamples)
        {
            hasBegun |= detector.Begins(activity.Next(sound.Slice(i, HearingFormat.FrameSamples)));
            last = detector.IsVoiced ? i + HearingFormat.FrameSamples : last;
        }

        return hasBegun ? last : 0;
    }
}
