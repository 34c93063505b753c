namespace Holdfast.Dialogue;

/// <summary>
/// Does one thing after the other, in the order in which they were posted, on the thread of whoever posts to an empty box. So what it
/// guards needs no lock, nothing is called under one, and an idle box costs nothing.
/// </summary>
/// <param name="onFault">Is told of what failed; the box goes on.</param>
internal sealed class Mailbox(Action<Exception> onFault)
{
    private readonly Lock _gate = new();
    private readonly Queue<Action> _waiting = new();
    private bool _isBusy;

    /// <summary>Does something when its turn comes: before this returns, or on the thread that is busy with the box.</summary>
    public void Post(Action work)
    {
        lock (_gate)
        {
            _waiting.Enqueue(work);
            if (_isBusy)
            {
                return;
            }

            _isBusy = true;
        }

        Drain();
    }

    /// <summary>The same, for what has a result.</summary>
    public Task<T> InvokeAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                done.SetException(exception);
            }
        });
        return done.Task;
    }

    private void Drain()
    {
        while (true)
        {
            Action next;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out next!))
                {
                    _isBusy = false;
                    return;
                }
            }

            try
            {
                next();
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                onFault(exception);
            }
        }
    }
}
