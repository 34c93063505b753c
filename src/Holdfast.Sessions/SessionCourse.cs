using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>
/// How a session goes on: has the one record that counts, and lets the next one follow it (<see cref="SessionReducer"/>). What follows besides is data
/// until it is noted or done here.
/// </summary>
/// <remarks>
/// Its lock is nobody else's. It guards that one record follows the other, and that what is only noted is noted in the same order. Under it nobody is called
/// who waits, or calls back: the connections, the journal, the log of utterances and the performance have locks of their own and call nobody under them.
/// </remarks>
internal sealed class SessionCourse
{
    private readonly Session _session;
    private readonly SessionServices _services;
    private readonly Action<Session, EndedSession> _onEnded;
    private readonly UtteranceLog _utterances;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();

    /// <summary>Measures, and is fed with each feedback: it is no fact, for facts are made anew with each change.</summary>
    private readonly FeedbackWatch _watch;

    private volatile SessionFacts _facts;
    private Performance? _performance;

    /// <param name="session">Whose it is.</param>
    /// <param name="facts">How it is at first.</param>
    /// <param name="services">What it works with.</param>
    /// <param name="utterances">Ends what is to be said when it is over.</param>
    /// <param name="onEnded">Is told when it is over.</param>
    public SessionCourse(Session session, SessionFacts facts, SessionServices services, UtteranceLog utterances, Action<Session, EndedSession> onEnded)
    {
        (_session, _facts, _services, _utterances, _onEnded) = (session, facts, services, utterances, onEnded);
        _watch = new FeedbackWatch(services.Settings.InterruptedAfter);
    }

    /// <summary>How it is. Whoever reads it has one moment of it, whatever happens meanwhile.</summary>
    public SessionFacts Facts => _facts;

    /// <summary>Its connections, by the numbers that the facts have.</summary>
    public LiveConnections Connections { get; } = new();

    /// <summary>What it shows; null before there was anybody to see it.</summary>
    public Performance? Performance
    {
        get
        {
            lock (_gate)
            {
                return _performance;
            }
        }
    }

    /// <summary>Completes when it is over, or was put aside, and everything it held was given back.</summary>
    public Task Completion => _completion.Task;

    /// <summary>The one funnel of every change: it is decided and noted under the lock, and carried out after it.</summary>
    public SessionStep Take(SessionInput input)
    {
        SessionStep step;
        lock (_gate)
        {
            step = Decide(input);
        }

        CarryOut(step);
        return step;
    }

    /// <summary>What is to be seen now of what is not in the facts, but for missing feedback.</summary>
    public Sight See(SessionFacts facts)
    {
        var connection = Connections.Find(facts.InUse);
        return new Sight(_services.Endpoint.Now)
        {
            Generation = connection?.Generation ?? 0,
            Heard = connection?.LastAuthenticated,
            IsSpokenTo = _session.Journal.HasWords || connection is { HasHeard: true },
            HasOutputs = _session.Outputs > 0,
        };
    }

    /// <summary>A new connection whose offer was answered becomes the one that is being built, unless something else happened in the meantime.</summary>
    /// <returns>Why it does not; null where it does.</returns>
    public ReconnectResult? TryComeBack(SessionConnection connection, SessionInput.ComesBack coming)
    {
        SessionStep step;
        lock (_gate)
        {
            if (_facts.WhyNotComeBack(coming.Client, _services.Endpoint.Now) is { } refusal)
            {
                return refusal;
            }

            // Asked under the lock: what the wire tells of its end comes after this, and finds it being built.
            if (connection.IsClosed)
            {
                // The wire has ended it already: the server stops.
                return new ReconnectResult.NotPossible(_facts.State);
            }

            Connections.Add(connection);
            step = Decide(coming);
        }

        CarryOut(step);
        return null;
    }

    /// <summary>A show was made, and is the session's from now on; not where there is one already, or there is nothing to show any more.</summary>
    public bool TryShow(Performance performance)
    {
        lock (_gate)
        {
            if (_performance is not null || _facts.IsOver || _facts.IsPutAside)
            {
                return false;
            }

            _performance = performance;
            Decide(new SessionInput.ShowMade());
            return true;
        }
    }

    /// <summary>An output takes what is shown, from now on and until the show ends; not where there is nothing to take.</summary>
    public bool TryWatch(ISessionOutput output)
    {
        lock (_gate)
        {
            if (_performance is null || _facts.IsOver || _facts.IsPutAside)
            {
                return false;
            }

            _performance.Watch(output);
            return true;
        }
    }

    /// <summary>Feedback came; false where that is nothing to the session.</summary>
    public bool TryMeasure(SessionConnection connection, RtcTime receivedAt, TimeSpan? roundTrip)
    {
        lock (_gate)
        {
            if (_facts.InUse != connection.Number)
            {
                return false;
            }

            _watch.OnFeedback(receivedAt, roundTrip);
            return true;
        }
    }

    /// <summary>A receiver report came; false where that is nothing to the session.</summary>
    public bool TryMeasure(SessionConnection connection)
    {
        lock (_gate)
        {
            if (_facts.InUse != connection.Number)
            {
                return false;
            }

            _watch.OnReport(_services.Endpoint.Now);
            return true;
        }
    }

    /// <summary>How long ago what was sent of which the client told last that it arrived; null: it never did.</summary>
    public TimeSpan? Told(RtcTime now)
    {
        lock (_gate)
        {
            return _watch.Told(now);
        }
    }

    /// <summary>Ends the performance; never throws.</summary>
    public async Task EndShowAsync(Performance? performance)
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
            SessionLog.ShowFailed(_services.Logger, _session.Id, exception);
        }
        finally
        {
            _completion.SetResult();
        }
    }

    /// <summary>Under the lock; <see cref="CarryOut(SessionStep)"/> follows when it was let go.</summary>
    private SessionStep Decide(SessionInput input)
    {
        var facts = _facts;
        var sight = See(facts);
        var isFeedbackMissing = _watch.IsSilent(sight.Now, Connections.Find(facts.InUse)?.FeedbackAwaitedSince);
        var step = SessionReducer.Reduce(facts, input, sight with { IsFeedbackMissing = isFeedbackMissing });
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

    /// <summary>Under the lock, so that the performance and the journal are told of states in their order; they only note what they are told.</summary>
    private void Note(SessionEffect.Note note)
    {
        switch (note)
        {
            case SessionEffect.Tell(var change):
                WriteDown(change);
                break;
            case SessionEffect.Play(var number, var away, var played) when Connections.Find(number) is { } connection:
                _session.Journal.IsForOne = false;

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
                _ = EndShowAsync(_performance);
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
            _utterances.End();
        }

        _session.Journal.Append(change);
        if (isOver)
        {
            _session.Journal.Complete();
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
                SessionLog.Transition(_services.Logger, _session.Id, change);
                SessionDiagnostics.OnTransition(_services, _session.Id, change, away);
                break;
            case SessionEffect.Leave(var reason):
                _onEnded(_session, new EndedSession(_session.Id, facts.Owner, reason, _services.Time.GetUtcNow(), _session.Journal));
                break;
            case SessionEffect.Close(var number):
                Connections.Remove(number)?.Close();
                break;
            case SessionEffect.ReportReplaced(var number, var by):
                SessionLog.Replaced(_services.Logger, _session.Id, Connections.Find(number)?.Generation ?? 0, Connections.Find(by)?.Generation ?? 0);
                break;
            case SessionEffect.BlackOut(var number, var until):
                Connections.Find(number)?.BlackOut(until);
                break;
            case SessionEffect.Probe(var number):
                if (Connections.Find(number) is { } connection)
                {
                    Performance?.ProbeOnce(connection);
                }

                break;
            case SessionEffect.TakeBack(var number):
                Connections.Find(number)?.TakeBack();
                break;
            case SessionEffect.GiveUp(var change, var unsaid):
                // All that was accepted gets its end, whether or not it had been put aside by then.
                _utterances.End();
                _session.Journal.GiveUp([.. unsaid.Select(static text => new SessionEvent.UtteranceInterrupted(text.Id) { Part = text.Part }), change]);
                break;
            default:
                throw new UnreachableException();
        }
    }
}
