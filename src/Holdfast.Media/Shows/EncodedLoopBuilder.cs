namespace Holdfast.Media;

/// <summary>Draws and encodes the pictures of an <see cref="EncodedLoop"/>.</summary>
public static class EncodedLoopBuilder
{
    // Encoded once and shown for as long as the server runs: worth more care than a live picture.
    private const int Speed = 2;

    /// <summary>Encodes a loop, on the calling thread: it takes some 5 ms a picture of 512x512.</summary>
    /// <param name="format">Size and rate.</param>
    /// <param name="count">How many pictures; a multiple of <paramref name="keyFrameInterval"/>.</param>
    /// <param name="keyFrameInterval">Every so many pictures is a key frame, the first included.</param>
    /// <param name="bitrateBitsPerSecond">Target.</param>
    /// <param name="draw">Is asked for picture 0, 1, ... in order.</param>
    /// <param name="cancellationToken">Ends it between two pictures.</param>
    public static EncodedLoop Build(
        VideoFormat format,
        int count,
        int keyFrameInterval,
        int bitrateBitsPerSecond,
        Action<long, I420Picture> draw,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(draw);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keyFrameInterval);

        using var encoder = new Vp8Encoder(new Vp8EncoderOptions
        {
            Format = format,
            BitrateBitsPerSecond = bitrateBitsPerSecond,
            Speed = Speed,
            Offline = true,
        });
        var picture = new I420Picture(format.Width, format.Height);
        var frames = new ReadOnlyMemory<byte>[count];
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            draw(i, picture);
            var frame = encoder.Encode(picture, forceKeyFrame: i % keyFrameInterval == 0, out _);
            frames[i] = frame.ToArray();
        }

        return new EncodedLoop(frames, keyFrameInterval);
    }
}
