using Holdfast.Media;
using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>
/// The light sage behind every character: one even colour, since of an even colour no encoder makes blocks. What light there is on it comes from the
/// page, whose stage lays it over the picture (player/styles/stage.js).
/// </summary>
internal static class Backdrop
{
    public static SKColor Color { get; } = Ink.Color("#e9efe9");

    // Behind the colour, which it is made of.
    private static readonly I420Picture s_sample = Sample();

    /// <summary>Fills a part of a picture with it.</summary>
    public static void Fill(I420Picture picture, in PictureArea area)
    {
        Fill(picture.Y, picture.Width, area.Left, area.Top, area.Right, area.Bottom, s_sample.Y[0]);
        Fill(picture.U, picture.Width / 2, area.Left / 2, area.Top / 2, area.Right / 2, area.Bottom / 2, s_sample.U[0]);
        Fill(picture.V, picture.Width / 2, area.Left / 2, area.Top / 2, area.Right / 2, area.Bottom / 2, s_sample.V[0]);
    }

    private static void Fill(Span<byte> plane, int width, int left, int top, int right, int bottom, byte value)
    {
        for (var row = top; row < bottom; row++)
        {
            plane[((row * width) + left)..((row * width) + right)].Fill(value);
        }
    }

    private static I420Picture Sample()
    {
        var sample = new I420Picture(2, 2);
        ReadOnlySpan<byte> pixel = [Color.Blue, Color.Green, Color.Red, 255];
        Span<byte> pixels = stackalloc byte[16];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = pixel[i % 4];
        }

        ColorConversion.BgraToI420(pixels, 8, sample);
        return sample;
    }
}
