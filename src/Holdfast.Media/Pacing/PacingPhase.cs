namespace Holdfast.Media;

/// <summary>
/// Members of a pacing loop whose ticks are due at the same moment: tick n of a phase at n times 20 ms and the phase's own offset. It runs one tick of its
/// members when it is asked to, and has neither a clock of its own nor a thread.
/// </summary>
/// <remarks>
/// Where there is more to do than there is time, members who come after the time is over are told (<see cref="MediaTick.IsLate"/>), and the
/// next tick begins with them. Who was late has a little more time at the next one, so that phases, too, are late in turn: without it the same one would be
/// whenever what the others do fills the time to the same point.
/// </remarks>
/// <param name="offset">How long after the media clock's its ticks are due; the clock's tick 0 is at zero.</param>
/// <param name="options">How the loop runs.</param>
internal sealed class PacingPhase(TimeSpan offset, MediaPacerOptions options)
{
    /// <summary>So much more time for each tick in a row that a member was late, and a tick more at the most.</summary>
    private static readonly TimeSpan s_allowance = MediaTick.Duration / 10;

    private readonly Lock _membersLock = new();
    private volatile PacedMember[] _members = [];
    private long _next;
    private bool _rests = true;

    // Who is served first.
    private int _first;

    internal int Count => _members.Length;

    /// <summary>When its next tick is due, as time since tick 0. Only where it does not rest.</summary>
    internal TimeSpan NextDue => DueAt(Volatile.Read(ref _next));

    /// <summary>Whether nobody is there, or the first to come waits until it is asked what is due.</summary>
    internal bool Rests => Count == 0 || Volatile.Read(ref _rests);

    internal bool Contains(IPaced paced) => Array.Exists(_members, member => ReferenceEquals(member.Paced, paced));

    internal void Add(PacedMember member)
    {
        lock (_membersLock)
        {
            _members = [.. _members, member];
        }
    }

    /// <returns>The one that was taken out, whose tick may be going on; null where there is none.</returns>
    internal PacedMember? Remove(IPaced paced)
    {
        lock (_membersLock)
        {
            var found = Array.Find(_members, member => ReferenceEquals(member.Paced, paced));
            if (found is not null)
            {
                _members = Array.FindAll(_members, member => member != found);
            }

            return found;
        }
    }

    /// <summary>Its members, as they are now.</summary>
    internal ReadOnlySpan<PacedMember> Members => _members;

    /// <summary>Finds out which ticks are due, before they are run.</summary>
    /// <param name="elapsed">Time since tick 0.</param>
    /// <param name="due">The newest tick that is due.</param>
    /// <returns>How many are left out, since they are more than may be caught up.</returns>
    internal long Prepare(TimeSpan elapsed, out long due)
    {
        due = NewestDue(elapsed);
        if (Count == 0)
        {
            _rests = true;
            due = -1;
            return 0;
        }

        if (_rests)
        {
            // While nobody was there nobody was kept waiting: nothing to catch up, nothing skipped.
            _rests = false;
            Volatile.Write(ref _next, Math.Max(_next, due));
        }

        var skipped = Math.Max(0, due + 1 - options.MaxCatchUp - _next);
        Volatile.Write(ref _next, _next + skipped);
        return skipped;
    }

    /// <summary>Whether its next tick is one of those that were due when it was prepared.</summary>
    internal bool IsDue(long due) => _next <= due;

    /// <summary>Goes on with the tick after the newest that is due: what lies before is given up.</summary>
    internal void Skip(TimeSpan elapsed) => Volatile.Write(ref _next, NewestDue(elapsed) + 1);

    /// <summary>Its next tick.</summary>
    internal long Next => _next;

    /// <summary>Runs its next tick for all its members.</summary>
    /// <param name="thrift">How sparing with pictures they are to be.</param>
    /// <param name="getElapsed">Gives the time since tick 0.</param>
    /// <param name="onFault">Is told of a member that threw.</param>
    internal void Run(int thrift, Func<TimeSpan> getElapsed, Action<PacedMember, long, Exception> onFault)
    {
        var members = _members;
        var (onTime, late) = (new MediaTick(_next) { Thrift = thrift }, new MediaTick(_next) { Thrift = thrift, IsLate = true });
        var (first, end) = (_first, DueAt(_next + 1));
        var isAnyLate = false;
        options.Output?.Begin();
        try
        {
            var begun = getElapsed();
            for (var i = 0; i < members.Length; i++)
            {
                var at = (first + i) % members.Length;
                var isLate = begun >= end + AllowanceOf(members[at]);
                if (isLate && !isAnyLate)
                {
                    (_first, isAnyLate) = (at, true);
                }

                if (members[at].Tick(isLate ? late : onTime, options.MaxCatchUp) is { } fault)
                {
                    onFault(members[at], onTime.Index, fault);
                }

                options.Output?.Continue();
                var over = getElapsed();
                members[at].OnTook(over - begun);
                begun = over;
            }
        }
        finally
        {
            // Whatever was thrown, this tick is over, and what was sent in it leaves.
            Volatile.Write(ref _next, _next + 1);
            options.Output?.End();
        }
    }

    private static TimeSpan AllowanceOf(PacedMember member)
    {
        var allowance = s_allowance * member.ConsecutiveLateTicks;
        return allowance < MediaTick.Duration ? allowance : MediaTick.Duration;
    }

    private TimeSpan DueAt(long tick) => (MediaTick.Duration * tick) + offset;

    // Before the first there is none: -1, and not 0.
    private long NewestDue(TimeSpan elapsed) => elapsed < offset ? -1 : (elapsed - offset).Ticks / MediaTick.Duration.Ticks;
}
