using System.Runtime.InteropServices;

namespace Holdfast.Media;

/// <summary>Encodes pictures to VP8 (RFC 6386), in real time, on the calling thread.</summary>
/// <remarks>
/// Every picture gives exactly one frame: none is dropped and none is held back. Key frames come only on demand (and first),
/// so a stream's steady rate is not shaken by them. One caller at a time.
/// </remarks>
public sealed unsafe class Vp8Encoder : IVideoEncoder
{
    // A key frame of a drawn head is two to four times a frame's share of the bitrate; one of ten times would stall a
    // slow link for longer than a coarser one is visible.
    private const int MaxKeyFramePercent = 1000;

    // Blocks that differ less than this from the last frame are skipped unseen: flat drawn areas cost nothing. A finer one does not outweigh a
    // finer quantiser, and takes longer.
    private const int StaticThreshold = 400;
    private const int OfflineStaticThreshold = 100;

    private const int CoarsestQuantizer = 63;
    private const int Block = 16;
    private const double MinBitsPerPixelForLimit = 0.06;

    private readonly VideoFormat _format;
    private readonly int _maxQuantizer;
    private readonly CULong _deadline;
    private readonly VpxContext _context;
    private readonly VpxBlock _blocks;
    private int _bitrate;
    private long _timestamp;
    private PictureArea _active;
    private byte[]? _map;

    /// <exception cref="MissingNativeLibraryException">libvpx is not there.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public Vp8Encoder(Vp8EncoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Validate(options);
        VpxAbi.EnsureKnown();
        _format = options.Format;
        _maxQuantizer = options.MaxQuantizer;
        _deadline = new CULong(options.Offline ? LibVpx.DeadlineGoodQuality : LibVpx.DeadlineRealtime);
        _active = new PictureArea(0, 0, _format.Width, _format.Height);
        _blocks = new VpxBlock();
        _context = new VpxContext();
        try
        {
            Configure(options);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The target, bits a second; a change counts from the next picture on.</summary>
    public int BitrateBitsPerSecond
    {
        get => _bitrate;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1000);
            ObjectDisposedException.ThrowIf(_context.IsClosed, this);
            if (value == _bitrate)
            {
                return;
            }

            SetBitrate(value);
            LibVpx.ThrowIfFailed(LibVpx.SetEncoderConfig(_context, _blocks.Config), _context);
        }
    }

    /// <summary>Encodes the next picture.</summary>
    /// <param name="picture">Of the size in the options; it is not kept.</param>
    /// <param name="forceKeyFrame">Whether the frame must stand for itself.</param>
    /// <param name="isKeyFrame">Whether it does.</param>
    /// <returns>One VP8 frame, never empty, valid until the next call or <see cref="Dispose"/>.</returns>
    public ReadOnlySpan<byte> Encode(I420Picture picture, bool forceKeyFrame, out bool isKeyFrame)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return Encode(picture, PictureArea.AllOf(picture), forceKeyFrame, out isKeyFrame);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Encode(I420Picture picture, PictureArea changed, bool forceKeyFrame, out bool isKeyFrame) =>
        Encode(picture, changed, forceKeyFrame ? LibVpx.FlagForceKeyFrame : 0, out isKeyFrame);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> EncodeSpare(I420Picture picture, out bool isSpare)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var frame = Encode(picture, PictureArea.AllOf(picture), LibVpx.FlagsUpdateNothing, out var isKeyFrame);

        // The first picture stands for itself whatever is asked, and is what all that follow begin with.
        isSpare = !isKeyFrame;
        return frame;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _context.Dispose();
        _blocks.Dispose();
    }

    private ReadOnlySpan<byte> Encode(I420Picture picture, PictureArea changed, int flags, out bool isKeyFrame)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (picture.Width != _format.Width || picture.Height != _format.Height)
        {
            throw new ArgumentException($"The picture is {picture.Width}x{picture.Height}, the encoder {_format.Width}x{_format.Height}.", nameof(picture));
        }

        ObjectDisposedException.ThrowIf(_context.IsClosed, this);
        LookOnlyAt((flags & LibVpx.FlagForceKeyFrame) != 0 ? PictureArea.AllOf(picture) : changed.In(picture));
        fixed (byte* data = picture.Data)
        {
            if (LibVpx.WrapImage(_blocks.Image, VpxImage.FormatI420, (uint)_format.Width, (uint)_format.Height, 1, data) is null)
            {
                throw new InvalidOperationException("libvpx: the picture's format was refused.");
            }

            // Frames are counted here, not by the stream: a stream that rested for a minute would otherwise hand the rate
            // control one frame with a minute's worth of bits to spend.
            LibVpx.ThrowIfFailed(LibVpx.Encode(_context, _blocks.Image, _timestamp++, new CULong(1), new CLong(flags), _deadline), _context);
            GC.KeepAlive(_blocks);
        }

        nint iterator = 0;
        for (var packet = LibVpx.GetPacket(_context, ref iterator); packet is not null; packet = LibVpx.GetPacket(_context, ref iterator))
        {
            if (packet->Kind == VpxPacket.KindFrame)
            {
                isKeyFrame = (packet->Flags & VpxPacket.FlagKey) != 0;
                return new ReadOnlySpan<byte>((void*)packet->Buffer, checked((int)packet->Size));
            }
        }

        throw new InvalidOperationException("libvpx gave no frame for a picture, though it may drop none.");
    }

    /// <summary>What is outside is neither searched nor encoded: it stays as it was sent.</summary>
    private void LookOnlyAt(in PictureArea area)
    {
        if (area == _active)
        {
            return;
        }

        _active = area;
        var (columns, rows) = ((_format.Width + Block - 1) / Block, (_format.Height + Block - 1) / Block);
        Span<byte> blocks = _map ??= new byte[columns * rows];
        blocks.Clear();
        for (var row = area.Top / Block; row * Block < area.Bottom; row++)
        {
            blocks[((row * columns) + (area.Left / Block))..((row * columns) + ((area.Right + Block - 1) / Block))].Fill(1);
        }

        fixed (byte* first = blocks)
        {
            // Without a map it looks at all of it.
            var isWhole = area == new PictureArea(0, 0, _format.Width, _format.Height);
            var map = new VpxActiveMap { Blocks = isWhole ? null : first, Rows = (uint)rows, Columns = (uint)columns };
            LibVpx.SetControl(_context, LibVpx.SetActiveMap, &map);
        }
    }

    private static void Validate(Vp8EncoderOptions options)
    {
        var (width, height, rate) = options.Format;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, Vp8FrameHeader.MaxDimension, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, Vp8FrameHeader.MaxDimension, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BitrateBitsPerSecond, 1000, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Speed, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Speed, 16, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.MinQuantizer, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxQuantizer, Math.Max(4, options.MinQuantizer), nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxQuantizer, 63, nameof(options));
    }

    private void SetBitrate(int bitsPerSecond)
    {
        var pixelsPerSecond = (double)_format.Width * _format.Height * _format.FramesPerSecond;
        var isLimited = bitsPerSecond >= MinBitsPerPixelForLimit * pixelsPerSecond;
        _bitrate = bitsPerSecond;
        _blocks.Config->TargetKilobits = (uint)(bitsPerSecond / 1000);
        _blocks.Config->MaxQuantizer = (uint)(isLimited ? _maxQuantizer : CoarsestQuantizer);
    }

    private void Configure(Vp8EncoderOptions options)
    {
        var config = _blocks.Config;
        if (LibVpx.GetDefaultEncoderConfig(LibVpx.GetVp8EncoderInterface(), config, 0) != VpxResult.Ok)
        {
            throw new InvalidOperationException("libvpx has no default configuration for VP8.");
        }

        config->Threads = 1;
        config->Width = (uint)_format.Width;
        config->Height = (uint)_format.Height;
        config->TimebaseNumerator = 1;
        config->TimebaseDenominator = _format.FramesPerSecond;
        config->ErrorResilient = options.ErrorResilient ? 1u : 0u;
        config->Pass = 0;
        config->LagInFrames = 0;
        config->DropFrameThreshold = 0;
        config->ResizeAllowed = 0;
        config->RateControl = 1; // VPX_CBR
        config->MinQuantizer = (uint)options.MinQuantizer;
        SetBitrate(options.BitrateBitsPerSecond);
        config->UndershootPercent = 100;
        config->OvershootPercent = 15;

        // A second of buffer, half full at the start: small enough to keep delay low, large enough for a key frame.
        config->BufferMilliseconds = 1000;
        config->BufferInitialMilliseconds = 500;
        config->BufferOptimalMilliseconds = 600;
        config->KeyFrameMode = 0; // VPX_KF_DISABLED: only on demand

        _context.InitializeEncoder(config);
        LibVpx.SetControl(_context, LibVpx.SetCpuUsed, options.Offline ? options.Speed : -options.Speed);
        LibVpx.SetControl(_context, LibVpx.SetNoiseSensitivity, 0);
        LibVpx.SetControl(_context, LibVpx.SetTokenPartitions, 0);
        LibVpx.SetControl(_context, LibVpx.SetStaticThreshold, options.Offline ? OfflineStaticThreshold : StaticThreshold);
        LibVpx.SetControl(_context, LibVpx.SetMaxIntraBitratePercent, MaxKeyFramePercent);
    }
}
