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

    /// <summary>Fills a picture with it.</summary>
    public static void Fill(I420Picture picture)
    {
        picture.Y.Fill(s_sample.Y[0]);
        picture.U.Fill(s_sample.U[0]);
        picture.V.Fill(s_sample.V[0]);
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
