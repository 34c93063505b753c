using System.Collections.Concurrent;
using Holdfast.Media;
using Holdfast.Rtc;
using Microsoft.Extensions.Logging;

namespace Holdfast.Sessions;

/// <summary>All sessions of this server: makes them, finds them, and counts them honestly.</summary>
/// <remarks>What is only asked for waits in a small pool of its own; a session takes its place when it is connected, and gives it back when it has ended,
/// whatever the reason (<see cref="Admission"/>). So the count never includes a session that is over.</remarks>
public sealed partial class SessionDirectory : ISessionPlaces, IAsyncDisposable
{
    /// <summary>How often sessions look at the clock; a tenth of what the shortest of their deadlines is.</summary>
    private static readonly TimeSpan ClockInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Enough to tell everybody who was just cut off why, and a few dozen kilobytes.</summary>
    private const int EndedSessionsKept = 1_000;

    /// <summary>The last words of several hundred ordinary sessions, or of some forty with full journals.</summary>
    private const long EndedJournalBytes = 8 * 1024 * 1024;

    private readonly ConcurrentDictionary<SessionId, Session> _live = [];
    private readonly EndedSessions _ended = new(EndedSessionsKept, EndedJournalBytes);
    private readonly Lock _endedGate = new();
    private readonly SessionServices _services;
    private readonly ISessionCompanions? _companions;
    private readonly ITimer _clock;
    private readonly LoadWatch? _load;
    private volatile bool _isStopping;
    private (TimeSpan Repeated, TimeSpan Lost) _endedSpeech;

    /// <param name="settings">How many there may be, and how long each is kept.</param>
    /// <param name="endpoint">The wire; the owner starts and disposes it.</param>
    /// <param name="pacer">The media clock; the owner disposes it.</param>
    /// <param name="shows">Makes what they show.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told what happens to them.</param>
    /// <param name="companions">What accompanies each; null where nothing does.</param>
    public SessionDirectory(
        SessionSettings settings,
        RtcEndpoint endpoint,
        MediaPacer pacer,
        IShowFactory shows,
        TimeProvider time,
        ILogger<Session> logger,
        ISessionCompanions? companions = null)
        : this(new SessionServices(settings, endpoint, pacer, shows, time, logger), companions)
    {
    }

    private SessionDirectory(SessionServices services, ISessionCompanions? companions)
    {
        _companions = companions;
        _services = services;
        var (settings, pacer, time, logger) = (services.Settings, services.Pacer, services.Time, services.Logger);
        _load = settings.MeasuresHeadRoom || settings.LeastLoad > 0
            ? new LoadWatch(pacer, _services.Turns, settings.MeasuresHeadRoom ? new MachineUse(time) : null, (LoadLevel)settings.LeastLoad, logger)
            : null;
        if (!services.IsRehearsal)
        {
            SessionDiagnostics.Add(this);
        }

        _clock = time.CreateTimer(static self => ((SessionDirectory)self!).LookAtTheClock(), this, ClockInterval, ClockInterval);
    }

    /// <summary>What sessions can show, the default first.</summary>
    public IReadOnlyList<ShowDescription> Shows => _services.Shows.Shows;

    /// <inheritdoc cref="IShowFactory.ActionsOf"/>
    public IReadOnlyList<ShowAction> ActionsOf(string show) => _services.Shows.ActionsOf(show);

    /// <summary>The voices that sessions may ask for.</summary>
    public IReadOnlyList<VoiceDescription> Voices => _services.Shows.Voices;

    /// <summary>All that live at this moment, in no order.</summary>
    public IReadOnlyCollection<Session> Live => [.. _live.Values];

    /// <summary>How many sessions there may be that were ever connected.</summary>
    public int Capacity => _services.Settings.MaxSessions;

    /// <summary>How many sessions there are now, those included that wait for their first connection.</summary>
    public int Count => _services.Admission.Count;

    /// <summary>How many of them were ever connected.</summary>
    public int Settled => _services.Admission.Settled;

    /// <summary>Faults that nobody foresaw, so far; each has ended one session at the most, and is in the log.</summary>
    public long Faults => _services.Faults.Count;

    /// <summary>What happens in all of them, as it happens.</summary>
    public SessionFeed Feed => _services.Feed;

    /// <summary>What became of the speech of all sessions of this process, those included that are over.</summary>
    internal (TimeSpan Repeated, TimeSpan Lost) Speech
    {
        get
        {
            lock (_endedGate)
            {
                var (repeated, lost) = _endedSpeech;
                foreach (var session in Live)
                {
                    var (more, missing) = session.SpeechFate;
                    (repeated, lost) = (repeated + more, lost + missing);
                }

                return (repeated, lost);
            }
        }
    }

    /// <summary>Starts a session: answers the offer, and waits for the connection. An offer that cannot be answered changes nothing.</summary>
    public CreateSessionResult Create(SessionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var result = Start(request);
        SessionDiagnostics.OnAsked(result);
        return result;
    }

    private bool HasTooMany(string? user, int already) => user is not null && _services.Settings.MaxPerUser is > 0 and var most
        && _live.Values.Count(session => string.Equals(session.Labels.User, user, StringComparison.Ordinal)) - already >= most;

    private bool HasTooManyUnattended(int already) => _live.Values.Count(static session => session.IsUnattended) - already >= _services.Settings.MaxUnattended;

    private static Attendance AttendanceOf(SessionRequest request) => request.OfferSdp is not null ? Attendance.Viewer
        : request.StaysAlive ? Attendance.None : Attendance.Outputs;

    private CreateSessionResult Start(SessionRequest request)
    {
        var show = request.ShowName is null or ""
            ? Shows[0]
            : Shows.FirstOrDefault(known => string.Equals(known.Name, request.ShowName, StringComparison.Ordinal));
        if (show is null)
        {
            return new CreateSessionResult.UnknownShow(request.ShowName!);
        }

        if (_isStopping)
        {
            return new CreateSessionResult.Stopping();
        }

        if (_load is { State.Level: LoadLevel.Full })
        {
            return new CreateSessionResult.Full(AdmissionLimit.HeadRoom);
        }

        if (HasTooMany(request.Labels.User, already: 0))
        {
            return new CreateSessionResult.Full(AdmissionLimit.OfUser);
        }

        var network = ClientNetwork.Of(request.ClientAddress);
        if (_services.Admission.Check(network, _services.Endpoint.Now) is { } limit)
        {
            return new CreateSessionResult.Full(limit);
        }

        if (request.OfferSdp is null && HasTooManyUnattended(already: 0))
        {
            return new CreateSessionResult.Full(AdmissionLimit.Unattended);
        }

        var token = ResumeToken.New();
        var facts = SessionFacts.New(TermsFor(request), new SessionOwner(token.Hash()), new SessionLook(show.Name), _services.Endpoint.Now);
        var session = new Session(NewId(), facts, _services, OnEnded)
        {
            // One without a viewer has a limit of its own, and is held by nobody's network.
            Network = request.OfferSdp is null ? null : network,
        };
        ConnectionAnswer? answer = null;
        if (request.OfferSdp is { } offer && !session.TryConnect(offer, request.ReachedAt, out answer, out var error))
        {
            // Nobody was told of it: it leaves no trace.
            return new CreateSessionResult.BadOffer(error);
        }

        _live[session.Id] = session;
        if (_services.Admission.TryEnter(session, _services.Endpoint.Now, out var givesWay) is { } late)
        {
            _live.TryRemove(session.Id, out _);
            session.Connection?.Close();
            return new CreateSessionResult.Full(late);
        }

        givesWay?.Close(SessionReason.GaveWay);
        if (HasTooMany(request.Labels.User, already: 1))
        {
            // Others of the same user came at the same moment.
            session.Close(SessionReason.ClosedByOwner);
            return new CreateSessionResult.Full(AdmissionLimit.OfUser);
        }

        if (_isStopping)
        {
            // It came while all others were stopped.
            session.Close(SessionReason.ServerStopping);
            return new CreateSessionResult.Stopping();
        }

        if (answer is null && WhyNotSettled(session) is { } full)
        {
            session.Close(SessionReason.ServerFull);
            return new CreateSessionResult.Full(full);
        }

        session.Companion = _companions?.Accompany(session, kept: null, unsaid: []);
        SessionLog.Created(_services.Logger, session, request.ClientAddress);
        return answer is null ? new CreateSessionResult.Begun(session, token) : new CreateSessionResult.Created(session, token, answer);
    }

    /// <summary>A session without a viewer takes its place at once.</summary>
    private AdmissionLimit? WhyNotSettled(Session session)
    {
        if (HasTooManyUnattended(already: 1))
        {
            // Others came at the same moment.
            return AdmissionLimit.Unattended;
        }

        var isSettled = _services.Admission.TrySettle(session, _services.Endpoint.Now, out var givesWay);
        givesWay?.Close(SessionReason.GaveWay);
        return isSettled ? null : AdmissionLimit.Sessions;
    }

    /// <summary>Whether a session is not over.</summary>
    internal bool IsLive(long id) => SessionId.TryFrom(id, out var session) && _live.ContainsKey(session);

    /// <summary>What is known under an id.</summary>
    public SessionLookup Find(SessionId id)
    {
        if (_live.TryGetValue(id, out var session))
        {
            return new SessionLookup.Live(session);
        }

        lock (_endedGate)
        {
            return _ended.TryFind(id, out var ended) ? new SessionLookup.Ended(ended) : SessionLookup.Unknown.Instance;
        }
    }

    /// <inheritdoc/>
    ValueTask<SessionLookup> ISessionPlaces.FindAsync(SessionId id, CancellationToken cancellationToken) => new(Find(id));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        SessionDiagnostics.Remove(this);
        await _clock.DisposeAsync().ConfigureAwait(false);
        _load?.Dispose();
    }

    /// <summary>Whether it takes no sessions any more, because the server stops.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>How full the server is; null where head room is not measured and nothing else is said.</summary>
    internal LoadState? Load => _load?.State;

    /// <summary>How many wait for their turn to speak.</summary>
    internal int SpeechWaiting => _services.Turns.Waiting;

    /// <summary>Ends every session and waits until what they held is given back. Those that were put aside are ended here only.</summary>
    public async Task CloseAllAsync(SessionReason reason)
    {
        _isStopping |= reason == SessionReason.ServerStopping;
        var sessions = _live.Values.ToArray();
        await PlayedOn;
        foreach (var session in sessions)
        {
            session.Close(reason);
        }

        await Task.WhenAll(sessions.Select(session => session.Completion));
        if (_isStopping)
        {
            _services.Feed.Complete();
        }
    }

    /// <summary>Completes when all is sent that sessions play on for another process.</summary>
    internal Task PlayedOn => Task.WhenAll(_live.Values.Select(static session => session.PlayedOn));

    [LoggerMessage(112, LogLevel.Critical, "Looking at the clock failed; sessions may be noticed to be over later than they should")]
    private static partial void LogClockFailed(ILogger logger, Exception exception);

    private void LookAtTheClock()
    {
        try
        {
            _load?.OnTime();
            foreach (var (_, session) in _live)
            {
                LookAtTheClock(session);
            }

            // Last: should it fail, nobody's deadline is missed.
            _services.Pacer.Balance();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A timer's exception would end the process; the next look is a tenth of a second away.
            _services.Faults.Add();
            LogClockFailed(_services.Logger, exception);
        }
    }

    private static void LookAtTheClock(Session session)
    {
        try
        {
            session.OnTime();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            session.OnFault("looking at the clock", exception);
        }
    }

    private SessionTerms TermsFor(SessionRequest request) => new()
    {
        CreatedAt = _services.Time.GetUtcNow(),
        Grace = GraceFor(request),
        MaxHold = _services.Settings.MaxHold,
        UnspokenGrace = _services.Settings.UnspokenGrace,
        HeldAfter = _services.Settings.HeldAfter,
        ReconnectTimeout = _services.Settings.ReconnectTimeout,
        Attendance = AttendanceOf(request),
        GapPolicy = request.GapPolicy,
        AnswersToId = request.AnswersToId,
        Labels = request.Labels,
    };

    private TimeSpan GraceFor(SessionRequest request)
    {
        var grace = request.Grace ?? _services.Settings.Grace;
        return grace < _services.Settings.MaxGrace ? grace : _services.Settings.MaxGrace;
    }

    private SessionId NewId()
    {
        SessionId id;
        do
        {
            id = SessionId.New();
        }
        while (_live.ContainsKey(id));
        return id;
    }

    private void OnEnded(Session session, EndedSession ended)
    {
        lock (_endedGate)
        {
            _ended.Add(ended);
            if (_live.TryRemove(session.Id, out _))
            {
                var (repeated, lost) = session.SpeechFate;
                _endedSpeech = (_endedSpeech.Repeated + repeated, _endedSpeech.Lost + lost);
            }
        }

        _services.Admission.Leave(session);
    }
}

/// <summary>What every session needs of its surroundings.</summary>
internal sealed record SessionServices(
    SessionSettings Settings,
    RtcEndpoint Endpoint,
    MediaPacer Pacer,
    IShowFactory Shows,
    TimeProvider Time,
    ILogger Logger)
{
    /// <summary>Whether its sessions are nobody's: what becomes of them is not counted.</summary>
    public bool IsRehearsal { get; init; }

    /// <summary>Who may have a session.</summary>
    public Admission Admission { get; } = new(Settings);

    /// <summary>Who may begin to speak.</summary>
    public SpeechTurns Turns { get; } = new(Environment.ProcessorCount);

    /// <summary>Tells whoever asks what happens in all of them.</summary>
    public SessionFeed Feed { get; } = new();

    /// <summary>Is told of each session that has another connection from now on, the first one included.</summary>
    public Action<Session>? OnConnected { get; set; }

    /// <summary>What failed and was not foreseen.</summary>
    public FaultCounter Faults { get; } = new();
}

/// <summary>Counts faults that nobody foresaw; from any thread.</summary>
internal sealed class FaultCounter
{
    private long _count;

    public long Count => Volatile.Read(ref _count);

    public void Add() => Interlocked.Increment(ref _count);
}
