using System.Buffers.Binary;

namespace Holdfast.Rtc.Rtp;

/// <summary>The payload of a retransmission: the original sequence number, then the original payload (RFC 4588 section 4).</summary>
internal static class RtxPayload
{
    /// <summary>Bytes that a retransmission is longer than the original payload.</summary>
    public const int Overhead = 2;

    /// <summary>Writes the payload that repeats a packet; returns its length. The header keeps the original's marker and timestamp.</summary>
    public static int Write(Span<byte> buffer, in RtpPacket original)
    {
        BinaryPrimitives.WriteUInt16BigEndian(buffer, original.SequenceNumber);
        original.Payload.CopyTo(buffer[Overhead..]);
        return Overhead + original.Payload.Length;
    }
}
