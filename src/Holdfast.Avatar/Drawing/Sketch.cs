using Holdfast.Media;
using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>A small sheet on which a part is painted about its own middle, to be kept. Used by one thread at a time.</summary>
internal sealed class Sketch : IDisposable
{
    private readonly SKBitmap _bitmap;
    private readonly SKCanvas _canvas;
    private readonly float _scale;
    private readonly int _left;
    private readonly int _top;

    /// <param name="bounds">What may be painted about the middle, in sheet units.</param>
    /// <param name="scale">Pixels in a sheet unit.</param>
    public Sketch(SKRect bounds, float scale)
    {
        _scale = scale;
        (_left, _top) = (EvenBelow(bounds.Left), EvenBelow(bounds.Top));
        _bitmap = new SKBitmap(new SKImageInfo(-EvenBelow(-bounds.Right) - _left, -EvenBelow(-bounds.Bottom) - _top, SKColorType.Bgra8888, SKAlphaType.Premul));
        _canvas = new SKCanvas(_bitmap);
        _canvas.ClipRect(new SKRect(PlanarImage.Edge, PlanarImage.Edge, _bitmap.Width - PlanarImage.Edge, _bitmap.Height - PlanarImage.Edge));
    }

    /// <summary>An empty sheet; what is drawn then is in sheet units, about the middle, and leans.</summary>
    public SKCanvas Begin(float degrees)
    {
        _canvas.ResetMatrix();
        _canvas.Clear();
        _canvas.Translate(-_left, -_top);
        _canvas.Scale(_scale);
        _canvas.RotateDegrees(degrees);
        return _canvas;
    }

    /// <summary>What was painted.</summary>
    public PlanarImage Take()
    {
        var image = new PlanarImage(_bitmap.Width, _bitmap.Height) { X = _left, Y = _top };
        image.Take(_bitmap.GetPixelSpan());
        image.Sharpen();
        return image;
    }

    /// <summary>How it has to be moved to be seen with its middle at a place of the sheet.</summary>
    public Warp At(SKPoint middle) => new() { X = middle.X * _scale, Y = middle.Y * _scale };

    /// <summary>The blocks of a picture in which anything of it can be seen.</summary>
    public PictureArea AreaAt(I420Picture picture, in Warp warp) =>
        PictureArea.Touched(picture, warp.X + _left, warp.Y + _top, warp.X + _left + _bitmap.Width, warp.Y + _top + _bitmap.Height);

    public void Dispose()
    {
        _canvas.Dispose();
        _bitmap.Dispose();
    }

    private int EvenBelow(float units) => ((int)MathF.Floor(units * _scale / 2) * 2) - PlanarImage.Edge;
}
