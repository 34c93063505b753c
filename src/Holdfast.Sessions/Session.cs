using System.Diagnostics;
using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>
/// One person's conversation. It has zero or one connection at a time; connections are numbered, come and go, and never
/// take the session with them.
/// </summary>
/// <remarks>
/// Calls come from HTTP requests, the wire, the pacing loops and the clock at once. What is so is one record
/// (<see cref="SessionFacts"/>), what follows from what happens a pure function of it (<see cref="SessionReducer"/>), and
/// <see cref="SessionCourse"/> lets one follow the other.
/// </remarks>
public sealed partial class Session
{
    /// <summary>The longest idempotency key, in UTF-16 units.</summary>
    public const int MaxKeyLength = 64;

    /// <summary>Numbers of events that a process which was killed may have told and not written down: far more than a disk's bad hour.</summary>
    private const long EventsLeftOut = 1_000_000;

    private readonly SessionServices _services;
    private readonly SessionSpeech _speech;
    private readonly SessionCourse _course;

    /// <summary>A session that begins, or one that another process had.</summary>
    /// <param name="id">Names it.</param>
    /// <param name="facts">How it is.</param>
    /// <param name="services">What it works with.</param>
    /// <param name="onEnded">Is told when it is over.</param>
    /// <param name="prior">How the process ended that had it; null where none had.</param>
    internal Session(SessionId id, SessionFacts facts, SessionServices services, Action<Session, EndedSession> onEnded, PriorProcess? prior = null)
    {
        Id = id;
        _services = services;
        var kept = facts.Kept;
        _playedOnUntil = kept?.PlayedOnUntil is { } until ? RtcTime.From(until) : null;
        Journal = new EventJournal(services.Settings.Journal, services.Time, kept?.Journal, entry => services.Feed.Tell(this, entry))
        {
            IsForOne = facts.State == SessionState.Negotiating,
        };
        _speech = new SessionSpeech(this, services, kept);
        _course = new SessionCourse(this, facts, services, _speech.Log, onEnded);
        Spoken = new SpokenWords(this, services, _speech.Log);
        if (kept is null || prior is null)
        {
            Journal.Append(new SessionEvent.StateChanged(From: null, facts.State, SessionReason.Created, Generation: 0, TimeSpan.Zero));
        }
        else if (!prior.IsClean)
        {
            Journal.Skip(EventsLeftOut);
            if (kept.State != SessionState.Held)
            {
                var change = new SessionEvent.StateChanged(
                    kept.State, facts.State, SessionReason.ServerRestarted, facts.Generations, services.Endpoint.Now - facts.Since);
                Journal.Append(change);
            }
        }
    }

    /// <summary>Names it.</summary>
    public SessionId Id { get; }

    /// <summary>What it shows.</summary>
    public string ShowName => Facts.Look.Show;

    /// <summary>The voice that was asked for; null for the avatar's own.</summary>
    public string? Voice => Facts.Look.Voice;

    /// <summary>How fast is spoken: 1 is usual.</summary>
    public float Speed => Facts.Look.Speed;

    /// <summary>How high is spoken: 1 is usual.</summary>
    public float Pitch => Facts.Look.Pitch;

    /// <summary>What the app knows of it.</summary>
    public SessionLabels Labels => Facts.Terms.Labels;

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt => Facts.Terms.CreatedAt;

    /// <summary>How long it is kept after the last sign of life, once anybody has spoken in it.</summary>
    public TimeSpan Grace => Facts.Terms.Grace;

    /// <summary>Whether whoever knows its id may speak for it (<see cref="SessionRequest.AnswersToId"/>).</summary>
    public bool AnswersToId => Facts.Terms.AnswersToId;

    /// <summary>Whose share it counts against; null where that is nobody's.</summary>
    internal ClientNetwork? Network { get; init; }

    /// <summary>What it is worth to those who wait for a place.</summary>
    internal SessionStanding Standing
    {
        get
        {
            var facts = Facts;
            var sight = _course.See(facts);
            return new SessionStanding(facts.State, facts.Seen(sight).Lease.WasSpokenTo, sight.Heard is not null, facts.Since);
        }
    }

    /// <summary>What becomes of what is being said while nobody can hear it.</summary>
    public GapPolicy GapPolicy => Facts.Terms.GapPolicy;

    /// <summary>What happened in it, numbered; readable also after its end, for as long as it is remembered.</summary>
    public EventJournal Journal { get; }

    /// <summary>How it is, at this moment.</summary>
    internal SessionFacts Facts => _course.Facts;

    /// <summary>Is told what is said of it.</summary>
    internal SpokenWords Spoken { get; }

    /// <summary>What those who know nothing of sessions call one in their lines: they ask an observer's ToString.</summary>
    internal static string NameInLogs(SessionId id) => "Session " + id.ToString();

    /// <summary>Where it is in its life.</summary>
    public SessionState State => Facts.State;

    /// <summary>Why it ended; null while it lives.</summary>
    public SessionReason? EndReason => Facts.EndReason;

    /// <summary>Completes when it is over and everything it held was given back.</summary>
    internal Task Completion => _course.Completion;

    /// <summary>Completes when what was decided so far is carried out; for tests, which have no time to wait.</summary>
    internal Task Settled => CurrentPerformance()?.Settled ?? Task.CompletedTask;

    /// <summary>Whether this resume token makes its holder the owner, and if not, whether it once did.</summary>
    public Ownership OwnershipOf(string token)
    {
        var shown = ResumeTokenHash.Of(token);
        return Take(new SessionInput.TokenShown(shown)).Before.Owner.Of(shown);
    }

    /// <summary>
    /// Puts a text at the end of what is to be said. While the session is interrupted or held the text waits, and is said
    /// when somebody is there to hear it.
    /// </summary>
    /// <param name="text">What is to be said.</param>
    /// <param name="key">
    /// The client's own name for this sending, at most <see cref="MaxKeyLength"/> characters: sent again under the same key, it is not
    /// said again. Null for none.
    /// </param>
    public SayOutcome Say(string text, string? key = null) => _speech.Say(text, key, sound: default);

    /// <summary>Puts a recording at the end of what is to be said; it is an utterance without a text, and is not kept over a restart of the server.</summary>
    /// <param name="sound">48 kHz mono.</param>
    public SayOutcome Play(ReadOnlyMemory<short> sound) => _speech.Say(string.Empty, key: null, sound);

    /// <summary>
    /// Puts one of the show's actions at the end of what is to be said: pictures and sound, played to their end before what comes after it. It is an utterance without a text, goes on
    /// after an outage as speech does, and is not kept over a restart of the server.
    /// </summary>
    /// <param name="action">One of <see cref="ShowDescription.Actions"/>.</param>
    public SayOutcome Act(string action) => _speech.Act(action);

    /// <summary>Puts a text at the end of what is to be said that nobody asked for in these words: a part of an answer.</summary>
    /// <param name="text">What is to be said.</param>
    /// <param name="part">What it is a part of.</param>
    /// <param name="language">The language that it is in, as <see cref="Utterance.Language"/> has it; null: the session's.</param>
    /// <param name="trace">The trace that it belongs to; none: whatever is current.</param>
    public SayOutcome Speak(string text, string part, string? language = null, ActivityContext trace = default) =>
        _speech.Speak(text, part, language, trace);

    /// <summary>Writes down that the person asked something, and remembers its key, as <see cref="Say"/> does.</summary>
    /// <param name="text">Their words.</param>
    /// <param name="key">As for <see cref="Say"/>.</param>
    /// <returns>Accepted under the question's own id ("q1"); as for <see cref="Say"/> otherwise.</returns>
    public SayOutcome NoteQuestion(string text, string? key) => _speech.NoteQuestion(text, key);

    /// <summary>Writes an event of whatever accompanies the session into its journal.</summary>
    /// <param name="name">As in <see cref="SessionEvent.Told"/>.</param>
    /// <param name="json">A JSON object.</param>
    /// <returns>The event's number; 0 where the journal is complete.</returns>
    public long Tell(string name, string json) => Journal.Append(new SessionEvent.Told(name, json));

    /// <summary>What accompanies it; null where nothing does.</summary>
    public ISessionCompanion? Companion { get; internal set; }

    /// <summary>Reads the journal for as long as the session lives, besides the readers that are counted. Dispose of it when done.</summary>
    /// <param name="after">The number of the last event that is known.</param>
    public JournalReader Follow(long after) => new(Journal, after);

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
        // The facts first: where there is no show after that, they have what another process left to be said.
        var facts = Facts;
        var performance = CurrentPerformance();
        var sight = _course.See(facts);
        var connection = _course.Connections.Find(facts.InUse);
        return new SessionSnapshot(
            facts.State,
            connection?.Generation ?? facts.Generations,
            facts.ExpiresIn(sight),
            performance?.Speaking ?? facts.Kept?.Mark is not null,
            performance?.Queued ?? facts.Kept?.Unsaid.Count ?? 0,
            performance is null ? null : connection?.Snapshot(performance),
            connection?.Microphone,
            performance?.Playout.Snapshot)
        {
            InState = sight.Now - facts.Since,
            IsTurnAwaited = performance?.IsTurnAwaited ?? false,
        };
    }

    /// <summary>What it is told, from whichever thread.</summary>
    internal SessionStep Take(SessionInput input) => _course.Take(input);

    /// <summary>Looks at the clock: whether feedback, the path or the patience has run out. Called ten times a second or so.</summary>
    internal void OnTime()
    {
        if (Facts is { State: SessionState.Held } facts && facts.IsToBeProbed(_course.See(facts)))
        {
            HasShowWithoutViewer();
        }

        Take(SessionInput.TimePassed.Instance);
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
            SessionLog.Faulted(_services.Logger, Id, doing, exception);
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
        SessionLog.ShowFailed(_services.Logger, Id, exception);
        Journal.Append(new SessionEvent.ErrorOccurred("What the session shows failed again and again."));
        Take(new SessionInput.CloseRequested(SessionReason.ShowFailed));
    }
}
