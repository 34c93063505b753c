using Microsoft.Extensions.Logging;

namespace Holdfast.Media;

/// <summary>
/// The members of one loop, in phases, and their next ticks: asked to, it runs what is due. It has no thread.
/// </summary>
/// <remarks>
/// Members that all tick at the same moment make a burst of work and of datagrams every 20 ms, in which the last wait for all others. So they are spread over the
/// 20 ms: a member's ticks are due <see cref="PhaseCount"/> times in turn a few milliseconds after one another, and still exactly 20 ms after its last. A phase
/// costs its loop a further waking, so there is a further one only where there is a crowd in each (<see cref="Crowd"/>).
/// </remarks>
internal sealed partial class PacingLoop
{
    /// <summary>Phases of a tick, 4 ms each.</summary>
    internal const int PhaseCount = 5;

    /// <summary>So many members in each phase that is in use, and a further one is used.</summary>
    internal const int Crowd = 4;

    // Who has next to nothing to do changes nothing by going to the other loop; who has more than this of the difference turns it round.
    private const double LeastMoved = 0.0005;
    private const double MostMoved = 0.8;

    // An overload is told once in ten seconds, not fifty times in one.
    private static readonly TimeSpan s_betweenSkipLogs = TimeSpan.FromSeconds(10);

    private readonly MediaPacerOptions _options;
    private readonly Func<TimeSpan> _getElapsed;
    private readonly ILogger _logger;
    private readonly PacingPhase[] _phases = new PacingPhase[PhaseCount];
    private readonly long[] _due = new long[PhaseCount];
    private readonly Action<PacedMember, long, Exception> _onFault;
    private long _ticks;
    private long _lateTicks;
    private long _skippedTicks;
    private long _skippedUnlogged;
    private TimeSpan _nextSkipLog;
    private long _faults;

    // Ticks of TimeSpan: the time spent in ticks so far, and how late the latest of them was over since somebody asked.
    private long _busy;
    private long _latest;
    private int _thrift;

    /// <param name="options">How it runs.</param>
    /// <param name="getElapsed">Gives the time since tick 0.</param>
    /// <param name="logger">Is told of failures and overloads.</param>
    internal PacingLoop(MediaPacerOptions options, Func<TimeSpan> getElapsed, ILogger logger)
    {
        _options = options;
        _getElapsed = getElapsed;
        _logger = logger;
        _onFault = OnFault;
        for (var i = 0; i < PhaseCount; i++)
        {
            _phases[i] = new PacingPhase(MediaTick.Duration * i / PhaseCount, options);
        }
    }

    internal int Count
    {
        get
        {
            var count = 0;
            foreach (var phase in _phases)
            {
                count += phase.Count;
            }

            return count;
        }
    }

    internal MediaPacerStatistics Statistics => new(
        Count,
        Interlocked.Read(ref _ticks),
        Interlocked.Read(ref _lateTicks),
        Interlocked.Read(ref _skippedTicks),
        Interlocked.Read(ref _faults));

    /// <summary>How sparing with pictures its members are to be from the next tick on.</summary>
    internal int Thrift
    {
        set => Volatile.Write(ref _thrift, value);
    }

    /// <summary>How long it has been at work, all together.</summary>
    internal TimeSpan Busy => TimeSpan.FromTicks(Interlocked.Read(ref _busy));

    /// <summary>How long after it was due the latest tick was over since this was asked last; one that is not over yet counts as far as it has come.</summary>
    internal TimeSpan TakeLateness()
    {
        var latest = TimeSpan.FromTicks(Interlocked.Exchange(ref _latest, 0));
        var now = _getElapsed();
        foreach (var phase in _phases)
        {
            if (!phase.Rests && now - phase.NextDue is var waiting && waiting > latest)
            {
                latest = waiting;
            }
        }

        return latest;
    }

    /// <summary>The share of its time that its members take, over the last second or so.</summary>
    internal double Share
    {
        get
        {
            var share = 0.0;
            foreach (var phase in _phases)
            {
                foreach (var member in phase.Members)
                {
                    share += member.Share;
                }
            }

            return share;
        }
    }

    internal bool Contains(IPaced paced) => Array.Exists(_phases, phase => phase.Contains(paced));

    /// <summary>Puts it into the phase with the fewest members of those that are in use. One caller at a time.</summary>
    internal void Add(PacedMember member)
    {
        var inUse = Math.Min(PhaseCount, 1 + (Count / Crowd));
        var chosen = _phases[0];
        foreach (var phase in _phases.AsSpan(0, inUse))
        {
            chosen = phase.Count < chosen.Count ? phase : chosen;
        }

        chosen.Add(member);
    }

    /// <summary>Takes out the member with whom most of a difference between this loop and another goes; not one that ticks just now.</summary>
    /// <param name="difference">By how much more of its time this one is at work.</param>
    /// <returns>The same for another loop; null where there is none.</returns>
    internal PacedMember? TryTake(double difference)
    {
        var (chosen, distance) = (default(PacedMember), double.MaxValue);
        foreach (var phase in _phases)
        {
            foreach (var member in phase.Members)
            {
                var fromHalf = Math.Abs(member.Share - (difference / 2));
                if (member.Share >= LeastMoved && member.Share <= difference * MostMoved && fromHalf < distance)
                {
                    (chosen, distance) = (member, fromHalf);
                }
            }
        }

        if (chosen?.TryMove() is not { } moved)
        {
            return null;
        }

        // It may have just been taken out for good, as one that fails.
        return Remove(chosen.Paced) is null ? null : moved;
    }

    /// <summary>Takes it out. Its tick may be going on (<see cref="PacedMember.OnRemoved"/>).</summary>
    /// <returns>Null where it is not here.</returns>
    internal PacedMember? Remove(IPaced paced)
    {
        foreach (var phase in _phases)
        {
            if (phase.Remove(paced) is { } removed)
            {
                return removed;
            }
        }

        return null;
    }

    /// <summary>
    /// Runs the ticks that are due, whatever happens: should the loop itself fail, and not one of its members (a log that throws, say), it is
    /// counted, and the loop goes on with the tick after the next. An exception here would end the thread, and with it the process.
    /// </summary>
    /// <returns>As <see cref="RunDue"/>.</returns>
    internal TimeSpan? RunDueOrSkip()
    {
        try
        {
            return RunDue();
        }
#pragma warning disable CA1031 // See above.
        catch (Exception)
#pragma warning restore CA1031
        {
            Interlocked.Increment(ref _faults);
            var now = _getElapsed();
            foreach (var phase in _phases)
            {
                phase.Skip(now);
            }

            return EarliestDue();
        }
    }

    /// <summary>Runs the ticks that are due, in the order in which they are.</summary>
    /// <returns>When the next tick is due, as time since tick 0; null while there is no member.</returns>
    internal TimeSpan? RunDue()
    {
        var at = _getElapsed();
        var skipped = 0L;
        for (var i = 0; i < PhaseCount; i++)
        {
            skipped += _phases[i].Prepare(at, out _due[i]);
        }

        if (skipped > 0)
        {
            OnSkipped(at, skipped);
        }

        for (var i = FirstDue(); i >= 0; i = FirstDue())
        {
            var phase = _phases[i];
            var due = phase.NextDue;
            Interlocked.Increment(ref _ticks);
            if (phase.Next < _due[i])
            {
                Interlocked.Increment(ref _lateTicks);
            }

            phase.Run(Volatile.Read(ref _thrift), _getElapsed, _onFault);
            var over = _getElapsed();
            Note(over - at, over - due);
            at = over;
        }

        return EarliestDue();
    }

    /// <summary>The phase whose next tick was due first of those that are to be run; -1: there is none.</summary>
    private int FirstDue()
    {
        var first = -1;
        for (var i = 0; i < PhaseCount; i++)
        {
            if (_phases[i].IsDue(_due[i]) && (first < 0 || _phases[i].NextDue < _phases[first].NextDue))
            {
                first = i;
            }
        }

        return first;
    }

    private TimeSpan? EarliestDue()
    {
        TimeSpan? earliest = null;
        foreach (var phase in _phases)
        {
            // Whoever has put the first member into one wakes the loop.
            if (!phase.Rests && (earliest is null || phase.NextDue < earliest))
            {
                earliest = phase.NextDue;
            }
        }

        return earliest;
    }

    private void Note(TimeSpan took, TimeSpan late)
    {
        Interlocked.Add(ref _busy, took.Ticks);
        if (late.Ticks > Volatile.Read(ref _latest))
        {
            // Should it be taken at this very moment, this tick counts twice: no harm.
            Volatile.Write(ref _latest, late.Ticks);
        }
    }
}
