namespace Holdfast.Avatar;

/// <summary>Where what makes speech waits until it may go on. One waits at a time.</summary>
/// <param name="gate">The lock under which it is asked whether it may.</param>
internal sealed class SpeechDoor(Lock gate)
{
    private TaskCompletionSource? _waiting;

    /// <summary>Whether somebody waits. Under the lock.</summary>
    public bool IsShut => _waiting is not null;

    /// <summary>Who waits asks again, on another thread. Under the lock.</summary>
    public void Open()
    {
        _waiting?.TrySetResult();
        _waiting = null;
    }

    /// <summary>Waits until something is true, which is asked at once and each time the door is opened.</summary>
    /// <param name="isReady">Is asked under the lock; what it throws ends the waiting.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask WaitAsync(Func<bool> isReady, CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource waiting;
            lock (gate)
            {
                if (isReady())
                {
                    return;
                }

                waiting = _waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            await waiting.Task.WaitAsync(cancellationToken);
        }
    }
}
