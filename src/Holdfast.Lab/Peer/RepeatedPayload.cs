using System.Buffers.Binary;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Lab.Peer;

/// <summary>Reads the payload of a retransmission (RFC 4588 section 4), as receivers of pictures do; the server only writes it.</summary>
internal static class RepeatedPayload
{
    /// <summary>False for a packet that repeats nothing, such as padding sent to probe the path.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out ushort originalSequenceNumber, out ReadOnlySpan<byte> originalPayload)
    {
        originalSequenceNumber = 0;
        originalPayload = default;
        if (payload.Length < RtxPayload.Overhead)
        {
            return false;
        }

        originalSequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(payload);
        originalPayload = payload[RtxPayload.Overhead..];
        return true;
    }
}
