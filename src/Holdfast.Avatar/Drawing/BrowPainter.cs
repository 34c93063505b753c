using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>Draws one brow.</summary>
internal sealed class BrowPainter : IDisposable
{
    private readonly BrowDesign _brow;
    private readonly SKPaint _paint;

    public BrowPainter(BrowDesign brow)
    {
        _brow = brow;
        _paint = Ink.Solid(brow.Color);
    }

    /// <param name="canvas">With its origin where the face's middle line is at the height of the inner end, mirrored for the left one.</param>
    /// <param name="outline">For the outline of this moment.</param>
    /// <param name="raised">1 wholly, negative where it is drawn down.</param>
    public void Draw(SKCanvas canvas, Outline outline, float raised)
    {
        BrowDesign b = _brow;
        float start = b.Apart;
        float length = b.Length;
        float half = b.Thickness * 0.5f;
        float arch = b.Arch + (MathF.Max(0, raised) * 1.6f);
        float inner = MathF.Max(0, -raised) * 2.5f;
        using SKPath brow = outline.From(start + 1.2f, inner - (half * 0.55f))
            .To(start + (length * 0.20f), inner - (arch * 0.62f) - half, start + (length * 0.40f), -arch - half, start + (length * 0.60f), -arch - (half * 0.86f))
            .To(start + (length * 0.78f), -arch - (half * 0.70f), start + (length * 0.92f), -arch + (b.Fall * 0.50f), start + length, -arch + b.Fall)
            .To(start + (length * 0.90f), -arch + (b.Fall * 0.74f), start + (length * 0.76f), -arch + (half * 0.62f), start + (length * 0.58f), -arch + (half * 0.82f))
            .To(start + (length * 0.38f), -arch + half, start + (length * 0.20f), inner - (arch * 0.42f) + half, start + 1.4f, inner + (half * 0.95f))
            .To(start - 1.6f, inner + half, start - 1.8f, inner - (half * 0.4f), start + 1.2f, inner - (half * 0.55f)).Closed();
        canvas.DrawPath(brow, _paint);
    }

    public void Dispose() => _paint.Dispose();
}
