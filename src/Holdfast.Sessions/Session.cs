using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>
/// One person's conversation. It has zero or one connection at a time; connections are numbered, come and go, and never
/// take the session with them.
/// </summary>
/// <remarks>
/// Calls come from HTTP requests, the wire, the pacing loops and the clock at once. One short lock guards the state;
/// nothing is called while it is held, so that no order of locks can be wrong.
/// </remarks>
public sealed partial class Session
{
    private readonly SessionServices _services;
    private readonly Action<Session, EndedSession> _onEnded;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly SessionOwner _owner;
    private readonly Lease _lease;
    private SessionState _state;
    private SessionReason? _endReason;
    private RtcTime _stateSince;
    private Performance? _performance;

    internal Session(
        SessionId id,
        string showName,
        SessionOwner owner,
        TimeSpan grace,
        GapPolicy gapPolicy,
        SessionLabels labels,
        SessionServices services,
        Action<Session, EndedSession> onEnded,
        bool answersToId = false,
        Attendance attendance = Attendance.Viewer)
    {
        AnswersToId = answersToId;
        _attendance = attendance;
        Id = id;
        ShowName = showName;
        Grace = grace;
        GapPolicy = gapPolicy;
        CreatedAt = services.Time.GetUtcNow();
        _owner = owner;
        _services = services;
        _onEnded = onEnded;
        _stateSince = services.Endpoint.Now;
        _lease = new Lease(grace, services.Settings.MaxHold, _stateSince, answersToId || IsUnattended ? null : services.Settings.UnspokenGrace);
        if (IsUnattended)
        {
            // It waits for whoever comes, as one does whose viewer has left.
            _state = SessionState.Held;
            _lease.Hold(_stateSince);
        }

        _watch = new FeedbackWatch(services.Settings.InterruptedAfter);
        _keys = new SentKeys(KeysKept);
        Labels = labels;
        Journal = new EventJournal(services.Settings.Journal, services.Time, kept: null, entry => services.Feed.Tell(this, entry))
        {
            IsForOne = _state == SessionState.Negotiating,
        };
        _utteranceLog = new UtteranceLog(Journal);
        Journal.Append(new SessionEvent.StateChanged(From: null, _state, SessionReason.Created, Generation: 0, TimeSpan.Zero));
    }

    /// <summary>Names it.</summary>
    public SessionId Id { get; }

    /// <summary>What it shows.</summary>
    public string ShowName { get; private set; }

    /// <summary>The voice that was asked for; null for the avatar's own.</summary>
    public string? Voice { get; private set; }

    /// <summary>How fast is spoken: 1 is usual.</summary>
    public float Speed { get; private set; } = 1;

    /// <summary>How high is spoken: 1 is usual.</summary>
    public float Pitch { get; private set; } = 1;

    /// <summary>What the app knows of it.</summary>
    public SessionLabels Labels { get; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>How long it is kept after the last sign of life, once anybody has spoken in it.</summary>
    public TimeSpan Grace { get; }

    /// <summary>Whether whoever knows its id may speak for it (<see cref="SessionRequest.AnswersToId"/>).</summary>
    public bool AnswersToId { get; }

    /// <summary>Whose share it counts against; null where that is nobody's.</summary>
    internal ClientNetwork? Network { get; init; }

    /// <summary>What it is worth to those who wait for a place.</summary>
    internal SessionStanding Standing
    {
        get
        {
            lock (_gate)
            {
                return new SessionStanding(_state, WasSpokenTo(), _connection?.LastAuthenticated is not null, _stateSince);
            }
        }
    }

    /// <summary>What becomes of what is being said while nobody can hear it.</summary>
    public GapPolicy GapPolicy { get; }

    /// <summary>Where it is in its life.</summary>
    public SessionState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    /// <summary>Why it ended; null while it lives.</summary>
    public SessionReason? EndReason
    {
        get
        {
            lock (_gate)
            {
                return _endReason;
            }
        }
    }

    /// <summary>Completes when it is over and everything it held was given back.</summary>
    internal Task Completion => _completion.Task;

    /// <summary>Completes when what was decided so far is carried out; for tests, which have no time to wait.</summary>
    internal Task Settled => CurrentPerformance()?.Settled ?? Task.CompletedTask;

    /// <summary>Whether this resume token makes its holder the owner, and if not, whether it once did.</summary>
    public Ownership OwnershipOf(string token)
    {
        lock (_gate)
        {
            var (before, ownership) = (_owner.Version, _owner.Of(token));
            _changes += _owner.Version - before;
            return ownership;
        }
    }

    /// <summary>Stops what is being said and forgets what was to be said.</summary>
    /// <returns>How many utterances were stopped or forgotten.</returns>
    public int Interrupt()
    {
        // Counted before its companion is told, which stops it as well; what that hands on meanwhile, it stops again.
        var stopped = StopSpeech();
        Companion?.OnInterrupt();
        return stopped;
    }

    /// <summary>The same, without asking its companion to be silent.</summary>
    /// <returns>How many utterances were stopped or forgotten.</returns>
    public int StopSpeech()
    {
        try
        {
            return PerformanceOrUnsaid()?.Interrupt() ?? 0;
        }
        catch (ObjectDisposedException)
        {
            // The session ended in the meantime, and its show with it.
            return 0;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            OnFault("interrupting its show", exception);
            return 0;
        }
    }

    /// <summary>
    /// Is silent from the next 20 ms on, whatever is being said, and keeps the place: the person speaks. What is said meanwhile waits.
    /// <see cref="ResumeSpeech"/> goes on, <see cref="StopSpeech"/> gives it up.
    /// </summary>
    public void PauseSpeech() => CurrentPerformance()?.Hush();

    /// <summary>After <see cref="PauseSpeech"/>: goes on at the last pause before what was not heard.</summary>
    public void ResumeSpeech() => CurrentPerformance()?.Unhush();

    /// <summary>What the conversation is at, for a show that looks so (<see cref="IAttentiveShow"/>): towards the person who speaks, away while it thinks.</summary>
    public void Attend(Attention attention) => CurrentPerformance()?.Attend(attention);

    /// <summary>Ends the session; nothing happens when it is over already.</summary>
    public void Close(SessionReason reason) => Signal(SessionSignal.CloseRequested, reason);

    /// <summary>The client lives, though its connection may not.</summary>
    /// <param name="played">The RTP timestamp of the sound it played last, where it says so; anything else is ignored.</param>
    public SessionSnapshot Heartbeat(uint? played = null)
    {
        lock (_gate)
        {
            _lease.SignOfLife(_services.Endpoint.Now);
            _changes += _state == SessionState.Held ? 1 : 0;
        }

        OnPlayed(played);
        return Snapshot();
    }

    /// <summary>What it is doing now.</summary>
    public SessionSnapshot Snapshot()
    {
        SessionState state;
        SessionConnection? connection;
        Performance? performance;
        SessionRecord? kept;
        int generations;
        TimeSpan expiresIn, inState;
        lock (_gate)
        {
            (state, connection, performance, kept, generations) = (_state, _connection, _performance, _kept, _generations);
            _ = WasSpokenTo();
            inState = _services.Endpoint.Now - _stateSince;
            expiresIn = state == SessionState.Held ? _lease.ExpiresAt - _services.Endpoint.Now : _lease.Grace;
        }

        return new SessionSnapshot(
            state,
            connection?.Generation ?? generations,
            expiresIn > TimeSpan.Zero ? expiresIn : TimeSpan.Zero,
            performance?.Speaking ?? kept?.Mark is not null,
            performance?.Queued ?? kept?.Unsaid.Count ?? 0,
            performance is null ? null : connection?.Snapshot(performance),
            connection?.Microphone,
            performance?.Playout.Snapshot)
        {
            InState = inState,
            IsTurnAwaited = performance?.IsTurnAwaited ?? false,
        };
    }

    /// <summary>Whether there is somebody who wants to hear the person.</summary>
    internal bool Listens => CurrentPerformance() is { Listens: true };

    /// <summary>Hears the person.</summary>
    internal void Hear(ReadOnlySpan<short> pcm) => CurrentPerformance()?.Hear(pcm);

    /// <summary>
    /// Something failed that nobody foresaw, in what belongs to this session alone: it ends, which its owner is told, and the others go on. From
    /// any thread, never under a lock; never throws.
    /// </summary>
    /// <param name="doing">What failed, for the log: the end of a sentence.</param>
    /// <param name="exception">How.</param>
    internal void OnFault(string doing, Exception exception)
    {
        _services.Faults.Add();
        try
        {
            LogFaulted(_services.Logger, Id, doing, exception);
            Signal(SessionSignal.CloseRequested, SessionReason.Faulted);
        }
        catch (Exception further) when (further is not OutOfMemoryException)
        {
            // The log itself may be what fails. There is nobody left to tell.
            _services.Faults.Add();
        }
    }

    /// <summary>Its show failed again and again while it was played.</summary>
    internal void OnShowFailed(Exception exception)
    {
        LogShowFailed(_services.Logger, Id, exception);
        Journal.Append(new SessionEvent.ErrorOccurred("What the session shows failed again and again."));
        Signal(SessionSignal.CloseRequested, SessionReason.ShowFailed);
    }

    /// <summary>Whether anybody ever said, or typed, or let themselves be heard. Under the lock.</summary>
    private bool WasSpokenTo() => _lease.WasSpokenTo |= IsUnattended || Journal.HasWords || _connection is { HasHeard: true };

    private Performance? CurrentPerformance()
    {
        lock (_gate)
        {
            return _performance;
        }
    }
}
