using System.Buffers.Binary;

namespace Holdfast.Rtc.Rtcp;

/// <summary>RTCP packet types (RFC 3550 section 12.1, RFC 4585 section 6.1).</summary>
internal enum RtcpPacketType : byte
{
    SenderReport = 200,
    ReceiverReport = 201,
    SourceDescription = 202,
    Goodbye = 203,
    TransportFeedback = 205,
    PayloadFeedback = 206,
}

/// <summary>Formats of feedback packets, the field beside the padding bit.</summary>
internal static class RtcpFeedbackFormat
{
    /// <summary>Transport: generic NACK (RFC 4585 section 6.2.1).</summary>
    public const byte GenericNack = 1;

    /// <summary>Transport: transport-wide congestion control (draft-holmer-rmcat-transport-wide-cc-extensions-01).</summary>
    public const byte TransportWide = 15;

    /// <summary>Payload: picture loss indication (RFC 4585 section 6.3.1).</summary>
    public const byte PictureLoss = 1;

    /// <summary>Payload: full intra request (RFC 5104 section 4.3.1).</summary>
    public const byte FullIntraRequest = 4;

    /// <summary>Payload: application layer feedback, such as REMB (draft-alvestrand-rmcat-remb-03).</summary>
    public const byte ApplicationLayer = 15;
}

/// <summary>
/// The packets of one RTCP datagram, already decrypted. All its lengths were checked when it was made, so that either every packet
/// can be read or none is (RFC 3550 appendix A.2). Reduced-size packets are accepted (RFC 5506).
/// </summary>
internal ref struct RtcpCompound
{
    public const int HeaderLength = 4;

    private ReadOnlySpan<byte> _rest;

    private RtcpCompound(ReadOnlySpan<byte> datagram) => _rest = datagram;

    /// <summary>Tells RTCP from RTP on one port by the second byte (RFC 5761 section 4).</summary>
    public static bool IsRtcp(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= HeaderLength && datagram[0] >> 6 == 2 && datagram[1] is >= 192 and <= 223;

    public static bool TryParse(ReadOnlySpan<byte> datagram, out RtcpCompound compound)
    {
        compound = default;
        var rest = datagram;
        if (rest.IsEmpty)
        {
            return false;
        }

        while (!rest.IsEmpty)
        {
            if (!IsRtcp(rest))
            {
                return false;
            }

            var length = LengthOf(rest);
            if (length > rest.Length)
            {
                return false;
            }

            if ((rest[0] & 0x20) != 0 && !HasValidPadding(rest[..length]))
            {
                return false;
            }

            rest = rest[length..];
        }

        compound = new RtcpCompound(datagram);
        return true;
    }

    /// <summary>Takes the next packet, if there is one.</summary>
    public bool TryReadNext(out RtcpPacket packet)
    {
        packet = default;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var length = LengthOf(_rest);
        var padding = (_rest[0] & 0x20) != 0 ? _rest[length - 1] : 0;
        packet = new RtcpPacket((RtcpPacketType)_rest[1], (byte)(_rest[0] & 0x1F), _rest[HeaderLength..(length - padding)]);
        _rest = _rest[length..];
        return true;
    }

    private static int LengthOf(ReadOnlySpan<byte> packet) => 4 * (BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) + 1);

    // RFC 3550 wants padding in whole words and behind the last packet only. Chromium pads transport-wide feedback by one to
    // three bytes, and that may stand anywhere.
    private static bool HasValidPadding(ReadOnlySpan<byte> packet) =>
        packet[^1] != 0 && packet[^1] <= packet.Length - HeaderLength;
}

/// <summary>One packet of a compound: its type, the five-bit count or feedback format, and what follows the common header, without padding.</summary>
internal readonly ref struct RtcpPacket(RtcpPacketType type, byte countOrFormat, ReadOnlySpan<byte> body)
{
    /// <summary>The type; values that the enum does not name occur.</summary>
    public RtcpPacketType Type { get; } = type;

    /// <summary>Report, source or chunk count; the format of a feedback packet.</summary>
    public byte CountOrFormat { get; } = countOrFormat;

    public ReadOnlySpan<byte> Body { get; } = body;

    /// <summary>Whether this is a feedback packet of a type and format.</summary>
    public bool IsFeedback(RtcpPacketType type, byte format) => Type == type && CountOrFormat == format;
}
