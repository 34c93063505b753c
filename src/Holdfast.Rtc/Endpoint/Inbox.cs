namespace Holdfast.Rtc;

/// <summary>What waits for one connection, in the order in which it arrived, and never more than a little: a client that has more in one go than that has no use for it.</summary>
/// <param name="take">Takes a datagram in. Called by one thread at a time.</param>
internal sealed class Inbox(Action<IncomingDatagram> take)
{
    /// <summary>Datagrams that wait at the most: of a person's microphone and a browser's feedback half a second.</summary>
    public const int Capacity = 32;

    private readonly Lock _gate = new();
    private readonly Queue<IncomingDatagram> _waiting = new();
    private bool _isReady;

    /// <summary>Adds one behind the others.</summary>
    /// <param name="datagram">It is the inbox's from now on, if it is taken.</param>
    /// <param name="isNews">Whether somebody has to be found who empties the inbox: nobody is about to.</param>
    /// <returns>False where there is no room.</returns>
    public bool TryAdd(IncomingDatagram datagram, out bool isNews)
    {
        lock (_gate)
        {
            isNews = false;
            if (_waiting.Count == Capacity)
            {
                return false;
            }

            _waiting.Enqueue(datagram);
            isNews = !_isReady;
            _isReady = true;
            return true;
        }
    }

    /// <summary>The next one; false where there is none, and the next to come is news again.</summary>
    public bool TryTake(out IncomingDatagram datagram)
    {
        lock (_gate)
        {
            _isReady = _waiting.TryDequeue(out datagram!);
            return _isReady;
        }
    }

    public void Handle(IncomingDatagram datagram) => take(datagram);
}
