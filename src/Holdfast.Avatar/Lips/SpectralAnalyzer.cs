using System.Numerics;
using System.Runtime.InteropServices;
using Holdfast.Speech;

namespace Holdfast.Avatar;

/// <summary>
/// Measures pieces of speech: loudness, where the power lies, and the first two formants, read from the smooth
/// envelope that linear prediction over the band up to 5 kHz gives.
/// </summary>
internal sealed class SpectralAnalyzer
{
    private const int Order = 12;
    private const float EnvelopeTop = 5000;
    private const int EnvelopePoints = 160;

    private readonly int _length;
    private readonly float _binWidth;
    private readonly Fft _fft;
    private readonly float[] _window;
    private readonly float[] _real;
    private readonly float[] _imaginary;
    private readonly float[] _power;
    private readonly float[] _lagCos;
    private readonly float[] _pointCos;
    private readonly float[] _pointSin;
    private readonly int _envelopeBins;
    private readonly float[] _envelope = new float[EnvelopePoints];

    /// <param name="sampleRate">Samples a second: 16,000 or more.</param>
    public SpectralAnalyzer(int sampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 16_000);
        SampleRate = sampleRate;
        _length = 256;
        while (_length < sampleRate / 50)
        {
            _length *= 2;
        }

        _binWidth = (float)sampleRate / _length;
        _fft = new Fft(_length);
        _window = new float[_length];
        _real = new float[_length];
        _imaginary = new float[_length];
        _power = new float[_length / 2];
        for (var i = 0; i < _length; i++)
        {
            _window[i] = 0.5f - (0.5f * MathF.Cos(2 * MathF.PI * (i + 0.5f) / _length));
        }

        _envelopeBins = Math.Min((int)(EnvelopeTop / _binWidth) + 1, _power.Length);
        _lagCos = new float[(Order + 1) * _envelopeBins];
        for (var lag = 0; lag <= Order; lag++)
        {
            for (var bin = 0; bin < _envelopeBins; bin++)
            {
                _lagCos[(lag * _envelopeBins) + bin] = MathF.Cos(MathF.PI * lag * bin / (_envelopeBins - 1));
            }
        }

        _pointCos = new float[EnvelopePoints * (Order + 1)];
        _pointSin = new float[EnvelopePoints * (Order + 1)];
        for (var point = 0; point < EnvelopePoints; point++)
        {
            for (var lag = 0; lag <= Order; lag++)
            {
                (_pointSin[(point * (Order + 1)) + lag], _pointCos[(point * (Order + 1)) + lag]) =
                    MathF.SinCos(MathF.PI * lag * point / (EnvelopePoints - 1));
            }
        }
    }

    /// <summary>Samples a second.</summary>
    public int SampleRate { get; }

    /// <summary>Samples it looks at, at a time: about 20 to 30 ms.</summary>
    public int Length => _length;

    /// <param name="samples"><see cref="Length"/> of them, full scale is 1.</param>
    public SpectralFrame Measure(ReadOnlySpan<float> samples)
    {
        for (var i = 0; i < _length; i++)
        {
            _real[i] = samples[i] * _window[i];
        }

        _imaginary.AsSpan().Clear();
        _fft.Transform(_real, _imaginary);
        float total = 1e-12f, high = 0, low = 0, upper = 1e-12f, moment = 0;
        var last = Math.Min(_power.Length, (int)(10_000 / _binWidth));
        for (var bin = 0; bin < _power.Length; bin++)
        {
            var power = (_real[bin] * _real[bin]) + (_imaginary[bin] * _imaginary[bin]);
            _power[bin] = power;
            var hertz = bin * _binWidth;
            if (bin >= last || hertz < 70)
            {
                continue;
            }

            total += power;
            low += hertz < 450 ? power : 0;
            high += hertz > 3500 ? power : 0;
            if (hertz > 1500)
            {
                upper += power;
                moment += power * hertz;
            }
        }

        FindFormants(out var first, out var second);
        return new SpectralFrame(LevelOf(samples), first, second, high / total, moment / upper, low / total);
    }

    /// <summary>How loud a piece is, dB below full scale; a small part of the work that measuring all of it is.</summary>
    /// <param name="samples"><see cref="Length"/> of them, full scale is 1.</param>
    public float LevelOf(ReadOnlySpan<float> samples)
    {
        // The length is a power of two, and no shorter than any vector.
        var sound = MemoryMarshal.Cast<float, Vector<float>>(samples[.._length]);
        var window = MemoryMarshal.Cast<float, Vector<float>>(_window);
        var energy = Vector<float>.Zero;
        for (var i = 0; i < window.Length; i++)
        {
            energy += sound[i] * sound[i] * window[i];
        }

        return 10 * MathF.Log10((2 * Vector.Sum(energy) / _length) + 1e-10f);
    }

    private void FindFormants(out float first, out float second)
    {
        Span<float> correlation = stackalloc float[Order + 1];
        for (var lag = 0; lag <= Order; lag++)
        {
            var sum = 0f;
            for (var bin = 1; bin < _envelopeBins; bin++)
            {
                // Voices fall by some 6 dB an octave; lifting that shows the second formant.
                var hertz = bin * _binWidth / 1000;
                sum += _power[bin] * hertz * hertz * _lagCos[(lag * _envelopeBins) + bin];
            }

            correlation[lag] = sum;
        }

        Span<float> predictor = stackalloc float[Order + 1];
        Predict(correlation, predictor);
        for (var point = 0; point < EnvelopePoints; point++)
        {
            float re = 0, im = 0;
            for (var lag = 0; lag <= Order; lag++)
            {
                re += predictor[lag] * _pointCos[(point * (Order + 1)) + lag];
                im += predictor[lag] * _pointSin[(point * (Order + 1)) + lag];
            }

            _envelope[point] = 1 / ((re * re) + (im * im) + 1e-9f);
        }

        first = 0;
        second = 0;
        for (var point = 1; point < EnvelopePoints - 1; point++)
        {
            var before = _envelope[point - 1];
            var here = _envelope[point];
            var after = _envelope[point + 1];
            var hertz = point * EnvelopeTop / (EnvelopePoints - 1);
            if (here <= before || here < after || hertz < 180)
            {
                continue;
            }

            if (first == 0 && hertz < 1150)
            {
                first = hertz;
            }
            else if (hertz is > 550 and < 3100 && hertz > first + 150)
            {
                second = hertz;
                break;
            }
        }

        first = first == 0 ? 450 : first;

        // Two formants that lie close look like one peak: both of a back vowel are in it.
        second = second == 0 || (second > 2300 && first > 480) ? MathF.Max(first + 250, 850) : second;
    }

    /// <summary>Levinson's recursion: the predictor whose spectrum has this autocorrelation.</summary>
    private static void Predict(ReadOnlySpan<float> correlation, Span<float> predictor)
    {
        predictor.Clear();
        predictor[0] = 1;
        var error = (correlation[0] * 1.0005f) + 1e-12f;
        Span<float> previous = stackalloc float[Order + 1];
        for (var i = 1; i <= Order; i++)
        {
            var sum = correlation[i];
            for (var j = 1; j < i; j++)
            {
                sum += predictor[j] * correlation[i - j];
            }

            var reflection = -sum / error;
            predictor.CopyTo(previous);
            for (var j = 1; j < i; j++)
            {
                predictor[j] = previous[j] + (reflection * previous[i - j]);
            }

            predictor[i] = reflection;
            error *= 1 - (reflection * reflection);
            if (error <= 1e-12f)
            {
                return;
            }
        }
    }
}
