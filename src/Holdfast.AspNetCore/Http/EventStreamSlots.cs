namespace Holdfast.AspNetCore.Http;

/// <summary>Counts the event streams that are open on this server, and bounds them.</summary>
internal sealed class EventStreamSlots
{
    private int _taken;

    public EventStreamSlots(int capacity) => Capacity = capacity;

    public int Capacity { get; }

    /// <summary>How many are taken now.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Takes one; disposing of it gives it back. Null where there is none.</summary>
    public IDisposable? TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= Capacity)
        {
            return new Slot(this);
        }

        Interlocked.Decrement(ref _taken);
        return null;
    }

    private sealed class Slot(EventStreamSlots slots) : IDisposable
    {
        private EventStreamSlots? _slots = slots;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _slots, null) is { } slots)
            {
                Interlocked.Decrement(ref slots._taken);
            }
        }
    }
}
