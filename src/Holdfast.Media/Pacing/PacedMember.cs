namespace Holdfast.Media;

/// <summary>One that is paced, from when it is added until it is removed.</summary>
/// <param name="paced">What does the work.</param>
/// <param name="lastTick">It gets no tick up to this one: it may have had that before it was added, in another phase.</param>
internal sealed class PacedMember(IPaced paced, long lastTick)
{
    /// <summary>What a tick takes is noted over about so many.</summary>
    private const int ShareTicks = 64;

    private readonly Lock _tickLock = new();
    private bool _isRemoved;
    private long _lastTick = lastTick;
    private bool _isMoved;
    private double _share;

    internal IPaced Paced => paced;

    /// <summary>The newest tick that it has had.</summary>
    internal long LastTick => Volatile.Read(ref _lastTick);

    /// <summary>The share of its loop's time that its ticks take, over the last second or so; one thread writes it at a time.</summary>
    internal double Share
    {
        get => Volatile.Read(ref _share);
        private set => Volatile.Write(ref _share, value);
    }

    /// <summary>How many ticks in a row it has been late (<see cref="MediaTick.IsLate"/>).</summary>
    internal int ConsecutiveLateTicks { get; private set; }

    /// <summary>How many ticks in a row failed up to the latest.</summary>
    internal int ConsecutiveFaults { get; private set; }

    /// <summary>Does the work of a tick, unless it was removed, or has had it already.</summary>
    /// <returns>What it threw; null nearly always.</returns>
    /// <param name="tick">The tick.</param>
    /// <param name="mostMissed">How many that it missed on its way from another loop are made up for.</param>
    internal Exception? Tick(in MediaTick tick, int mostMissed = 0)
    {
        // Held while it ticks, so that removing can wait for the tick's end.
        lock (_tickLock)
        {
            if (_isRemoved || tick.Index <= _lastTick)
            {
                return null;
            }

            // Where it comes from was behind where it is now: what was due there is made up for, as far as that loop would have.
            for (var missed = Math.Max(_lastTick + 1, tick.Index - mostMissed); _isMoved && missed < tick.Index; missed++)
            {
                if (Run(tick with { Index = missed, IsLate = true }) is { } fault)
                {
                    return fault;
                }

                // A tick may take its member out.
                if (_isRemoved)
                {
                    return null;
                }
            }

            _isMoved = false;
            return Run(tick);
        }
    }

    /// <summary>Notes what its tick took.</summary>
    internal void OnTook(TimeSpan took) => Share += ((took / MediaTick.Duration) - Share) / ShareTicks;

    /// <summary>Ends it here, so that it goes on elsewhere; not while it ticks.</summary>
    /// <returns>The same in another loop; null where it ticks just now, or is removed.</returns>
    internal PacedMember? TryMove()
    {
        // One that asks from within its own tick would find the lock open, and go on elsewhere before it has ended here.
        if (_tickLock.IsHeldByCurrentThread || !_tickLock.TryEnter())
        {
            return null;
        }

        try
        {
            if (_isRemoved)
            {
                return null;
            }

            _isRemoved = true;
            return new PacedMember(paced, _lastTick)
            {
                _isMoved = true,
                Share = Share,
                ConsecutiveFaults = ConsecutiveFaults,
                ConsecutiveLateTicks = ConsecutiveLateTicks,
            };
        }
        finally
        {
            _tickLock.Exit();
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

    private Exception? Run(in MediaTick tick)
    {
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
