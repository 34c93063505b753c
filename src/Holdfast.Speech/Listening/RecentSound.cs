namespace Holdfast.Speech;

/// <summary>The last second that was heard of a microphone: a voice begins before it is known to be one, and what was recorded elsewhere is compared with it.</summary>
internal sealed class RecentSound
{
    private static readonly short[] Silence = new short[HearingFormat.SampleRate];

    private readonly short[] _ring = new short[HearingFormat.SampleRate];
    private int _next;
    private int _count;

    /// <summary>The last voice, with the silence by which it was known to have ended; empty before there was one.</summary>
    public short[] LastVoice { get; private set; } = [];

    /// <summary>How much came after it, in samples.</summary>
    public int SinceVoice { get; private set; }

    public void Add(ReadOnlySpan<short> samples)
    {
        foreach (var sample in samples)
        {
            _ring[_next] = sample;
            _next = _next + 1 == _ring.Length ? 0 : _next + 1;
        }

        _count = Math.Min(_ring.Length, _count + samples.Length);
        SinceVoice = Math.Min(SinceVoice + samples.Length, int.MaxValue / 2);
    }

    /// <summary>Something is missing here: words on both sides of it stay apart.</summary>
    /// <param name="samples">How long it is; null where nobody knows, and what came before tells of no place any more.</param>
    public void Miss(int? samples)
    {
        var since = samples is { } known ? (int)Math.Min((long)SinceVoice + known, int.MaxValue / 2) : 0;
        Add(Silence.AsSpan(0, Math.Min(samples ?? Silence.Length, Silence.Length)));
        (LastVoice, SinceVoice) = (samples is null ? [] : LastVoice, since);
    }

    /// <summary>A voice has just ended: what is kept now is known as <see cref="LastVoice"/>.</summary>
    public void Mark() => (LastVoice, SinceVoice) = (Last(int.MaxValue), 0);

    /// <summary>The newest samples, so many at the most.</summary>
    public short[] Last(int samples)
    {
        samples = Math.Min(samples, _count);
        var last = new short[samples];
        var start = (_next - samples + _ring.Length) % _ring.Length;
        var first = Math.Min(samples, _ring.Length - start);
        _ring.AsSpan(start, first).CopyTo(last);
        _ring.AsSpan(0, samples - first).CopyTo(last.AsSpan(first));
        return last;
    }

    public void Clear() => (_count, LastVoice, SinceVoice) = (0, [], 0);
}
