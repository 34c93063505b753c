using Microsoft.Extensions.Logging;

namespace Holdfast.Sessions;

/// <summary>All sessions over the end of a process: put aside by one, taken up by the next.</summary>
public sealed partial class SessionDirectory
{
    /// <summary>One whose show does not let go must not hold up the stop, nor the others.</summary>
    private static readonly TimeSpan MaxPuttingAside = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Puts every session aside, for the server stops: at once no new ones are taken, speech stands still and connections end. Those that
    /// nobody has seen yet are closed. The owners of the others are told nothing yet: <see cref="TellKept"/> follows.
    /// </summary>
    /// <returns>What has to be kept.</returns>
    public async Task<IReadOnlyCollection<KeptSession>> PutAsideAllAsync()
    {
        _isStopping = true;
        var records = await Task.WhenAll(_live.Values.Select(PutAsideAsync)).ConfigureAwait(false);
        return [.. records.OfType<KeptSession>()];
    }

    /// <summary>Tells the owners of all sessions that were put aside what became of them: these are kept, all others end here.</summary>
    /// <param name="kept">Those that are sure to be found by the next process.</param>
    public void TellKept(IReadOnlyCollection<SessionId> kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        var ids = kept.ToHashSet();
        foreach (var (id, session) in _live)
        {
            if (ids.Contains(id))
            {
                session.OnKept();
            }
            else
            {
                session.OnNotKept();
            }
        }
    }

    /// <summary>The sessions that were taken up and whose owners have not come back yet: what was kept of them is still worth keeping.</summary>
    public IReadOnlyCollection<SessionId> AsTaken => [.. _live.Values.Where(static session => session.IsAsTaken).Select(static session => session.Id)];

    /// <summary>
    /// Takes up sessions that another process put aside. They are held until somebody comes back; those whose time was over meanwhile
    /// end now, as expired. They take their slots even if there are more than there may be.
    /// </summary>
    /// <param name="kept">What was kept of them.</param>
    /// <param name="unusable">Receives those that cannot be read.</param>
    public SessionsTakenUp TakeUp(IReadOnlyCollection<KeptSession> kept, ICollection<KeptSession>? unusable = null)
    {
        ArgumentNullException.ThrowIfNull(kept);
        var (live, unreadable) = (0, 0);
        foreach (var (id, data) in kept)
        {
            if (TryTakeUp(id, data.Span, out var error))
            {
                live++;
            }
            else
            {
                unreadable++;
                unusable?.Add(new KeptSession(id, data));
                LogUnreadable(_services.Logger, id, error);
            }
        }

        var before = live;
        LookAtTheClock();
        foreach (var (id, _) in kept)
        {
            live -= Find(id) is SessionLookup.Ended ? 1 : 0;
        }

        return new SessionsTakenUp(live, before - live, unreadable);
    }

    /// <summary>Forgets a session that was put aside, so that it can be taken up here again; for tests.</summary>
    internal void Abandon(SessionId id)
    {
        if (_live.TryRemove(id, out var session))
        {
            _services.Admission.Leave(session);
        }
    }

    private bool TryTakeUp(SessionId id, ReadOnlySpan<byte> data, out string error)
    {
        if (!SessionRecordFormat.TryRead(data, out var record, out var fault))
        {
            error = fault;
            return false;
        }

        if (record.Id != id.Value)
        {
            error = "it is another session's";
            return false;
        }

        // An avatar that this server does not have any more: the conversation is worth more than its face.
        var show = Shows.FirstOrDefault(known => string.Equals(known.Name, record.Show, StringComparison.Ordinal)) ?? Shows[0];
        var session = new Session(id, show.Name, record, _services, OnEnded);
        if (_live.TryAdd(id, session))
        {
            _services.Admission.TakeUp(session, _services.Endpoint.Now);
            session.Companion = _companions?.Accompany(session, record.Companion, [.. record.Unsaid.Select(static text => text.Id)]);
            error = "";
            return true;
        }

        error = "there is such a session already";
        return false;
    }

    private async Task<KeptSession?> PutAsideAsync(Session session)
    {
        try
        {
            return await session.PutAsideAsync().WaitAsync(MaxPuttingAside, _services.Time).ConfigureAwait(false) is { } record
                ? new KeptSession(session.Id, SessionRecordFormat.Write(record))
                : null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // One that fails must not take the others with it.
            LogNotPutAside(_services.Logger, session.Id, exception);
            return null;
        }
    }

    [LoggerMessage(110, LogLevel.Error, "Session {SessionId} could not be put aside; it is lost")]
    private static partial void LogNotPutAside(ILogger logger, SessionId sessionId, Exception exception);

    [LoggerMessage(111, LogLevel.Error, "Session {SessionId} was kept and cannot be taken up: {Fault}")]
    private static partial void LogUnreadable(ILogger logger, SessionId sessionId, string fault);
}
