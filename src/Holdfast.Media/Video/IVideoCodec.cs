namespace Holdfast.Media;

/// <summary>A codec of pictures: makes encoders. It has no state of its own: one serves all streams, from any thread.</summary>
public interface IVideoCodec
{
    /// <summary>Its name as SDP writes it, such as "VP8": what a client takes pictures in and what they are encoded in are joined by it.</summary>
    string Name { get; }

    /// <summary>What makes the pictures, with its version: what another made may look different.</summary>
    string Maker { get; }

    /// <summary>Makes an encoder.</summary>
    IVideoEncoder CreateEncoder(VideoEncoderOptions options);

    /// <summary>How large the pictures are that begin with this key frame; null where it does not say.</summary>
    PictureSize? SizeOf(ReadOnlySpan<byte> keyFrame);
}

/// <summary>Encodes the pictures of one stream, on the calling thread. One caller at a time.</summary>
/// <remarks>
/// Every picture gives exactly one encoded picture: none is dropped and none is held back. Key frames come on demand, and first.
/// </remarks>
public interface IVideoEncoder : IDisposable
{
    /// <summary>The target, bits a second; a change counts from the next picture on.</summary>
    int BitrateBitsPerSecond { get; set; }

    /// <summary>Encodes the next picture.</summary>
    /// <param name="picture">Of the size in the options; it is not kept.</param>
    /// <param name="forceKeyFrame">Whether it must stand for itself.</param>
    /// <param name="isKeyFrame">Whether it does.</param>
    /// <returns>One encoded picture, never empty, valid until the next call or the end of the encoder.</returns>
    ReadOnlySpan<byte> Encode(I420Picture picture, bool forceKeyFrame, out bool isKeyFrame);

    /// <summary>The same, of a picture that differs from the one before it only in a part: the rest need not be looked at.</summary>
    /// <param name="picture">Of the size in the options; it is not kept.</param>
    /// <param name="changed">Outside of this it is the last picture.</param>
    /// <param name="forceKeyFrame">Whether it must stand for itself.</param>
    /// <param name="isKeyFrame">Whether it does.</param>
    ReadOnlySpan<byte> Encode(I420Picture picture, PictureArea changed, bool forceKeyFrame, out bool isKeyFrame) => Encode(picture, forceKeyFrame, out isKeyFrame);

    /// <summary>The same, of a picture that whoever sends it may want to leave out: where the codec can, nothing that follows depends on it. By default it cannot.</summary>
    /// <param name="picture">Of the size in the options; it is not kept.</param>
    /// <param name="isSpare">Whether nothing will.</param>
    ReadOnlySpan<byte> EncodeSpare(I420Picture picture, out bool isSpare)
    {
        isSpare = false;
        return Encode(picture, forceKeyFrame: false, out _);
    }
}

/// <summary>What every encoder is made with; what only one codec knows is set on the codec.</summary>
public sealed record VideoEncoderOptions
{
    /// <summary>Size and rate of the pictures.</summary>
    public required VideoFormat Format { get; init; }

    /// <summary>Target, bits a second.</summary>
    public required int BitrateBitsPerSecond { get; init; }

    /// <summary>Whether the encoder may take the time it likes, for pictures encoded once and shown often. False by default.</summary>
    public bool Offline { get; init; }
}
