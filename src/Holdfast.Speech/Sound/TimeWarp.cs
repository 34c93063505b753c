using System.Buffers;

namespace Holdfast.Speech;

/// <summary>Finds which moment of one sound is which of another that says the same at another pace (dynamic time warping).</summary>
internal static class TimeWarp
{
    private const byte Both = 0, First = 1, Second = 2;

    /// <summary>Frames that the two may be apart from an even pace at the least: a second.</summary>
    private const int MinBand = 100;

    /// <summary>For each frame of the second sound the first frame of the first that is like it.</summary>
    /// <param name="first">Frames of <see cref="SoundShape.Bands"/> numbers.</param>
    /// <param name="second">The same of the other sound.</param>
    public static int[] Align(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        var (n, m) = (first.Length / SoundShape.Bands, second.Length / SoundShape.Bands);
        var result = new int[m];
        if (n == 0 || m == 0)
        {
            return result;
        }

        // Row j is a frame of the second sound; in it only the frames of the first around an even pace are looked at.
        var band = Math.Min(n, MinBand + (n / 8));
        var width = (2 * band) + 1;
        var steps = ArrayPool<byte>.Shared.Rent(m * width);
        var (before, now) = (new float[n + 1], new float[n + 1]);
        Array.Fill(before, float.PositiveInfinity);
        before[0] = 0;
        for (var j = 0; j < m; j++)
        {
            var middle = (int)((long)j * n / m);
            var (low, high) = (Math.Max(0, middle - band), Math.Min(n - 1, middle + band));
            Array.Fill(now, float.PositiveInfinity);
            var other = second.Slice(j * SoundShape.Bands, SoundShape.Bands);
            for (var i = low; i <= high; i++)
            {
                var (best, step) = (before[i], Both);
                if (now[i] < best)
                {
                    (best, step) = (now[i], First);
                }

                if (before[i + 1] < best)
                {
                    (best, step) = (before[i + 1], Second);
                }

                now[i + 1] = best + SoundShape.Distance(first.Slice(i * SoundShape.Bands, SoundShape.Bands), other);
                steps[(j * width) + (i - middle + band)] = step;
            }

            (before, now) = (now, before);

            // Only the very beginning may come from nowhere.
            if (j == 0)
            {
                now[0] = float.PositiveInfinity;
            }
        }

        var (x, y) = (n - 1, m - 1);
        while (y >= 0 && x >= 0)
        {
            result[y] = x;
            var middle = (int)((long)y * n / m);
            var step = x - middle + band is var at and >= 0 && at < width ? steps[(y * width) + at] : Both;
            x -= step == Second ? 0 : 1;
            y -= step == First ? 0 : 1;
        }

        ArrayPool<byte>.Shared.Return(steps);
        return result;
    }
}
