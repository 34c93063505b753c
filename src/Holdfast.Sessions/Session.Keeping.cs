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

    /// <summary>Whether it is another process's from now on.</summary>
    private bool _isPutAside;

    /// <summary>What its owner is told once it is kept.</summary>
    private SessionEvent.StateChanged? _farewell;

    private IReadOnlyList<UnsaidRecord> _unsaid = [];

    /// <summary>Counts what changes without leaving a trace in the journal. Under the lock.</summary>
    private long _changes;

    /// <summary>Makes a session again that another process had: held, whatever it was, until there is a path to its client.</summary>
    internal Session(SessionId id, string showName, SessionRecord record, PriorProcess prior, SessionServices services, Action<Session, EndedSession> onEnded)
    {
        Id = id;
        AnswersToId = record.AnswersToId;
        _attendance = record.Attendance;
        ShowName = showName;
        Voice = record.Voice is { } voice && services.Shows.HasVoice(voice) ? voice : null;
        (Speed, Pitch) = (Within(record.Speed) ?? 1, Within(record.Pitch) ?? 1);
        Grace = record.Grace;
        GapPolicy = record.GapPolicy;
        CreatedAt = record.CreatedAt;
        Labels = new SessionLabels(record.User, record.Tags ?? []);
        _owner = new SessionOwner(record.Owner);
        _services = services;
        _onEnded = onEnded;
        _state = SessionState.Held;

        // A clock that was set back meanwhile must not make its time longer. Who was there when the process ended was heard of then.
        var now = services.Endpoint.Now;
        var wasThere = record.State != SessionState.Held;
        var since = wasThere && !prior.IsClean ? prior.AliveAt : RtcTime.From(record.StateSince);
        _stateSince = RtcTime.Min(since, now);
        _awaySince = RtcTime.Min(wasThere && !prior.IsClean ? since : RtcTime.From(record.AwaySince), now);
        var longest = Longer(services.Settings.MaxHold, Grace);
        var heldUntil = record.State == SessionState.Held ? RtcTime.From(record.HeldUntilAtMost) : _stateSince + longest;
        var heardAt = wasThere && !prior.IsClean ? Later(RtcTime.From(record.LastSignOfLife), prior.AliveAt) : RtcTime.From(record.LastSignOfLife);
        _lease = new Lease(Grace, services.Settings.MaxHold, RtcTime.Min(heardAt, now), AnswersToId || IsUnattended ? null : services.Settings.UnspokenGrace)
        {
            HeldUntilAtMost = RtcTime.Min(heldUntil, now + longest),
        };
        _watch = new FeedbackWatch(services.Settings.InterruptedAfter);
        _generations = record.Generations;
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
            Journal.Append(new SessionEvent.StateChanged(record.State, _state, SessionReason.ServerRestarted, record.Generations, now - _stateSince));
        }
    }

    /// <summary>Whether the server stops and the session is not its own any more: nothing can be asked of it here.</summary>
    public bool IsPutAside
    {
        get
        {
            lock (_gate)
            {
                return _isPutAside;
            }
        }
    }

    /// <summary>What it has come to; the same for as long as nothing has changed that is worth writing down.</summary>
    internal SessionRevision Revision
    {
        get
        {
            lock (_gate)
            {
                return new SessionRevision(Journal.Last, _changes);
            }
        }
    }

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
        SessionConnection? connection;
        lock (_gate)
        {
            if (_state == SessionState.Negotiating || SessionLifecycle.IsOver(_state) || _isPutAside)
            {
                return null;
            }

            (performance, kept, connection) = (_performance, _kept, _connection);
        }

        var speech = performance?.Capture() ?? SpeechOf(kept);
        SessionRecord record;
        lock (_saying)
        {
            lock (_gate)
            {
                record = ToRecord(Journal.Capture(after), _utteranceLog.Capture(speech.Heard), speech, _state);
            }
        }

        return new SessionCapture(record, connection, withConnection ? connection?.Keep() : null);
    }

    /// <summary>Takes the connection that another process had.</summary>
    internal bool TryTakeConnection(KeptConnection kept, RtcTime heardAt)
    {
        if (SessionConnection.TryRestore(this, kept, heardAt, _services) is not { } connection)
        {
            return false;
        }

        lock (_gate)
        {
            _connection = connection;
        }

        return true;
    }

    /// <summary>
    /// Goes on with the connection that another process had, if its client was there a moment ago: what was being said goes on at once. If it is not there any
    /// more, that is noticed as ever.
    /// </summary>
    internal void GoOn()
    {
        lock (_gate)
        {
            if (_kept is not { State: not SessionState.Held }
                || _connection is not { LastAuthenticated: { } heard }
                || _services.Endpoint.Now - heard > _services.Settings.HeldAfter)
            {
                return;
            }
        }

        Signal(SessionSignal.PathUsable, SessionReason.ServerRestarted);
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
        lock (_saying)
        {
            if (!Signal(SessionSignal.PutAside, SessionReason.ServerStopping) || EndReason is not null)
            {
                return null;
            }
        }

        SessionConnection? connection, pending;
        Performance? performance;
        SessionRecord? kept;
        TimeSpan away;
        TimeSpan? told;
        long? played;
        lock (_gate)
        {
            (connection, pending, performance, kept) = (_connection, _pending, _performance, _kept);
            var now = _services.Endpoint.Now;
            (away, told, played) = (now - (_awaySince ?? _stateSince), Told(now), _pendingPlayed);
        }

        var given = withConnection ? connection?.GiveAway() : null;
        if (given is null)
        {
            connection?.Close();
        }

        pending?.Close();
        try
        {
            var speech = performance is null ? SpeechOf(kept) : await performance.PutAsideAsync(away, told, played).ConfigureAwait(false);
            SessionRecord record;
            lock (_saying)
            {
                lock (_gate)
                {
                    _unsaid = _utteranceLog.PutAside();
                    record = ToRecord(Journal.PutAside(_farewell!, after), _unsaid, speech, _farewell!.From!.Value);
                }
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
    internal void OnNotKept()
    {
        SessionEvent.StateChanged change;
        SessionConnection? connection;
        lock (_gate)
        {
            if (!_isPutAside || SessionLifecycle.IsOver(_state))
            {
                return;
            }

            change = _farewell! with { To = SessionState.Closed };
            connection = _connection;
            (_state, _endReason) = (SessionState.Closed, change.Reason);
        }

        connection?.TakeBack();
        connection?.Close();

        // All that was accepted gets its end, whether or not it had been put aside by then.
        _utteranceLog.End();
        Journal.GiveUp([.. _unsaid.Select(static text => new SessionEvent.UtteranceInterrupted(text.Id) { Part = text.Part }), change]);
        LogTransition(_services.Logger, Id, change.Generation, change.From!.Value, change.To, change.Reason, change.After.TotalSeconds);
        _onEnded(this, new EndedSession(Id, _owner, change.Reason, _services.Time.GetUtcNow(), Journal));
    }

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static RtcTime Later(RtcTime left, RtcTime right) => left > right ? left : right;

    private static PutAsideSpeech SpeechOf(SessionRecord? kept) => new(kept?.Mark, kept?.Playout ?? new PlayoutTotals(0, 0));

    /// <summary>Under both locks.</summary>
    private SessionRecord ToRecord(JournalRecord journal, IReadOnlyList<UnsaidRecord> unsaid, PutAsideSpeech speech, SessionState state) => new()
    {
        Version = SessionRecord.CurrentVersion,
        Id = Id.Value,
        AnswersToId = AnswersToId,
        Attendance = _attendance,
        Show = ShowName,
        Voice = Voice,
        Speed = Speed is 1 ? null : Speed,
        Pitch = Pitch is 1 ? null : Pitch,
        Language = _language,
        CreatedAt = CreatedAt,
        User = Labels.User,
        Tags = Labels.Tags.Count == 0 ? null : Labels.Tags,
        Line = (_connection?.Line ?? _line) is { } line ? new LineRecord(line.Remote.ToString(), line.BitsPerSecond) : null,
        Grace = Grace,
        GapPolicy = GapPolicy,
        LastSignOfLife = _lease.LastSignOfLife.ToDateTimeOffset(),
        HeldUntilAtMost = RtcTime.Min(_lease.HeldUntilAtMost, _services.Endpoint.Now + Longer(_services.Settings.MaxHold, Grace)).ToDateTimeOffset(),
        State = state,
        StateSince = _stateSince.ToDateTimeOffset(),
        AwaySince = (_awaySince ?? _stateSince).ToDateTimeOffset(),
        Generations = Math.Max(_connection?.Generation ?? 0, _generations),
        Utterances = _utterances,
        Owner = _owner.ToRecord(),
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
            if (_performance is not null || (_kept is null && !IsUnattended) || _isPutAside)
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
                if (_performance is not null || SessionLifecycle.IsOver(_state))
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
                if (_performance is null && !SessionLifecycle.IsOver(_state) && !_isPutAside)
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
