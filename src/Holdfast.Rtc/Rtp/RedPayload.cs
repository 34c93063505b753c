using System.Buffers.Binary;

namespace Holdfast.Rtc.Rtp;

/// <summary>A payload with copies of earlier ones in front of it (RFC 2198 section 3).</summary>
internal static class RedPayload
{
    /// <summary>Bytes in front of all data for each copy, and for the payload itself.</summary>
    public const int CopyHeader = 4;
    public const int Header = 1;

    /// <summary>A copy's length has 10 bits, and how much older it is has 14.</summary>
    public const int LongestCopy = (1 << 10) - 1;
    public const int MostOffset = (1 << 14) - 1;

    private const byte Follows = 0x80;

    /// <summary>Writes the header of a copy.</summary>
    public static void WriteCopyHeader(Span<byte> buffer, byte payloadType, uint offset, int length) =>
        BinaryPrimitives.WriteUInt32BigEndian(buffer, ((uint)(Follows | payloadType) << 24) | (offset << 10) | (uint)length);

    /// <summary>Writes the header of the payload itself, behind those of the copies.</summary>
    public static void WriteHeader(Span<byte> buffer, byte payloadType) => buffer[0] = payloadType;
}
