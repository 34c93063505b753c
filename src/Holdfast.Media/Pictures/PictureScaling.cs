namespace Holdfast.Media;

/// <summary>Makes pictures smaller.</summary>
internal static class PictureScaling
{
    /// <summary>Halves a picture both ways: each pixel is the mean of four.</summary>
    /// <param name="source">Of any size whose sides can be divided by four.</param>
    /// <param name="target">Of half its size.</param>
    public static void Halve(I420Picture source, I420Picture target)
    {
        if (source.Width != target.Width * 2 || source.Height != target.Height * 2)
        {
            throw new ArgumentException($"{source.Width}x{source.Height} is not twice {target.Width}x{target.Height}.", nameof(target));
        }

        Halve(source.Y, source.Width, target.Y, target.Width);
        Halve(source.U, source.Width / 2, target.U, target.Width / 2);
        Halve(source.V, source.Width / 2, target.V, target.Width / 2);
    }

    private static void Halve(ReadOnlySpan<byte> source, int sourceWidth, Span<byte> target, int targetWidth)
    {
        for (var y = 0; y < target.Length / targetWidth; y++)
        {
            var upper = source.Slice(2 * y * sourceWidth, sourceWidth);
            var lower = source.Slice(((2 * y) + 1) * sourceWidth, sourceWidth);
            var row = target.Slice(y * targetWidth, targetWidth);
            for (var x = 0; x < row.Length; x++)
            {
                row[x] = (byte)((upper[2 * x] + upper[(2 * x) + 1] + lower[2 * x] + lower[(2 * x) + 1] + 2) >> 2);
            }
        }
    }
}
