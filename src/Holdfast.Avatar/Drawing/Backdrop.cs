using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>The light sage gradient behind every character: the page's stage, continued in the picture.</summary>
internal static class Backdrop
{
    public static SKImage Paint(int size)
    {
        using var surface = SKSurface.Create(new SKImageInfo(size, size, SKColorType.Bgra8888, SKAlphaType.Opaque))
            ?? throw new InvalidOperationException("There is no memory to paint in.");
        SKCanvas canvas = surface.Canvas;

        // An ellipse of 110 % of the width and 90 % of the height around (50 %, 18 %), as the page's style has it.
        SKMatrix ellipse = SKMatrix.CreateScale(1.10f * size, 0.90f * size).PostConcat(SKMatrix.CreateTranslation(0.5f * size, 0.18f * size));
        using SKShader shader = SKShader.CreateRadialGradient(
            new(0, 0), 1, [Ink.Color("#e9efe9"), Ink.Color("#bcd3cb")], null, SKShaderTileMode.Clamp, ellipse);
        using var paint = new SKPaint { Shader = shader, IsDither = true };
        canvas.DrawPaint(paint);
        return surface.Snapshot();
    }
}
