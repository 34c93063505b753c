namespace Holdfast.Media;

/// <summary>How a <see cref="ShowStream"/> encodes.</summary>
public sealed record ShowStreamOptions
{
    /// <summary>How sound is encoded.</summary>
    public OpusEncoderOptions Sound { get; init; } = new();

    /// <summary>The target of live pictures to begin with, bits a second. 800,000 by default.</summary>
    public int VideoBitrate { get; init; } = 800_000;

    /// <summary>What pictures can be encoded in, the preferred codec first: which one it is, whoever takes them says (<see cref="IMediaSink.VideoCodec"/>). VP8 by default.</summary>
    public IReadOnlyList<IVideoCodec> VideoCodecs { get; init; } = [Vp8Codec.Default];

    /// <summary>How long an encoder that is not needed is kept before its memory is given back. 4 s by default.</summary>
    public TimeSpan EncoderLinger { get; init; } = TimeSpan.FromSeconds(4);
}

/// <summary>What a <see cref="ShowStream"/> sent since it was made.</summary>
/// <param name="LoopPictures">Pictures taken from the idle loop.</param>
/// <param name="LivePictures">Pictures drawn and encoded for this stream alone.</param>
/// <param name="PicturesLeftOut">Pictures that were not made, because there was no time, or no room on the line, for more than the sound.</param>
/// <param name="KeyFrames">Those of both that were key frames.</param>
/// <param name="LivePackets">Packets of sound encoded for this stream alone.</param>
/// <param name="SilentPackets">Packets of the silence that all streams share.</param>
public readonly record struct ShowStreamStatistics(
    long LoopPictures, long LivePictures, long PicturesLeftOut, long KeyFrames, long LivePackets, long SilentPackets)
{
    /// <summary>What is left of the pictures on the line there is.</summary>
    public PictureQuality Quality { get; init; }

    /// <summary>How large the newest picture was; null before the first, and in a codec whose pictures do not tell (<see cref="IVideoCodec.SizeOf"/>).</summary>
    public PictureSize? Size { get; init; }
}
