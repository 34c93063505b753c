namespace Holdfast.Avatar;

/// <summary>
/// A painted image as encoders want pictures: luma, and chroma of half the size both ways (BT.601, limited range), each multiplied with how much it covers. So it is
/// laid over a picture without a detour over red, green and blue.
/// </summary>
internal sealed class PlanarImage
{
    /// <summary>Empty rows and columns that the image must have at each edge: what lies between two pixels is read from both.</summary>
    public const int Edge = 2;

    /// <param name="width">Pixels, even, the empty edge included.</param>
    /// <param name="height">Pixels, even, the empty edge included.</param>
    public PlanarImage(int width, int height)
    {
        Luma = new CoveringPlane(width, height, width * height);
        Chroma = new CoveringPlane(width / 2, height / 2, 2 * (width / 2) * (height / 2));
    }

    /// <summary>The pixel of the sheet at which it begins, even.</summary>
    public int X { get; init; }

    /// <summary>The row of the sheet at which it begins, even.</summary>
    public int Y { get; init; }

    public CoveringPlane Luma { get; }

    /// <summary>Blue difference, and red difference behind it.</summary>
    public CoveringPlane Chroma { get; }

    /// <summary>Takes what was painted.</summary>
    /// <param name="bgra">Four bytes a pixel, multiplied with alpha; of the size of this one.</param>
    public void Take(ReadOnlySpan<byte> bgra)
    {
        var (width, height) = (Luma.Width, Luma.Height);
        if (bgra.Length != width * height * 4)
        {
            throw new ArgumentException("It is of another size.", nameof(bgra));
        }

        for (var row = 0; row < height; row += 2)
        {
            var pixels = bgra.Slice(row * width * 4, width * 8);

            // Of a patch most rows are empty, and of the others most of each.
            var first = pixels.IndexOfAnyExcept((byte)0);
            if (first < 0)
            {
                Luma.Empty(row);
                Luma.Empty(row + 1);
                Chroma.Empty(row / 2);
                continue;
            }

            TakeLuma(pixels[..(width * 4)], row);
            TakeLuma(pixels[(width * 4)..], row + 1);
            TakeChroma(pixels, row / 2, Math.Min(Luma.First[row], Luma.First[row + 1]) / 2, (Math.Max(Luma.End[row], Luma.End[row + 1]) + 1) / 2);
        }
    }

    private void TakeLuma(ReadOnlySpan<byte> bgra, int row)
    {
        Luma.Empty(row);
        var first = bgra.IndexOfAnyExcept((byte)0) / 4;
        var end = (bgra.LastIndexOfAnyExcept((byte)0) / 4) + 1;
        if (bgra.LastIndexOfAnyExcept((byte)0) < 0)
        {
            return;
        }

        var values = Luma.Values.AsSpan(row * Luma.Width, Luma.Width);
        var alphas = Luma.Alpha.AsSpan(row * Luma.Width, Luma.Width);
        for (var x = first; x < end; x++)
        {
            var pixel = bgra.Slice(x * 4, 4);
            var alpha = pixel[3];
            alphas[x] = alpha;

            // The weights of ColorConversion; what covers wholly becomes the same here and there.
            values[x] = (byte)(((66 * pixel[2]) + (129 * pixel[1]) + (25 * pixel[0]) + 128 >> 8) + Part(16, alpha));
        }

        Luma.Fill(row, first, end);
    }

    private void TakeChroma(ReadOnlySpan<byte> bgra, int row, int first, int end)
    {
        Chroma.Empty(row);
        var width = Chroma.Width;
        var top = bgra[..(width * 8)];
        var bottom = bgra[(width * 8)..];
        var blue = Chroma.Values.AsSpan(row * width, width);
        var red = Chroma.Values.AsSpan((Chroma.Height + row) * width, width);
        var alphas = Chroma.Alpha.AsSpan(row * width, width);
        for (var x = first; x < end; x++)
        {
            var above = top.Slice(x * 8, 8);
            var below = bottom.Slice(x * 8, 8);
            var alpha = Mean(above, below, 3);
            var (b, g, r, middle) = (Mean(above, below, 0), Mean(above, below, 1), Mean(above, below, 2), Part(128, alpha));
            alphas[x] = (byte)alpha;
            blue[x] = (byte)Math.Clamp(((112 * b) - (74 * g) - (38 * r) + 128 >> 8) + middle, 0, alpha);
            red[x] = (byte)Math.Clamp(((112 * r) - (94 * g) - (18 * b) + 128 >> 8) + middle, 0, alpha);
        }

        Chroma.Fill(row, first, end);
    }

    private static int Mean(ReadOnlySpan<byte> above, ReadOnlySpan<byte> below, int channel) =>
        above[channel] + above[channel + 4] + below[channel] + below[channel + 4] + 2 >> 2;

    private static int Part(int of, int alpha) => ((of * alpha) + 127) / 255;
}

/// <summary>One plane of an image, or two of the same shape, with how much each of their pixels covers.</summary>
internal sealed class CoveringPlane
{
    // Vectors may read so many bytes beyond the last pixel.
    private const int Slack = 64;

    public CoveringPlane(int width, int height, int values)
    {
        (Width, Height) = (width, height);
        Values = new byte[values + Slack];
        Alpha = new byte[(width * height) + Slack];
        First = new short[height];
        End = new short[height];
        SolidFrom = new short[height];
        SolidEnd = new short[height];
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Multiplied with <see cref="Alpha"/>.</summary>
    public byte[] Values { get; }

    public byte[] Alpha { get; }

    /// <summary>Of each row, the first pixel that covers anything.</summary>
    public short[] First { get; }

    /// <summary>Of each row, what follows the last one.</summary>
    public short[] End { get; }

    /// <summary>Of each row, the first pixel of the longest run that covers wholly.</summary>
    public short[] SolidFrom { get; }

    /// <summary>Of each row, what follows that run.</summary>
    public short[] SolidEnd { get; }

    /// <summary>Nothing is in a row.</summary>
    public void Empty(int row)
    {
        for (var from = row * Width; from < Values.Length - Slack; from += Width * Height)
        {
            Values.AsSpan(from, Width).Clear();
        }

        Alpha.AsSpan(row * Width, Width).Clear();
        (First[row], End[row], SolidFrom[row], SolidEnd[row]) = ((short)Width, 0, (short)Width, 0);
    }

    /// <summary>A row was filled.</summary>
    public void Fill(int row, int first, int end)
    {
        (First[row], End[row]) = ((short)first, (short)end);
        var alphas = Alpha.AsSpan(row * Width, end);
        for (var from = first; from < end;)
        {
            var skipped = alphas[from..].IndexOf((byte)255);
            if (skipped < 0)
            {
                break;
            }

            from += skipped;
            var length = alphas[from..].IndexOfAnyExcept((byte)255);
            length = length < 0 ? end - from : length;
            if (length > SolidEnd[row] - SolidFrom[row])
            {
                (SolidFrom[row], SolidEnd[row]) = ((short)from, (short)(from + length));
            }

            from += length;
        }
    }
}
