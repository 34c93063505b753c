using Holdfast.Media;
using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>A small sheet for what changes its form with every picture: it is painted, and then laid over the picture.</summary>
internal sealed class Patch : IDisposable
{
    private readonly SKBitmap _bitmap;
    private readonly PlanarImage _image;
    private readonly float _scale;

    /// <param name="width">In sheet units.</param>
    /// <param name="height">In sheet units.</param>
    /// <param name="scale">Pixels in a sheet unit.</param>
    public Patch(float width, float height, float scale)
    {
        _scale = scale;
        var (columns, rows) = (Even(width * scale), Even(height * scale));
        _bitmap = new SKBitmap(new SKImageInfo(columns, rows, SKColorType.Bgra8888, SKAlphaType.Premul));
        _image = new PlanarImage(columns, rows);
        Canvas = new SKCanvas(_bitmap);
        Canvas.ClipRect(new SKRect(PlanarImage.Edge, PlanarImage.Edge, columns - PlanarImage.Edge, rows - PlanarImage.Edge));
    }

    public SKCanvas Canvas { get; }

    /// <summary>How it has to be moved to be seen with its middle at a place of the sheet.</summary>
    public Warp At(SKPoint middle) => new()
    {
        X = (int)MathF.Round((middle.X * _scale) - (_bitmap.Width / 2f)) & ~1,
        Y = (int)MathF.Round((middle.Y * _scale) - (_bitmap.Height / 2f)) & ~1,
    };

    /// <summary>Clears it; what is drawn then is in sheet units, and is seen where this moves it.</summary>
    public void Begin(in Warp warp)
    {
        Canvas.ResetMatrix();
        Canvas.Clear();
        Canvas.Translate(-warp.X, -warp.Y);
        Canvas.Scale(_scale);
    }

    /// <summary>The blocks of a picture in which anything of it can be seen.</summary>
    public PictureArea AreaAt(I420Picture picture, in Warp warp) =>
        PictureArea.Touched(picture, warp.X, warp.Y, warp.X + _bitmap.Width, warp.Y + _bitmap.Height);

    /// <summary>Lays what was drawn over a part of a picture.</summary>
    public void Draw(I420Picture picture, in Warp warp, in PictureArea area)
    {
        _image.Take(_bitmap.GetPixelSpan());
        Composing.Over(picture, _image, warp, area);
    }

    public void Dispose()
    {
        Canvas.Dispose();
        _bitmap.Dispose();
    }

    private static int Even(float length) => ((int)MathF.Ceiling(length / 2) * 2) + (2 * PlanarImage.Edge);
}
