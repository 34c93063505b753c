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

    /// <summary>Clears it, and puts its middle at a place of the sheet; what is drawn then is in sheet units.</summary>
    /// <returns>How it has to be moved to be seen there.</returns>
    public Warp Begin(SKPoint middle)
    {
        var x = (int)MathF.Round((middle.X * _scale) - (_bitmap.Width / 2f)) & ~1;
        var y = (int)MathF.Round((middle.Y * _scale) - (_bitmap.Height / 2f)) & ~1;
        Canvas.ResetMatrix();
        Canvas.Clear();
        Canvas.Translate(-x, -y);
        Canvas.Scale(_scale);
        return new Warp { X = x, Y = y };
    }

    /// <summary>Lays what was drawn over a picture.</summary>
    public void Draw(I420Picture picture, in Warp warp)
    {
        _image.Take(_bitmap.GetPixelSpan());
        Composing.Over(picture, _image, warp);
    }

    public void Dispose()
    {
        Canvas.Dispose();
        _bitmap.Dispose();
    }

    private static int Even(float length) => ((int)MathF.Ceiling(length / 2) * 2) + (2 * PlanarImage.Edge);
}
