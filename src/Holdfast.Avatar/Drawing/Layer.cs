using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>Which rows of a layer are moved aside when it sways.</summary>
/// <param name="From">Where the bend begins, in sheet units.</param>
/// <param name="To">Where it is all there is; above or below the beginning.</param>
/// <param name="Reach">How much of the sway it takes: 1 for long hair.</param>
internal readonly record struct Bend(float From, float To, float Reach);

/// <summary>A part of a portrait that keeps its form, painted once at the size it is shown in, and then only moved.</summary>
internal sealed class Layer : IDisposable
{
    // Room for soft edges and for the anti-aliased rim.
    private const float Margin = 3;

    // Rows that are moved as one differ by so many pixels.
    private const float FinestStep = 0.5f;
    private const float HemInUnits = 16;

    // In pixels, further than anything is moved.
    private const float Outside = 64;

    private static readonly SKSamplingOptions Smooth = new(SKFilterMode.Linear);
    private readonly SKImage? _image;
    private readonly float _x;
    private readonly float _y;
    private readonly float _scale;

    /// <param name="shapes">In the order in which they are painted.</param>
    /// <param name="scale">Pixels in a sheet unit.</param>
    /// <param name="turn">Applied to the shapes before they are painted.</param>
    /// <param name="hem">Painted first, at the sheet's lower edge, with this instead: seen where what is turned ends above the edge.</param>
    public Layer(IReadOnlyList<Shape> shapes, float scale, SKMatrix? turn = null, SKMatrix? hem = null)
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
        if (hem is { } below)
        {
            canvas.Save();
            canvas.ClipRect(new SKRect(all.Left, CharacterDesign.SheetSize - HemInUnits, all.Right, all.Bottom));
            Paint(canvas, shapes, below);
            canvas.Restore();
        }

        Paint(canvas, shapes, matrix);
        _image = surface.Snapshot();
    }

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

    /// <summary>Draws it bent: rows are moved aside, the further the more, from where the bend begins to where it ends.</summary>
    /// <param name="canvas">Neither turned nor scaled but by the sheet's scale.</param>
    /// <param name="bend">Which rows.</param>
    /// <param name="sway">How far the last row is moved, in sheet units.</param>
    public void DrawBent(SKCanvas canvas, in Bend bend, float sway)
    {
        if (_image is null || bend.Reach == 0 || MathF.Abs(sway * bend.Reach * _scale) < 0.05f)
        {
            Draw(canvas);
            return;
        }

        // Bands that are only moved cost little more than the whole does; bent pixel by pixel it would be six times as much. From one to the next it is half a
        // pixel: any more is seen as a staircase at the rim. What does not move is one band, and so is what moves as far as it can.
        var move = sway * bend.Reach;
        var count = (int)MathF.Ceiling(MathF.Abs(move) * _scale / FinestStep);
        var (from, to) = (RowOf(bend.From), RowOf(bend.To));
        var (before, after) = bend.From <= bend.To ? (0, _image.Height) : (_image.Height, 0);
        DrawRows(canvas, before, from, 0);
        var row = from;
        for (var band = 0; band < count; band++)
        {
            // The bend is a parabola: it has reached a part of itself at that part's root.
            var next = band + 1 == count ? to : RowOf(bend.From + ((bend.To - bend.From) * MathF.Sqrt((band + 1f) / count)));
            DrawRows(canvas, row, next, move * (band + 0.5f) / count);
            row = next;
        }

        DrawRows(canvas, row, after, move);
    }

    /// <summary>The row of a height in the sheet, within the image.</summary>
    private int RowOf(float y) => Math.Clamp((int)MathF.Round((y * _scale) - _y), 0, _image!.Height);

    /// <summary>The rows between two, whichever is the upper one, moved aside.</summary>
    private void DrawRows(SKCanvas canvas, int one, int other, float move)
    {
        if (one == other)
        {
            return;
        }

        canvas.Save();
        canvas.Scale(1 / _scale);
        canvas.Translate(move * _scale, 0);
        canvas.ClipRect(new SKRect(_x - Outside, _y + Math.Min(one, other), _x + _image!.Width + Outside, _y + Math.Max(one, other)));
        canvas.DrawImage(_image, _x, _y, Smooth);
        canvas.Restore();
    }

    public void Dispose() => _image?.Dispose();
}
