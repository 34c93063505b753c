namespace Holdfast.Speech;

/// <summary>
/// Lets so many work at a time. Who waits is served by turns: one job of each, whoever it is and however many more it has; so one who asks
/// for much delays nobody by more than a job.
/// </summary>
internal sealed class FairTurns
{
    private readonly Lock _gate = new();
    private readonly Dictionary<object, Queue<TaskCompletionSource>> _waiting = new(ReferenceEqualityComparer.Instance);

    // Everybody who waits, once, in the order in which their turn comes.
    private readonly Queue<object> _order = new();
    private readonly int _maxWaiting;
    private int _free;

    /// <param name="places">How many work at a time.</param>
    /// <param name="maxWaiting">How many jobs of one may wait; more are refused.</param>
    public FairTurns(int places, int maxWaiting = 256)
    {
        _free = places;
        _maxWaiting = maxWaiting;
    }

    /// <summary>Jobs that wait; for tests.</summary>
    internal int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Values.Sum(jobs => jobs.Count);
            }
        }
    }

    /// <summary>Waits for the turn of one job; disposing of the result ends it.</summary>
    /// <param name="who">Whose job it is.</param>
    /// <param name="cancellationToken">Gives the turn up.</param>
    /// <exception cref="SpeechException">Too many jobs of the same wait already.</exception>
    public async ValueTask<Turn> TakeAsync(object who, CancellationToken cancellationToken)
    {
        TaskCompletionSource mine;
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return new Turn(this);
            }

            if (!_waiting.TryGetValue(who, out var jobs))
            {
                _waiting.Add(who, jobs = new Queue<TaskCompletionSource>());
                _order.Enqueue(who);
            }

            if (jobs.Count >= _maxWaiting)
            {
                throw new SpeechException("Too much of one session waits to be spoken.");
            }

            mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            jobs.Enqueue(mine);
        }

        // Who gives up stays in the row, and is passed over.
        await using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), mine);
        await mine.Task;
        return new Turn(this);
    }

    private void Release()
    {
        lock (_gate)
        {
            while (_order.TryDequeue(out var who))
            {
                var jobs = _waiting[who];
                var isTaken = false;
                while (!isTaken && jobs.TryDequeue(out var job))
                {
                    isTaken = job.TrySetResult();
                }

                if (jobs.Count > 0)
                {
                    _order.Enqueue(who);
                }
                else
                {
                    _waiting.Remove(who);
                }

                if (isTaken)
                {
                    return;
                }
            }

            _free++;
        }
    }

    /// <summary>A job's turn.</summary>
    internal readonly struct Turn(FairTurns turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
