using Holdfast.Media;

namespace Holdfast.Avatar;

/// <summary>Shows a picture in another size.</summary>
internal static class Stretching
{
    /// <summary>Draws a picture in another size, between whose pixels it is blended (bilinear); in the same size it is copied.</summary>
    /// <param name="source">Of any size.</param>
    /// <param name="target">Of any size.</param>
    public static void Stretch(I420Picture source, I420Picture target)
    {
        if (source.Width == target.Width && source.Height == target.Height)
        {
            source.Data.CopyTo(target.Data);
            return;
        }

        Stretch(source.Y, source.Width, source.Height, target.Y, target.Width, target.Height);
        Stretch(source.U, source.Width / 2, source.Height / 2, target.U, target.Width / 2, target.Height / 2);
        Stretch(source.V, source.Width / 2, source.Height / 2, target.V, target.Width / 2, target.Height / 2);
    }

    private static void Stretch(ReadOnlySpan<byte> source, int sourceWidth, int sourceHeight, Span<byte> target, int width, int height)
    {
        // In 1/256 of a pixel, from the middle of one to the middle of another.
        for (var y = 0; y < height; y++)
        {
            var (top, bottom, down) = Place(y, height, sourceHeight);
            var upper = source.Slice(top * sourceWidth, sourceWidth);
            var lower = source.Slice(bottom * sourceWidth, sourceWidth);
            var row = target.Slice(y * width, width);
            for (var x = 0; x < width; x++)
            {
                var (left, right, aside) = Place(x, width, sourceWidth);
                var above = (upper[left] * (256 - aside)) + (upper[right] * aside);
                var below = (lower[left] * (256 - aside)) + (lower[right] * aside);
                row[x] = (byte)(((above * (256 - down)) + (below * down) + 32_768) >> 16);
            }
        }
    }

    private static (int First, int Second, int Part) Place(int at, int count, int sourceCount)
    {
        var middle = Math.Max(0, ((((2 * at) + 1) * 128 * sourceCount) / count) - 128);
        var first = Math.Min(middle >> 8, sourceCount - 1);
        return (first, Math.Min(first + 1, sourceCount - 1), middle & 255);
    }
}
