namespace Holdfast.Rtc;

/// <summary>
/// The numbers of one stream's packets, roll-over counter included: none is given out twice, by this process or by one that goes on after it was killed
/// at any moment.
/// </summary>
/// <remarks>
/// <para>
/// As long as nothing of a connection is stored, nobody can go on with it, and every number may be used. Once something is, a number may be used only when a
/// record is on the disk that says where a successor begins behind it: numbers are reserved in blocks, and a block is used when
/// <see cref="Confirm"/> says that the record is safe.
/// </para>
/// <para>
/// A successor leaves out what was reserved and not used, which a receiver sees as a gap. From 2^15 on it would take the number for an old one (RFC 3711
/// section 3.3.1), and never open a packet again. So no more is reserved than <see cref="FurthestAhead"/> beyond what is known to have arrived, and a line that has
/// been gone on with takes small blocks until something of its own has arrived: a server that is killed again and again does not use the room up.
/// </para>
/// </remarks>
internal sealed class NumberLine
{
    /// <summary>Numbers reserved at a time.</summary>
    public const int Block = 16_384;

    /// <summary>Numbers reserved at a time until something that was sent in this process has arrived.</summary>
    public const int FirstBlock = 512;

    /// <summary>How far a number may be ahead of one that is known to have arrived.</summary>
    public const int FurthestAhead = 32_000;

    /// <summary>Nothing is stored: every number may be used.</summary>
    private const long Unlimited = long.MaxValue;

    private readonly long _first;
    private readonly bool _isInPacket;
    private long _reserved = Unlimited;
    private long _pending = -1;
    private long _arrived = -1;
    private long _marked = -1;
    private RtcTime _markedAt;

    /// <summary>A line that nobody had before.</summary>
    /// <param name="first">The first number.</param>
    /// <param name="isInPacket">Whether packets carry the number as a whole, so that a receiver never guesses: SRTCP's.</param>
    public NumberLine(long first, bool isInPacket = false)
    {
        (_first, Next) = (first, first);
        _isInPacket = isInPacket;
    }

    /// <summary>Goes on where another process left off, or may have.</summary>
    public NumberLine(NumberRecord record, bool isInPacket = false)
        : this(record.Next, isInPacket)
    {
        _reserved = record.Next - 1;
        _arrived = record.Arrived;
    }

    /// <summary>The next number.</summary>
    public long Next { get; private set; }

    /// <summary>Whether more are to be reserved: a quarter of a block is used up.</summary>
    public bool IsLow => _reserved != Unlimited && _reserved - Next < BlockNow / 4 * 3;

    private int BlockNow => _isInPacket || _arrived >= _first ? Block : FirstBlock;

    /// <summary>Whether so many may be used now.</summary>
    /// <param name="count">How many.</param>
    /// <param name="isFree">Whether nobody would go on with what is stored, so that all of them may.</param>
    public bool Has(int count, bool isFree) => isFree || Next + count - 1 <= _reserved;

    /// <summary>Takes the next number, which <see cref="Has"/> said may be used.</summary>
    public long Take() => Next++;

    /// <summary>Some of what was sent arrived.</summary>
    /// <param name="sentAt">When the newest of it was sent.</param>
    /// <param name="now">Now.</param>
    public void OnArrived(RtcTime sentAt, RtcTime now)
    {
        if (_marked >= 0 && sentAt <= _markedAt)
        {
            return;
        }

        // It was sent after the mark was made, so its number is higher.
        _arrived = Math.Max(_arrived, _marked);
        (_marked, _markedAt) = (Next > _first ? Next - 1 : -1, now);
    }

    /// <summary>The client reports the highest number that it has received, modulo 2^16.</summary>
    public void OnReported(ushort highest)
    {
        var last = Next - 1;
        _arrived = Math.Max(_arrived, last - (ushort)((ushort)last - highest));
    }

    /// <summary>Of what is sent here the client says nothing; but the path works, so of the first few hundred packets some arrived.</summary>
    public void AssumeArrived()
    {
        var old = Next - 1 - FirstBlock / 2;
        _arrived = old >= _first ? Math.Max(_arrived, old) : _arrived;
    }

    /// <summary>Reserves more, which may be used once that is stored.</summary>
    /// <param name="isFree">Whether nobody would go on with what is stored now: then they may be used at once.</param>
    /// <returns>What is to be stored.</returns>
    public NumberRecord Reserve(bool isFree)
    {
        var furthest = _isInPacket ? long.MaxValue : (_arrived < 0 ? _first : _arrived) + FurthestAhead;
        var isFirst = _reserved == Unlimited;
        _pending = Math.Max(Math.Max(_pending, isFirst ? -1 : _reserved), Math.Min(Next + BlockNow - 1, furthest));

        // Where nothing is stored yet, or what is counts no more, it is this record or none that a successor finds.
        _reserved = isFirst || isFree ? _pending : _reserved;
        return new NumberRecord(_pending + 1, _arrived);
    }

    /// <summary>What was reserved is stored.</summary>
    public void Confirm() => _reserved = _reserved == Unlimited ? Unlimited : Math.Max(_reserved, _pending);

    /// <summary>So many more are sent, of those that were reserved before, and a successor goes on after them, whether or not they were used.</summary>
    public NumberRecord EndAfter(int count)
    {
        var last = Math.Min(Next - 1 + count, _reserved);
        (_reserved, _pending) = (last, last);
        return new NumberRecord(last + 1, _arrived);
    }

    /// <summary>No more is sent: a successor goes on with the next number.</summary>
    public NumberRecord End()
    {
        (_reserved, _pending) = (Next - 1, Next - 1);
        return new NumberRecord(Next, _arrived);
    }
}

/// <summary>Where another process goes on with a line of numbers.</summary>
/// <param name="Next">The first number that was not reserved.</param>
/// <param name="Arrived">The highest of which it is known that it, or one after it, arrived; -1 where none is.</param>
internal readonly record struct NumberRecord(long Next, long Arrived);
