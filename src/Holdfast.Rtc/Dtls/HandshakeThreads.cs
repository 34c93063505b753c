namespace Holdfast.Rtc.Dtls;

/// <summary>The few threads that DTLS handshakes block. They are made when first needed; a handshake beyond their number waits for its turn.</summary>
internal sealed class HandshakeThreads(int maximum) : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<Action> _waiting = new();
    private int _threads;
    private int _idle;
    private bool _isDisposed;

    /// <summary>
    /// Whether a peer waits after each step until the handshake can do no more, which makes a simulation deterministic. A server
    /// does not wait: the handshake tells when it has something.
    /// </summary>
    public bool IsLockstep { get; init; }

    public void Run(Action handshake)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _waiting.Enqueue(handshake);
            if (_idle >= _waiting.Count || _threads == maximum)
            {
                Monitor.Pulse(_gate);
                return;
            }

            _threads++;
        }

        new Thread(Work) { IsBackground = true, Name = "holdfast-dtls" }.Start();
    }

    /// <summary>Lets the threads go once the handshakes that run are over; those that wait are forgotten.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _waiting.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    private void Work()
    {
        while (true)
        {
            Action? handshake;
            lock (_gate)
            {
                _idle++;
                while (!_waiting.TryDequeue(out handshake))
                {
                    if (_isDisposed)
                    {
                        return;
                    }

                    Monitor.Wait(_gate);
                }

                _idle--;
            }

            handshake();
        }
    }
}
