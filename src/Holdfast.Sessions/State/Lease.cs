using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>
/// How long a session without a connection is kept: a grace period from the last sign of life, and never longer than
/// the maximum hold from the moment it was held.
/// </summary>
/// <remarks>
/// Without the maximum, a page that is left open and only beats its heart would keep its slot for ever; without the
/// grace period counting from the last sign of life, a heart that stops would go unnoticed.
/// </remarks>
internal sealed record Lease
{
    private readonly TimeSpan _grace;
    private readonly TimeSpan _maxHold;
    private readonly TimeSpan _unspoken;

    /// <param name="grace">From the last sign of life.</param>
    /// <param name="maxHold">From the moment it is held, signs of life or not.</param>
    /// <param name="now">The first sign of life.</param>
    /// <param name="unspoken">In place of both while nobody has spoken in the session, where that is less.</param>
    public Lease(TimeSpan grace, TimeSpan maxHold, RtcTime now, TimeSpan? unspoken = null)
    {
        _grace = grace;
        _unspoken = unspoken ?? TimeSpan.MaxValue;
        _maxHold = maxHold < grace ? grace : maxHold;
        LastSignOfLife = now;
    }

    /// <summary>When the client last gave a sign of life.</summary>
    public RtcTime LastSignOfLife { get; private init; }

    /// <summary>When it is over whatever signs of life come; never while there is a connection.</summary>
    public RtcTime HeldUntilAtMost { get; init; } = RtcTime.Never;

    /// <summary>Since when it is held in this process; null where it is not.</summary>
    public RtcTime? HeldSince { get; private init; }

    /// <summary>Whether anybody ever spoke in the session: only then it is worth the whole time.</summary>
    public bool WasSpokenTo { get; private init; }

    /// <summary>The grace period that counts now.</summary>
    public TimeSpan Grace => WasSpokenTo || _grace < _unspoken ? _grace : _unspoken;

    /// <summary>When it is over, if no further sign of life comes and the session is held.</summary>
    public RtcTime ExpiresAt
    {
        get
        {
            var end = RtcTime.Min(LastSignOfLife + Grace, HeldUntilAtMost);
            return !WasSpokenTo && HeldSince is { } since && _unspoken < TimeSpan.MaxValue ? RtcTime.Min(end, since + _unspoken) : end;
        }
    }

    /// <summary>Whether the end of the hold, and not of the grace period, comes first.</summary>
    public bool IsBoundByHold => HeldUntilAtMost <= LastSignOfLife + Grace && HeldUntilAtMost <= ExpiresAt;

    /// <summary>Something came from the client: an authenticated packet or a heartbeat. Earlier ones change nothing; none at all does not, either.</summary>
    public Lease SignOfLife(RtcTime? at) => at is { } heard && heard > LastSignOfLife ? this with { LastSignOfLife = heard } : this;

    /// <summary>Somebody spoke in the session.</summary>
    public Lease Spoken() => WasSpokenTo ? this : this with { WasSpokenTo = true };

    /// <summary>The session is held from now on.</summary>
    public Lease Hold(RtcTime now) => this with { HeldUntilAtMost = now + _maxHold, HeldSince = now };

    /// <summary>The session has a connection again.</summary>
    public Lease Release(RtcTime now) => SignOfLife(now) with { HeldUntilAtMost = RtcTime.Never, HeldSince = null };
}
