namespace Holdfast.Speech;

/// <summary>Takes the silence off the ends of a piece of speech.</summary>
internal static class Silence
{
    // About -54 dB of full scale: under it is what a synthesizer calls silence.
    private const int Threshold = 64;

    /// <summary>The speech in it with a little of the silence around kept; empty if there is no speech.</summary>
    public static ReadOnlyMemory<short> Trim(short[] samples, int sampleRate)
    {
        var first = Array.FindIndex(samples, s => s is > Threshold or < -Threshold);
        if (first < 0)
        {
            return default;
        }

        var last = Array.FindLastIndex(samples, s => s is > Threshold or < -Threshold);
        var lead = sampleRate / 100;
        var tail = sampleRate / 25;
        var start = Math.Max(0, first - lead);
        var end = Math.Min(samples.Length, last + tail);
        Fade(samples.AsSpan(start, Math.Min(sampleRate / 400, end - start)), rising: true);
        var out1 = Math.Min(sampleRate / 200, end - start);
        Fade(samples.AsSpan(end - out1, out1), rising: false);
        return samples.AsMemory(start, end - start);
    }

    /// <summary>Brings samples up from, or down to, nothing.</summary>
    public static void Fade(Span<short> samples, bool rising)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            var part = (i + 0.5f) / samples.Length;
            samples[i] = (short)(samples[i] * (rising ? part : 1 - part));
        }
    }
}
