namespace Holdfast.Rtc.Rtp;

/// <summary>Turns 16-bit sequence numbers, which wrap, into indices that do not: each is taken for the number nearest to the highest so far.</summary>
internal struct SequenceUnwrapper
{
    private bool _started;

    /// <summary>The highest index so far. The first one equals its sequence number.</summary>
    public long Highest { get; private set; }

    /// <summary>The index of a sequence number; it may be below <see cref="Highest"/>, and before the first wrap below 0.</summary>
    public readonly long Peek(ushort sequenceNumber) =>
        _started ? Highest + (short)(sequenceNumber - (ushort)Highest) : sequenceNumber;

    /// <summary>The index of a sequence number, which is remembered if it is the highest.</summary>
    public long Unwrap(ushort sequenceNumber)
    {
        var index = Peek(sequenceNumber);
        Highest = _started ? Math.Max(Highest, index) : index;
        _started = true;
        return index;
    }
}
