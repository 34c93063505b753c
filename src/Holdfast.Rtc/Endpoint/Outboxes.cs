namespace Holdfast.Rtc;

/// <summary>The outboxes of an endpoint: one for each thread that sends at the moment, lent and taken back.</summary>
internal sealed class Outboxes(RtcEndpoint endpoint)
{
    [ThreadStatic]
    private static Outbox? _current;

    private readonly Lock _gate = new();
    private readonly Stack<Outbox> _idle = new();

    /// <summary>This thread's, where it collects.</summary>
    public Outbox? Current => _current is { } current && ReferenceEquals(current.Endpoint, endpoint) ? current : null;

    /// <summary>What is sent on this thread is collected, until <see cref="End"/> is called as often.</summary>
    public void Begin()
    {
        if (_current is null)
        {
            _current = Take();
        }

        // A thread that collects for another endpoint sends for this one as it comes.
        if (Current is { } current)
        {
            current.Depth++;
        }
    }

    /// <summary>What was collected leaves.</summary>
    public void End()
    {
        if (Current is { } current && --current.Depth == 0)
        {
            _current = null;
            current.Flush();
            Return(current);
        }
    }

    /// <summary>An outbox for a moment, for who does not collect.</summary>
    public Outbox Take()
    {
        lock (_gate)
        {
            return _idle.TryPop(out var outbox) ? outbox : new Outbox(endpoint);
        }
    }

    /// <summary>An empty one is lent to others.</summary>
    public void Return(Outbox outbox)
    {
        lock (_gate)
        {
            _idle.Push(outbox);
        }
    }
}
