using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>A part of a portrait that keeps its form, painted once at the size it is shown in, and then only moved.</summary>
internal sealed class Layer : IDisposable
{
    // Room for soft edges and for the anti-aliased rim.
    private const float Margin = 3;

    private static readonly SKSamplingOptions Smooth = new(SKFilterMode.Linear);
    private readonly SKImage? _image;
    private readonly float _x;
    private readonly float _y;
    private readonly float _scale;

    /// <param name="shapes">In the order in which they are painted.</param>
    /// <param name="scale">Pixels in a sheet unit.</param>
    /// <param name="turn">Applied to the shapes before they are painted.</param>
    public Layer(IReadOnlyList<Shape> shapes, float scale, SKMatrix? turn = null)
    {
        _scale = scale;
        var matrix = turn ?? SKMatrix.Identity;
        if (shapes.Count == 0)
        {
            return;
        }

        SKRect all = SKRect.Empty;
        foreach (Shape shape in shapes)
        {
            SKRect bounds = shape.Paint.GetFillPath(shape.Path) is { } filled ? filled.Bounds : shape.Path.Bounds;
            bounds = matrix.MapRect(bounds);
            bounds.Inflate(Margin, Margin);
            all = all.IsEmpty ? bounds : SKRect.Union(all, bounds);
        }

        // Nothing is ever seen further outside the sheet than the largest movement.
        all.Intersect(new SKRect(-24, -24, CharacterDesign.SheetSize + 24, CharacterDesign.SheetSize + 24));
        _x = MathF.Floor(all.Left * scale);
        _y = MathF.Floor(all.Top * scale);
        int width = (int)MathF.Ceiling((all.Right * scale) - _x);
        int height = (int)MathF.Ceiling((all.Bottom * scale) - _y);
        using var surface = SKSurface.Create(new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Premul))
            ?? throw new InvalidOperationException("There is no memory to paint in.");
        SKCanvas canvas = surface.Canvas;
        canvas.Translate(-_x, -_y);
        canvas.Scale(scale);
        canvas.Concat(matrix);
        foreach (Shape shape in shapes)
        {
            canvas.Save();
            if (shape.Within is not null)
            {
                canvas.ClipPath(shape.Within, SKClipOperation.Intersect, antialias: true);
            }

            canvas.DrawPath(shape.Path, shape.Paint);
            canvas.Restore();
        }

        _image = surface.Snapshot();
    }

    /// <summary>Draws it where the canvas, in sheet units, has been moved to.</summary>
    public void Draw(SKCanvas canvas)
    {
        if (_image is null)
        {
            return;
        }

        canvas.Save();
        canvas.Scale(1 / _scale);
        canvas.DrawImage(_image, _x, _y, Smooth);
        canvas.Restore();
    }

    public void Dispose() => _image?.Dispose();
}
