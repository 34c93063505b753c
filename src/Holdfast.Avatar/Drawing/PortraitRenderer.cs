using System.Collections.Concurrent;
using Holdfast.Media;
using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>A portrait with a sheet of pixels to draw it on. Used by one thread at a time.</summary>
internal sealed class PortraitRenderer : IDisposable
{
    private readonly Portrait _portrait;
    private readonly SKBitmap _bitmap;
    private readonly SKCanvas _canvas;

    public PortraitRenderer(PortraitLayers layers)
    {
        _portrait = new Portrait(layers);
        _bitmap = new SKBitmap(new SKImageInfo(layers.Size, layers.Size, SKColorType.Bgra8888, SKAlphaType.Premul));
        _canvas = new SKCanvas(_bitmap);
    }

    /// <summary>The pixels last drawn, BGRA.</summary>
    public ReadOnlySpan<byte> Pixels => _bitmap.GetPixelSpan();

    public void Draw(in Pose pose) => _portrait.Draw(_canvas, pose);

    public void Draw(in Pose pose, I420Picture picture)
    {
        Draw(pose);
        ColorConversion.BgraToI420(_bitmap.GetPixelSpan(), _bitmap.RowBytes, picture);
    }

    /// <summary>Draws a pose as a PNG file.</summary>
    public byte[] DrawPng(in Pose pose) => DrawFile(pose, SKEncodedImageFormat.Png, quality: 100);

    /// <summary>Draws a pose as a WebP file, a tenth of the size, which nobody tells from the other by looking.</summary>
    public byte[] DrawWebP(in Pose pose) => DrawFile(pose, SKEncodedImageFormat.Webp, quality: 82);

    private byte[] DrawFile(in Pose pose, SKEncodedImageFormat format, int quality)
    {
        Draw(pose);
        using var file = _bitmap.Encode(format, quality);
        return file.ToArray();
    }

    public void Dispose()
    {
        _canvas.Dispose();
        _bitmap.Dispose();
        _portrait.Dispose();
    }
}

/// <summary>
/// Lends renderers of one character: as many come to be as pictures are drawn at the same moment, not as there are sessions.
/// </summary>
internal sealed class RendererPool : IDisposable
{
    private readonly ConcurrentStack<PortraitRenderer> _free = new();
    private readonly Lazy<PortraitLayers> _layers;
    private volatile bool _disposed;

    public RendererPool(CharacterDesign design, int size)
    {
        _layers = new Lazy<PortraitLayers>(() => new PortraitLayers(design, size));
    }

    public void Draw(in Pose pose, I420Picture picture)
    {
        var renderer = Borrow();
        renderer.Draw(pose, picture);
        GiveBack(renderer);
    }

    public byte[] DrawPng(in Pose pose)
    {
        var renderer = Borrow();
        var png = renderer.DrawPng(pose);
        GiveBack(renderer);
        return png;
    }

    public byte[] DrawWebP(in Pose pose)
    {
        var renderer = Borrow();
        var webP = renderer.DrawWebP(pose);
        GiveBack(renderer);
        return webP;
    }

    public void Dispose()
    {
        _disposed = true;
        while (_free.TryPop(out var renderer))
        {
            renderer.Dispose();
        }

        if (_layers.IsValueCreated)
        {
            _layers.Value.Dispose();
        }
    }

    private PortraitRenderer Borrow() => _free.TryPop(out var free) ? free : new PortraitRenderer(_layers.Value);

    private void GiveBack(PortraitRenderer renderer)
    {
        if (_disposed)
        {
            renderer.Dispose();
            return;
        }

        _free.Push(renderer);
    }
}
