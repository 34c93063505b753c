namespace Holdfast.Media;

/// <summary>Draws and encodes the pictures of an <see cref="EncodedLoop"/>.</summary>
public static class EncodedLoopBuilder
{
    private const int LeastBitrate = 10_000;

    /// <summary>What makes loops here: the build of this library, and what encodes by default, with its version. What another made may look different.</summary>
    public static string Maker => MakerOf(Vp8Codec.Default);

    /// <summary>The same of another codec.</summary>
    public static string MakerOf(IVideoCodec codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        return $"{typeof(EncodedLoopBuilder).Module.ModuleVersionId} {codec.Maker}";
    }

    /// <summary>Encodes a loop, on the calling thread: it takes some 5 ms a picture of 512x512.</summary>
    /// <param name="format">Size and rate.</param>
    /// <param name="count">How many pictures; a multiple of <paramref name="keyFrameInterval"/>.</param>
    /// <param name="keyFrameInterval">Every so many pictures is a key frame, the first included.</param>
    /// <param name="bitrateBitsPerSecond">Target.</param>
    /// <param name="draw">Is asked for picture 0, 1, ... in order.</param>
    /// <param name="codec">What encodes; null: VP8.</param>
    /// <param name="cancellationToken">Ends it between two pictures.</param>
    public static EncodedLoop Build(
        VideoFormat format,
        int count,
        int keyFrameInterval,
        int bitrateBitsPerSecond,
        Action<long, I420Picture> draw,
        IVideoCodec? codec = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(draw);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keyFrameInterval);

        return Build(codec ?? Vp8Codec.Default, new Rung(1, 1, bitrateBitsPerSecond), format, count, keyFrameInterval, draw, thinner: null, cancellationToken);
    }

    /// <summary>
    /// Adds to a loop its thinner rungs, on the calling thread: at a third of its bitrate, at an eighth and half the size, and below that fewer pictures. Streams that
    /// play the loop take to them as soon as they are there.
    /// </summary>
    /// <param name="loop">The loop.</param>
    /// <param name="format">Its size and rate.</param>
    /// <param name="bitrateBitsPerSecond">Its bitrate.</param>
    /// <param name="draw">Is asked for picture 0, 1, ... in order, once for each rung.</param>
    /// <param name="codec">What encodes, which is what encoded the loop; null: VP8.</param>
    /// <param name="cancellationToken">Ends it between two pictures.</param>
    public static void AddThinner(
        EncodedLoop loop,
        VideoFormat format,
        int bitrateBitsPerSecond,
        Action<long, I420Picture> draw,
        IVideoCodec? codec = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(loop);
        ArgumentNullException.ThrowIfNull(draw);
        codec ??= Vp8Codec.Default;
        if (!string.Equals(codec.Name, loop.Codec, StringComparison.Ordinal))
        {
            throw new ArgumentException($"The loop is in {loop.Codec}, and its thinner ones cannot be in {codec.Name}.", nameof(codec));
        }

        var divisor = format.Width % 4 == 0 && format.Height % 4 == 0 ? 2 : 1;
        Rung[] rungs =
        [
            new(divisor, 4, bitrateBitsPerSecond / 40),
            new(divisor, 2, bitrateBitsPerSecond / 18),
            new(divisor, 1, bitrateBitsPerSecond * 2 / 15),
            new(1, 1, bitrateBitsPerSecond / 3),
        ];
        EncodedLoop? thinner = null;
        foreach (var rung in rungs.Where(static rung => rung.Bitrate >= LeastBitrate))
        {
            thinner = Build(codec, rung, format, loop.Count, loop.KeyFrameInterval, draw, thinner, cancellationToken);
        }

        if (thinner is not null)
        {
            loop.Add(thinner);
        }
    }

    private static EncodedLoop Build(
        IVideoCodec codec,
        in Rung rung,
        VideoFormat full,
        int count,
        int keyFrameInterval,
        Action<long, I420Picture> draw,
        EncodedLoop? thinner,
        CancellationToken cancellationToken)
    {
        var format = new VideoFormat(full.Width / rung.Divisor, full.Height / rung.Divisor, Math.Max(1, full.FramesPerSecond / rung.Interval));
        using var encoder = codec.CreateEncoder(new VideoEncoderOptions { Format = format, BitrateBitsPerSecond = rung.Bitrate, Offline = true });
        var drawn = new I420Picture(full.Width, full.Height);
        var picture = rung.Divisor > 1 ? new I420Picture(format.Width, format.Height) : drawn;
        var frames = new ReadOnlyMemory<byte>[count];

        // Where every picture counts for little, half of them cost nobody anything; on a narrow line they would cost a decibel.
        var isFull = rung is { Divisor: 1, Interval: 1 };
        var hasSpares = isFull && keyFrameInterval > 1;
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var isKeyFrame = i % keyFrameInterval == 0;
            if (i % keyFrameInterval % rung.Interval != 0)
            {
                continue;
            }

            draw(i, drawn);
            if (rung.Divisor > 1)
            {
                PictureScaling.Halve(drawn, picture);
            }

            if (isFull && EncodedLoop.IsSecond(i, keyFrameInterval))
            {
                frames[i] = encoder.EncodeSpare(picture, out var isSpare).ToArray();
                hasSpares &= isSpare;
            }
            else
            {
                frames[i] = encoder.Encode(picture, forceKeyFrame: isKeyFrame, out _).ToArray();
            }
        }

        return new EncodedLoop(frames, keyFrameInterval) { Codec = codec.Name, Thinner = thinner, IsFull = isFull, HasSpares = hasSpares };
    }

    /// <param name="Divisor">Of width and height.</param>
    /// <param name="Interval">Every so many pictures is there.</param>
    /// <param name="Bitrate">Target, bits a second.</param>
    private readonly record struct Rung(int Divisor, int Interval, int Bitrate);
}
