using System.Buffers.Binary;
using System.Numerics;

namespace Holdfast.Rtc.Rtcp;

/// <summary>
/// A view of transport-wide feedback: which packets of the whole transport arrived, and when
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1).
/// </summary>
internal readonly ref struct TransportFeedback
{
    /// <summary>The unit of the reference time.</summary>
    public const int ReferenceUnitMicroseconds = 64_000;

    /// <summary>The unit of arrival deltas.</summary>
    public const int DeltaUnitMicroseconds = 250;

    /// <summary>Bytes from the SSRCs to the chunks.</summary>
    internal const int FixedLength = 8;

    private const int ChunkLength = 2;

    private readonly ReadOnlySpan<byte> _chunks;
    private readonly ReadOnlySpan<byte> _deltas;

    private TransportFeedback(ReadOnlySpan<byte> body, int chunksLength)
    {
        SenderSsrc = BinaryPrimitives.ReadUInt32BigEndian(body);
        MediaSsrc = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
        body = body[8..];
        BaseSequence = BinaryPrimitives.ReadUInt16BigEndian(body);
        StatusCount = BinaryPrimitives.ReadUInt16BigEndian(body[2..]);
        ReferenceTime = BinaryPrimitives.ReadInt32BigEndian(body[4..]) >> 8;
        FeedbackCount = body[7];
        _chunks = body.Slice(FixedLength, chunksLength);
        _deltas = body[(FixedLength + chunksLength)..];
    }

    public uint SenderSsrc { get; }

    public uint MediaSsrc { get; }

    /// <summary>The first transport-wide sequence number reported on.</summary>
    public ushort BaseSequence { get; }

    /// <summary>How many consecutive packets are reported on.</summary>
    public int StatusCount { get; }

    /// <summary>The receiver's clock in units of 64 ms, 24 bits, signed; only differences mean something.</summary>
    public int ReferenceTime { get; }

    /// <summary>Counts feedback packets, modulo 256, so that a lost one shows.</summary>
    public byte FeedbackCount { get; }

    /// <summary>Also checks that chunks and deltas are all there, so that enumerating cannot run short.</summary>
    public static bool TryParse(scoped in RtcpPacket packet, out TransportFeedback feedback)
    {
        feedback = default;
        if (!packet.IsFeedback(RtcpPacketType.TransportFeedback, RtcpFeedbackFormat.TransportWide) || packet.Body.Length < 8 + FixedLength)
        {
            return false;
        }

        int remaining = BinaryPrimitives.ReadUInt16BigEndian(packet.Body[10..]);
        var rest = packet.Body[(8 + FixedLength)..];
        var chunks = 0;
        var deltas = 0;
        while (remaining > 0)
        {
            if (rest.Length < (chunks + 1) * ChunkLength)
            {
                return false;
            }

            var chunk = new StatusChunk(BinaryPrimitives.ReadUInt16BigEndian(rest[(chunks * ChunkLength)..]));
            var count = Math.Min(chunk.Count, remaining);
            if (!chunk.TryGetDeltaLength(count, out var length))
            {
                return false;
            }

            deltas += length;
            remaining -= count;
            chunks++;
        }

        if (rest.Length < chunks * ChunkLength + deltas)
        {
            return false;
        }

        feedback = new TransportFeedback(packet.Body, chunks * ChunkLength);
        return true;
    }

    public Enumerator GetEnumerator() => new(this);

    /// <summary>Yields the status of each packet reported on, in order.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _chunks;
        private ReadOnlySpan<byte> _deltas;
        private StatusChunk _chunk;
        private int _inChunk;
        private int _remaining;
        private ushort _sequence;
        private long _arrival;

        internal Enumerator(TransportFeedback feedback)
        {
            _chunks = feedback._chunks;
            _deltas = feedback._deltas;
            _remaining = feedback.StatusCount;
            _sequence = feedback.BaseSequence;
            _arrival = (long)feedback.ReferenceTime * ReferenceUnitMicroseconds;
        }

        public TransportPacketStatus Current { get; private set; }

        public bool MoveNext()
        {
            if (_remaining == 0)
            {
                return false;
            }

            NeedChunk();
            var symbol = _chunk.SymbolAt(_inChunk++);
            _remaining--;
            TakeDelta(symbol);
            Current = new TransportPacketStatus(_sequence++, symbol != StatusChunk.NotReceived, _arrival);
            return true;
        }

        /// <summary>
        /// Passes over statuses. It takes as long as there are bytes in the packet, not as long as there are statuses: a chunk in which nothing
        /// arrived has no deltas.
        /// </summary>
        public void Skip(int count)
        {
            while (count > 0 && _remaining > 0)
            {
                NeedChunk();
                var here = Math.Min(Math.Min(count, _remaining), _chunk.Count - _inChunk);
                for (var i = 0; i < here && !_chunk.IsEmpty; i++)
                {
                    TakeDelta(_chunk.SymbolAt(_inChunk + i));
                }

                _inChunk += here;
                _remaining -= here;
                _sequence = (ushort)(_sequence + here);
                count -= here;
            }
        }

        private void NeedChunk()
        {
            if (_inChunk == _chunk.Count)
            {
                _chunk = new StatusChunk(BinaryPrimitives.ReadUInt16BigEndian(_chunks));
                _chunks = _chunks[ChunkLength..];
                _inChunk = 0;
            }
        }

        private void TakeDelta(int symbol)
        {
            if (symbol == StatusChunk.SmallDelta)
            {
                _arrival += _deltas[0] * DeltaUnitMicroseconds;
                _deltas = _deltas[1..];
            }
            else if (symbol == StatusChunk.LargeDelta)
            {
                _arrival += BinaryPrimitives.ReadInt16BigEndian(_deltas) * DeltaUnitMicroseconds;
                _deltas = _deltas[2..];
            }
        }
    }
}

/// <summary>The status of one packet.</summary>
/// <param name="Sequence">Its transport-wide sequence number.</param>
/// <param name="Received">Whether it arrived.</param>
/// <param name="ArrivalMicroseconds">When, on the receiver's clock, to 250 us; without meaning for one that did not arrive.</param>
internal readonly record struct TransportPacketStatus(ushort Sequence, bool Received, long ArrivalMicroseconds);

/// <summary>A packet status chunk: a run of one symbol, or a vector of 14 one-bit or 7 two-bit symbols.</summary>
internal readonly record struct StatusChunk(ushort Value)
{
    public const int NotReceived = 0;
    public const int SmallDelta = 1;
    public const int LargeDelta = 2;

    public const int RunMaximum = 0x1FFF;
    public const int OneBitSymbols = 14;
    public const int TwoBitSymbols = 7;

    private const int VectorFlag = 0x8000;
    private const int TwoBitFlag = 0x4000;
    private const int SymbolBits = 0x3FFF;
    private const int HighBits = 0x2AAA;
    private const int LowBits = 0x1555;

    private bool IsRun => (Value & VectorFlag) == 0;

    private bool IsTwoBit => (Value & TwoBitFlag) != 0;

    private int RunSymbol => (Value >> 13) & 3;

    /// <summary>Whether nothing arrived of what the chunk is about.</summary>
    public bool IsEmpty => IsRun ? RunSymbol == NotReceived : (Value & SymbolBits) == 0;

    /// <summary>How many packets the chunk has room for.</summary>
    public int Count => IsRun ? Value & RunMaximum : IsTwoBit ? TwoBitSymbols : OneBitSymbols;

    public static StatusChunk Run(int symbol, int count) => new((ushort)((symbol << 13) | count));

    /// <summary>An empty vector of one-bit symbols.</summary>
    public static StatusChunk OneBitVector => new(VectorFlag);

    /// <summary>An empty vector of two-bit symbols.</summary>
    public static StatusChunk TwoBitVector => new(VectorFlag | TwoBitFlag);

    public int SymbolAt(int index)
    {
        if (IsRun)
        {
            return RunSymbol;
        }

        return IsTwoBit ? (Value >> (2 * (TwoBitSymbols - 1 - index))) & 3 : (Value >> (OneBitSymbols - 1 - index)) & 1;
    }

    /// <summary>A vector with one symbol more.</summary>
    public StatusChunk With(int index, int symbol) => new((ushort)(Value
        | (IsTwoBit ? symbol << (2 * (TwoBitSymbols - 1 - index)) : symbol << (OneBitSymbols - 1 - index))));

    /// <summary>Bytes of deltas that the first <paramref name="count"/> packets have. False for the reserved symbol, and for an empty run, which would never end.</summary>
    public bool TryGetDeltaLength(int count, out int length)
    {
        length = 0;
        if (IsRun)
        {
            length = RunSymbol * count;
            return RunSymbol <= LargeDelta && count > 0;
        }

        // A symbol's value is its delta's length, so the bits that are set tell the sum; the first symbols are in the upper bits.
        var bits = Value & SymbolBits & ~(SymbolBits >> (IsTwoBit ? 2 * count : count));
        if (!IsTwoBit)
        {
            length = BitOperations.PopCount((uint)bits);
            return true;
        }

        length = BitOperations.PopCount((uint)(bits & LowBits)) + 2 * BitOperations.PopCount((uint)(bits & HighBits));
        return (bits & (bits >> 1) & LowBits) == 0;
    }
}
