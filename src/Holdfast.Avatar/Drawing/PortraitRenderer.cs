using Holdfast.Media;
using SkiaSharp;

namespace Holdfast.Avatar;

/// <summary>A portrait that is drawn as a picture or as a file. Used by one thread at a time.</summary>
internal sealed class PortraitRenderer : IDisposable
{
    /// <summary>Pixels, each way: a face in a list, on a screen of two pixels to one.</summary>
    private const int ThumbnailSize = 128;

    private readonly Portrait _portrait;
    private readonly int _size;

    public PortraitRenderer(PortraitLayers layers)
    {
        _portrait = new Portrait(layers);
        _size = layers.Size;
    }

    public void Draw(in Pose pose, I420Picture picture) => _portrait.Draw(picture, pose);

    public PictureArea Redraw(in Pose before, in Pose pose, I420Picture picture) => _portrait.Redraw(picture, before, pose);

    /// <summary>The same in colours. The caller disposes of it.</summary>
    public SKBitmap DrawColours(in Pose pose)
    {
        var picture = new I420Picture(_size, _size);
        Draw(pose, picture);
        var bitmap = new SKBitmap(new SKImageInfo(_size, _size, SKColorType.Bgra8888, SKAlphaType.Opaque));
        Colours.FromI420(picture, bitmap.GetPixelSpan());
        return bitmap;
    }

    /// <summary>Draws a pose as a PNG file.</summary>
    public byte[] DrawPng(in Pose pose) => DrawFile(pose, SKEncodedImageFormat.Png, quality: 100);

    /// <summary>Draws a pose as a WebP file, a small part of the size; a page shows it until the first live picture.</summary>
    public byte[] DrawWebP(in Pose pose) => DrawFile(pose, SKEncodedImageFormat.Webp, quality: 32);

    /// <summary>Draws a pose as a WebP file of <see cref="ThumbnailSize"/>.</summary>
    public byte[] DrawThumbnail(in Pose pose)
    {
        using var bitmap = DrawColours(pose);
        using var small = bitmap.Resize(new SKSizeI(ThumbnailSize, ThumbnailSize), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using var file = small.Encode(SKEncodedImageFormat.Webp, quality: 66);
        return file.ToArray();
    }

    private byte[] DrawFile(in Pose pose, SKEncodedImageFormat format, int quality)
    {
        using var bitmap = DrawColours(pose);
        using var file = bitmap.Encode(format, quality);
        return file.ToArray();
    }

    public void Dispose() => _portrait.Dispose();
}

/// <summary>
/// Lends renderers of one character: as many come to be as pictures are drawn at the same moment, not as there are sessions.
/// </summary>
/// <remarks>
/// A server that stops waits for no show longer than a second, so that the end may come while a picture is drawn: what all draw with is given back by the
/// last of them. From then on nothing is drawn.
/// </remarks>
internal sealed class RendererPool : IDisposable
{
    private readonly Stack<PortraitRenderer> _free = new();
    private readonly Lazy<PortraitLayers> _layers;
    private readonly Lock _gate = new();
    private int _drawing;
    private bool _isOver;

    public RendererPool(CharacterDesign design, int size)
    {
        Size = size;
        _layers = new Lazy<PortraitLayers>(() => new PortraitLayers(design, size));
    }

    /// <summary>Width and height of the pictures in pixels.</summary>
    public int Size { get; }

    /// <summary>Draws a picture; after the end it stays as it was.</summary>
    public void Draw(in Pose pose, I420Picture picture)
    {
        if (TryBorrow() is not { } renderer)
        {
            return;
        }

        try
        {
            renderer.Draw(pose, picture);
        }
        finally
        {
            GiveBack(renderer);
        }
    }

    /// <summary>Draws another face over a pose (<see cref="Portrait.Redraw"/>); after the end the picture stays as it was.</summary>
    public PictureArea Redraw(in Pose before, in Pose pose, I420Picture picture)
    {
        if (TryBorrow() is not { } renderer)
        {
            return default;
        }

        try
        {
            return renderer.Redraw(before, pose, picture);
        }
        finally
        {
            GiveBack(renderer);
        }
    }

    /// <exception cref="ObjectDisposedException">It came to its end.</exception>
    public byte[] DrawPng(in Pose pose) => DrawFile(pose, static (renderer, pose) => renderer.DrawPng(pose));

    /// <exception cref="ObjectDisposedException">It came to its end.</exception>
    public byte[] DrawWebP(in Pose pose) => DrawFile(pose, static (renderer, pose) => renderer.DrawWebP(pose));

    /// <exception cref="ObjectDisposedException">It came to its end.</exception>
    public byte[] DrawThumbnail(in Pose pose) => DrawFile(pose, static (renderer, pose) => renderer.DrawThumbnail(pose));

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            if (_drawing > 0)
            {
                return;
            }
        }

        LetGo();
    }

    private byte[] DrawFile(Pose pose, Func<PortraitRenderer, Pose, byte[]> draw)
    {
        var renderer = TryBorrow() ?? throw new ObjectDisposedException(nameof(RendererPool));
        try
        {
            return draw(renderer, pose);
        }
        finally
        {
            GiveBack(renderer);
        }
    }

    /// <summary>Null after the end.</summary>
    private PortraitRenderer? TryBorrow()
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return null;
            }

            _drawing++;
            if (_free.TryPop(out var free))
            {
                return free;
            }
        }

        try
        {
            // Not under the lock: the first one paints the layers.
            return new PortraitRenderer(_layers.Value);
        }
        catch
        {
            GiveBack(renderer: null);
            throw;
        }
    }

    private void GiveBack(PortraitRenderer? renderer)
    {
        lock (_gate)
        {
            if (renderer is not null)
            {
                _free.Push(renderer);
            }

            if (--_drawing > 0 || !_isOver)
            {
                return;
            }
        }

        LetGo();
    }

    /// <summary>Nobody draws any more, and nobody will.</summary>
    private void LetGo()
    {
        while (_free.TryPop(out var renderer))
        {
            renderer.Dispose();
        }
    }
}
