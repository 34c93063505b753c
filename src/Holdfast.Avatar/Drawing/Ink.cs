using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>One filled or stroked outline of a drawing.</summary>
internal sealed record Shape(SKPath Path, SKPaint Paint)
{
    /// <summary>Where it may be seen; everywhere if null. For soft shades that must end at another shape's edge.</summary>
    public SKPath? Within { get; init; }
}

/// <summary>Makes the shapes of a drawing from outlines in SVG path notation.</summary>
internal static class Ink
{
    public static SKPath Path(string outline) => SKPath.ParseSvgPathData(outline)
        ?? throw new ArgumentException($"Not an outline: {outline}", nameof(outline));

    public static SKColor Color(string rgb, float opacity = 1) => SKColor.Parse(rgb).WithAlpha((byte)(opacity * 255 + 0.5f));

    public static SKPaint Solid(string rgb, float opacity = 1) => new() { IsAntialias = true, Color = Color(rgb, opacity) };

    public static SKPaint Linear(float x0, float y0, float x1, float y1, params SKColor[] colors) => new()
    {
        IsAntialias = true,
        Shader = SKShader.CreateLinearGradient(new(x0, y0), new(x1, y1), colors, null, SKShaderTileMode.Clamp),
    };

    public static SKPaint Radial(float x, float y, float radius, params SKColor[] colors) => new()
    {
        IsAntialias = true,
        Shader = SKShader.CreateRadialGradient(new(x, y), radius, colors, null, SKShaderTileMode.Clamp),
    };

    public static SKPaint Line(string rgb, float width, float opacity = 1) => new()
    {
        IsAntialias = true,
        IsStroke = true,
        StrokeWidth = width,
        StrokeCap = SKStrokeCap.Round,
        StrokeJoin = SKStrokeJoin.Round,
        Color = Color(rgb, opacity),
    };

    public static SKPaint Soft(this SKPaint paint, float blur)
    {
        paint.MaskFilter = SKMaskFilter.CreateBlur(SKBlurStyle.Normal, blur);
        return paint;
    }

    public static Shape Fill(string outline, string rgb, float opacity = 1) => new(Path(outline), Solid(rgb, opacity));

    public static Shape Fill(string outline, SKPaint paint) => new(Path(outline), paint);

    public static Shape Fill(SKPath outline, SKPaint paint) => new(outline, paint);

    public static SKPath Oval(float x, float y, float rx, float ry)
    {
        using var builder = new SKPathBuilder();
        builder.AddOval(new SKRect(x - rx, y - ry, x + rx, y + ry), SKPathDirection.Clockwise);
        return builder.Detach();
    }

    public static Shape Stroke(string outline, string rgb, float width, float opacity = 1) => new(Path(outline), Line(rgb, width, opacity));
}
