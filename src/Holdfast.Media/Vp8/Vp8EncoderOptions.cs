namespace Holdfast.Media;

/// <summary>How pictures are encoded; the defaults are for talking to one person in real time.</summary>
public sealed record Vp8EncoderOptions
{
    /// <summary>Size and rate of the pictures.</summary>
    public required VideoFormat Format { get; init; }

    /// <summary>Target, bits a second. 800,000 by default.</summary>
    public int BitrateBitsPerSecond { get; init; } = 800_000;

    /// <summary>
    /// From 0 (slow, good) to 16 (fast, poor). 10 by default: for drawn heads of 512x512 that is within 1 dB of 8 at four fifths of its
    /// time, and as much better than 12.
    /// </summary>
    public int Speed { get; init; } = 10;

    /// <summary>
    /// Whether a lost frame harms as little of what follows as possible (no probabilities are carried from frame to
    /// frame), at a few percent of the bitrate. True by default.
    /// </summary>
    public bool ErrorResilient { get; init; } = true;

    /// <summary>
    /// The finest quantiser, from 0 (finest) up to <see cref="MaxQuantizer"/>. 9 by default: drawn pictures have 49 dB with it, and what they would
    /// take beyond that nobody sees. What is then not needed of the bitrate is not used.
    /// </summary>
    public int MinQuantizer { get; init; } = 9;

    /// <summary>
    /// The coarsest quantiser the rate control may fall to, from 4 to 63 (coarsest) on libvpx's scale. 36 by default, which suits drawn
    /// pictures: their key frames are then a little larger and need no further frames to become sharp. Pictures full of detail,
    /// such as a camera's, overshoot the bitrate with it and want 56. Below 0.06 bits a pixel (400 kbit/s at 512x512 and 25 pictures a second)
    /// the limit is lifted: on a bad network the bitrate matters more.
    /// </summary>
    public int MaxQuantizer { get; init; } = 36;

    /// <summary>
    /// Whether the encoder may take the time it likes, for pictures encoded once and shown often. False by default.
    /// </summary>
    public bool Offline { get; init; }
}
