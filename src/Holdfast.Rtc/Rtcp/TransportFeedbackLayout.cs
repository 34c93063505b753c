using System.Buffers.Binary;

namespace Holdfast.Rtc.Rtcp;

/// <summary>When a packet arrived.</summary>
/// <param name="Sequence">Its transport-wide sequence number.</param>
/// <param name="At">On the receiver's clock.</param>
internal readonly record struct TransportArrival(ushort Sequence, RtcTime At);

/// <summary>How much of a list of arrivals goes into one feedback packet, and how it is written.</summary>
/// <param name="Arrivals">Arrivals covered.</param>
/// <param name="Length">Bytes behind the SSRCs, without padding.</param>
internal readonly record struct TransportFeedbackLayout(int Arrivals, int Length)
{
    private const int ChunkLength = 2;

    /// <summary>Plans the chunks; always covers at least one arrival.</summary>
    /// <exception cref="ArgumentException">No room even for one, or none to report.</exception>
    public static TransportFeedbackLayout Plan(ReadOnlySpan<TransportArrival> arrivals, int room)
    {
        ArgumentOutOfRangeException.ThrowIfZero(arrivals.Length, nameof(arrivals));
        ArgumentOutOfRangeException.ThrowIfLessThan(room, RoundUpToWords(TransportFeedback.FixedLength + ChunkLength + 2));

        var time = ReferenceOf(arrivals[0]) * (long)TransportFeedback.ReferenceUnitMicroseconds;
        var deltas = 0;
        var covered = 0;
        while (covered < arrivals.Length)
        {
            var statuses = (ushort)(arrivals[covered].Sequence - arrivals[0].Sequence) + 1;
            var units = DeltaOf(arrivals[covered], time);
            if (units is < short.MinValue or > short.MaxValue || statuses > short.MaxValue)
            {
                break;
            }

            var candidate = deltas + (units is >= 0 and <= byte.MaxValue ? 1 : 2);
            var chunks = CountChunks(arrivals[..(covered + 1)]);
            if (RoundUpToWords(TransportFeedback.FixedLength + chunks * ChunkLength + candidate) > room)
            {
                break;
            }

            deltas = candidate;
            time += units * TransportFeedback.DeltaUnitMicroseconds;
            covered++;
        }

        return new TransportFeedbackLayout(covered, TransportFeedback.FixedLength + CountChunks(arrivals[..covered]) * ChunkLength + deltas);
    }

    public void Write(Span<byte> body, ReadOnlySpan<TransportArrival> arrivals, byte feedbackCount)
    {
        arrivals = arrivals[..Arrivals];
        var reference = ReferenceOf(arrivals[0]);
        BinaryPrimitives.WriteUInt16BigEndian(body, arrivals[0].Sequence);
        BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)(arrivals[^1].Sequence - arrivals[0].Sequence + 1));
        BinaryPrimitives.WriteInt32BigEndian(body[4..], (int)(reference << 8));
        body[7] = feedbackCount;
        body = body[TransportFeedback.FixedLength..];

        var statuses = new StatusCursor(arrivals);
        while (statuses.TryNextChunk(out var chunk))
        {
            BinaryPrimitives.WriteUInt16BigEndian(body, chunk.Value);
            body = body[ChunkLength..];
        }

        var time = reference * TransportFeedback.ReferenceUnitMicroseconds;
        foreach (var arrival in arrivals)
        {
            var units = DeltaOf(arrival, time);
            time += units * TransportFeedback.DeltaUnitMicroseconds;
            if (units is >= 0 and <= byte.MaxValue)
            {
                body[0] = (byte)units;
                body = body[1..];
            }
            else
            {
                BinaryPrimitives.WriteInt16BigEndian(body, (short)units);
                body = body[2..];
            }
        }
    }

    private static int CountChunks(ReadOnlySpan<TransportArrival> arrivals)
    {
        var count = 0;
        var statuses = new StatusCursor(arrivals);
        while (statuses.TryNextChunk(out _))
        {
            count++;
        }

        return count;
    }

    private static long ReferenceOf(in TransportArrival arrival) => arrival.At.Microseconds / TransportFeedback.ReferenceUnitMicroseconds;

    // Deltas are taken from what was written before, not from what was meant, so that rounding does not add up.
    private static long DeltaOf(in TransportArrival arrival, long time) =>
        (long)Math.Round((arrival.At.Microseconds - time) / (double)TransportFeedback.DeltaUnitMicroseconds);

    private static int RoundUpToWords(int length) => (length + 3) & ~3;

    /// <summary>Walks over the statuses of all packets from the first arrival to the last, and groups them into chunks.</summary>
    private ref struct StatusCursor
    {
        private readonly ReadOnlySpan<TransportArrival> _arrivals;
        private int _index;
        private int _missing;
        private long _time;

        public StatusCursor(ReadOnlySpan<TransportArrival> arrivals)
        {
            _arrivals = arrivals;
            _time = arrivals.IsEmpty ? 0 : ReferenceOf(arrivals[0]) * TransportFeedback.ReferenceUnitMicroseconds;
        }

        /// <summary>A run where it covers more than the widest vector would, else the widest vector that the symbols allow.</summary>
        public bool TryNextChunk(out StatusChunk chunk)
        {
            chunk = default;
            var ahead = this;
            if (!ahead.TryNext(out var first))
            {
                return false;
            }

            var run = 1;
            var afterRun = ahead;
            while (run < StatusChunk.RunMaximum && ahead.TryNext(out var symbol) && symbol == first)
            {
                run++;
                afterRun = ahead;
            }

            if (run >= StatusChunk.OneBitSymbols || (first == StatusChunk.LargeDelta && run >= StatusChunk.TwoBitSymbols))
            {
                chunk = StatusChunk.Run(first, run);
                this = afterRun;
                return true;
            }

            var width = FitsOneBit() ? StatusChunk.OneBitSymbols : StatusChunk.TwoBitSymbols;
            chunk = width == StatusChunk.OneBitSymbols ? StatusChunk.OneBitVector : StatusChunk.TwoBitVector;
            for (var i = 0; i < width && TryNext(out var symbol); i++)
            {
                chunk = chunk.With(i, symbol);
            }

            return true;
        }

        private readonly bool FitsOneBit()
        {
            var ahead = this;
            for (var i = 0; i < StatusChunk.OneBitSymbols && ahead.TryNext(out var symbol); i++)
            {
                if (symbol == StatusChunk.LargeDelta)
                {
                    return false;
                }
            }

            return true;
        }

        private bool TryNext(out int symbol)
        {
            symbol = StatusChunk.NotReceived;
            if (_index == _arrivals.Length)
            {
                return false;
            }

            if (_missing > 0)
            {
                _missing--;
                return true;
            }

            var units = DeltaOf(_arrivals[_index], _time);
            symbol = units is >= 0 and <= byte.MaxValue ? StatusChunk.SmallDelta : StatusChunk.LargeDelta;
            _time += units * TransportFeedback.DeltaUnitMicroseconds;
            _index++;
            _missing = _index == _arrivals.Length ? 0 : (ushort)(_arrivals[_index].Sequence - _arrivals[_index - 1].Sequence) - 1;
            return true;
        }
    }
}
