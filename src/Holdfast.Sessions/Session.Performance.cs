using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

// What it shows, and how another process goes on with it: the performance is made here, looked at, put aside, and made again.
public sealed partial class Session
{
    /// <summary>Beyond what a newer server needs to get ready: a word and the pause after it.</summary>
    private static readonly TimeSpan LongestToPause = TimeSpan.FromMilliseconds(800);

    /// <summary>So late what is played on may end where the machine has no time.</summary>
    private static readonly TimeSpan LatestEnd = TimeSpan.FromMilliseconds(500);

    /// <summary>From going on to the first sound at the least: a picture that needs no other is made before, and the next tick is waited for.</summary>
    private static readonly TimeSpan FirstTick = TimeSpan.FromMilliseconds(10);

    private int _outputs;

    // Until when the process before this one plays it on; null where it does not.
    private readonly RtcTime? _playedOnUntil;

    // Whether that one has nothing more to play of it.
    private volatile bool _isTaken;

    /// <summary>Whether it began without a viewer: it then goes on for its outputs whoever is connected.</summary>
    public bool IsUnattended => Facts.Terms.IsUnattended;

    /// <summary>Whether it is kept until somebody ends it.</summary>
    public bool StaysAlive => Facts.Terms.Attendance == Attendance.None;

    /// <summary>How many outputs take what it shows.</summary>
    public int Outputs => Volatile.Read(ref _outputs);

    /// <summary>Size and rate of its pictures; null before there is anything to see.</summary>
    public VideoFormat? VideoFormat => CurrentPerformance()?.VideoFormat;

    /// <summary>Whether what is said goes on where an output hears it and no viewer does: nobody in particular is waited for.</summary>
    internal bool SpeaksToOutputs => IsUnattended || GapPolicy == GapPolicy.Finish;

    /// <summary>
    /// From now on an output takes what the session shows, beginning with a picture that needs no other. While nobody is connected, a session that began without a viewer
    /// speaks to its outputs; any other one is seen waiting in silence. Outputs keep only the former alive.
    /// </summary>
    /// <returns>False where there is nothing to take: before the first connection, and after the end.</returns>
    public bool TryAddOutput(ISessionOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        return HasShowWithoutViewer() && _course.TryWatch(output);
    }

    /// <summary>Takes an output off, and ends it; nothing happens where it is not there.</summary>
    public void RemoveOutput(ISessionOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        CurrentPerformance()?.Unwatch(output);
    }

    /// <summary>How many outputs its performance has; told by the performance.</summary>
    internal void OnOutputs(int count) => Volatile.Write(ref _outputs, count);

    /// <summary>An output threw and was taken off.</summary>
    internal void OnOutputFailed(Exception exception) => SessionLog.OutputFailed(_services.Logger, Id, exception);

    /// <summary>How much of its speech was said again, and how much was lost, in this process.</summary>
    internal (TimeSpan Repeated, TimeSpan Lost) SpeechFate => CurrentPerformance()?.Playout.Fate ?? default;

    /// <summary>What is to be said waits, since others speak for whom the machine has just enough time.</summary>
    internal void OnTurnAwaited() => Tell("waits", """{"reason":"manySpeak"}""");

    /// <summary>Changes who is seen from the next picture on, and how is spoken from the next sentence on. Nothing else of the session is touched.</summary>
    /// <param name="wish">What is to be otherwise. A speed or pitch outside of what a voice is made to do is taken for the nearest.</param>
    public AdjustOutcome Adjust(ShowAdjustment wish)
    {
        ArgumentNullException.ThrowIfNull(wish);
        if (wish.Name is { } showName && !_services.Shows.Shows.Any(show => string.Equals(show.Name, showName, StringComparison.Ordinal)))
        {
            return AdjustOutcome.UnknownShow;
        }

        var takesOwn = string.Equals(wish.Voice, ShowAdjustment.OwnVoice, StringComparison.OrdinalIgnoreCase);
        if (wish.Voice is { } voice && !takesOwn && !_services.Shows.HasVoice(voice))
        {
            return AdjustOutcome.UnknownVoice;
        }

        // As a text is handed to the show: never while one is being made.
        lock (_speech.Gate)
        {
            var performance = CurrentPerformance();
            if (performance is { IsAdjustable: false })
            {
                return AdjustOutcome.NotAdjustable;
            }

            var look = Facts.Look;
            look = new SessionLook(
                wish.Name ?? look.Show,
                takesOwn ? null : wish.Voice ?? look.Voice,
                SessionLook.Within(wish.Speed) ?? look.Speed,
                SessionLook.Within(wish.Pitch) ?? look.Pitch);
            Take(new SessionInput.Adjusted(look));
            performance?.Adjust(takesOwn ? wish with { Voice = ShowAdjustment.OwnVoice } : wish);
            Journal.Append(new SessionEvent.Adjusted(look.Show, look.Voice, look.Speed, look.Pitch));
        }

        return AdjustOutcome.Adjusted;
    }

    /// <summary>How large it is seen, as its page told last; 0 by 0 where nobody told.</summary>
    public StageSize Stage => Facts.Stage;

    /// <summary>It is seen larger or smaller from now on: its pictures become the smallest that cover the stage, where the show has several sizes.</summary>
    public void FitStage(StageSize stage)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stage.Width, nameof(stage));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stage.Height, nameof(stage));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stage.Width, StageSize.Most, nameof(stage));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stage.Height, StageSize.Most, nameof(stage));

        // Under the gate under which a show is made: none is made that has not heard of it.
        lock (_speech.Gate)
        {
            Take(new SessionInput.StageTold(stage));
            CurrentPerformance()?.FitStage(stage);
        }
    }

    /// <summary>What a show that is made now is to be like.</summary>
    internal ShowAdjustment Adjustment => new() { Voice = Voice, Speed = Speed, Pitch = Pitch };

    /// <summary>The performance; where another process left something to be said, one that has it before it.</summary>
    internal Performance? PerformanceOrUnsaid()
    {
        HasShowWithoutViewer();
        return CurrentPerformance();
    }

    /// <summary>Makes the show of a session that another process had, or that began without a viewer, the first time there is something to do for it.</summary>
    /// <returns>False where it cannot be made.</returns>
    private bool HasShowWithoutViewer()
    {
        var facts = Facts;
        return CurrentPerformance() is not null || (facts.Kept is null && !IsUnattended) || facts.IsPutAside || EnsurePerformance();
    }

    /// <summary>The show is made when the first connection is there to see it, not before.</summary>
    private bool EnsurePerformance()
    {
        // What another process left to be said comes before anything that is said now.
        lock (_speech.Gate)
        {
            var facts = Facts;
            if (CurrentPerformance() is not null || facts.IsOver)
            {
                return true;
            }

            var kept = facts.Kept;
            Performance performance;
            try
            {
                performance = new Performance(this, _services, kept?.Playout);
                HandOver(kept, performance);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                SessionLog.ShowFailed(_services.Logger, Id, exception);
                return false;
            }

            if (_course.TryShow(performance))
            {
                return true;
            }

            _ = performance.End();
            return true;
        }
    }

    private void HandOver(SessionRecord? kept, Performance performance)
    {
        foreach (var unsaid in kept?.Unsaid ?? [])
        {
            var id = unsaid.Id;
            var from = kept?.Mark is { } mark && string.Equals(mark.UtteranceId, id, StringComparison.Ordinal) ? kept.Mark : null;
            var utterance = new Utterance(id, unsaid.Text) { Language = unsaid.Language ?? Companion?.Language, Trace = unsaid.TraceContext };
            if (performance.Say(utterance, from, kept?.Made ?? default) != SayResult.Accepted)
            {
                // It was accepted once; this server allows less.
                Spoken.OnUtteranceFailed(id, UtteranceFault.NotTaken);
            }
        }
    }

    private Performance? CurrentPerformance() => _course.Performance;

    /// <summary>Whether the server stops and the session is not its own any more: nothing can be asked of it here.</summary>
    public bool IsPutAside => Facts.IsPutAside;

    /// <summary>What it has come to; the same for as long as nothing has changed that is worth writing down.</summary>
    internal SessionRevision Revision => new(Journal.Last, Facts.Changes);

    /// <summary>Whether anything is being said, or waits to be: its place changes without a word in the journal.</summary>
    internal bool IsSaying => CurrentPerformance() is { } performance && (performance.Speaking || performance.Queued > 0);

    /// <summary>Whether speech is being handed out at this moment.</summary>
    internal bool IsSounding => CurrentPerformance() is { IsSounding: true };

    /// <summary>What another process needs to go on, should this one be killed now. Changes nothing, and holds up nothing.</summary>
    /// <param name="after">The event up to which the journal is written down.</param>
    /// <param name="withConnection">Whether its connection is kept, too.</param>
    /// <returns>Null where there is nothing to go on with: nobody has seen it yet, it is over, or it is given away.</returns>
    internal SessionCapture? Capture(long after, bool withConnection)
    {
        var facts = Facts;
        if (!facts.IsOpen)
        {
            return null;
        }

        var connection = _course.Connections.Find(facts.InUse);
        var speech = CurrentPerformance()?.Capture() ?? SpeechOf(facts.Kept);
        SessionRecord record;
        lock (_speech.Gate)
        {
            record = ToRecord(Facts, Facts.State, Journal.Capture(after), _speech.Log.Capture(speech.Heard), speech);
        }

        return new SessionCapture(record, connection, withConnection ? connection?.Keep() : null);
    }

    /// <summary>Takes the connection that another process had.</summary>
    internal bool TryTakeConnection(KeptConnection kept, RtcTime heardAt)
    {
        if (SessionConnection.TryRestore(this, _course.Connections.NextNumber(), kept, heardAt, _services) is not { } connection)
        {
            return false;
        }

        Use(connection);
        return true;
    }

    /// <summary>Makes its show before the moment at which it goes on.</summary>
    internal void GetReadyToGoOn()
    {
        if (_playedOnUntil is not null && WillGoOn is not null)
        {
            HasShowWithoutViewer();
        }
    }

    /// <summary>The connection that it goes on with at once; null where it waits for its client.</summary>
    private SessionConnection? WillGoOn => Facts is { WasServed: true, State: SessionState.Held } && Connection is { LastAuthenticated: { } heard } connection
        && _services.Endpoint.Now - heard <= _services.Settings.HeldAfter ? connection : null;

    /// <summary>
    /// Goes on with the connection that another process had, if its client was there a moment ago: what was being said goes on at once. If it is not there any
    /// more, that is noticed as ever.
    /// </summary>
    internal async Task GoOnAsync()
    {
        if (_playedOnUntil is { } until && until - _services.Endpoint.Now - FirstTick is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left, _services.Time).ConfigureAwait(false);
        }

        _isTaken = true;
        if (WillGoOn is { } connection)
        {
            TakePath(connection, SessionReason.ServerRestarted);
        }
    }

    /// <summary>
    /// Gives the session away, for the server stops: its speech stands still and its connection falls silent at once; nothing changes it here any more. Its
    /// owner is told nothing yet: <see cref="OnKept"/> or <see cref="OnNotKept"/> follows. One that nobody has seen yet is closed instead.
    /// </summary>
    /// <param name="after">The event up to which the journal is written down.</param>
    /// <param name="withConnection">Whether its connection is given away, too; where not, its client is told goodbye.</param>
    /// <param name="farewell">How long it is played on here at the least, where it can be, for another process that goes on then. Zero: it stands still at once.</param>
    /// <returns>Null where there is nothing to go on with.</returns>
    internal async Task<SessionCapture?> PutAsideAsync(long after, bool withConnection, TimeSpan farewell = default)
    {
        // A text that is just being taken is taken as a whole, and the next one is refused.
        SessionStep step;
        lock (_speech.Gate)
        {
            step = Take(new SessionInput.PutAside());
            if (step.After.Farewell is null || step.Before.IsPutAside)
            {
                return null;
            }
        }

        var now = _services.Endpoint.Now;
        var performance = CurrentPerformance();
        var connection = _course.Connections.Find(step.After.InUse);
        var playsOn = farewell > TimeSpan.Zero && withConnection && connection is not null && performance is not null
            ? await performance.PlayOnAsync((int)(farewell / MediaTick.Duration), (int)((farewell + LongestToPause) / MediaTick.Duration)).ConfigureAwait(false)
            : null;
        now = _services.Endpoint.Now;
        var end = playsOn is { } it ? now + it.Ticks * MediaTick.Duration : (RtcTime?)null;
        var given = !withConnection ? null : end is null ? connection?.GiveAway() : connection?.Lend();
        if (given is null)
        {
            connection?.Close();
        }

        try
        {
            var speech = performance is null
                ? SpeechOf(step.After.Kept)
                : playsOn?.Speech ?? await performance.PutAsideAsync(step.After.AwayFor(now), _course.Told(now), step.Before.Try?.Played).ConfigureAwait(false);
            SessionRecord record;
            lock (_speech.Gate)
            {
                var unsaid = _speech.Log.PutAside();
                Take(new SessionInput.SpeechLeft(unsaid));
                record = ToRecord(Facts, step.Before.State, Journal.PutAside(step.After.Farewell, after), unsaid, speech);
            }

            record = record with { PlayedOnUntil = end?.ToDateTimeOffset() };

            // Nothing that it says is taken any more: what it leaves fits what the session left.
            record = Companion is { } companion ? record with { Companion = await companion.CaptureAsync().ConfigureAwait(false) } : record;
            return new SessionCapture(record, connection, given);
        }
        finally
        {
            if (end is null)
            {
                _ = _course.EndShowAsync(performance);
            }
            else
            {
                PlayedOn = EndAfterAsync(end.Value, connection!, performance!);
            }
        }
    }

    /// <summary>Completes when all is sent that it plays on for another process; at once where it does not.</summary>
    internal Task PlayedOn { get; private set; } = Task.CompletedTask;

    private async Task EndAfterAsync(RtcTime end, SessionConnection connection, Performance performance)
    {
        try
        {
            var left = end + LatestEnd - _services.Endpoint.Now;
            await performance.PlayedOn.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _services.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The machine gives it no time: the other process has gone on long since.
        }

        connection.GiveAway();
        _ = _course.EndShowAsync(performance);
    }

    /// <summary>What was put aside is kept, and sure to be: now, and not before, its owner is told.</summary>
    internal void OnKept() => Journal.HandOver();

    /// <summary>What was put aside could not be kept: the session ends here, and its owner is told that.</summary>
    internal void OnNotKept() => Take(new SessionInput.NotKept());

    private static PutAsideSpeech SpeechOf(SessionRecord? kept) => new(kept?.Mark, kept?.Playout ?? new PlayoutTotals(0, 0));

    /// <summary>Under the lock of what is said.</summary>
    private SessionRecord ToRecord(SessionFacts facts, SessionState state, JournalRecord journal, IReadOnlyList<UnsaidRecord> unsaid, PutAsideSpeech speech) =>
        facts.ToRecord(
            Id, state, _course.See(facts), new KeptParts(journal, _speech.Keys, unsaid, speech, _course.Connections.Find(facts.InUse)?.Line));
}

/// <summary>What a session has come to.</summary>
/// <param name="Journal">The number of its newest event.</param>
/// <param name="Changes">How often something changed that leaves no trace in the journal.</param>
internal readonly record struct SessionRevision(long Journal, long Changes);
