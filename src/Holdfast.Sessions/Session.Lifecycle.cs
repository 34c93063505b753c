using System.Diagnostics;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

public sealed partial class Session
{
    /// <summary>
    /// Looks at the clock: whether feedback, the path or the patience has run out. Called ten times a second or so.
    /// </summary>
    internal void OnTime(RtcTime now)
    {
        if (WhatTimeSays(now) is var (signal, reason))
        {
            Signal(signal, reason);
        }

        ProbeHeldPath(now);
    }

    /// <summary>The one funnel of every change of state: it is decided, told and carried out here.</summary>
    /// <param name="signal">What happened.</param>
    /// <param name="reason">Why, for people.</param>
    /// <returns>False where it changes nothing in the state the session is in; another thread may have been first.</returns>
    private bool Signal(SessionSignal signal, SessionReason reason)
    {
        if (signal == SessionSignal.PathUsable && !HasShowWithoutViewer())
        {
            return false;
        }

        var now = _services.Endpoint.Now;
        SessionState from, next;
        SessionConnection? connection, pending;
        TimeSpan elapsed;
        RtcTime? away;
        lock (_gate)
        {
            from = _state;
            if (_isPutAside || SessionLifecycle.Next(from, signal) is not { } following)
            {
                return false;
            }

            _isPutAside = signal == SessionSignal.PutAside;

            next = following;
            elapsed = now - _stateSince;
            (_state, _stateSince) = (next, now);
            _endReason = SessionLifecycle.IsOver(next) ? reason : null;
            (connection, pending, away) = (_connection, _pending, _awaySince);
            Settle(from, next, now);
            var change = new SessionEvent.StateChanged(from, next, reason, connection?.Generation ?? 0, elapsed);
            if (_isPutAside && !SessionLifecycle.IsOver(next))
            {
                // It is told when it is true: when the session is kept.
                _farewell = change;
            }
            else
            {
                WriteDown(change);
            }
        }

        LogTransition(_services.Logger, Id, connection?.Generation ?? 0, from, next, reason, elapsed.TotalSeconds);
        SessionDiagnostics.OnTransition(Id, from, next, reason, away, now);
        if (SessionLifecycle.IsOver(next))
        {
            _onEnded(this, new EndedSession(Id, _owner, reason, _services.Time.GetUtcNow(), Journal));
            connection?.Close();
            pending?.Close();
        }

        return true;
    }

    /// <summary>Under the lock, so that changes are written down in their order. The end of the session is its journal's last entry.</summary>
    private void WriteDown(SessionEvent.StateChanged change)
    {
        var isOver = SessionLifecycle.IsOver(change.To);
        if (isOver)
        {
            _utteranceLog.End();
        }

        Journal.Append(change);
        if (isOver)
        {
            Journal.Complete();
        }
    }

    /// <summary>
    /// What a new state means for the clocks and for the performance. Under the lock, so that the performance is told of
    /// states in their order; it only notes what it is told.
    /// </summary>
    private void Settle(SessionState from, SessionState next, RtcTime now)
    {
        switch (next)
        {
            case SessionState.Connected:
                _lease.Release(now);
                Journal.IsForOne = false;
                AwaitFeedbackFrom(_connection!);
                _performance?.Play(_connection!, _awaySince is { } left ? now - left : TimeSpan.Zero, Told(now), _pendingPlayed);
                (_awaySince, _pendingPlayed) = (null, null);
                break;
            case SessionState.Interrupted:
                _awaySince = now;
                _performance?.Pause();
                break;
            case SessionState.Held when from == SessionState.Held:
                // It is put aside: its time runs on as before.
                break;
            case SessionState.Held:
                _awaySince ??= now;
                _lease.Hold(now);
                _performance?.Stop();
                break;
            case SessionState.Expired:
            case SessionState.Closed:
                (_connection, _pending) = (null, null);
                _ = LetGoAsync(_performance);
                break;
            case SessionState.Negotiating:
                throw new UnreachableException();
        }
    }

    private (SessionSignal Signal, SessionReason Reason)? WhatTimeSays(RtcTime now)
    {
        lock (_gate)
        {
            if (_connection is { LastAuthenticated: { } heard })
            {
                _lease.SignOfLife(heard);
            }

            _ = WasSpokenTo();
            KeepForOthers(now);

            return _state switch
            {
                SessionState.Negotiating => null,
                SessionState.Connected when IsPathLost(now) => (SessionSignal.ConnectionLost, SessionReason.PathLost),
                SessionState.Connected => IsFeedbackMissing(now) ? (SessionSignal.FeedbackSilent, SessionReason.FeedbackStopped) : null,

                // Checks may still come where nothing that is sent arrives: a path in one direction is no path.
                SessionState.Interrupted => IsPathLost(now) || now - _stateSince > _services.Settings.HeldAfter
                    ? (SessionSignal.TimeIsUp, SessionReason.PathLost)
                    : null,
                SessionState.Held when now < _lease.ExpiresAt || IsComingBackInTime(now) => null,
                SessionState.Held => (SessionSignal.TimeIsUp, _lease.IsBoundByHold ? SessionReason.HeldTooLong : SessionReason.GraceOver),
                SessionState.Expired => null,
                SessionState.Closed => null,
            };
        }
    }

    private bool IsPathLost(RtcTime now) =>
        _connection is { LastAuthenticated: { } heard } && now - heard > _services.Settings.HeldAfter;

    /// <summary>
    /// Whether somebody came back before the time was over and is still about it. Each further try after that is too late, so
    /// this waits once.
    /// </summary>
    private bool IsComingBackInTime(RtcTime now) =>
        _pending is not null && _pendingSince < _lease.ExpiresAt && now - _pendingSince < _services.Settings.ReconnectTimeout;

    private bool IsFeedbackMissing(RtcTime now) => _watch.IsSilent(now, _connection?.FeedbackAwaitedSince);

    private async Task LetGoAsync(Performance? performance)
    {
        try
        {
            if (performance is not null)
            {
                await performance.End().ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogShowFailed(_services.Logger, Id, exception);
        }
        finally
        {
            _completion.SetResult();
        }
    }
}
