using Holdfast.Media;
using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>Which rows of a layer are moved aside when it sways.</summary>
/// <param name="From">Where the bend begins, in sheet units.</param>
/// <param name="To">Where it is all there is; above or below the beginning.</param>
/// <param name="Reach">How much of the sway it takes: 1 for long hair.</param>
internal readonly record struct Bend(float From, float To, float Reach);

/// <summary>A part of a portrait that keeps its form, painted once at the size it is shown in, and then only moved.</summary>
internal sealed class Layer
{
    // Room for soft edges and for the anti-aliased rim.
    private const float Margin = 3;
    private const float HemInUnits = 16;

    private readonly PlanarImage? _image;

    /// <param name="shapes">In the order in which they are painted.</param>
    /// <param name="scale">Pixels in a sheet unit.</param>
    /// <param name="turn">Applied to the shapes before they are painted.</param>
    /// <param name="hem">Painted first, at the sheet's lower edge, with this instead: seen where what is turned ends above the edge.</param>
    public Layer(IReadOnlyList<Shape> shapes, float scale, SKMatrix? turn = null, SKMatrix? hem = null)
    {
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
        var (left, top) = (EvenBelow(all.Left * scale) - PlanarImage.Edge, EvenBelow(all.Top * scale) - PlanarImage.Edge);
        var (width, height) = (EvenAbove((all.Right * scale) - left) + PlanarImage.Edge, EvenAbove((all.Bottom * scale) - top) + PlanarImage.Edge);
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Premul));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear();
        canvas.ClipRect(new SKRect(PlanarImage.Edge, PlanarImage.Edge, width - PlanarImage.Edge, height - PlanarImage.Edge));
        canvas.Translate(-left, -top);
        canvas.Scale(scale);
        if (hem is { } below)
        {
            canvas.Save();
            canvas.ClipRect(new SKRect(all.Left, CharacterDesign.SheetSize - HemInUnits, all.Right, all.Bottom));
            Paint(canvas, shapes, below);
            canvas.Restore();
        }

        Paint(canvas, shapes, matrix);
        _image = new PlanarImage(width, height) { X = left, Y = top };
        _image.Take(bitmap.GetPixelSpan());
    }

    private static int EvenBelow(float value) => (int)MathF.Floor(value / 2) * 2;

    private static int EvenAbove(float value) => (int)MathF.Ceiling(value / 2) * 2;

    private static void Paint(SKCanvas canvas, IReadOnlyList<Shape> shapes, SKMatrix matrix)
    {
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
    }

    /// <summary>The blocks of a picture in which it is seen below a row of its sheet.</summary>
    public PictureArea AreaBelow(I420Picture picture, in Warp warp, float row) =>
        _image is null ? default : Composing.AreaBelow(picture, _image, warp, row);

    /// <summary>Lays it over a part of a picture.</summary>
    public void Draw(I420Picture picture, in Warp warp, in PictureArea area)
    {
        if (_image is not null)
        {
            Composing.Over(picture, _image, warp, area);
        }
    }

    /// <summary>The same, but for what another one hides that is drawn later.</summary>
    public void Draw(I420Picture picture, in Warp warp, in PictureArea area, Layer cover, in Warp coverWarp)
    {
        if (_image is not null)
        {
            Composing.Over(picture, _image, warp, area, cover._image, coverWarp);
        }
    }

    /// <summary>Lays it over a part of a picture, where another one is.</summary>
    public void DrawWithin(I420Picture picture, in Warp warp, Layer within, in Warp withinWarp, in PictureArea area)
    {
        if (_image is not null && within._image is not null)
        {
            Composing.OverWithin(picture, _image, warp, within._image, withinWarp, area);
        }
    }
}
