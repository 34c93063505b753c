namespace Holdfast.Speech;

/// <summary>A radix-2 Fourier transform of one fixed length, in place.</summary>
internal sealed class Fft
{
    private readonly int _length;
    private readonly int[] _reversed;
    private readonly float[] _cos;
    private readonly float[] _sin;

    /// <param name="length">A power of two.</param>
    public Fft(int length)
    {
        if (length < 2 || (length & (length - 1)) != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(length), length, "The length must be a power of two.");
        }

        _length = length;
        _reversed = new int[length];
        _cos = new float[length / 2];
        _sin = new float[length / 2];
        for (var i = 1; i < length; i++)
        {
            _reversed[i] = (_reversed[i >> 1] >> 1) | ((i & 1) * (length >> 1));
        }

        for (var i = 0; i < length / 2; i++)
        {
            (_sin[i], _cos[i]) = MathF.SinCos(-2 * MathF.PI * i / length);
        }
    }

    /// <summary>Transforms <paramref name="real"/> and <paramref name="imaginary"/>, both of the fixed length.</summary>
    public void Transform(Span<float> real, Span<float> imaginary)
    {
        for (var i = 0; i < _length; i++)
        {
            var j = _reversed[i];
            if (j > i)
            {
                (real[i], real[j]) = (real[j], real[i]);
                (imaginary[i], imaginary[j]) = (imaginary[j], imaginary[i]);
            }
        }

        for (var half = 1; half < _length; half *= 2)
        {
            var step = _length / (2 * half);
            for (var start = 0; start < _length; start += 2 * half)
            {
                for (var k = 0; k < half; k++)
                {
                    var a = start + k;
                    var b = a + half;
                    var cos = _cos[k * step];
                    var sin = _sin[k * step];
                    var re = (real[b] * cos) - (imaginary[b] * sin);
                    var im = (real[b] * sin) + (imaginary[b] * cos);
                    real[b] = real[a] - re;
                    imaginary[b] = imaginary[a] - im;
                    real[a] += re;
                    imaginary[a] += im;
                }
            }
        }
    }
}
