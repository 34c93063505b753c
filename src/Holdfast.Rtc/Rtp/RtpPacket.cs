using System.Buffers.Binary;

namespace Holdfast.Rtc.Rtp;

/// <summary>A view of one RTP packet, already decrypted (RFC 3550 section 5.1).</summary>
internal readonly ref struct RtpPacket
{
    /// <summary>The header without CSRCs and extensions.</summary>
    public const int FixedHeaderLength = 12;

    /// <summary>In the first byte: the payload ends in padding, which its last byte counts.</summary>
    public const byte PaddingBit = 0x20;

    private const int ExtensionHeaderLength = 4;

    private RtpPacket(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> extensions, ReadOnlySpan<byte> payload)
    {
        Packet = packet;
        Extensions = new RtpExtensions(packet, extensions);
        Payload = payload;
    }

    /// <summary>The whole packet.</summary>
    public ReadOnlySpan<byte> Packet { get; }

    /// <summary>The header extensions.</summary>
    public RtpExtensions Extensions { get; }

    /// <summary>The payload without padding; empty in a packet that only probes.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    public bool Marker => (Packet[1] & 0x80) != 0;

    public byte PayloadType => (byte)(Packet[1] & 0x7F);

    public ushort SequenceNumber => ReadSequenceNumber(Packet);

    public uint Timestamp => BinaryPrimitives.ReadUInt32BigEndian(Packet[4..]);

    public uint Ssrc => ReadSsrc(Packet);

    public static bool TryParse(ReadOnlySpan<byte> datagram, out RtpPacket packet)
    {
        packet = default;
        if (!TryGetHeaderLength(datagram, out var headerLength))
        {
            return false;
        }

        var payload = datagram[headerLength..];
        if ((datagram[0] & PaddingBit) != 0)
        {
            // The last byte of the padding counts itself.
            if (payload.IsEmpty || payload[^1] == 0 || payload[^1] > payload.Length)
            {
                return false;
            }

            payload = payload[..^payload[^1]];
        }

        var extensions = (datagram[0] & 0x10) == 0
            ? default
            : datagram[(FixedHeaderLength + CsrcLength(datagram) + ExtensionHeaderLength)..headerLength];
        packet = new RtpPacket(datagram, extensions, payload);
        return true;
    }

    /// <summary>The length of the header with CSRCs and extensions, which is what SRTP leaves in the clear; the padding behind the payload is not looked at.</summary>
    public static bool TryGetHeaderLength(ReadOnlySpan<byte> packet, out int length)
    {
        length = 0;
        if (packet.Length < FixedHeaderLength || packet[0] >> 6 != 2)
        {
            return false;
        }

        var end = FixedHeaderLength + CsrcLength(packet);
        if ((packet[0] & 0x10) != 0)
        {
            if (packet.Length < end + ExtensionHeaderLength)
            {
                return false;
            }

            end += ExtensionHeaderLength + 4 * BinaryPrimitives.ReadUInt16BigEndian(packet[(end + 2)..]);
        }

        if (packet.Length < end)
        {
            return false;
        }

        length = end;
        return true;
    }

    public static ushort ReadSequenceNumber(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);

    public static uint ReadSsrc(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);

    private static int CsrcLength(ReadOnlySpan<byte> packet) => 4 * (packet[0] & 0x0F);
}
