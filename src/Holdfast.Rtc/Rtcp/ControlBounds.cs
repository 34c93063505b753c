namespace Holdfast.Rtc.Rtcp;

/// <summary>
/// How much of one RTCP datagram is acted on, all its packets together. A datagram has 1,480 bytes at the most, but numbers in it may stand for far more
/// packets than it has bytes; what is beyond these bounds is passed over and counted. docs/protocol.md has them beside those of the other kinds.
/// </summary>
internal static class ControlBounds
{
    /// <summary>Packets of a compound. Browsers send two to four.</summary>
    public const int Packets = 32;

    /// <summary>Transport-wide feedback packets. A browser sends one, and a few where there were seconds between what arrived.</summary>
    public const int Feedbacks = 8;

    /// <summary>Packets looked up in the record of what was sent: twice as many as it holds.</summary>
    public const int Statuses = 2048;

    /// <summary>Packets asked for by NACK: as many as are kept.</summary>
    public const int NackedPackets = 512;

    /// <summary>Packets sent again. The rest is asked for again, a round trip later.</summary>
    public const int Retransmissions = 128;
}

/// <summary>What one RTCP datagram has cost so far.</summary>
internal record struct ControlWork
{
    /// <summary>Packets of the compound.</summary>
    public int Packets { get; set; }

    /// <summary>Transport-wide feedback packets taken in.</summary>
    public int Feedbacks { get; set; }

    /// <summary>Packets looked up in the record of what was sent.</summary>
    public int Statuses { get; set; }

    /// <summary>Packets asked for by NACK.</summary>
    public int NackedPackets { get; set; }

    /// <summary>Packets sent again.</summary>
    public int Retransmissions { get; set; }

    /// <summary>Events told to the connection's owner.</summary>
    public int Events { get; set; }

    /// <summary>Whether it reported on the sound, on the pictures, asked for a key frame, said goodbye, or named a bitrate: each counts once a datagram.</summary>
    public ControlOnce Done { get; set; }

    /// <summary>Whether this is the first of its kind in the datagram; notes that it was there.</summary>
    public bool IsFirst(ControlOnce kind)
    {
        var isFirst = (Done & kind) == ControlOnce.None;
        Done |= kind;
        return isFirst;
    }
}

/// <summary>What counts once in a datagram, however often it is in it.</summary>
[Flags]
internal enum ControlOnce
{
    None = 0,
    AudioReport = 1,
    VideoReport = 2,
    KeyFrameRequest = 4,
    Goodbye = 8,
    Bitrate = 16,
}
