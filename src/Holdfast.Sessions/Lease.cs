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
internal sealed class Lease
{
    private readonly TimeSpan _grace;
    private readonly TimeSpan _maxHold;
    private readonly TimeSpan _unspoken;
    private RtcTime _lastSignOfLife;
    private RtcTime? _heldSince;
    private RtcTime _heldUntilAtMost = RtcTime.Never;

    /// <param name="grace">From the last sign of life.</param>
    /// <param name="maxHold">From the moment it is held, signs of life or not.</param>
    /// <param name="now">The first sign of life.</param>
    /// <param name="unspoken">In place of both while nobody has spoken in the session, where that is less.</param>
    public Lease(TimeSpan grace, TimeSpan maxHold, RtcTime now, TimeSpan? unspoken = null)
    {
        _grace = grace;
        _unspoken = unspoken ?? TimeSpan.MaxValue;
        _maxHold = maxHold < grace ? grace : maxHold;
        _lastSignOfLife = now;
    }

    /// <summary>When the client last gave a sign of life.</summary>
    public RtcTime LastSignOfLife => _lastSignOfLife;

    /// <summary>When it is over whatever signs of life come; never while there is a connection.</summary>
    public RtcTime HeldUntilAtMost
    {
        get => _heldUntilAtMost;
        init => _heldUntilAtMost = value;
    }

    /// <summary>Whether anybody ever spoke in the session: only then it is worth the whole time.</summary>
    public bool WasSpokenTo { get; set; }

    /// <summary>The grace period that counts now.</summary>
    public TimeSpan Grace => WasSpokenTo || _grace < _unspoken ? _grace : _unspoken;

    /// <summary>When it is over, if no further sign of life comes and the session is held.</summary>
    public RtcTime ExpiresAt
    {
        get
        {
            var end = RtcTime.Min(_lastSignOfLife + Grace, _heldUntilAtMost);
            return !WasSpokenTo && _heldSince is { } since && _unspoken < TimeSpan.MaxValue ? RtcTime.Min(end, since + _unspoken) : end;
        }
    }

    /// <summary>Whether the end of the hold, and not of the grace period, comes first.</summary>
    public bool IsBoundByHold => _heldUntilAtMost <= _lastSignOfLife + Grace && _heldUntilAtMost <= ExpiresAt;

    /// <summary>Something came from the client: an authenticated packet or a heartbeat. Earlier ones change nothing.</summary>
    public void SignOfLife(RtcTime at)
    {
        if (at > _lastSignOfLife)
        {
            _lastSignOfLife = at;
        }
    }

    /// <summary>The session is held from now on.</summary>
    public void Hold(RtcTime now)
    {
        _heldUntilAtMost = now + _maxHold;
        _heldSince = now;
    }

    /// <summary>The session has a connection again.</summary>
    public void Release(RtcTime now)
    {
        SignOfLife(now);
        _heldUntilAtMost = RtcTime.Never;
        _heldSince = null;
    }
}
