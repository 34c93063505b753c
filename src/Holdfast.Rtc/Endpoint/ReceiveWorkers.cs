using System.Runtime.CompilerServices;

namespace Holdfast.Rtc;

/// <summary>
/// A few threads that take in what was received, each for one connection at a time. What a connection's datagrams cost, and whatever it waits for (a lock that its
/// session holds while it draws, an observer), delays that connection; the others are taken in by the other threads.
/// </summary>
/// <remarks>
/// A connection has no thread of its own, which would bind it to others: whoever is free takes the connection that has waited longest. Waking a thread costs as much as
/// taking in a datagram, so one is woken for all that was received together, and does one after the other. Should it be held up, another is woken for those that still
/// wait a millisecond later, or when more is received (<see cref="WakeForWaiting"/>). So all threads would have to be held up at once for anybody else to wait longer.
/// </remarks>
internal sealed class ReceiveWorkers : IDisposable
{
    /// <summary>Datagrams of one connection in a row, if others wait.</summary>
    public const int Turn = 8;

    private readonly DatagramPool _pool;
    private readonly Outboxes? _outboxes;
    private readonly Action<Exception> _faulted;
    private readonly object _gate = new();
    private readonly Queue<Inbox> _ready = new();
    private readonly Thread[] _threads;
    private int _idle;
    private int _waiting;
    private bool _stopping;

    /// <param name="count">Threads.</param>
    /// <param name="pool">Gets the datagrams' memory back.</param>
    /// <param name="outboxes">What a connection has to say to what it took in leaves together; null: there is nothing to send.</param>
    /// <param name="faulted">Is handed what nobody foresaw.</param>
    public ReceiveWorkers(int count, DatagramPool pool, Outboxes? outboxes, Action<Exception> faulted)
    {
        (_pool, _outboxes, _faulted) = (pool, outboxes, faulted);
        _threads = new Thread[count];
        for (var i = 0; i < count; i++)
        {
            _threads[i] = new Thread(Run) { IsBackground = true, Name = $"holdfast-udp-{i}", Priority = ThreadPriority.AboveNormal };
            _threads[i].Start();
        }
    }

    /// <summary>
    /// How many there are by default: two more than there are media threads, of which each holds up one at the most, and eight of those count.
    /// </summary>
    public static int DefaultCount => Math.Min(Environment.ProcessorCount, 8) + 2;

    /// <summary>Whether a connection waits for a thread.</summary>
    public bool IsAnyWaiting => Volatile.Read(ref _waiting) > 0;

    /// <summary>Has inboxes emptied that have news.</summary>
    public void Post(ReadOnlySpan<Inbox> inboxes)
    {
        if (inboxes.IsEmpty)
        {
            return;
        }

        lock (_gate)
        {
            // Those who wait still: the thread that was woken for them may be held up.
            var wake = _ready.Count > 0 ? 2 : 1;
            foreach (var inbox in inboxes)
            {
                _ready.Enqueue(inbox);
            }

            Wake(wake);
        }
    }

    /// <summary>Wakes one more thread if a connection waits for one.</summary>
    public void WakeForWaiting()
    {
        lock (_gate)
        {
            Wake(_ready.Count > 0 ? 1 : 0);
        }
    }

    /// <summary>Stops the threads when all that waits is taken in: nobody posts any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }

        foreach (var thread in _threads)
        {
            // One that stops the endpoint itself, out of an observer, does not wait for itself.
            if (thread != Thread.CurrentThread)
            {
                thread.Join();
            }
        }
    }

    private void Wake(int threads)
    {
        Volatile.Write(ref _waiting, _ready.Count);
        for (var i = Math.Min(threads, _idle); i > 0; i--)
        {
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        for (Inbox? unfinished = null; TakeTurn(ref unfinished);)
        {
        }
    }

    /// <summary>
    /// By itself, and with nothing left behind: a thread that waits is not to hold on to the connection that it was at before, which may be gone by then. The loop that
    /// calls this is never compiled anew, and until then a method keeps alive whatever its variables held last.
    /// </summary>
    /// <returns>False when it is over.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TakeTurn(ref Inbox? unfinished)
    {
        if (Next(ref unfinished) is not { } inbox)
        {
            return false;
        }

        unfinished = Empty(inbox) ? null : inbox;
        return true;
    }

    /// <summary>The inbox that has waited longest.</summary>
    /// <param name="unfinished">One that is to wait again, behind the others.</param>
    /// <returns>Null when it is over.</returns>
    private Inbox? Next(ref Inbox? unfinished)
    {
        lock (_gate)
        {
            if (unfinished is not null)
            {
                _ready.Enqueue(unfinished);
                unfinished = null;
            }

            while (true)
            {
                if (_ready.TryDequeue(out var inbox))
                {
                    Volatile.Write(ref _waiting, _ready.Count);
                    return inbox;
                }

                if (_stopping)
                {
                    return null;
                }

                _idle++;
                Monitor.Wait(_gate);
                _idle--;
            }
        }
    }

    /// <returns>False where there is more than is its turn.</returns>
    private bool Empty(Inbox inbox)
    {
        _outboxes?.Begin();
        try
        {
            for (var i = 0; i < Turn; i++)
            {
                if (!inbox.TryTake(out var datagram))
                {
                    return true;
                }

                Handle(inbox, datagram);
            }

            return false;
        }
        finally
        {
            _outboxes?.End();
        }
    }

    private void Handle(Inbox inbox, IncomingDatagram datagram)
    {
        try
        {
            inbox.Handle(datagram);
        }
#pragma warning disable CA1031 // The connection caught what it could; those behind it are to be served all the same.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _faulted(exception);
        }
        finally
        {
            _pool.Return(datagram);
        }
    }
}
