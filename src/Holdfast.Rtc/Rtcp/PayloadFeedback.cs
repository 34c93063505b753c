using System.Buffers.Binary;

namespace Holdfast.Rtc.Rtcp;

/// <summary>A receiver cannot decode until it gets a key frame (RFC 4585 section 6.3.1).</summary>
internal readonly record struct PictureLossIndication(uint SenderSsrc, uint MediaSsrc)
{
    public static bool TryParse(scoped in RtcpPacket packet, out PictureLossIndication indication)
    {
        indication = default;
        if (!packet.IsFeedback(RtcpPacketType.PayloadFeedback, RtcpFeedbackFormat.PictureLoss) || packet.Body.Length < 8)
        {
            return false;
        }

        indication = new(BinaryPrimitives.ReadUInt32BigEndian(packet.Body), BinaryPrimitives.ReadUInt32BigEndian(packet.Body[4..]));
        return true;
    }
}

/// <summary>A view of a full intra request: SSRCs that are to send a key frame, each with a number that tells a repetition from a new request (RFC 5104 section 4.3.1).</summary>
internal readonly ref struct FullIntraRequest
{
    private const int EntryLength = 8;

    private readonly ReadOnlySpan<byte> _entries;

    private FullIntraRequest(uint senderSsrc, ReadOnlySpan<byte> entries)
    {
        SenderSsrc = senderSsrc;
        _entries = entries;
    }

    public uint SenderSsrc { get; }

    public int Count => _entries.Length / EntryLength;

    public (uint MediaSsrc, byte SequenceNumber) this[int index] =>
        (BinaryPrimitives.ReadUInt32BigEndian(_entries[(index * EntryLength)..]), _entries[index * EntryLength + 4]);

    public static bool TryParse(scoped in RtcpPacket packet, out FullIntraRequest request)
    {
        request = default;
        if (!packet.IsFeedback(RtcpPacketType.PayloadFeedback, RtcpFeedbackFormat.FullIntraRequest)
            || packet.Body.Length < 8 + EntryLength
            || packet.Body.Length % EntryLength != 0)
        {
            return false;
        }

        request = new FullIntraRequest(BinaryPrimitives.ReadUInt32BigEndian(packet.Body), packet.Body[8..]);
        return true;
    }
}

/// <summary>A view of REMB: the bitrate that a receiver can take, over the SSRCs it names (draft-alvestrand-rmcat-remb-03).</summary>
internal readonly ref struct ReceiverEstimatedBitrate
{
    public const uint Identifier = 0x52454D42;

    private const int FixedLength = 16;

    private readonly ReadOnlySpan<byte> _ssrcs;

    private ReceiverEstimatedBitrate(uint senderSsrc, long bitsPerSecond, ReadOnlySpan<byte> ssrcs)
    {
        SenderSsrc = senderSsrc;
        BitsPerSecond = bitsPerSecond;
        _ssrcs = ssrcs;
    }

    public uint SenderSsrc { get; }

    /// <summary>Bits a second; <see cref="long.MaxValue"/> where the packet names more.</summary>
    public long BitsPerSecond { get; }

    public int Count => _ssrcs.Length / 4;

    public uint this[int index] => BinaryPrimitives.ReadUInt32BigEndian(_ssrcs[(4 * index)..]);

    public static bool TryParse(scoped in RtcpPacket packet, out ReceiverEstimatedBitrate estimate)
    {
        estimate = default;
        var body = packet.Body;
        if (!packet.IsFeedback(RtcpPacketType.PayloadFeedback, RtcpFeedbackFormat.ApplicationLayer)
            || body.Length < FixedLength
            || BinaryPrimitives.ReadUInt32BigEndian(body[8..]) != Identifier
            || body.Length < FixedLength + 4 * body[12])
        {
            return false;
        }

        // Six bits of exponent, eighteen of mantissa.
        var word = BinaryPrimitives.ReadUInt32BigEndian(body[12..]);
        var exponent = (int)(word >> 18) & 0x3F;
        var mantissa = (long)(word & 0x3_FFFF);
        var fits = mantissa <= long.MaxValue >> exponent;
        estimate = new ReceiverEstimatedBitrate(
            BinaryPrimitives.ReadUInt32BigEndian(body), fits ? mantissa << exponent : long.MaxValue, body.Slice(FixedLength, 4 * body[12]));
        return true;
    }
}
