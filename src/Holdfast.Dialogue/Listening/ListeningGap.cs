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

    private readonly Hearing _hearing;
    private readonly Queue<string> _keys = new();
    private short[] _tail = [];
    private long _cutAt;
    private SpeechSound? _head;

    public ListeningGap(Hearing hearing) => _hearing = hearing;

    /// <summary>Whether the connection is away now.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>When it was back, a timestamp of the clock.</summary>
    public long BackAt { get; private set; }

    /// <param name="recent">What arrived last.</param>
    /// <param name="heardAt">When.</param>
    public void Open(RecentSound recent, long heardAt)
    {
        if (!IsOpen)
        {
            (IsOpen, _tail, _cutAt) = (true, recent.Last(int.MaxValue), heardAt);
        }
    }

    /// <returns>Whether it was away.</returns>
    public bool Close(long now)
    {
        if (!IsOpen)
        {
            return false;
        }

        (IsOpen, BackAt, _head) = (false, now, new SpeechSound(HearingFormat.SampleRate));
        return true;
    }

    /// <summary>What arrives; of what comes after a gap the first second is kept.</summary>
    public void Append(ReadOnlySpan<short> frame) => _head?.Append(frame);

    /// <summary>Whether a recording of this name was taken before; it counts as taken from now on.</summary>
    public bool WasTaken(string key)
    {
        if (_keys.Contains(key, StringComparer.Ordinal))
        {
            return true;
        }

        _keys.Enqueue(key);
        if (_keys.Count > KeysKept)
        {
            _keys.Dequeue();
        }

        return false;
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
        _tail = [];
        return Task.Run(() =>
        {
            var (start, end) = SoundJoin.Missing(arrived, recording, after, expected);
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
