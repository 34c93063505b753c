using System.Numerics;
using System.Runtime.InteropServices;

namespace Holdfast.Media;

/// <summary>
/// Changes the sample rate of a mono stream, block by block, with a windowed-sinc filter in polyphase form. One caller at a time.
/// </summary>
/// <remarks>
/// <para>
/// Output sample n stands at the time of input sample n * inputRate / outputRate: the filter's delay is taken out, so that the
/// sound does not move against anything timed by it. Pass band to about 90 % of the lower Nyquist frequency, images and
/// aliases some 80 dB down. No allocation after construction.
/// </para>
/// <para>
/// With rates whose ratio in lowest terms has more than <see cref="MaxPhases"/> steps the nearest of that many
/// filters is used, which costs some of those decibels; none of the usual rates is such.
/// </para>
/// </remarks>
public sealed class Resampler
{
    private const int MaxPhases = 1024;
    private const int BaseTaps = 48;
    private const int BlockSamples = 1024;
    private const double PassBand = 0.91;
    private const double KaiserBeta = 9;

    // Position of the next output sample, measured from the first sample in the window's reach: whole input samples, and
    // _fraction / _upsampling of one.
    private readonly int _upsampling;
    private readonly int _downsampling;
    private readonly int _taps;
    private readonly int _phases;
    private readonly float[] _filters;
    private readonly float[] _window;
    private int _filled;
    private int _position;
    private int _fraction;
    private long _inputs;
    private long _outputs;

    /// <param name="inputRate">Samples a second, 1,000 to 384,000.</param>
    /// <param name="outputRate">Samples a second, 1,000 to 384,000; 48,000 by default.</param>
    public Resampler(int inputRate, int outputRate = SoundFormat.SampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputRate, 1_000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(inputRate, 384_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputRate, 1_000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(outputRate, 384_000);
        var divisor = (int)BigInteger.GreatestCommonDivisor(inputRate, outputRate);
        _upsampling = outputRate / divisor;
        _downsampling = inputRate / divisor;

        // When the rate goes down the filter must be as much longer as its pass band is narrower.
        var narrowing = Math.Max(1.0, (double)_downsampling / _upsampling);
        _taps = (int)Math.Ceiling(BaseTaps * narrowing / Vector<float>.Count) * Vector<float>.Count;
        _phases = Math.Min(_upsampling, MaxPhases);
        _filters = MakeFilters(_taps, _phases, PassBand / narrowing);
        _window = new float[_taps + BlockSamples];
        Reset();
    }

    /// <summary>The most samples that <see cref="Process"/> can give for so many, or <see cref="Flush"/> after it for 0.</summary>
    public int GetMaxOutputLength(int inputLength) =>
        checked((int)(((long)inputLength + _taps) * _upsampling / _downsampling + 1));

    /// <summary>Takes the next samples and gives those that can be computed already.</summary>
    /// <param name="input">Any number of samples.</param>
    /// <param name="output">Room for at least <see cref="GetMaxOutputLength"/> samples.</param>
    /// <returns>How many were written.</returns>
    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        RequireRoom(input.Length, output.Length);
        _inputs += input.Length;
        var written = 0;
        while (!input.IsEmpty)
        {
            var count = Math.Min(input.Length, _window.Length - _filled);
            var target = _window.AsSpan(_filled, count);
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = input[i];
            }

            _filled += count;
            input = input[count..];
            written += Drain(output[written..], long.MaxValue);
        }

        return written;
    }

    /// <summary>
    /// Ends the stream: gives what is still to come, so that in total there are inputs * outputRate / inputRate samples, rounded up;
    /// then everything begins anew.
    /// </summary>
    /// <param name="output">Room for at least <see cref="GetMaxOutputLength"/> of 0 samples.</param>
    /// <returns>How many were written.</returns>
    public int Flush(Span<short> output)
    {
        RequireRoom(0, output.Length);
        var total = (_inputs * _upsampling + _downsampling - 1) / _downsampling;
        var written = 0;
        while (_outputs < total)
        {
            _window.AsSpan(_filled).Clear();
            _filled = _window.Length;
            written += Drain(output[written..], total);
        }

        Reset();
        return written;
    }

    private static float[] MakeFilters(int taps, int phases, double cutoff)
    {
        // Filter p is for a point p / phases of the way from the middle tap to the next.
        var filters = new float[taps * phases];
        var middle = taps / 2 - 1;
        for (var phase = 0; phase < phases; phase++)
        {
            var filter = filters.AsSpan(phase * taps, taps);
            var sum = 0.0;
            for (var tap = 0; tap < taps; tap++)
            {
                var distance = tap - middle - (double)phase / phases;
                var value = Sinc(distance * cutoff) * Kaiser(distance / (taps / 2));
                filter[tap] = (float)value;
                sum += value;
            }

            // Each filter passes 0 Hz at exactly its height; otherwise a constant would ripple with the phases.
            for (var tap = 0; tap < taps; tap++)
            {
                filter[tap] = (float)(filter[tap] / sum);
            }
        }

        return filters;
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    private static double Kaiser(double x) => Math.Abs(x) >= 1 ? 0 : Bessel(KaiserBeta * Math.Sqrt(1 - x * x)) / Bessel(KaiserBeta);

    /// <summary>The modified Bessel function I0, by its power series.</summary>
    private static double Bessel(double x)
    {
        var (sum, term) = (1.0, 1.0);
        for (var k = 1; term > sum * 1e-12; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }

    private void Reset()
    {
        // Silence before the first sample, so that the middle of the filter stands on it.
        _filled = _taps / 2 - 1;
        _window.AsSpan(0, _filled).Clear();
        (_position, _fraction, _inputs, _outputs) = (0, 0, 0, 0);
    }

    private void RequireRoom(int inputLength, int outputLength)
    {
        if (outputLength < GetMaxOutputLength(inputLength))
        {
            throw new ArgumentException($"There must be room for {GetMaxOutputLength(inputLength)} samples.", nameof(outputLength));
        }
    }

    /// <summary>Computes what the window holds enough for, then moves the window's rest to its front.</summary>
    private int Drain(Span<short> output, long limit)
    {
        var written = 0;
        while (_position + _taps <= _filled && _outputs < limit)
        {
            var phase = _phases == _upsampling ? _fraction : (int)((long)_fraction * _phases / _upsampling);
            var value = Dot(_window.AsSpan(_position, _taps), _filters.AsSpan(phase * _taps, _taps));
            output[written++] = (short)Math.Clamp(MathF.Round(value), short.MinValue, short.MaxValue);
            _outputs++;
            _fraction += _downsampling;
            var (steps, rest) = Math.DivRem(_fraction, _upsampling);
            _position += steps;
            _fraction = rest;
        }

        var used = Math.Min(_position, _filled);
        _window.AsSpan(used, _filled - used).CopyTo(_window);
        _filled -= used;
        _position -= used;
        return written;
    }

    private static float Dot(ReadOnlySpan<float> samples, ReadOnlySpan<float> filter)
    {
        var left = MemoryMarshal.Cast<float, Vector<float>>(samples);
        var right = MemoryMarshal.Cast<float, Vector<float>>(filter);
        var sum = Vector<float>.Zero;
        for (var i = 0; i < left.Length && i < right.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return Vector.Sum(sum);
    }
}
