using System.Diagnostics.CodeAnalysis;

namespace Holdfast.Media;

/// <summary>Decodes VP8 frames (RFC 6386), for recordings, the lab and tests. One caller at a time.</summary>
public sealed unsafe class Vp8Decoder : IDisposable
{
    private readonly int _maxPixels;
    private readonly VpxContext _context;
    private I420Picture? _picture;
    private bool _hasKeyFrame;

    /// <param name="maxPixels">A frame with more pixels than this is refused before anything is reserved for it.</param>
    /// <exception cref="MissingNativeLibraryException">libvpx is not there.</exception>
    public Vp8Decoder(int maxPixels = 4096 * 2304)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxPixels);
        VpxAbi.EnsureKnown();
        _maxPixels = maxPixels;
        _context = new VpxContext();
        try
        {
            _context.InitializeDecoder();
        }
        catch
        {
            _context.Dispose();
            throw;
        }
    }

    /// <summary>Decodes the next frame.</summary>
    /// <param name="frame">The bytes of one frame, whoever they come from.</param>
    /// <param name="picture">The picture, valid until the next call.</param>
    /// <returns>
    /// False where the bytes are no frame, need one that is not there (everything before the first key frame), have an odd
    /// width or height, or are larger than allowed. The next key frame is decoded again.
    /// </returns>
    public bool TryDecode(ReadOnlySpan<byte> frame, [NotNullWhen(true)] out I420Picture? picture)
    {
        picture = null;
        ObjectDisposedException.ThrowIf(_context.IsClosed, this);
        if (!Vp8FrameHeader.TryParse(frame, out var header) || !IsAcceptable(header))
        {
            return false;
        }

        VpxResult result;
        fixed (byte* data = frame)
        {
            result = LibVpx.Decode(_context, data, (uint)frame.Length, 0, default);
        }

        // What was decoded without an error is shown; anything else is a hole that only a key frame fills.
        nint iterator = 0;
        var image = result == VpxResult.Ok ? LibVpx.GetFrame(_context, ref iterator) : null;
        _hasKeyFrame = image is not null;
        if (image is null || image->Format != VpxImage.FormatI420)
        {
            return false;
        }

        picture = Copy(image);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _context.Dispose();

    private static void CopyPlane(nint source, int stride, Span<byte> destination, int width)
    {
        for (var row = 0; destination.Length > 0; row++)
        {
            new ReadOnlySpan<byte>((byte*)source + (nint)row * stride, width).CopyTo(destination);
            destination = destination[width..];
        }
    }

    private bool IsAcceptable(Vp8FrameHeader header) => header.IsKeyFrame
        ? header.Width > 0 && header.Height > 0 && ((header.Width | header.Height) & 1) == 0
            && (long)header.Width * header.Height <= _maxPixels
        : _hasKeyFrame;

    private I420Picture Copy(VpxImage* image)
    {
        var (width, height) = ((int)image->Width, (int)image->Height);
        if (_picture is null || _picture.Width != width || _picture.Height != height)
        {
            _picture = new I420Picture(width, height);
        }

        CopyPlane(image->PlaneY, image->StrideY, _picture.Y, width);
        CopyPlane(image->PlaneU, image->StrideU, _picture.U, width / 2);
        CopyPlane(image->PlaneV, image->StrideV, _picture.V, width / 2);
        return _picture;
    }
}
