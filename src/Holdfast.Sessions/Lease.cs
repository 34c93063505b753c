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
    private RtcTime _lastSignOfLife;
    private RtcTime _heldUntilAtMost = RtcTime.Never;

    public Lease(TimeSpan grace, TimeSpan maxHold, RtcTime now)
    {
        _grace = grace;
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

    /// <summary>When it is over, if no further sign of life comes and the session is held.</summary>
    public RtcTime ExpiresAt => RtcTime.Min(_lastSignOfLife + _grace, _heldUntilAtMost);

    /// <summary>Whether the end of the hold, and not of the grace period, comes first.</summary>
    public bool IsBoundByHold => _heldUntilAtMost <= _lastSignOfLife + _grace;

    /// <summary>Something came from the client: an authenticated packet or a heartbeat. Earlier ones change nothing.</summary>
    public void SignOfLife(RtcTime at)
    {
        if (at > _lastSignOfLife)
        {
            _lastSignOfLife = at;
        }
    }

    /// <summary>The session is held from now on.</summary>
    public void Hold(RtcTime now) => _heldUntilAtMost = now + _maxHold;

    /// <summary>The session has a connection again.</summary>
    public void Release(RtcTime now)
    {
        SignOfLife(now);
        _heldUntilAtMost = RtcTime.Never;
    }
}
