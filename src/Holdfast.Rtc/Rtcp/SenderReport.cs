using System.Buffers.Binary;

namespace Holdfast.Rtc.Rtcp;

/// <summary>A view of a sender report (RFC 3550 section 6.4.1).</summary>
internal readonly ref struct SenderReport
{
    /// <summary>Bytes of the body before the report blocks.</summary>
    public const int FixedLength = 24;

    private readonly ReadOnlySpan<byte> _body;

    private SenderReport(ReadOnlySpan<byte> body, ReportBlocks blocks)
    {
        _body = body;
        Blocks = blocks;
    }

    public uint Ssrc => BinaryPrimitives.ReadUInt32BigEndian(_body);

    /// <summary>32.32 fixed point seconds since 1900.</summary>
    public ulong NtpTimestamp => BinaryPrimitives.ReadUInt64BigEndian(_body[4..]);

    /// <summary>The same instant on the stream's RTP clock.</summary>
    public uint RtpTimestamp => BinaryPrimitives.ReadUInt32BigEndian(_body[12..]);

    public uint PacketCount => BinaryPrimitives.ReadUInt32BigEndian(_body[16..]);

    /// <summary>Payload bytes, without headers and padding.</summary>
    public uint OctetCount => BinaryPrimitives.ReadUInt32BigEndian(_body[20..]);

    public ReportBlocks Blocks { get; }

    public static bool TryParse(scoped in RtcpPacket packet, out SenderReport report)
    {
        report = default;
        if (packet.Type != RtcpPacketType.SenderReport
            || packet.Body.Length < FixedLength
            || !ReportBlocks.TryRead(packet.Body[FixedLength..], packet.CountOrFormat, out var blocks))
        {
            return false;
        }

        report = new SenderReport(packet.Body, blocks);
        return true;
    }
}

/// <summary>A view of a receiver report (RFC 3550 section 6.4.2).</summary>
internal readonly ref struct ReceiverReport
{
    private ReceiverReport(uint ssrc, ReportBlocks blocks)
    {
        Ssrc = ssrc;
        Blocks = blocks;
    }

    /// <summary>Who reports.</summary>
    public uint Ssrc { get; }

    public ReportBlocks Blocks { get; }

    public static bool TryParse(scoped in RtcpPacket packet, out ReceiverReport report)
    {
        report = default;
        if (packet.Type != RtcpPacketType.ReceiverReport
            || packet.Body.Length < 4
            || !ReportBlocks.TryRead(packet.Body[4..], packet.CountOrFormat, out var blocks))
        {
            return false;
        }

        report = new ReceiverReport(BinaryPrimitives.ReadUInt32BigEndian(packet.Body), blocks);
        return true;
    }
}
