using Holdfast.Rtc;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Sessions;

/// <summary>All sessions over the end of a process: given away by one, made again by the next.</summary>
public sealed partial class SessionDirectory
{
    /// <summary>One whose show does not let go must not hold up the stop, nor the others.</summary>
    private static readonly TimeSpan MaxPuttingAside = TimeSpan.FromSeconds(1);

    /// <summary>A clock that was set meanwhile is not waited for.</summary>
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(2);

    /// <summary>Is told of each session that has another connection from now on, the first one included.</summary>
    internal Action<Session>? OnConnected
    {
        set => _services.OnConnected = value;
    }

    /// <summary>
    /// Puts every session aside, for the server stops: at once no new ones are taken, speech stands still and connections fall silent. Those that
    /// nobody has seen yet are closed. The owners of the others are told nothing yet: <see cref="TellKept"/> follows.
    /// </summary>
    /// <param name="journalUpTo">The event up to which a session's journal is written down already.</param>
    /// <param name="withConnections">Whether connections are given away, too; where not, their clients are told goodbye.</param>
    /// <param name="farewell">How long they are played on here, where that can be, for another process that goes on then. Zero: all stand still.</param>
    /// <returns>What has to be kept.</returns>
    internal async Task<IReadOnlyCollection<(Session Session, SessionCapture Capture)>> PutAsideAllAsync(
        Func<Session, long> journalUpTo, bool withConnections, TimeSpan farewell = default)
    {
        _isStopping = true;
        var aside = await Task.WhenAll(_live.Values.Select(session => PutAsideAsync(session, journalUpTo(session), withConnections, farewell))).ConfigureAwait(false);
        return [.. aside.OfType<(Session, SessionCapture)>()];
    }

    /// <summary>Tells the owners of all sessions that were put aside what became of them: these are kept, all others end here.</summary>
    /// <param name="kept">Those that are sure to be found by the next process.</param>
    internal void TellKept(IReadOnlyCollection<SessionId> kept)
    {
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

    /// <summary>
    /// Makes sessions again that another process had. They are held until there is a path to their client; those whose time was over meanwhile
    /// end now, as expired. They take their places even if there are more than there may be.
    /// </summary>
    /// <returns>How many are there, how many of them on the connection they had, and how many expired.</returns>
    internal (int Live, int GoesOn, int Expired) Restore(IReadOnlyCollection<StoredSession> found, PriorProcess prior)
    {
        var goesOn = new HashSet<SessionId>();
        var live = 0;
        foreach (var (record, connection) in found)
        {
            if (!SessionId.TryFrom(record.Id, out var id) || TryRestore(id, record, prior) is not { } session)
            {
                continue;
            }

            live++;
            if (connection is not null && prior.CanGoOn && session.TryTakeConnection(connection, prior.AliveAt))
            {
                goesOn.Add(id);
            }
        }

        var before = live;
        LookAtTheClock();
        live = found.Count(one => IsLive(one.Record.Id));
        return (live, goesOn.Count(id => _live.ContainsKey(id)), before - live);
    }

    /// <summary>Makes what takes long of going on, for a moment in which the process before still speaks.</summary>
    internal void GetReadyToGoOn()
    {
        foreach (var (_, session) in _live)
        {
            session.GetReadyToGoOn();
        }
    }

    /// <summary>
    /// What was being said when the process before ended goes on, now that packets may be sent; what that one still plays, when it does not any more.
    /// </summary>
    internal async Task GoOnAsync()
    {
        var all = new List<Task>();
        foreach (var (_, session) in _live)
        {
            all.Add(session.GoOnAsync());
        }

        await Task.WhenAll(all).ConfigureAwait(false);
    }

    /// <summary>Another one of the same shows, whose sessions are nobody's: nothing of them is counted, logged or told.</summary>
    /// <param name="endpoint">Their wire.</param>
    internal SessionDirectory ForRehearsal(RtcEndpoint endpoint) => new(
        new SessionServices(
            _services.Settings with { MeasuresHeadRoom = false, LeastLoad = 0 }, endpoint, _services.Pacer, _services.Shows, _services.Time, NullLogger.Instance)
        {
            IsRehearsal = true,
        },
        _companions is { MayRehearse: true } ? _companions : null);

    private Session? TryRestore(SessionId id, SessionRecord record, PriorProcess prior)
    {
        // An avatar that this server does not have any more: the conversation is worth more than its face.
        var show = Shows.FirstOrDefault(known => string.Equals(known.Name, record.Show, StringComparison.Ordinal)) ?? Shows[0];
        var look = new SessionLook(
            show.Name,
            record.Voice is { } voice && _services.Shows.HasVoice(voice) ? voice : null,
            SessionLook.Within(record.Speed) ?? 1,
            SessionLook.Within(record.Pitch) ?? 1);
        if (record.PlayedOnUntil is { } until && until - _services.Endpoint.Now.ToDateTimeOffset() is var left && (left <= TimeSpan.Zero || left > LongestFarewell))
        {
            record = record with { PlayedOnUntil = null };
        }

        var facts = record.ToFacts(look, prior, _services.Settings, _services.Endpoint.Now);
        var session = new Session(id, facts, _services, OnEnded, prior);
        if (!_live.TryAdd(id, session))
        {
            return null;
        }

        _services.Admission.TakeUp(session, _services.Endpoint.Now);
        session.Companion = _companions?.Accompany(session, record.Companion, [.. record.Unsaid.Select(static text => text.Id)]);
        return session;
    }

    private async Task<(Session Session, SessionCapture Capture)?> PutAsideAsync(Session session, long journalUpTo, bool withConnection, TimeSpan farewell)
    {
        try
        {
            return await session.PutAsideAsync(journalUpTo, withConnection, farewell).WaitAsync(MaxPuttingAside, _services.Time).ConfigureAwait(false) is { } capture
                ? (session, capture)
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
}
