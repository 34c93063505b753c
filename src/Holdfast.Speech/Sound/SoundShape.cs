using System.Numerics;

namespace Holdfast.Speech;

/// <summary>
/// What a sound is like every 10 ms, in 16 bands on the mel scale: enough to find the same sounds again in another rendering of
/// the same text by the same voice.
/// </summary>
internal sealed class SoundShape
{
    public const int Bands = 16;
    public const int FramesPerSecond = 100;

    private const int Length = 512;
    private const float LowestHertz = 80;
    private const float HighestHertz = 8_000;

    // About -60 dB of full scale: differences in what cannot be heard are none.
    private const float Floor = 1e-6f;

    private readonly Fft _fft = new(Length);
    private readonly float[] _window = new float[Length];
    private readonly float[] _real = new float[Length];
    private readonly float[] _imaginary = new float[Length];
    private readonly int[] _edges = new int[Bands + 2];
    private readonly int _hop;

    public SoundShape(int sampleRate)
    {
        _hop = sampleRate / FramesPerSecond;
        for (var i = 0; i < Length; i++)
        {
            _window[i] = (0.5f - (0.5f * MathF.Cos(2 * MathF.PI * i / Length))) / 32_768;
        }

        var (low, high) = (Mel(LowestHertz), Mel(Math.Min(HighestHertz, sampleRate * 0.45f)));
        for (var i = 0; i < _edges.Length; i++)
        {
            var hertz = 700 * (MathF.Pow(10, (low + ((high - low) * i / (Bands + 1))) / 2595) - 1);
            _edges[i] = Math.Max(i == 0 ? 1 : _edges[i - 1] + 1, (int)MathF.Round(hertz * Length / sampleRate));
        }
    }

    /// <summary>Samples from one frame to the next.</summary>
    public int Hop => _hop;

    /// <summary>Frames that a sound has.</summary>
    public int CountOf(int samples) => samples / _hop;

    /// <summary>The frames of a sound, one after the other, <see cref="Bands"/> numbers each.</summary>
    public float[] Measure(ReadOnlySpan<short> sound)
    {
        var count = CountOf(sound.Length);
        var shape = new float[count * Bands];
        for (var frame = 0; frame < count; frame++)
        {
            // The window lies around the middle of its 10 ms.
            var from = (frame * _hop) + ((_hop - Length) / 2);
            for (var i = 0; i < Length; i++)
            {
                var at = from + i;
                _real[i] = (uint)at < (uint)sound.Length ? sound[at] * _window[i] : 0;
                _imaginary[i] = 0;
            }

            _fft.Transform(_real, _imaginary);
            for (var band = 0; band < Bands; band++)
            {
                var energy = 0f;
                for (var k = _edges[band]; k < _edges[band + 2] && k < Length / 2; k++)
                {
                    energy += (_real[k] * _real[k]) + (_imaginary[k] * _imaginary[k]);
                }

                shape[(frame * Bands) + band] = MathF.Log(energy / Length + Floor);
            }
        }

        return shape;
    }

    /// <summary>How unlike two frames are.</summary>
    public static float Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0f;
        var i = 0;
        for (; i + Vector<float>.Count <= Bands; i += Vector<float>.Count)
        {
            var difference = new Vector<float>(a[i..]) - new Vector<float>(b[i..]);
            sum += Vector.Dot(difference, difference);
        }

        for (; i < Bands; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return MathF.Sqrt(sum);
    }

    private static float Mel(float hertz) => 2595 * MathF.Log10(1 + (hertz / 700));
}
