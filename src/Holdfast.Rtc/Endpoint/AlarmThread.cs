namespace Holdfast.Rtc;

/// <summary>A timer with a thread of its own, on the system's clock: it sleeps until the time that was set last, and does not wake without one.</summary>
/// <remarks>
/// A timer of the system wakes a thread of the pool, which then looks for more work for a while before it sleeps again. Where the time is set hundreds of times a second,
/// that looking is most of what it costs. A thread that sleeps for some milliseconds costs as much as two system calls.
/// </remarks>
/// <param name="time">The system's clock.</param>
/// <param name="ring">Called on that thread. While it runs the thread does nothing else; it must not throw.</param>
internal sealed class AlarmThread(TimeProvider time, Action ring) : ITimer
{
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _changed = new(initialState: false);
    private Thread? _thread;
    private long _due = long.MaxValue;
    private long _wakesAt = long.MaxValue;
    private bool _stopping;

    /// <summary>Rings once, after this time; not at all where it is <see cref="Timeout.InfiniteTimeSpan"/>. What was set before does not count any more.</summary>
    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            if (_stopping)
            {
                return false;
            }

            _due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : time.GetTimestamp() + (long)(dueTime.TotalSeconds * time.TimestampFrequency);
            if (_thread is null)
            {
                // Where there is no thread to be had, the next one who sets it asks again.
                var thread = new Thread(Run) { IsBackground = true, Name = "holdfast-alarm", Priority = ThreadPriority.AboveNormal };
                thread.Start();
                _thread = thread;
            }
            else if (_due < _wakesAt)
            {
                _changed.Set();
            }

            return true;
        }
    }

    /// <summary>It does not ring again. If it does at the moment, it is not waited for: it may be what stops it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stopping)
            {
                return;
            }

            _stopping = true;
            if (_thread is null)
            {
                _changed.Dispose();
            }
            else
            {
                _changed.Set();
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Run()
    {
        while (Next() is { } wait)
        {
            if (wait == TimeSpan.Zero)
            {
                ring();
            }
            else
            {
                // In whole milliseconds, rounded up: up to one late, but never awake for nothing.
                _changed.WaitOne(wait == Timeout.InfiniteTimeSpan ? Timeout.Infinite : (int)Math.Min(Math.Ceiling(wait.TotalMilliseconds), int.MaxValue));
            }
        }

        _changed.Dispose();
    }

    /// <summary>How long it is to sleep; zero: it is to ring, for which it has been set no more. Null: it is over.</summary>
    private TimeSpan? Next()
    {
        lock (_gate)
        {
            if (_stopping)
            {
                return null;
            }

            var now = time.GetTimestamp();
            if (_due <= now)
            {
                // Whatever is set meanwhile is looked at afterwards anyway.
                (_due, _wakesAt) = (long.MaxValue, long.MinValue);
                return TimeSpan.Zero;
            }

            _wakesAt = _due;
            return _due == long.MaxValue ? Timeout.InfiniteTimeSpan : time.GetElapsedTime(now, _due);
        }
    }
}
