using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>
/// Who may have a session: counts the places, and decides who gives way. Asking costs a stranger nothing, so what was only asked for has a small pool of
/// its own and takes no place before it is connected; and a session in which nobody ever spoke goes before anybody is refused.
/// </summary>
/// <remarks>
/// It looks at sessions under their own locks and calls nothing of them that changes anything: whoever gives way is closed by the caller, when
/// no lock is held.
/// </remarks>
/// <param name="settings">The limits.</param>
internal sealed class Admission(SessionSettings settings)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Session, Entry> _entries = [];
    private long _order;
    private int _negotiating;
    private int _settled;

    /// <summary>Sessions there are, in whatever state.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Those of them that were ever connected.</summary>
    public int Settled
    {
        get
        {
            lock (_gate)
            {
                return _settled;
            }
        }
    }

    /// <summary>Which limit a newcomer would meet now; null where it would be let in. Nothing is changed.</summary>
    public AdmissionLimit? Check(ClientNetwork? network, RtcTime now)
    {
        lock (_gate)
        {
            return Decide(network, now, out _);
        }
    }

    /// <summary>Lets a session in that waits for its first connection, if it may.</summary>
    /// <param name="session">The session.</param>
    /// <param name="now">The time.</param>
    /// <param name="givesWay">Has to be closed for it.</param>
    public AdmissionLimit? TryEnter(Session session, RtcTime now, out Session? givesWay)
    {
        lock (_gate)
        {
            if (Decide(session.Network, now, out givesWay) is { } limit)
            {
                return limit;
            }

            LetGo(givesWay);
            _entries.Add(session, new Entry(_order++, now, IsSettled: false));
            _negotiating++;
            return null;
        }
    }

    /// <summary>A session's first connection is there: it takes its place among those that are connected, if there is one.</summary>
    /// <param name="session">The session.</param>
    /// <param name="now">The time.</param>
    /// <param name="givesWay">Has to be closed for it.</param>
    /// <returns>False where there is no place for it, or it has ended.</returns>
    public bool TrySettle(Session session, RtcTime now, out Session? givesWay)
    {
        lock (_gate)
        {
            givesWay = null;
            if (!_entries.TryGetValue(session, out var entry))
            {
                return false;
            }

            if (entry.IsSettled)
            {
                return true;
            }

            if (_settled >= settings.MaxSessions && (givesWay = WeakestSettled(now)) is null)
            {
                return false;
            }

            LetGo(givesWay);
            _entries[session] = entry with { IsSettled = true };
            _negotiating--;
            _settled++;
            return true;
        }
    }

    /// <summary>A session that another process kept has its place, even if there are more than there may be.</summary>
    public void TakeUp(Session session, RtcTime now)
    {
        lock (_gate)
        {
            _entries.Add(session, new Entry(_order++, now, IsSettled: true));
            _settled++;
        }
    }

    /// <summary>A session is over; nothing happens when it gave way before.</summary>
    public void Leave(Session session)
    {
        lock (_gate)
        {
            LetGo(session);
        }
    }

    private void LetGo(Session? session)
    {
        if (session is not null && _entries.Remove(session, out var entry))
        {
            _negotiating -= entry.IsSettled ? 0 : 1;
            _settled -= entry.IsSettled ? 1 : 0;
        }
    }

    private AdmissionLimit? Decide(ClientNetwork? network, RtcTime now, out Session? givesWay)
    {
        givesWay = null;
        if (network is not null && CountOf(network, isSettled: false, SessionState.Negotiating) >= settings.MaxNegotiatingPerAddress
            && (givesWay = WeakestNegotiating(network)) is null)
        {
            return AdmissionLimit.NegotiatingFromAddress;
        }

        if (network is not null && CountOf(network, isSettled: true, SessionState.Held) >= settings.MaxHeldPerAddress)
        {
            // Two that give way at once are never needed: the one that waits for its connection goes when the next asks.
            givesWay = Oldest(of => of.Network == network && of.Standing is { State: SessionState.Held, WasSpokenTo: false });
            if (givesWay is null)
            {
                return AdmissionLimit.HeldFromAddress;
            }
        }

        if (_settled >= settings.MaxSessions && WeakestSettled(now) is null)
        {
            return AdmissionLimit.Sessions;
        }

        if (_negotiating >= settings.MaxNegotiating && givesWay is not { Standing.State: SessionState.Negotiating })
        {
            givesWay = WeakestNegotiating(network: null);
            return givesWay is null ? AdmissionLimit.Negotiating : null;
        }

        return null;
    }

    private int CountOf(ClientNetwork? network, bool isSettled, SessionState state) =>
        _entries.Count(entry => entry.Value.IsSettled == isSettled && entry.Key.Network == network && entry.Key.Standing.State == state);

    /// <summary>The oldest that nothing was ever heard of: a client that means it sends its first check as soon as it has its answer.</summary>
    private Session? WeakestNegotiating(ClientNetwork? network) => Oldest(of =>
        (network is null || of.Network == network) && of.Standing is { State: SessionState.Negotiating, WasReached: false });

    /// <summary>
    /// The oldest that nobody ever spoke in: first of those that are held, then of those that are connected and have had their time for a first word. Then,
    /// of an address that holds more than its share, the one that was held first.
    /// </summary>
    private Session? WeakestSettled(RtcTime now) =>
        Oldest(static of => of.Standing is { State: SessionState.Held, WasSpokenTo: false })
        ?? Oldest(of => of.Standing is { State: SessionState.Connected or SessionState.Interrupted, WasSpokenTo: false }
            && now - _entries[of].Since > settings.UnspokenGrace)
        ?? OldestOfTooManyHeld();

    private Session? OldestOfTooManyHeld() => _entries
        .Where(static entry => entry.Value.IsSettled && entry.Key.Network is not null && entry.Key.Standing.State == SessionState.Held)
        .GroupBy(static entry => entry.Key.Network)
        .Where(group => group.Count() > settings.MaxHeldPerAddress)
        .Select(static group => group.MinBy(static entry => entry.Key.Standing.Since).Key)
        .FirstOrDefault();

    private Session? Oldest(Func<Session, bool> isMeant) => _entries
        .Where(entry => isMeant(entry.Key))
        .OrderBy(static entry => entry.Value.Order)
        .Select(static entry => entry.Key)
        .FirstOrDefault();

    private readonly record struct Entry(long Order, RtcTime Since, bool IsSettled);
}

/// <summary>What a session is worth to those who wait for a place.</summary>
/// <param name="State">Where it is in its life.</param>
/// <param name="WasSpokenTo">Whether anybody ever said or typed anything in it.</param>
/// <param name="WasReached">Whether anything authentic ever came from its client.</param>
/// <param name="Since">Since when it is in its state.</param>
internal readonly record struct SessionStanding(SessionState State, bool WasSpokenTo, bool WasReached, RtcTime Since);
