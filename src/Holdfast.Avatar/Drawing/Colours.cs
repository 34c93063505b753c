using Holdfast.Media;

namespace Holdfast.Avatar;

/// <summary>Turns a picture back into colours, for files; a browser does the same with what it decodes (BT.601, limited range).</summary>
internal static class Colours
{
    /// <summary>Converts a picture.</summary>
    /// <param name="picture">What is converted.</param>
    /// <param name="bgra">Receives four bytes a pixel, top row first, without padding.</param>
    public static void FromI420(I420Picture picture, Span<byte> bgra)
    {
        for (var row = 0; row < picture.Height; row++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                var luma = 298 * (picture.Y[(row * picture.Width) + x] - 16);
                var blue = Between(picture.U, picture.Width / 2, picture.Height / 2, x, row) - (128 * 16);
                var red = Between(picture.V, picture.Width / 2, picture.Height / 2, x, row) - (128 * 16);
                var pixel = bgra.Slice(((row * picture.Width) + x) * 4, 4);
                pixel[0] = Byte((luma * 16) + (516 * blue));
                pixel[1] = Byte((luma * 16) - (100 * blue) - (208 * red));
                pixel[2] = Byte((luma * 16) + (409 * red));
                pixel[3] = 255;
            }
        }
    }

    private static byte Byte(int value) => (byte)Math.Clamp((value + 2048) >> 12, 0, 255);

    /// <summary>A sample at a pixel, in sixteenths: nine of them the nearest one, the others its neighbours.</summary>
    private static int Between(ReadOnlySpan<byte> plane, int width, int height, int x, int y)
    {
        var (column, row) = (x / 2, y / 2);
        var beside = Math.Clamp(column + ((x & 1) == 0 ? -1 : 1), 0, width - 1);
        var next = Math.Clamp(row + ((y & 1) == 0 ? -1 : 1), 0, height - 1);
        return (3 * ((3 * plane[(row * width) + column]) + plane[(row * width) + beside]))
            + (3 * plane[(next * width) + column]) + plane[(next * width) + beside];
    }
}
