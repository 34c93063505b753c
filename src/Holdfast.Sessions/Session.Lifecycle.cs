using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

// Its state is one record and changes in one place. What follows is data until it is done.
public sealed partial class Session
{
    /// <summary>All that the session decides by. Written under the lock, by <see cref="Decide"/> alone; whoever reads it has one moment of it.</summary>
    private volatile SessionFacts _facts;

    /// <summary>
    /// Looks at the clock: whether feedback, the path or the patience has run out. Called ten times a second or so.
    /// </summary>
    internal void OnTime()
    {
        if (_facts is { State: SessionState.Held } facts && facts.IsToBeProbed(See(facts, _services.Endpoint.Now)))
        {
            HasShowWithoutViewer();
        }

        Take(SessionInput.TimePassed.Instance);
    }

    /// <summary>The one funnel of every change: it is decided and noted under the lock, and carried out after it.</summary>
    private SessionStep Take(SessionInput input)
    {
        SessionStep step;
        lock (_gate)
        {
            step = Decide(input);
        }

        CarryOut(step);
        return step;
    }

    /// <summary>There is a path again; what is to be shown on it is made first.</summary>
    private SessionStep TakePath(SessionConnection connection, SessionReason reason)
    {
        var facts = _facts;
        return facts.State is SessionState.Connected || !HasShowWithoutViewer()
            ? new SessionStep(facts)
            : Take(new SessionInput.PathUsable(connection.Number, reason));
    }

    /// <summary>Under the lock; <see cref="CarryOut"/> follows when it was let go.</summary>
    private SessionStep Decide(SessionInput input)
    {
        var (facts, now) = (_facts, _services.Endpoint.Now);
        var isFeedbackMissing = _watch.IsSilent(now, _connections.Find(facts.InUse)?.FeedbackAwaitedSince);
        var step = SessionReducer.Reduce(facts, input, See(facts, now) with { IsFeedbackMissing = isFeedbackMissing });
        _facts = step.After;
        foreach (var effect in step.Effects)
        {
            if (effect is SessionEffect.Note note)
            {
                Note(note);
            }
        }

        return step;
    }

    /// <summary>What the connection in use, the journal and the outputs know at this moment. Each has a lock of its own, and calls nobody under it.</summary>
    private Sight See(SessionFacts facts, RtcTime now)
    {
        var connection = _connections.Find(facts.InUse);
        return new Sight(now)
        {
            Generation = connection?.Generation ?? 0,
            Heard = connection?.LastAuthenticated,
            IsSpokenTo = Journal.HasWords || connection is { HasHeard: true },
            HasOutputs = Outputs > 0,
        };
    }

    /// <summary>Under the lock, so that the performance and the journal are told of states in their order; they only note what they are told.</summary>
    private void Note(SessionEffect.Note note)
    {
        switch (note)
        {
            case SessionEffect.Tell(var change):
                WriteDown(change);
                break;
            case SessionEffect.Play(var number, var away, var played) when _connections.Find(number) is { } connection:
                Journal.IsForOne = false;

                // From the next packet on that is sent, feedback is due.
                _watch.BeginAnew();
                connection.AwaitFeedback();
                _performance?.Play(connection, away, _watch.Told(_services.Endpoint.Now), played);
                break;
            case SessionEffect.Pause:
                _performance?.Pause();
                break;
            case SessionEffect.Stop:
                _performance?.Stop();
                break;
            case SessionEffect.EndShow:
                _ = LetGoAsync(_performance);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Does what is to be done besides, in its order. Never under a lock: much of it calls others. One that fails takes none of the others with it.</summary>
    private void CarryOut(SessionStep step)
    {
        ExceptionDispatchInfo? failed = null;
        foreach (var effect in step.Effects)
        {
            try
            {
                CarryOut(effect, step.After);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                failed ??= ExceptionDispatchInfo.Capture(exception);
            }
        }

        failed?.Throw();
    }

    private void CarryOut(SessionEffect effect, SessionFacts facts)
    {
        switch (effect)
        {
            case SessionEffect.Note:
                break;
            case SessionEffect.Report(var change, var away):
                LogTransition(_services.Logger, Id, change.Generation, change.From!.Value, change.To, change.Reason, change.After.TotalSeconds);
                SessionDiagnostics.OnTransition(Id, change.From!.Value, change.To, change.Reason, away, _services.Endpoint.Now);
                break;
            case SessionEffect.Leave(var reason):
                _onEnded(this, new EndedSession(Id, facts.Owner, reason, _services.Time.GetUtcNow(), Journal));
                break;
            case SessionEffect.Close(var number):
                _connections.Remove(number)?.Close();
                break;
            case SessionEffect.ReportReplaced(var number, var by):
                LogReplaced(_services.Logger, Id, _connections.Find(number)?.Generation ?? 0, _connections.Find(by)?.Generation ?? 0);
                break;
            case SessionEffect.BlackOut(var number, var until):
                _connections.Find(number)?.BlackOut(until);
                break;
            case SessionEffect.Probe(var number) when _connections.Find(number) is { } connection:
                CurrentPerformance()?.ProbeOnce(connection);
                break;
            case SessionEffect.Probe:
                break;
            case SessionEffect.TakeBack(var number):
                _connections.Find(number)?.TakeBack();
                break;
            case SessionEffect.GiveUp(var change):
                // All that was accepted gets its end, whether or not it had been put aside by then.
                _utteranceLog.End();
                Journal.GiveUp([.. _unsaid.Select(static text => new SessionEvent.UtteranceInterrupted(text.Id) { Part = text.Part }), change]);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>The end of the session is its journal's last entry.</summary>
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
