namespace Holdfast.Media;

/// <summary>How sound is encoded; the defaults are for a voice in real time over a network that loses packets.</summary>
public sealed record OpusEncoderOptions
{
    /// <summary>Target, bits a second, 6,000 to 128,000. 40,000 by default: full-band speech with room for the copies in-band FEC carries.</summary>
    public int BitrateBitsPerSecond { get; init; } = 40_000;

    /// <summary>The loss to be prepared for, percent. 10 by default; 0 leaves nothing for in-band FEC.</summary>
    public int ExpectedLossPercent { get; init; } = 10;

    /// <summary>From 0 (cheap) to 10 (good). 5 by default; from 40 kbit/s on 3 at the most for a sound with nothing above 8 kHz, which needs no more.</summary>
    public int Complexity { get; init; } = 5;
}
