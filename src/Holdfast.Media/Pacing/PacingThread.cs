namespace Holdfast.Media;

/// <summary>The thread that waits for the ticks of one <see cref="PacingLoop"/>; there is none while the loop has no member.</summary>
/// <remarks>
/// A thread of its own rather than a timer, whose callbacks would stand in the thread pool's queue behind everything
/// else the server does.
/// </remarks>
internal sealed class PacingThread
{
    private readonly PacingLoop _loop;
    private readonly Func<TimeSpan> _getElapsed;
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private Thread? _thread;
    private volatile bool _stopping;

    internal PacingThread(PacingLoop loop, Func<TimeSpan> getElapsed)
    {
        _loop = loop;
        _getElapsed = getElapsed;
    }

    /// <summary>Says that the loop has got a member; starts the thread the first time.</summary>
    internal void Wake()
    {
        lock (_lock)
        {
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "Holdfast media", Priority = ThreadPriority.AboveNormal };
                _thread.Start();
            }

            if (!_stopping)
            {
                _wake.Set();
            }
        }
    }

    internal Task StopAsync()
    {
        lock (_lock)
        {
            if (_thread is null)
            {
                _wake.Dispose();
                _stopped.TrySetResult();
            }
            else if (!_stopping)
            {
                _stopping = true;
                _wake.Set();
            }
        }

        return _stopped.Task;
    }

    private void Run()
    {
        while (!_stopping)
        {
            if (_loop.RunDueOrSkip() is not { } due)
            {
                _wake.WaitOne();
                continue;
            }

            // The ticks took their time, so the clock is read again. Rounded up to the milliseconds that waiting knows: up to
            // one late, but never awake for nothing.
            var wait = due - _getElapsed();
            if (wait > TimeSpan.Zero)
            {
                _wake.WaitOne((int)Math.Ceiling(wait.TotalMilliseconds));
            }
        }

        _wake.Dispose();
        _stopped.TrySetResult();
    }
}
