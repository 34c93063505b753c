using System.Buffers.Binary;

namespace Holdfast.Rtc.Rtcp;

/// <summary>A view of a generic NACK: sequence numbers that are missing (RFC 4585 section 6.2.1).</summary>
internal readonly ref struct GenericNack
{
    private const int EntryLength = 4;

    private readonly ReadOnlySpan<byte> _entries;

    private GenericNack(uint senderSsrc, uint mediaSsrc, ReadOnlySpan<byte> entries)
    {
        SenderSsrc = senderSsrc;
        MediaSsrc = mediaSsrc;
        _entries = entries;
    }

    public uint SenderSsrc { get; }

    /// <summary>The SSRC whose packets are missing.</summary>
    public uint MediaSsrc { get; }

    public static bool TryParse(scoped in RtcpPacket packet, out GenericNack nack)
    {
        nack = default;
        if (!packet.IsFeedback(RtcpPacketType.TransportFeedback, RtcpFeedbackFormat.GenericNack)
            || packet.Body.Length < 8 + EntryLength
            || packet.Body.Length % EntryLength != 0)
        {
            return false;
        }

        nack = new GenericNack(
            BinaryPrimitives.ReadUInt32BigEndian(packet.Body), BinaryPrimitives.ReadUInt32BigEndian(packet.Body[4..]), packet.Body[8..]);
        return true;
    }

    public Enumerator GetEnumerator() => new(_entries);

    /// <summary>Yields each missing sequence number.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _entries;
        private ushort _packetId;
        private uint _following;

        internal Enumerator(ReadOnlySpan<byte> entries) => _entries = entries;

        public ushort Current { get; private set; }

        public bool MoveNext()
        {
            while (_following == 0)
            {
                if (_entries.IsEmpty)
                {
                    return false;
                }

                // Bit 0 stands for the packet itself, bits 1 to 16 for those after it.
                _packetId = BinaryPrimitives.ReadUInt16BigEndian(_entries);
                _following = 1u | ((uint)BinaryPrimitives.ReadUInt16BigEndian(_entries[2..]) << 1);
                _entries = _entries[EntryLength..];
            }

            var offset = System.Numerics.BitOperations.TrailingZeroCount(_following);
            _following &= _following - 1;
            Current = (ushort)(_packetId + offset);
            return true;
        }
    }
}
