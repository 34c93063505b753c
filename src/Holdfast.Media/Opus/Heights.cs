using System.Numerics;
using System.Runtime.InteropServices;

namespace Holdfast.Media;

/// <summary>Hears whether a sound has anything above what a voice of 16 kHz can have. One caller at a time.</summary>
internal sealed class Heights
{
    // 80 dB down below 8.5 kHz: a loud voice does not count for its own heights.
    private const int Taps = 128;
    private const double Edge = 9_600;
    private const double Steepness = 7.86;

    // It is asked how much there is, so that not every sample of it is needed.
    private const int Step = 4;

    /// <summary>78 dB below full scale, where nobody hears it.</summary>
    private const float Least = 4;

    /// <summary>Two seconds without any: what is between two sibilants is no reason to change.</summary>
    private const int Kept = 2 * MediaTick.PerSecond;

    private static readonly float[] s_filter = Design();

    // What was heard last, and room for what comes.
    private readonly float[] _sound = new float[Taps + SoundFormat.SamplesPerFrame];
    private int _since;

    /// <summary>Takes the next 20 ms; silence says nothing.</summary>
    /// <returns>Whether there are any in it, or were in the two seconds before, or nothing is known yet.</returns>
    public bool AreIn(ReadOnlySpan<short> pcm)
    {
        if (!pcm.ContainsAnyExcept((short)0))
        {
            _sound.AsSpan().Clear();
            return _since < Kept;
        }

        _sound.AsSpan(SoundFormat.SamplesPerFrame).CopyTo(_sound);
        for (var i = 0; i < pcm.Length; i++)
        {
            _sound[Taps + i] = pcm[i];
        }

        _since = Power() > Least * Least ? 0 : Math.Min(_since + 1, Kept);
        return _since < Kept;
    }

    private float Power()
    {
        var filter = MemoryMarshal.Cast<float, Vector<float>>(s_filter);
        var sum = 0f;
        for (var at = Step; at <= SoundFormat.SamplesPerFrame; at += Step)
        {
            var sound = MemoryMarshal.Cast<float, Vector<float>>(_sound.AsSpan(at, Taps));
            var heard = Vector<float>.Zero;
            for (var i = 0; i < filter.Length; i++)
            {
                heard += filter[i] * sound[i];
            }

            var value = Vector.Sum(heard);
            sum += value * value;
        }

        return sum / (SoundFormat.SamplesPerFrame / Step);
    }

    /// <summary>A high pass under a Kaiser window: all there is, less what a low pass leaves.</summary>
    private static float[] Design()
    {
        var filter = new float[Taps];
        const double Middle = (Taps - 2) / 2.0;
        for (var i = 0; i < Taps - 1; i++)
        {
            // An odd number of them, and the last one nothing: a high pass needs one in the middle.
            var x = i - Middle;
            var low = x == 0 ? 2 * Edge / SoundFormat.SampleRate : Math.Sin(2 * Math.PI * Edge / SoundFormat.SampleRate * x) / (Math.PI * x);
            var window = Bessel(Steepness * Math.Sqrt(1 - (x / Middle * (x / Middle)))) / Bessel(Steepness);
            filter[i] = (float)(((x == 0 ? 1 : 0) - low) * window);
        }

        return filter;
    }

    /// <summary>The modified Bessel function of the first kind, of order nought.</summary>
    private static double Bessel(double x)
    {
        var (sum, term) = (1.0, 1.0);
        for (var k = 1; k < 40; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }
}
