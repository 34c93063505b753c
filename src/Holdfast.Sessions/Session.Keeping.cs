using Holdfast.Media;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>A session that outlives its process: put aside by one, taken up by the next.</summary>
public sealed partial class Session
{
    /// <summary>What another process left to be said, until there is a show to say it.</summary>
    private SessionRecord? _kept;

    private bool _isPutAside;

    /// <summary>What its owner is told once it is kept.</summary>
    private SessionEvent.StateChanged? _farewell;

    private IReadOnlyList<UnsaidRecord> _unsaid = [];

    /// <summary>Whether what another process kept of it is still all there is: its owner has not come back yet.</summary>
    private bool _isAsTaken;

    /// <summary>Takes up a session that another process put aside: held, as if its connection had just been lost there.</summary>
    internal Session(SessionId id, string showName, SessionRecord record, SessionServices services, Action<Session, EndedSession> onEnded)
    {
        Id = id;
        AnswersToId = record.AnswersToId;
        ShowName = showName;
        Voice = record.Voice is { } voice && services.Shows.HasVoice(voice) ? voice : null;
        Grace = record.Grace;
        GapPolicy = record.GapPolicy;
        CreatedAt = record.CreatedAt;
        Labels = new SessionLabels(record.User, record.Tags ?? []);
        _owner = new SessionOwner(record.Owner);
        _services = services;
        _onEnded = onEnded;
        _state = SessionState.Held;

        // A clock that was set back meanwhile must not make its time longer.
        var now = services.Endpoint.Now;
        _stateSince = RtcTime.Min(RtcTime.From(record.StateSince), now);
        _awaySince = RtcTime.Min(RtcTime.From(record.AwaySince), now);
        var heldUntil = RtcTime.Min(RtcTime.From(record.HeldUntilAtMost), now + Longer(services.Settings.MaxHold, Grace));
        _lease = new Lease(Grace, services.Settings.MaxHold, RtcTime.Min(RtcTime.From(record.LastSignOfLife), now), AnswersToId ? null : services.Settings.UnspokenGrace)
        {
            HeldUntilAtMost = heldUntil,
        };
        _watch = new FeedbackWatch(services.Settings.InterruptedAfter);
        _generations = record.Generations;
        _utterances = record.Utterances;
        _keys = new SentKeys(KeysKept, record.Keys);
        Journal = new EventJournal(services.Settings.Journal, services.Time, record.Journal, entry => services.Feed.Tell(this, entry));
        _utteranceLog = new UtteranceLog(Journal, record.Unsaid);
        _kept = record;
        _isAsTaken = true;
    }

    /// <summary>
    /// Whether what another process kept of it would still bring it back: nobody has come back with it yet, which brings a new resume token.
    /// </summary>
    internal bool IsAsTaken
    {
        get
        {
            lock (_gate)
            {
                return _isAsTaken && !SessionLifecycle.IsOver(_state);
            }
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

    /// <summary>
    /// Puts the session aside: its speech stands still and its connection ends at once; nothing changes it here any more. Its owner is told nothing
    /// yet: <see cref="OnKept"/> or <see cref="OnNotKept"/> follows. One that nobody has seen yet is closed instead.
    /// </summary>
    /// <returns>Null where there is nothing to go on with.</returns>
    internal async Task<SessionRecord?> PutAsideAsync()
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

        connection?.Close();
        pending?.Close();
        try
        {
            var speech = performance is null
                ? new PutAsideSpeech(kept?.Mark, kept?.Playout ?? new PlayoutTotals(0, 0))
                : await performance.PutAsideAsync(away, told, played).ConfigureAwait(false);
            SessionRecord record;
            lock (_saying)
            {
                lock (_gate)
                {
                    _unsaid = _utteranceLog.PutAside();
                    record = ToRecord(Journal.PutAside(_farewell!), _unsaid, speech);
                }
            }

            // Nothing that it says is taken any more: what it leaves fits what the session left.
            return Companion is { } companion ? record with { Companion = await companion.CaptureAsync().ConfigureAwait(false) } : record;
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
        lock (_gate)
        {
            if (!_isPutAside || SessionLifecycle.IsOver(_state))
            {
                return;
            }

            change = _farewell! with { To = SessionState.Closed };
            (_state, _endReason) = (SessionState.Closed, change.Reason);
        }

        // All that was accepted gets its end, whether or not it had been put aside by then.
        _utteranceLog.End();
        Journal.GiveUp([.. _unsaid.Select(static text => new SessionEvent.UtteranceInterrupted(text.Id)), change]);
        LogTransition(_services.Logger, Id, change.Generation, change.From!.Value, change.To, change.Reason, change.After.TotalSeconds);
        _onEnded(this, new EndedSession(Id, _owner, change.Reason, _services.Time.GetUtcNow(), Journal));
    }

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;

    /// <summary>Under both locks.</summary>
    private SessionRecord ToRecord(JournalRecord journal, IReadOnlyList<UnsaidRecord> unsaid, PutAsideSpeech speech) => new()
    {
        Version = SessionRecord.CurrentVersion,
        Id = Id.Value,
        AnswersToId = AnswersToId,
        Show = ShowName,
        Voice = Voice,
        CreatedAt = CreatedAt,
        User = Labels.User,
        Tags = Labels.Tags.Count == 0 ? null : Labels.Tags,
        Grace = Grace,
        GapPolicy = GapPolicy,
        LastSignOfLife = _lease.LastSignOfLife.ToDateTimeOffset(),
        HeldUntilAtMost = _lease.HeldUntilAtMost.ToDateTimeOffset(),
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
        lock (_gate)
        {
            if (_performance is not null || _kept is null || _isPutAside)
            {
                return _performance;
            }
        }

        EnsurePerformance();
        return CurrentPerformance();
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
        foreach (var (id, text, _) in kept?.Unsaid ?? [])
        {
            var from = kept?.Mark is { } mark && string.Equals(mark.UtteranceId, id, StringComparison.Ordinal) ? kept.Mark : null;
            if (performance.Say(new Utterance(id, text), from) != SayResult.Accepted)
            {
                // It was accepted once; this server allows less.
                OnUtteranceFailed(id, UtteranceFault.NotTaken);
            }
        }
    }
}
