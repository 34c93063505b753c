namespace Holdfast.Rtc;

/// <summary>
/// Datagrams that were received in one go. It has memory for the next ones all the time: from the pool, and where that is empty, a little of its own, which nobody
/// may keep. So the socket is emptied whatever happens, and what there is no room for is lost here, where it is counted.
/// </summary>
/// <param name="pool">Where its memory comes from.</param>
internal sealed class IncomingBatch(DatagramPool pool)
{
    /// <summary>Datagrams at the most.</summary>
    public const int Capacity = 32;

    private readonly IncomingDatagram?[] _datagrams = new IncomingDatagram?[Capacity];
    private IncomingDatagram? _own;
    private bool _isOwn;

    /// <summary>How many were received.</summary>
    public int Count { get; private set; }

    /// <summary>How many may be received: one at least, once it is ready.</summary>
    public int Room { get; private set; }

    /// <summary>Whether as many were received as there was room for, so that there may be more.</summary>
    public bool WasFilled { get; private set; }

    /// <summary>What the system is told of them, where it gives many at once; made when it is needed first.</summary>
    public MessageBlock Messages => field ??= new MessageBlock(Capacity);

    public IncomingDatagram this[int index] => _datagrams[index]!;

    /// <summary>Gets ready to receive: what was received before and not taken is forgotten.</summary>
    public void Prepare()
    {
        _own ??= pool.TryTake() ?? throw new InvalidOperationException("The pool has been empty from the start.");
        if (_isOwn)
        {
            (_isOwn, _datagrams[0]) = (false, null);
        }

        var room = 0;
        for (var i = 0; i < Capacity; i++)
        {
            if (_datagrams[i] is { } left)
            {
                _datagrams[i] = null;
                _datagrams[room++] = left;
            }
        }

        while (room < Capacity && pool.TryTake() is { } lent)
        {
            _datagrams[room++] = lent;
        }

        if (room == 0)
        {
            (_isOwn, _datagrams[room++]) = (true, _own);
        }

        (Count, Room) = (0, room);
    }

    public void OnReceived(int count) => (Count, WasFilled) = (count, count == Room);

    /// <summary>Hands one over for good.</summary>
    /// <returns>Null where it is in memory that nobody may keep.</returns>
    public IncomingDatagram? Take(int index)
    {
        if (_isOwn)
        {
            return null;
        }

        var taken = _datagrams[index];
        _datagrams[index] = null;
        return taken;
    }
}
