using Microsoft.Extensions.Logging;

namespace Holdfast.Media;

/// <summary>Drives all sessions from one media clock: a few loops, each with a thread of its own, none with a timer per session.</summary>
/// <remarks>
/// Tick n begins at exactly n times 20 ms after <see cref="StartTimestamp"/>, whatever happened before, so nothing drifts. The members of a loop get it in turn:
/// where they are many, each has its phase within the 20 ms (0, 4, 8, 12 or 16 ms later), which it keeps, so that they do not all send in the same moment. A
/// loop that has too much to do says so (<see cref="MediaTick.IsLate"/>), and its members leave out in turn what is not sound. If it comes late
/// all the same, it catches up to <see cref="MediaPacerOptions.MaxCatchUp"/> ticks and skips the rest.
/// </remarks>
public sealed class MediaPacer : IAsyncDisposable
{
    /// <summary>Two loops may differ by so much of their time.</summary>
    private const double WorthMoving = 0.15;

    /// <summary>So many are moved at once: what that comes to shows only after a moment.</summary>
    private const int MovedAtOnce = 4;

    private readonly TimeProvider _timeProvider;
    private readonly PacingLoop[] _loops;
    private readonly PacingThread[] _threads;
    private readonly Lock _lock = new();
    private readonly TimeSpan[] _busyBefore;
    private TimeSpan _askedBefore;
    private bool _disposed;

    // The newest tick that anybody had who was removed. Who is added may be one of them, and must not have a tick twice in another phase.
    private long _lastTickOfRemoved = -1;

    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Is told of failures and overloads.</param>
    /// <param name="options">The defaults where null.</param>
    public MediaPacer(TimeProvider timeProvider, ILogger<MediaPacer> logger, MediaPacerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        ArgumentNullException.ThrowIfNull(logger);
        options ??= new MediaPacerOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Loops, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxCatchUp, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxConsecutiveFaults, nameof(options));

        _timeProvider = timeProvider;
        StartTimestamp = timeProvider.GetTimestamp();
        _loops = new PacingLoop[options.Loops];
        _busyBefore = new TimeSpan[options.Loops];
        for (var i = 0; i < _loops.Length; i++)
        {
            _loops[i] = new PacingLoop(options, GetElapsed, logger);
        }

        _threads = options.StartThreads
            ? Array.ConvertAll(_loops, loop => new PacingThread(loop, GetElapsed))
            : [];
        MediaDiagnostics.Add(this);
    }

    /// <summary>The <see cref="TimeProvider"/> timestamp of tick 0, the same for all loops.</summary>
    public long StartTimestamp { get; }

    /// <summary>The newest tick that is due now, whether or not anything is paced.</summary>
    public MediaTick CurrentTick => new(GetElapsed().Ticks / MediaTick.Duration.Ticks);

    /// <summary>What all loops together did so far.</summary>
    public MediaPacerStatistics Statistics
    {
        get
        {
            var sum = default(MediaPacerStatistics);
            foreach (var loop in _loops)
            {
                var one = loop.Statistics;
                sum = new MediaPacerStatistics(
                    sum.Members + one.Members,
                    sum.Ticks + one.Ticks,
                    sum.LateTicks + one.LateTicks,
                    sum.SkippedTicks + one.SkippedTicks,
                    sum.Faults + one.Faults);
            }

            return sum;
        }
    }

    /// <summary>How sparing with pictures all that is paced is to be (<see cref="MediaTick.Thrift"/>); 0, not at all, until it is set.</summary>
    public int Thrift
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
            foreach (var loop in _loops)
            {
                loop.Thrift = value;
            }
        }
    }

    /// <summary>How much the loops had to do since this was asked last. For one who asks: whoever else does takes its figures away. Allocates nothing.</summary>
    public MediaPacerLoad TakeLoad()
    {
        lock (_lock)
        {
            var now = GetElapsed();
            var time = now - _askedBefore;
            _askedBefore = now;
            var (late, share) = (TimeSpan.Zero, 0.0);
            for (var i = 0; i < _loops.Length; i++)
            {
                var busy = _loops[i].Busy;
                var lateness = _loops[i].TakeLateness();
                late = lateness > late ? lateness : late;
                share = time > TimeSpan.Zero ? Math.Max(share, (busy - _busyBefore[i]) / time) : share;
                _busyBefore[i] = busy;
            }

            return new MediaPacerLoad(late, share);
        }
    }

    /// <summary>
    /// Paces it from now on, in the loop with the fewest members, and in one of its phases. What was paced before goes on with a later tick than its last.
    /// Adding twice changes nothing.
    /// </summary>
    public void Add(IPaced paced)
    {
        ArgumentNullException.ThrowIfNull(paced);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var chosen = 0;
            for (var i = 0; i < _loops.Length; i++)
            {
                if (_loops[i].Contains(paced))
                {
                    return;
                }

                if (_loops[i].Count < _loops[chosen].Count)
                {
                    chosen = i;
                }
            }

            _loops[chosen].Add(new PacedMember(paced, _lastTickOfRemoved));
            if (_threads.Length > 0)
            {
                _threads[chosen].Wake();
            }
        }
    }

    /// <summary>
    /// Paces it no longer. When this returns, its last tick has ended (unless it is called from that very tick), so
    /// what the tick uses may be disposed. Must not be called while holding a lock that the tick takes.
    /// </summary>
    /// <returns>False where it was not paced.</returns>
    public bool Remove(IPaced paced)
    {
        ArgumentNullException.ThrowIfNull(paced);
        PacedMember? removed = null;
        lock (_lock)
        {
            for (var i = 0; removed is null && i < _loops.Length; i++)
            {
                removed = _loops[i].Remove(paced);
            }
        }

        if (removed is null)
        {
            return false;
        }

        // Outside of the lock: its tick may be just about to take it.
        removed.OnRemoved();
        lock (_lock)
        {
            _lastTickOfRemoved = Math.Max(_lastTickOfRemoved, removed.LastTick);
        }

        return true;
    }

    /// <summary>
    /// Moves members from the loop that has most to do to the one that has least, where that is much: who speaks costs eighty times as much as who is silent, and
    /// nobody knows when somebody comes which he will be. To be called a few times a second; each call moves four at the most, none of which misses a tick.
    /// </summary>
    /// <returns>How many were moved.</returns>
    public int Balance()
    {
        var count = 0;
        lock (_lock)
        {
            while (!_disposed && _loops.Length > 1 && count < MovedAtOnce)
            {
                var (most, least) = (_loops[0], _loops[0]);
                foreach (var loop in _loops)
                {
                    most = loop.Share > most.Share ? loop : most;
                    least = loop.Share < least.Share ? loop : least;
                }

                if (most.Share - least.Share < WorthMoving || most.TryTake(most.Share - least.Share) is not { } moved)
                {
                    break;
                }

                least.Add(moved);
                if (_threads.Length > 0)
                {
                    _threads[Array.IndexOf(_loops, least)].Wake();
                }

                count++;
            }
        }

        return count;
    }

    /// <summary>Runs the ticks that are due, on the calling thread; only where <see cref="MediaPacerOptions.StartThreads"/> is false.</summary>
    /// <returns>How long until the next tick is due; null while nothing is paced.</returns>
    internal TimeSpan? RunDueTicks()
    {
        if (_threads.Length > 0)
        {
            throw new InvalidOperationException("The pacer's own threads run the ticks.");
        }

        TimeSpan? earliest = null;
        foreach (var loop in _loops)
        {
            if (loop.RunDue() is { } due && (earliest is null || due < earliest))
            {
                earliest = due;
            }
        }

        return earliest - GetElapsed();
    }

    /// <summary>Stops the loops and waits until their last ticks have ended. Must not be called from a tick.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        MediaDiagnostics.Remove(this);

        return new ValueTask(Task.WhenAll(Array.ConvertAll(_threads, thread => thread.StopAsync())));
    }

    private TimeSpan GetElapsed() => _timeProvider.GetElapsedTime(StartTimestamp);
}
