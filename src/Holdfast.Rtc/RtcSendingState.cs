namespace Holdfast.Rtc;

/// <summary>What the line to a client carries, and how much of it may be used now.</summary>
/// <param name="Estimate">What the line is taken for, bits a second, IP and UDP headers included.</param>
/// <param name="Available">What may be sent now, bits a second: less than the estimate while a queue on the way is to drain.</param>
/// <param name="Backlog">How long what waits here takes at that rate.</param>
/// <param name="Queue">How long packets wait on the way.</param>
/// <param name="Loss">The share of packets that is lost, 0 to 1.</param>
/// <param name="IsMeasured">Whether the client has told anything that the estimate could follow; where not, it is a guess.</param>
public readonly record struct RtcSendingState(
    int Estimate, int Available, TimeSpan Backlog, TimeSpan Queue, double Loss, bool IsMeasured)
{
    /// <summary>What sound and pictures are to be made for, bits a second: as what is available, but no less than half of the estimate for a queue, which drains soon.</summary>
    public int Sustained { get; init; } = Available;

    /// <summary>What the client wants sound to take at the most, bits a second (maxaveragebitrate, RFC 7587 section 6.1).</summary>
    public int MostSoundBits { get; init; } = int.MaxValue;

    /// <summary>Copies of the packets before it that a packet of sound carries (RFC 2198), 0 to 3: as many as the losses call for.</summary>
    public int SoundCopies { get; init; }

    /// <summary>20 ms of sound in each packet: 1, or 2 where the line is thin and headers are dear.</summary>
    public int SoundFrames { get; init; } = 1;

    /// <summary>Whether each packet of pictures is sent twice, so that pictures take double.</summary>
    public bool RepeatsPictures { get; init; }

    /// <summary>Whether the client makes use of Opus's in-band forward error correction (useinbandfec).</summary>
    public bool UsesInBandFec { get; init; } = true;
}
