using System.Net;
using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>A session that outlives its process: written down while it goes on, given away by a process that stops, made again by the next.</summary>
public sealed partial class Session
{
    /// <summary>Numbers of events that a process which was killed may have told and not written down: far more than a disk's bad hour.</summary>
    private const long EventsLeftOut = 1_000_000;

    private const int UtterancesLeftOut = 1_000;

    /// <summary>What another process left to be said, until there is a show to say it.</summary>
    private SessionRecord? _kept;

    private IReadOnlyList<UnsaidRecord> _unsaid = [];

    /// <summary>Makes a session again that another process had: held, whatever it was, until there is a path to its client.</summary>
    internal Session(SessionId id, string showName, SessionRecord record, PriorProcess prior, SessionServices services, Action<Session, EndedSession> onEnded)
    {
        Id = id;
        AnswersToId = record.AnswersToId;
        ShowName = showName;
        Voice = record.Voice is { } voice && services.Shows.HasVoice(voice) ? voice : null;
        (Speed, Pitch) = (Within(record.Speed) ?? 1, Within(record.Pitch) ?? 1);
        Grace = record.Grace;
        GapPolicy = record.GapPolicy;
        CreatedAt = record.CreatedAt;
        Labels = new SessionLabels(record.User, record.Tags ?? []);
        _services = services;
        _onEnded = onEnded;

        // A clock that was set back meanwhile must not make its time longer. Who was there when the process ended was heard of then.
        var now = services.Endpoint.Now;
        var wasThere = record.State != SessionState.Held;
        var since = wasThere && !prior.IsClean ? prior.AliveAt : RtcTime.From(record.StateSince);
        since = RtcTime.Min(since, now);
        var awaySince = RtcTime.Min(wasThere && !prior.IsClean ? since : RtcTime.From(record.AwaySince), now);
        var longest = Longer(services.Settings.MaxHold, Grace);
        var heldUntil = record.State == SessionState.Held ? RtcTime.From(record.HeldUntilAtMost) : since + longest;
        var heardAt = wasThere && !prior.IsClean ? Later(RtcTime.From(record.LastSignOfLife), prior.AliveAt) : RtcTime.From(record.LastSignOfLife);
        var terms = TermsOf(services.Settings, record.Attendance);
        var lease = new Lease(Grace, services.Settings.MaxHold, RtcTime.Min(heardAt, now), AnswersToId || terms.IsUnattended ? null : services.Settings.UnspokenGrace)
        {
            HeldUntilAtMost = RtcTime.Min(heldUntil, now + longest),
        };
        _facts = new SessionFacts(terms, SessionState.Held, since, lease, new SessionOwner(record.Owner))
        {
            AwaySince = awaySince,
            Generations = record.Generations,
        };
        _watch = new FeedbackWatch(services.Settings.InterruptedAfter);
        _language = record.Language;
        _utterances = record.Utterances + (prior.IsClean ? 0 : UtterancesLeftOut);
        _keys = new SentKeys(KeysKept, record.Keys);
        Journal = new EventJournal(services.Settings.Journal, services.Time, record.Journal, entry => services.Feed.Tell(this, entry));
        _utteranceLog = new UtteranceLog(Journal, record.Unsaid);
        _kept = record;
        _line = record.Line is { } line && IPAddress.TryParse(line.Remote, out var remote) ? new KnownLine(remote, line.BitsPerSecond) : null;
        if (prior.IsClean)
        {
            return;
        }

        Journal.Skip(EventsLeftOut);
        if (wasThere)
        {
            Journal.Append(new SessionEvent.StateChanged(record.State, SessionState.Held, SessionReason.ServerRestarted, record.Generations, now - since));
        }
    }

    /// <summary>Whether the server stops and the session is not its own any more: nothing can be asked of it here.</summary>
    public bool IsPutAside => _facts.IsPutAside;

    /// <summary>What it has come to; the same for as long as nothing has changed that is worth writing down.</summary>
    internal SessionRevision Revision => new(Journal.Last, _facts.Changes);

    /// <summary>Whether anything is being said, or waits to be: its place changes without a word in the journal.</summary>
    internal bool IsSaying => CurrentPerformance() is { } performance && (performance.Speaking || performance.Queued > 0);

    /// <summary>What another process needs to go on, should this one be killed now. Changes nothing, and holds up nothing.</summary>
    /// <param name="after">The event up to which the journal is written down.</param>
    /// <param name="withConnection">Whether its connection is kept, too.</param>
    /// <returns>Null where there is nothing to go on with: nobody has seen it yet, it is over, or it is given away.</returns>
    internal SessionCapture? Capture(long after, bool withConnection)
    {
        Performance? performance;
        SessionRecord? kept;
        SessionFacts facts;
        lock (_gate)
        {
            if (!_facts.IsOpen)
            {
                return null;
            }

            (performance, kept, facts) = (_performance, _kept, _facts);
        }

        var connection = _connections.Find(facts.InUse);

        var speech = performance?.Capture() ?? SpeechOf(kept);
        SessionRecord record;
        lock (_saying)
        {
            facts = _facts;
            record = ToRecord(facts, Journal.Capture(after), _utteranceLog.Capture(speech.Heard), speech, facts.State);
        }

        return new SessionCapture(record, connection, withConnection ? connection?.Keep() : null);
    }

    /// <summary>Takes the connection that another process had.</summary>
    internal bool TryTakeConnection(KeptConnection kept, RtcTime heardAt)
    {
        if (SessionConnection.TryRestore(this, _connections.NextNumber(), kept, heardAt, _services) is not { } connection)
        {
            return false;
        }

        Use(connection);
        return true;
    }

    /// <summary>
    /// Goes on with the connection that another process had, if its client was there a moment ago: what was being said goes on at once. If it is not there any
    /// more, that is noticed as ever.
    /// </summary>
    internal void GoOn()
    {
        if (_kept is { State: not SessionState.Held } && Connection is { LastAuthenticated: { } heard } connection
            && _services.Endpoint.Now - heard <= _services.Settings.HeldAfter)
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
    /// <returns>Null where there is nothing to go on with.</returns>
    internal async Task<SessionCapture?> PutAsideAsync(long after, bool withConnection)
    {
        // A text that is just being taken is taken as a whole, and the next one is refused.
        SessionStep step;
        lock (_saying)
        {
            step = Take(new SessionInput.PutAside());
            if (step.After.Farewell is null || step.Before.IsPutAside)
            {
                return null;
            }
        }

        Performance? performance;
        SessionRecord? kept;
        TimeSpan away;
        TimeSpan? told;
        lock (_gate)
        {
            (performance, kept) = (_performance, _kept);
            var now = _services.Endpoint.Now;
            (away, told) = (step.After.AwayFor(now), _watch.Told(now));
        }

        var connection = _connections.Find(step.After.InUse);
        var given = withConnection ? connection?.GiveAway() : null;
        if (given is null)
        {
            connection?.Close();
        }

        try
        {
            var speech = performance is null ? SpeechOf(kept) : await performance.PutAsideAsync(away, told, step.Before.Try?.Played).ConfigureAwait(false);
            SessionRecord record;
            lock (_saying)
            {
                _unsaid = _utteranceLog.PutAside();
                record = ToRecord(_facts, Journal.PutAside(step.After.Farewell, after), _unsaid, speech, step.Before.State);
            }

            // Nothing that it says is taken any more: what it leaves fits what the session left.
            record = Companion is { } companion ? record with { Companion = await companion.CaptureAsync().ConfigureAwait(false) } : record;
            return new SessionCapture(record, connection, given);
        }
        finally
        {
            _ = LetGoAsync(performance);
        }
    }

    /// <summary>What was put aside is kept, and sure to be: now, and not before, its owner is told.</summary>
    internal void OnKept() => Journal.HandOver();

    /// <summary>What was put aside could not be kept: the session ends here, and its owner is told that.</summary>
    internal void OnNotKept() => Take(new SessionInput.NotKept());

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static RtcTime Later(RtcTime left, RtcTime right) => left > right ? left : right;

    private static PutAsideSpeech SpeechOf(SessionRecord? kept) => new(kept?.Mark, kept?.Playout ?? new PlayoutTotals(0, 0));

    /// <summary>Under the lock of what is said.</summary>
    private SessionRecord ToRecord(SessionFacts facts, JournalRecord journal, IReadOnlyList<UnsaidRecord> unsaid, PutAsideSpeech speech, SessionState state) => new()
    {
        Version = SessionRecord.CurrentVersion,
        Id = Id.Value,
        AnswersToId = AnswersToId,
        Attendance = facts.Terms.Attendance,
        Show = ShowName,
        Voice = Voice,
        Speed = Speed is 1 ? null : Speed,
        Pitch = Pitch is 1 ? null : Pitch,
        Language = _language,
        CreatedAt = CreatedAt,
        User = Labels.User,
        Tags = Labels.Tags.Count == 0 ? null : Labels.Tags,
        Line = (_connections.Find(facts.InUse)?.Line ?? _line) is { } line ? new LineRecord(line.Remote.ToString(), line.BitsPerSecond) : null,
        Grace = Grace,
        GapPolicy = GapPolicy,
        LastSignOfLife = facts.Lease.SignOfLife(See(facts, _services.Endpoint.Now).Heard).LastSignOfLife.ToDateTimeOffset(),
        HeldUntilAtMost = RtcTime.Min(facts.Lease.HeldUntilAtMost, _services.Endpoint.Now + Longer(_services.Settings.MaxHold, Grace)).ToDateTimeOffset(),
        State = state,
        StateSince = facts.Since.ToDateTimeOffset(),
        AwaySince = (facts.AwaySince ?? facts.Since).ToDateTimeOffset(),
        Generations = Math.Max(_connections.Find(facts.InUse)?.Generation ?? 0, facts.Generations),
        Utterances = _utterances,
        Owner = facts.Owner.ToRecord(),
        Journal = journal,
        Keys = _keys.ToRecords(),
        Unsaid = unsaid,
        Mark = speech.Mark,
        Playout = speech.Totals,
    };

    /// <summary>The performance; where another process left something to be said, one that has it before it.</summary>
    private Performance? PerformanceOrUnsaid()
    {
        HasShowWithoutViewer();
        return CurrentPerformance();
    }

    /// <summary>Makes the show of a session that another process had, or that began without a viewer, the first time there is something to do for it.</summary>
    /// <returns>False where it cannot be made.</returns>
    private bool HasShowWithoutViewer()
    {
        lock (_gate)
        {
            if (_performance is not null || (_kept is null && !IsUnattended) || _facts.IsPutAside)
            {
                return true;
            }
        }

        return EnsurePerformance();
    }

    /// <summary>The show is made when the first connection is there to see it, not before.</summary>
    private bool EnsurePerformance()
    {
        // What another process left to be said comes before anything that is said now.
        lock (_saying)
        {
            SessionRecord? kept;
            lock (_gate)
            {
                if (_performance is not null || _facts.IsOver)
                {
                    return true;
                }

                kept = _kept;
            }

            Performance performance;
            try
            {
                performance = new Performance(this, _services, kept?.Playout);
                HandOver(kept, performance);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogShowFailed(_services.Logger, Id, exception);
                return false;
            }

            lock (_gate)
            {
                if (_performance is null && _facts is { IsOver: false, IsPutAside: false })
                {
                    (_performance, _kept) = (performance, null);
                    return true;
                }
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
            if (performance.Say(new Utterance(id, unsaid.Text) { Language = unsaid.Language ?? Companion?.Language, Trace = unsaid.TraceContext }, from) != SayResult.Accepted)
            {
                // It was accepted once; this server allows less.
                OnUtteranceFailed(id, UtteranceFault.NotTaken);
            }
        }
    }
}

/// <summary>What a session has come to.</summary>
/// <param name="Journal">The number of its newest event.</param>
/// <param name="Changes">How often something changed that leaves no trace in the journal.</param>
internal readonly record struct SessionRevision(long Journal, long Changes);
