using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>
/// One person's conversation. It has zero or one connection at a time; connections are numbered, come and go, and never
/// take the session with them.
/// </summary>
/// <remarks>
/// Calls come from HTTP requests, the wire, the pacing loops and the clock at once. What is so is one record
/// (<see cref="SessionFacts"/>), what follows from what happens a pure function of it (<see cref="SessionReducer"/>). One short lock guards that one
/// record follows the other; under it something is only noted, by what calls nobody, so that no order of locks can be wrong.
/// </remarks>
public sealed partial class Session
{
    private readonly SessionServices _services;
    private readonly Action<Session, EndedSession> _onEnded;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
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
        Id = id;
        ShowName = showName;
        Grace = grace;
        GapPolicy = gapPolicy;
        CreatedAt = services.Time.GetUtcNow();
        _services = services;
        _onEnded = onEnded;
        var now = services.Endpoint.Now;
        var terms = TermsOf(services.Settings, attendance);
        var lease = new Lease(grace, services.Settings.MaxHold, now, answersToId || terms.IsUnattended ? null : services.Settings.UnspokenGrace);

        // One without a viewer waits for whoever comes, as one does whose viewer has left.
        _facts = terms.IsUnattended
            ? new SessionFacts(terms, SessionState.Held, now, lease.Hold(now), owner)
            : new SessionFacts(terms, SessionState.Negotiating, now, lease, owner);
        _watch = new FeedbackWatch(services.Settings.InterruptedAfter);
        _keys = new SentKeys(KeysKept);
        Labels = labels;
        Journal = new EventJournal(services.Settings.Journal, services.Time, kept: null, entry => services.Feed.Tell(this, entry))
        {
            IsForOne = !terms.IsUnattended,
        };
        _utteranceLog = new UtteranceLog(Journal);
        Journal.Append(new SessionEvent.StateChanged(From: null, _facts.State, SessionReason.Created, Generation: 0, TimeSpan.Zero));
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
            var facts = _facts;
            var sight = See(facts, _services.Endpoint.Now);
            return new SessionStanding(facts.State, facts.Seen(sight).Lease.WasSpokenTo, sight.Heard is not null, facts.Since);
        }
    }

    /// <summary>What becomes of what is being said while nobody can hear it.</summary>
    public GapPolicy GapPolicy { get; }

    /// <summary>Where it is in its life.</summary>
    public SessionState State => _facts.State;

    /// <summary>Why it ended; null while it lives.</summary>
    public SessionReason? EndReason => _facts.EndReason;

    /// <summary>Completes when it is over and everything it held was given back.</summary>
    internal Task Completion => _completion.Task;

    /// <summary>Completes when what was decided so far is carried out; for tests, which have no time to wait.</summary>
    internal Task Settled => CurrentPerformance()?.Settled ?? Task.CompletedTask;

    /// <summary>Whether this resume token makes its holder the owner, and if not, whether it once did.</summary>
    public Ownership OwnershipOf(string token)
    {
        var shown = ResumeTokenHash.Of(token);
        return Take(new SessionInput.TokenShown(shown)).Before.Owner.Of(shown);
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
    public void Close(SessionReason reason) => Take(new SessionInput.CloseRequested(reason));

    /// <summary>The client lives, though its connection may not.</summary>
    /// <param name="played">The RTP timestamp of the sound it played last, where it says so; anything else is ignored.</param>
    public SessionSnapshot Heartbeat(uint? played = null)
    {
        Take(SessionInput.SignOfLife.Instance);
        OnPlayed(played);
        return Snapshot();
    }

    /// <summary>What it is doing now.</summary>
    public SessionSnapshot Snapshot()
    {
        SessionFacts facts;
        Performance? performance;
        SessionRecord? kept;
        Sight sight;
        lock (_gate)
        {
            (facts, performance, kept, sight) = (_facts, _performance, _kept, See(_facts, _services.Endpoint.Now));
        }

        var connection = _connections.Find(facts.InUse);
        return new SessionSnapshot(
            facts.State,
            connection?.Generation ?? facts.Generations,
            facts.ExpiresIn(sight),
            performance?.Speaking ?? kept?.Mark is not null,
            performance?.Queued ?? kept?.Unsaid.Count ?? 0,
            performance is null ? null : connection?.Snapshot(performance),
            connection?.Microphone,
            performance?.Playout.Snapshot)
        {
            InState = sight.Now - facts.Since,
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
            Take(new SessionInput.CloseRequested(SessionReason.Faulted));
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
        Take(new SessionInput.CloseRequested(SessionReason.ShowFailed));
    }

    private static SessionTerms TermsOf(SessionSettings settings, Attendance attendance) =>
        new(settings.HeldAfter, settings.ReconnectTimeout, attendance);

    private Performance? CurrentPerformance()
    {
        lock (_gate)
        {
            return _performance;
        }
    }
}
