namespace Holdfast.Sessions;

/// <summary>Steps that are carried out one after the other, on the thread pool, in the order in which they were given.</summary>
internal sealed class InOrder
{
    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Completes when all that was given so far is carried out.</summary>
    public Task Settled
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    /// <summary>Gives a step; those before it are carried out first, whether or not they fail.</summary>
    /// <returns>Completes when it is carried out, with its failure where it has one.</returns>
    public Task Then(Func<Task> step)
    {
        lock (_gate)
        {
            return _last = _last
                .ContinueWith(_ => step(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)
                .Unwrap();
        }
    }
}
