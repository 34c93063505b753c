namespace Holdfast.Media;

/// <summary>How pictures are encoded; the defaults are for talking to one person in real time.</summary>
public sealed record Vp8EncoderOptions
{
    /// <summary>Size and rate of the pictures.</summary>
    public required VideoFormat Format { get; init; }

    /// <summary>Target, bits a second. 800,000 by default.</summary>
    public int BitrateBitsPerSecond { get; init; } = 800_000;

    /// <summary>
    /// From 0 (slow, good) to 16 (fast, poor); -12 in libvpx's own counting is 12 here. 12 by default: see docs/performance.md
    /// for what the others cost.
    /// </summary>
    public int Speed { get; init; } = 12;

    /// <summary>
    /// Whether a lost frame harms as little of what follows as possible (no probabilities are carried from frame to
    /// frame), at a few percent of the bitrate. True by default.
    /// </summary>
    public bool ErrorResilient { get; init; } = true;

    /// <summary>The coarsest quantiser the rate control may fall to, 0 (finest) to 63. 56 by default.</summary>
    public int MaxQuantizer { get; init; } = 56;

    /// <summary>
    /// Whether the encoder may take the time it likes, for pictures encoded once and shown often. False by default.
    /// </summary>
    public bool Offline { get; init; }
}
