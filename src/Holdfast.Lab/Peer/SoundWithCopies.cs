using System.Buffers.Binary;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Lab.Peer;

/// <summary>The blocks of a payload with copies (RFC 2198 section 3), the oldest first; of one that is not well formed, none.</summary>
internal readonly ref struct SoundWithCopies(ReadOnlySpan<byte> payload)
{
    private readonly ReadOnlySpan<byte> _payload = payload;

    public Enumerator GetEnumerator() => new(_payload);

    internal ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _payload;
        private int _header;
        private int _data;

        public Enumerator(ReadOnlySpan<byte> payload)
        {
            _payload = payload;
            while (_data < payload.Length && (payload[_data] & 0x80) != 0)
            {
                _data += RedPayload.CopyHeader;
            }

            _data += RedPayload.Header;
            _header = _data > payload.Length ? payload.Length : 0;
        }

        public Block Current { get; private set; }

        public bool MoveNext()
        {
            if (_header >= _payload.Length || _data > _payload.Length)
            {
                return false;
            }

            if ((_payload[_header] & 0x80) == 0)
            {
                Current = new Block(0, _payload[_data..]);
                _header = _payload.Length;
                return true;
            }

            var word = BinaryPrimitives.ReadUInt32BigEndian(_payload[_header..]);
            var length = (int)(word & RedPayload.LongestCopy);
            if (_data + length > _payload.Length)
            {
                return false;
            }

            Current = new Block((word >> 10) & RedPayload.MostOffset, _payload.Slice(_data, length));
            (_header, _data) = (_header + RedPayload.CopyHeader, _data + length);
            return true;
        }
    }

    /// <summary>One block: how much older it is than the packet, in units of its clock, and what it holds.</summary>
    internal readonly ref struct Block(uint offset, ReadOnlySpan<byte> data)
    {
        private readonly uint _offset = offset;
        private readonly ReadOnlySpan<byte> _data = data;

        public void Deconstruct(out uint offset, out ReadOnlySpan<byte> data)
        {
            offset = _offset;
            data = _data;
        }
    }
}
