using System.Buffers.Binary;

namespace Holdfast.Rtc.Rtp;

/// <summary>The header extensions of one RTP packet, with one-byte or two-byte headers (RFC 8285).</summary>
internal readonly ref struct RtpExtensions
{
    public const ushort OneByteProfile = 0xBEDE;
    private const ushort TwoByteProfile = 0x1000;
    private const int StopId = 15;

    private readonly ReadOnlySpan<byte> _elements;
    private readonly ushort _profile;

    public RtpExtensions(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> elements)
    {
        _elements = elements;
        _profile = (packet[0] & 0x10) == 0 ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(packet[(RtpPacket.FixedHeaderLength + 4 * (packet[0] & 0x0F))..]);
    }

    /// <summary>Finds an extension by the identifier that was negotiated for it. A malformed list ends where it stops making sense.</summary>
    public bool TryGet(byte id, out ReadOnlySpan<byte> value)
    {
        value = default;
        var twoByte = (_profile & 0xFFF0) == TwoByteProfile;
        if (id == 0 || (!twoByte && _profile != OneByteProfile))
        {
            return false;
        }

        var rest = _elements;
        while (!rest.IsEmpty)
        {
            if (rest[0] == 0)
            {
                // padding, one byte in both forms
                rest = rest[1..];
                continue;
            }

            int elementId, length, header;
            if (twoByte)
            {
                if (rest.Length < 2)
                {
                    return false;
                }

                (elementId, length, header) = (rest[0], rest[1], 2);
            }
            else
            {
                (elementId, length, header) = (rest[0] >> 4, (rest[0] & 0x0F) + 1, 1);
                if (elementId == StopId)
                {
                    return false;
                }
            }

            if (rest.Length < header + length)
            {
                return false;
            }

            if (elementId == id)
            {
                value = rest.Slice(header, length);
                return true;
            }

            rest = rest[(header + length)..];
        }

        return false;
    }
}
