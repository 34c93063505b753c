using System.Buffers.Binary;

namespace Holdfast.Rtc.Rtcp;

/// <summary>A view of a BYE packet (RFC 3550 section 6.6).</summary>
internal readonly ref struct Goodbye
{
    private readonly ReadOnlySpan<byte> _sources;

    private Goodbye(ReadOnlySpan<byte> sources, ReadOnlySpan<byte> reason)
    {
        _sources = sources;
        Reason = reason;
    }

    public int Count => _sources.Length / 4;

    /// <summary>Why, in UTF-8; often empty.</summary>
    public ReadOnlySpan<byte> Reason { get; }

    /// <summary>An SSRC that leaves.</summary>
    public uint this[int index] => BinaryPrimitives.ReadUInt32BigEndian(_sources[(4 * index)..]);

    public static bool TryParse(scoped in RtcpPacket packet, out Goodbye goodbye)
    {
        goodbye = default;
        var length = 4 * packet.CountOrFormat;
        if (packet.Type != RtcpPacketType.Goodbye || packet.Body.Length < length)
        {
            return false;
        }

        var rest = packet.Body[length..];
        var reason = ReadOnlySpan<byte>.Empty;
        if (!rest.IsEmpty)
        {
            if (rest.Length < 1 + rest[0])
            {
                return false;
            }

            reason = rest.Slice(1, rest[0]);
        }

        goodbye = new Goodbye(packet.Body[..length], reason);
        return true;
    }
}
