namespace Holdfast.Rtc;

/// <summary>Wakes connections at their deadlines: one queue and one timer for all of them, on the system's clock with a thread of its own.</summary>
/// <remarks>
/// A deadline that moves later costs nothing: the connection is woken at the old one, finds nothing due, and is queued for the new
/// one. So a packet, which moves deadlines all the time, hardly ever touches the queue. Should a connection
/// hold that thread up (an observer that waits for a session's lock), those behind it are woken by the thread pool.
/// </remarks>
internal sealed class DeadlineQueue : IDisposable
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<RtcConnection, RtcTime> _queue = new();
    // A timer takes no longer wait; whoever is woken too soon is queued again.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    // After so long those who are due are not waited with any more for one that holds the thread up.
    private static readonly TimeSpan HeldUp = TimeSpan.FromMilliseconds(5);

    private readonly Func<RtcTime> _now;
    private readonly Action<Exception> _faulted;
    private readonly Outboxes _outboxes;
    private readonly ITimer _timer;
    private readonly bool _isHelped;
    private RtcTime _armedFor = RtcTime.Never;

    /// <param name="timeProvider">Makes the timer, unless it is the system's.</param>
    /// <param name="now">The clock.</param>
    /// <param name="faulted">Is handed what a connection that was woken threw; the queue goes on.</param>
    /// <param name="outboxes">What those that are woken together send leaves together.</param>
    public DeadlineQueue(TimeProvider timeProvider, Func<RtcTime> now, Action<Exception> faulted, Outboxes outboxes)
    {
        _outboxes = outboxes;
        _now = now;
        _faulted = faulted;
#pragma warning disable RS0030 // Asked which clock it is, not what time it is.
        _isHelped = ReferenceEquals(timeProvider, TimeProvider.System);
#pragma warning restore RS0030
        _timer = _isHelped
            ? new AlarmThread(timeProvider, Wake)
            : timeProvider.CreateTimer(static queue => ((DeadlineQueue)queue!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Wakes a connection at an instant, unless it is woken before anyway.</summary>
    public void Schedule(RtcConnection connection, RtcTime at)
    {
        // The one who schedules a connection holds its lock, and so does the one who wakes it, when that matters.
        if (at >= connection.ScheduledFor)
        {
            return;
        }

        lock (_gate)
        {
            connection.ScheduledFor = at;
            _queue.Enqueue(connection, at);
            if (_isHelped && _now() - HeldUp > _armedFor)
            {
                _armedFor = RtcTime.Never;
                ThreadPool.UnsafeQueueUserWorkItem(static queue => queue.Wake(), this, preferLocal: false);
                return;
            }

            Arm();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Wake()
    {
        lock (_gate)
        {
            _armedFor = RtcTime.Never;
        }

        try
        {
            _outboxes.Begin();
            try
            {
                while (TryTakeDue(out var connection))
                {
                    Wake(connection);
                }
            }
            finally
            {
                _outboxes.End();
            }
        }
#pragma warning disable CA1031 // An exception here would end the thread, and with it the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Tell(e);

            // Whoever was due behind it has a deadline that is over, and asks for no other.
            lock (_gate)
            {
                Arm();
            }
        }
    }

    private void Wake(RtcConnection connection)
    {
        try
        {
            connection.HandleTimeout();
            _outboxes.Current?.FlushOld();
        }
#pragma warning disable CA1031 // The connection caught what it could; those behind it in the queue are to be woken all the same.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Tell(e);
        }
    }

    /// <summary>Tells of it, where that can be done: a log may throw as well.</summary>
    private void Tell(Exception fault)
    {
        try
        {
            _faulted(fault);
        }
#pragma warning disable CA1031 // There is nobody left to tell.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private bool TryTakeDue(out RtcConnection connection)
    {
        lock (_gate)
        {
            var now = _now();
            while (_queue.TryPeek(out connection!, out var at) && at <= now)
            {
                _queue.Dequeue();
                if (connection.ScheduledFor == at)
                {
                    connection.ScheduledFor = RtcTime.Never;
                    return true;
                }
            }

            Arm();
            return false;
        }
    }

    private void Arm()
    {
        if (!_queue.TryPeek(out _, out var earliest) || earliest >= _armedFor)
        {
            return;
        }

        _armedFor = earliest;
        var wait = earliest - _now();
        wait = wait < LongestWait ? wait : LongestWait;
        _timer.Change(wait > TimeSpan.Zero ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
