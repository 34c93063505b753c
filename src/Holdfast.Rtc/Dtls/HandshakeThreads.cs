namespace Holdfast.Rtc.Dtls;

/// <summary>
/// The threads that DTLS handshakes block. A handshake waits for its client nearly all of its time, so there may be many of them; but no more
/// compute at once than there are processors, so that a thousand clients that come at once do not take the processors from those who are there.
/// </summary>
/// <param name="maximum">Threads. They are made when first needed, and a handshake beyond their number waits for one.</param>
internal sealed class HandshakeThreads(int maximum) : IDisposable
{
    // BouncyCastle's handshake needs about a tenth of it.
    private const int StackSize = 512 * 1024;
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(30);

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

    /// <summary>The right to compute. A handshake has it when it begins to run, and gives it back for as long as it waits.</summary>
    public HandshakeTurns Turns { get; init; } = new(Environment.ProcessorCount);

    /// <summary>Is handed what a handshake threw though it catches all that it foresees; the thread goes on with the next.</summary>
    public Action<Exception>? Faulted { get; set; }

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

        try
        {
            new Thread(Work, StackSize) { IsBackground = true, Name = "holdfast-dtls" }.Start();
        }
        catch
        {
            // The system has no thread left. Those that run take what waits.
            lock (_gate)
            {
                _threads--;
            }

            throw;
        }
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
                    if (_isDisposed || !Monitor.Wait(_gate, LongestIdle))
                    {
                        // What came in the same moment is not left behind.
                        if (_waiting.TryDequeue(out handshake))
                        {
                            break;
                        }

                        _idle--;
                        _threads--;
                        return;
                    }
                }

                _idle--;
            }

            Turns.Take();
            try
            {
                handshake();
            }
#pragma warning disable CA1031 // An exception that leaves a thread ends the process, and with it everybody's connection.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Faulted?.Invoke(e);
            }
            finally
            {
                Turns.GiveBack();
            }
        }
    }
}
