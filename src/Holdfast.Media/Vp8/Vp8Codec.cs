namespace Holdfast.Media;

/// <summary>VP8 by libvpx.</summary>
public sealed class Vp8Codec : IVideoCodec
{
    /// <summary>The name of VP8.</summary>
    public const string CodecName = "VP8";

    // Encoded once and shown for as long as the server runs: worth more care than a live picture.
    private const int OfflineSpeed = 2;
    private const int OfflineMinQuantizer = 2;

    /// <summary>The one with the defaults.</summary>
    public static Vp8Codec Default { get; } = new();

    /// <summary>See <see cref="Vp8EncoderOptions.Speed"/>, of live pictures. 10 by default.</summary>
    public int Speed { get; init; } = 10;

    /// <summary>See <see cref="Vp8EncoderOptions.MaxQuantizer"/>. 36 by default.</summary>
    public int MaxQuantizer { get; init; } = 36;

    /// <inheritdoc/>
    public string Name => CodecName;

    /// <inheritdoc/>
    public string Maker => LibVpx.GetVersion();

    /// <inheritdoc/>
    public IVideoEncoder CreateEncoder(VideoEncoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var encoder = new Vp8EncoderOptions
        {
            Format = options.Format,
            BitrateBitsPerSecond = options.BitrateBitsPerSecond,
            Speed = options.Offline ? OfflineSpeed : Speed,
            MaxQuantizer = MaxQuantizer,
            Offline = options.Offline,
        };
        return new Vp8Encoder(encoder with { MinQuantizer = options.Offline ? OfflineMinQuantizer : Math.Min(encoder.MinQuantizer, MaxQuantizer) });
    }

    /// <inheritdoc/>
    public PictureSize? SizeOf(ReadOnlySpan<byte> keyFrame) =>
        Vp8FrameHeader.TryParse(keyFrame, out var header) && header.IsKeyFrame ? new PictureSize(header.Width, header.Height) : null;
}
