using System.Numerics;
using Holdfast.Media;

namespace Holdfast.Lab.Words;

/// <summary>
/// Sound as the ear has it: every 10 ms the level of 24 bands of the mel scale, in dB of full scale, down to a floor below which it
/// counts as silence.
/// </summary>
internal static class MelSpectrum
{
    /// <summary>Between two frames: 10 ms.</summary>
    public const int Hop = SoundFormat.SampleRate / 100;

    /// <summary>Bands of a frame.</summary>
    public const int Bands = 24;

    /// <summary>Below this a band is silent. The codec's own noise stays under it, the softest consonants of the voice do not.</summary>
    public const float Floor = -66;

    private const int Size = 1024;
    private const double Lowest = 100;
    private const double Highest = 7_500;

    private static readonly float[] Window =
        [.. Enumerable.Range(0, Size).Select(static i => (float)(0.5 - 0.5 * Math.Cos(2 * Math.PI * (i + 0.5) / Size)))];

    private static readonly Complex[] Roots = [.. Enumerable.Range(0, Size / 2).Select(static i => Complex.FromPolarCoordinates(1, -2 * Math.PI * i / Size))];

    private static readonly float[][] Filters = MakeFilters();

    /// <summary>The frames of a sound; each stands for the 10 ms around its middle.</summary>
    /// <param name="pcm">48 kHz, mono.</param>
    public static float[][] Of(ReadOnlySpan<short> pcm)
    {
        var frames = new float[pcm.Length / Hop][];
        var spectrum = new Complex[Size];
        for (var frame = 0; frame < frames.Length; frame++)
        {
            var first = frame * Hop + (Hop - Size) / 2;
            for (var i = 0; i < Size; i++)
            {
                var at = first + i;
                spectrum[i] = at >= 0 && at < pcm.Length ? pcm[at] / 32_768f * Window[i] : 0;
            }

            Transform(spectrum);
            frames[frame] = BandsOf(spectrum);
        }

        return frames;
    }

    /// <summary>How different two frames sound: the mean difference of their bands, in dB.</summary>
    public static float Distance(float[] one, float[] other)
    {
        var sum = Vector<float>.Zero;
        var i = 0;
        for (; i <= Bands - Vector<float>.Count; i += Vector<float>.Count)
        {
            sum += Vector.Abs(new Vector<float>(one, i) - new Vector<float>(other, i));
        }

        var total = Vector.Sum(sum);
        for (; i < Bands; i++)
        {
            total += MathF.Abs(one[i] - other[i]);
        }

        return total / Bands;
    }

    private static float[] BandsOf(Complex[] spectrum)
    {
        var bands = new float[Bands];
        for (var band = 0; band < Bands; band++)
        {
            var power = 0.0;
            var filter = Filters[band];
            for (var i = 0; i < filter.Length; i++)
            {
                if (filter[i] > 0)
                {
                    var value = spectrum[i];
                    power += filter[i] * (value.Real * value.Real + value.Imaginary * value.Imaginary);
                }
            }

            // A sine of full scale has a peak of Size / 4 under this window.
            bands[band] = MathF.Max(Floor, (float)(10 * Math.Log10(power / (Size / 4.0 * (Size / 4.0)) + 1e-12)));
        }

        return bands;
    }

    private static float[][] MakeFilters()
    {
        var edges = Enumerable.Range(0, Bands + 2)
            .Select(static i => Hertz(Mel(Lowest) + (Mel(Highest) - Mel(Lowest)) * i / (Bands + 1)) * Size / SoundFormat.SampleRate)
            .ToArray();
        return [.. Enumerable.Range(0, Bands).Select(band => Enumerable.Range(0, Size / 2)
            .Select(bin => (float)Math.Max(
                0, Math.Min((bin - edges[band]) / (edges[band + 1] - edges[band]), (edges[band + 2] - bin) / (edges[band + 2] - edges[band + 1]))))
            .ToArray())];
    }

    private static double Mel(double hertz) => 2_595 * Math.Log10(1 + hertz / 700);

    private static double Hertz(double mel) => 700 * (Math.Pow(10, mel / 2_595) - 1);

    /// <summary>The discrete Fourier transform, in place (radix 2, decimation in time).</summary>
    private static void Transform(Complex[] values)
    {
        for (int i = 1, j = 0; i < Size; i++)
        {
            var bit = Size >> 1;
            for (; (j & bit) != 0; bit >>= 1)
            {
                j ^= bit;
            }

            j ^= bit;
            if (i < j)
            {
                (values[i], values[j]) = (values[j], values[i]);
            }
        }

        for (var length = 2; length <= Size; length <<= 1)
        {
            var (half, step) = (length / 2, Size / length);
            for (var start = 0; start < Size; start += length)
            {
                for (var k = 0; k < half; k++)
                {
                    var (even, odd) = (values[start + k], values[start + k + half] * Roots[k * step]);
                    (values[start + k], values[start + k + half]) = (even + odd, even - odd);
                }
            }
        }
    }
}
