using Microsoft.Extensions.Logging;

namespace Holdfast.Media;

/// <summary>
/// The members of one loop and their next tick: asked to, it runs what is due. It has no thread.
/// </summary>
/// <remarks>
/// Where there is more to do than there is time, members who come after the time is over are told (<see cref="MediaTick.IsLate"/>), and the
/// next tick begins with them: so what is left out is left out in turn.
/// </remarks>
internal sealed partial class PacingLoop
{
    // An overload is told once in ten seconds, not fifty times in one.
    private const int TicksBetweenSkipLogs = 10 * MediaTick.PerSecond;

    private readonly MediaPacerOptions _options;
    private readonly Func<TimeSpan> _getElapsed;
    private readonly ILogger _logger;
    private readonly Lock _membersLock = new();
    private volatile Member[] _members = [];
    private long _next;

    // Who is served first.
    private int _first;
    private bool _rests = true;
    private long _ticks;
    private long _lateTicks;
    private long _skippedTicks;
    private long _skippedUnlogged;
    private long _nextSkipLog;
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
    }

    internal int Count => _members.Length;

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
        if (_members.Length == 0 || _rests)
        {
            return latest;
        }

        var waiting = _getElapsed() - (MediaTick.Duration * Volatile.Read(ref _next));
        return waiting > latest ? waiting : latest;
    }

    internal bool Contains(IPaced paced) => Array.Exists(_members, member => ReferenceEquals(member.Paced, paced));

    internal void Add(IPaced paced)
    {
        lock (_membersLock)
        {
            _members = [.. _members, new Member(paced)];
        }
    }

    /// <summary>Takes it out; when this returns, its last tick has ended, unless the caller is that tick.</summary>
    internal bool Remove(IPaced paced)
    {
        Member? found;
        lock (_membersLock)
        {
            found = Array.Find(_members, member => ReferenceEquals(member.Paced, paced));
            if (found is null)
            {
                return false;
            }

            _members = Array.FindAll(_members, member => member != found);
        }

        lock (found.TickLock)
        {
            found.IsRemoved = true;
        }

        return true;
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
            _next = (_getElapsed().Ticks / MediaTick.Duration.Ticks) + 1;
            return MediaTick.Duration * _next;
        }
    }

    /// <summary>Runs the ticks that are due.</summary>
    /// <returns>When the next tick is due, as time since tick 0; null while there is no member.</returns>
    internal TimeSpan? RunDue()
    {
        var due = _getElapsed().Ticks / MediaTick.Duration.Ticks;
        if (_members.Length == 0)
        {
            _rests = true;
            return null;
        }

        if (_rests)
        {
            // While nobody was there nobody was kept waiting: nothing to catch up, nothing skipped.
            _rests = false;
            _next = Math.Max(_next, due);
        }

        var skipped = due + 1 - _options.MaxCatchUp - _next;
        if (skipped > 0)
        {
            _next += skipped;
            Interlocked.Add(ref _skippedTicks, skipped);
            _skippedUnlogged += skipped;
            if (_next >= _nextSkipLog)
            {
                LogSkipped(_logger, _skippedUnlogged);
                _skippedUnlogged = 0;
                _nextSkipLog = _next + TicksBetweenSkipLogs;
            }
        }

        var at = _getElapsed();
        for (; _next <= due; _next++)
        {
            Interlocked.Increment(ref _ticks);
            if (_next < due)
            {
                Interlocked.Increment(ref _lateTicks);
            }

            RunTick(_members);
            var over = _getElapsed();
            Note(over - at, over - (MediaTick.Duration * _next));
            at = over;
        }

        return MediaTick.Duration * _next;
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

    private void RunTick(Member[] members)
    {
        var tick = new MediaTick(_next) { Thrift = Volatile.Read(ref _thrift) };
        var (first, end) = (_first, MediaTick.Duration * (_next + 1));
        var output = _options.Output;
        output?.Begin();
        try
        {
            for (var i = 0; i < members.Length; i++)
            {
                var at = (first + i) % members.Length;
                if (!tick.IsLate && _getElapsed() >= end)
                {
                    tick = tick with { IsLate = true };
                    _first = at;
                }

                Run(members[at], tick);
                output?.Continue();
            }
        }
        finally
        {
            output?.End();
        }
    }

    private void Run(Member member, in MediaTick tick)
    {
        Exception? fault = null;
        lock (member.TickLock)
        {
            if (member.IsRemoved)
            {
                return;
            }

            try
            {
                member.Paced.Tick(tick);
                member.ConsecutiveFaults = 0;
            }
#pragma warning disable CA1031 // One member's failure, whatever it is, must not reach the others of the loop.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                fault = exception;
            }
        }

        if (fault is not null)
        {
            OnFault(member, tick, fault);
        }
    }

    private void OnFault(Member member, in MediaTick tick, Exception fault)
    {
        Interlocked.Increment(ref _faults);
        var isTooMuch = ++member.ConsecutiveFaults >= _options.MaxConsecutiveFaults && Remove(member.Paced);
        try
        {
            if (isTooMuch)
            {
                member.Paced.OnFaulted(fault);
                LogRemoved(_logger, member.Paced.ToString(), member.ConsecutiveFaults);
            }

            LogFault(_logger, fault, member.Paced.ToString(), tick.Index);
        }
#pragma warning disable CA1031 // As above. A log that throws must not keep the others of the loop from their tick either.
        catch (Exception)
#pragma warning restore CA1031
        {
            Interlocked.Increment(ref _faults);
        }
    }

    private sealed class Member(IPaced paced)
    {
        internal IPaced Paced => paced;

        /// <summary>Held while it ticks, so that removing can wait for the tick's end.</summary>
        internal Lock TickLock { get; } = new();

        internal bool IsRemoved { get; set; }

        internal int ConsecutiveFaults { get; set; }
    }
}
