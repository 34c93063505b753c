namespace Holdfast.Rtc;

/// <summary>
/// What a connection has to tell its observer: noted under the connection's lock, told without it, in order. Whoever is telling goes on with what others add meanwhile.
/// </summary>
internal sealed class ConnectionNews(Lock gate, Action<RtcEvent> tell, Action<Exception> onFault)
{
    private readonly Queue<RtcEvent> _untold = new();
    private bool _isTelling;

    /// <summary>Notes what is to be told. Under the lock.</summary>
    public void Add(RtcEvent rtcEvent) => _untold.Enqueue(rtcEvent);

    /// <summary>Tells what there is to tell. Never under the lock.</summary>
    public void Tell()
    {
        while (true)
        {
            RtcEvent? rtcEvent;
            lock (gate)
            {
                if (_isTelling || !_untold.TryDequeue(out rtcEvent))
                {
                    return;
                }

                _isTelling = true;
            }

            try
            {
                tell(rtcEvent);
            }
#pragma warning disable CA1031 // An observer's mistake must not stop the endpoint's thread, which serves others too.
            catch (Exception e)
#pragma warning restore CA1031
            {
                // It does not know any more what became of the connection, so there is none.
                lock (gate)
                {
                    onFault(e);
                }
            }

            lock (gate)
            {
                _isTelling = false;
            }
        }
    }
}
