namespace Holdfast.Rtc;

/// <summary>What became of datagrams of one connection that left without it: told by whichever thread sends, taken in under the connection's lock.</summary>
internal sealed class SendingFailures
{
    private long _full;
    private long _failed;
    private Exception? _fault;

    public void Add(DropReason reason, Exception? fault)
    {
        Interlocked.Increment(ref reason == DropReason.SendBufferFull ? ref _full : ref _failed);
        if (fault is not null)
        {
            Volatile.Write(ref _fault, fault);
        }
    }

    /// <summary>Has the peer count them.</summary>
    public void MoveTo(RtcPeer peer)
    {
        peer.OnNotSent(DropReason.SendBufferFull, Interlocked.Exchange(ref _full, 0));
        peer.OnNotSent(DropReason.SendFailed, Interlocked.Exchange(ref _failed, 0));
    }

    /// <summary>Throws what sending threw, which no socket should: it is the connection's fault, wherever it left from.</summary>
    public void ThrowFault()
    {
        if (_fault is not null && Interlocked.Exchange(ref _fault, null) is { } fault)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
        }
    }
}
