namespace Holdfast.Media;

/// <summary>One that is paced, from when it is added until it is removed.</summary>
/// <param name="paced">What does the work.</param>
/// <param name="lastTick">It gets no tick up to this one: it may have had that before it was added, in another phase.</param>
internal sealed class PacedMember(IPaced paced, long lastTick)
{
    private readonly Lock _tickLock = new();
    private bool _isRemoved;
    private long _lastTick = lastTick;

    internal IPaced Paced => paced;

    /// <summary>The newest tick that it has had.</summary>
    internal long LastTick => Volatile.Read(ref _lastTick);

    /// <summary>How many ticks in a row it has been late (<see cref="MediaTick.IsLate"/>).</summary>
    internal int ConsecutiveLateTicks { get; private set; }

    /// <summary>How many ticks in a row failed up to the latest.</summary>
    internal int ConsecutiveFaults { get; private set; }

    /// <summary>Does the work of a tick, unless it was removed, or has had it already.</summary>
    /// <returns>What it threw; null nearly always.</returns>
    internal Exception? Tick(in MediaTick tick)
    {
        // Held while it ticks, so that removing can wait for the tick's end.
        lock (_tickLock)
        {
            if (_isRemoved || tick.Index <= _lastTick)
            {
                return null;
            }

            Volatile.Write(ref _lastTick, tick.Index);
            ConsecutiveLateTicks = tick.IsLate ? ConsecutiveLateTicks + 1 : 0;

            try
            {
                paced.Tick(tick);
                ConsecutiveFaults = 0;
                return null;
            }
#pragma warning disable CA1031 // One member's failure, whatever it is, must not reach the others of the loop.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                ConsecutiveFaults++;
                return exception;
            }
        }
    }

    /// <summary>There is no further tick. When this returns, the last has ended, unless the caller is that tick.</summary>
    internal void OnRemoved()
    {
        lock (_tickLock)
        {
            _isRemoved = true;
        }
    }
}
