using System.Collections.Immutable;
using System.Diagnostics;
using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>What follows for a session from what happens to it: a pure function, so that every race is a row of a table.</summary>
/// <remarks>
/// It is total: whatever happens may happen in every state, at any time and in any order, also when the session is over or another process's. Then
/// nothing follows, and the facts that come back are the very same object.
/// </remarks>
internal static class SessionReducer
{
    /// <summary>What follows.</summary>
    /// <param name="facts">How the session is.</param>
    /// <param name="input">What happens.</param>
    /// <param name="sight">What is to be seen at this moment of what is not in the facts.</param>
    public static SessionStep Reduce(SessionFacts facts, SessionInput input, in Sight sight) => facts.IsOver ? new SessionStep(facts) : input switch
    {
        SessionInput.TimePassed => OnTime(facts, sight),
        SessionInput.SignOfLife => OnSignOfLife(facts, sight),
        SessionInput.Begins(var connection) => new SessionStep(facts, facts with { InUse = connection }),
        SessionInput.ComesBack coming => OnComesBack(facts, coming, sight),
        SessionInput.ConnectionUp(var connection) => OnUp(facts, connection, sight),
        SessionInput.PathUsable(var connection, var reason) => connection == facts.InUse
            ? Move(facts, SessionSignal.PathUsable, reason, sight)
            : new SessionStep(facts),
        SessionInput.ConnectionLost lost => OnLost(facts, lost, sight),
        SessionInput.CloseRequested(var reason) => Move(facts, SessionSignal.CloseRequested, reason, sight),
        SessionInput.TokenShown(var token) => OnTokenShown(facts, token),
        SessionInput.PlugPulled(var until) => OnPlugPulled(facts, until),
        SessionInput.PutAside => OnPutAside(facts, sight),
        SessionInput.NotKept => OnNotKept(facts, sight),
        SessionInput.SpeechLeft(var unsaid) => facts.IsPutAside ? new SessionStep(facts, facts with { Unsaid = unsaid }) : new SessionStep(facts),
        SessionInput.ShowMade => facts.Kept is null ? new SessionStep(facts) : new SessionStep(facts, facts with { Kept = null }),
        SessionInput.Offered(var utterances, var language) => new SessionStep(facts, facts with { Utterances = utterances, Language = language }),
        SessionInput.Adjusted(var look) => OnAdjusted(facts, look),
        SessionInput.StageTold(var stage) => stage == facts.Stage
            ? new SessionStep(facts)
            : new SessionStep(facts, facts with { Stage = stage, Changes = facts.Changes + 1 }),
        _ => throw new UnreachableException(),
    };

    private static SessionStep OnTime(SessionFacts facts, in Sight sight)
    {
        var seen = facts.Seen(sight);
        if (WhatTimeSays(seen, sight) is var (signal, reason))
        {
            return Move(seen, signal, reason, sight) with { Before = facts };
        }

        return seen.IsToBeProbed(sight)
            ? new SessionStep(facts, seen with { Probed = sight.Now }, [new SessionEffect.Probe(seen.InUse!.Value)])
            : new SessionStep(facts, seen);
    }

    private static (SessionSignal Signal, SessionReason Reason)? WhatTimeSays(SessionFacts facts, in Sight sight) => facts.State switch
    {
        SessionState.Negotiating => null,
        SessionState.Connected when IsPathLost(facts, sight) => (SessionSignal.ConnectionLost, SessionReason.PathLost),
        SessionState.Connected => sight.IsFeedbackMissing ? (SessionSignal.FeedbackSilent, SessionReason.FeedbackStopped) : null,

        // Checks may still come where nothing that is sent arrives: a path in one direction is no path.
        SessionState.Interrupted => IsPathLost(facts, sight) || sight.Now - facts.Since > facts.Terms.HeldAfter
            ? (SessionSignal.TimeIsUp, SessionReason.PathLost)
            : null,
        SessionState.Held when sight.Now < facts.Lease.ExpiresAt || facts.IsComingBackInTime(sight.Now) => null,
        SessionState.Held => (SessionSignal.TimeIsUp, facts.Lease.IsBoundByHold ? SessionReason.HeldTooLong : SessionReason.GraceOver),
        SessionState.Expired => null,
        SessionState.Closed => null,
    };

    private static bool IsPathLost(SessionFacts facts, in Sight sight) => sight.Heard is { } heard && sight.Now - heard > facts.Terms.HeldAfter;

    private static SessionStep OnSignOfLife(SessionFacts facts, in Sight sight) => new(facts, facts with
    {
        Lease = facts.Lease.SignOfLife(sight.Now),
        Changes = facts.Changes + (facts.State == SessionState.Held ? 1 : 0),
    });

    private static SessionStep OnComesBack(SessionFacts facts, SessionInput.ComesBack coming, in Sight sight)
    {
        if (facts.WhyNotComeBack(coming.Client, sight.Now) is not null)
        {
            return new SessionStep(facts);
        }

        var effects = ImmutableArray.CreateBuilder<SessionEffect>(2);
        if (facts.Try is { } superseded)
        {
            effects.Add(new SessionEffect.Close(superseded.Connection));
        }

        if (facts.BlackoutUntil > sight.Now)
        {
            effects.Add(new SessionEffect.BlackOut(coming.Connection, facts.BlackoutUntil));
        }

        var after = facts with
        {
            Try = new ConnectionTry(coming.Connection, coming.Generation, coming.Client, sight.Now, coming.Played),
            Generations = Math.Max(facts.Generations, coming.Generation),
            Line = coming.Line ?? facts.Line,
            Owner = facts.Owner.Offer(coming.Token),
            Lease = facts.Lease.SignOfLife(sight.Now),
            Changes = facts.Changes + 1,
        };
        return new SessionStep(facts, after, effects.ToImmutable());
    }

    private static SessionStep OnUp(SessionFacts facts, int connection, in Sight sight)
    {
        if (facts.IsPutAside || facts.Try is not { } built || built.Connection != connection)
        {
            return connection == facts.InUse ? Move(facts, SessionSignal.PathUsable, SessionReason.MediaConnected, sight) : new SessionStep(facts);
        }

        // What was heard on the old connection was not noted while it served.
        var swapped = facts with { InUse = connection, Try = null, Lease = facts.Lease.SignOfLife(sight.Heard) };
        SessionStep step;
        if (facts.State == SessionState.Connected)
        {
            // It goes on from one connection to the other without having been away.
            step = new SessionStep(facts, swapped, [new SessionEffect.Play(connection, TimeSpan.Zero, built.Played)]);
        }
        else
        {
            step = Move(swapped, SessionSignal.PathUsable, SessionReason.Reconnected, sight with { Generation = built.Generation }, built.Played) with { Before = facts };
        }

        return facts.InUse is { } old
            ? step with { Effects = [.. step.Effects, new SessionEffect.ReportReplaced(old, connection), new SessionEffect.Close(old)] }
            : step;
    }

    private static SessionStep OnLost(SessionFacts facts, SessionInput.ConnectionLost lost, in Sight sight)
    {
        if (lost.Connection == facts.InUse)
        {
            var known = lost.Line is { } line && line != facts.Line ? facts with { Line = line } : facts;
            return Move(known, SessionSignal.ConnectionLost, lost.Reason, sight) with { Before = facts };
        }

        return lost.Connection == facts.Try?.Connection ? new SessionStep(facts, facts with { Try = null }) : new SessionStep(facts);
    }

    /// <summary>What somebody else said last is no word about how this one reads a number.</summary>
    private static SessionStep OnAdjusted(SessionFacts facts, SessionLook look) => new(facts, facts with
    {
        Look = look,
        Language = string.Equals(look.Show, facts.Look.Show, StringComparison.Ordinal) ? facts.Language : null,
    });

    private static SessionStep OnTokenShown(SessionFacts facts, ResumeTokenHash token)
    {
        var owner = facts.Owner.Shown(token);
        return ReferenceEquals(owner, facts.Owner) ? new SessionStep(facts) : new SessionStep(facts, facts with { Owner = owner, Changes = facts.Changes + 1 });
    }

    private static SessionStep OnPlugPulled(SessionFacts facts, RtcTime until) => new(
        facts,
        facts with { BlackoutUntil = until },
        [.. Connections(facts).Select(connection => new SessionEffect.BlackOut(connection, until))]);

    /// <summary>One that nobody has seen yet is closed instead. What is being built is given up: its client finds the next process.</summary>
    private static SessionStep OnPutAside(SessionFacts facts, in Sight sight)
    {
        var step = Move(facts, SessionSignal.PutAside, SessionReason.ServerStopping, sight);
        return step.After.IsPutAside && !step.After.IsOver && step.After.Try is { } given
            ? step with { After = step.After with { Try = null }, Effects = [.. step.Effects, new SessionEffect.Close(given.Connection)] }
            : step;
    }

    private static SessionStep OnNotKept(SessionFacts facts, in Sight sight)
    {
        if (facts.Farewell is not { } farewell)
        {
            return new SessionStep(facts);
        }

        var change = farewell with { To = SessionState.Closed };
        var after = facts with { State = SessionState.Closed, Since = sight.Now, EndReason = change.Reason, InUse = null, Farewell = null };
        SessionEffect[] ends = facts.InUse is { } connection ? [new SessionEffect.TakeBack(connection), new SessionEffect.Close(connection)] : [];
        return new SessionStep(
            facts, after, [.. ends, new SessionEffect.GiveUp(change, facts.Unsaid), new SessionEffect.Report(change, facts.AwaySince), new SessionEffect.Leave(change.Reason)]);
    }

    /// <summary>The one way from one state to another.</summary>
    private static SessionStep Move(SessionFacts facts, SessionSignal signal, SessionReason reason, in Sight sight, long? played = null)
    {
        if (facts.IsPutAside || SessionLifecycle.Next(facts.State, signal) is not { } next)
        {
            return new SessionStep(facts);
        }

        var change = new SessionEvent.StateChanged(facts.State, next, reason, sight.Generation, sight.Now - facts.Since);
        var isOver = SessionLifecycle.IsOver(next);
        var isPutAside = signal == SessionSignal.PutAside;

        // That it was put aside is told when it is true: when it is kept.
        var isToldLater = isPutAside && !isOver;
        var effects = ImmutableArray.CreateBuilder<SessionEffect>();
        var after = Settle(facts, next, isPutAside, sight, played, effects) with
        {
            State = next,
            Since = sight.Now,
            EndReason = isOver ? reason : null,
            IsPutAside = isPutAside,
            Farewell = isToldLater ? change : null,
        };
        if (!isToldLater)
        {
            effects.Add(new SessionEffect.Tell(change));
        }

        effects.Add(new SessionEffect.Report(change, facts.AwaySince));
        if (isOver)
        {
            effects.Add(new SessionEffect.Leave(reason));
            effects.AddRange(Connections(facts).Select(static connection => new SessionEffect.Close(connection)));
        }

        return new SessionStep(facts, after, effects.ToImmutable());
    }

    /// <summary>What a new state means for the clocks, for the performance and for the connections.</summary>
    private static SessionFacts Settle(
        SessionFacts facts, SessionState next, bool isPutAside, in Sight sight, long? played, ImmutableArray<SessionEffect>.Builder effects)
    {
        switch (next)
        {
            case SessionState.Connected:
                effects.Add(new SessionEffect.Play(
                    facts.InUse!.Value, facts.AwaySince is { } left ? sight.Now - left : TimeSpan.Zero, played));

                // Whoever is coming back said what had been played before it healed: that is out of date now.
                return facts with { Lease = facts.Lease.Release(sight.Now), AwaySince = null, Try = facts.Try is { } other ? other with { Played = null } : null };
            case SessionState.Interrupted:
                effects.Add(new SessionEffect.Pause());
                return facts with { AwaySince = sight.Now };
            case SessionState.Held when facts.State == SessionState.Held:
                // It is put aside: its time runs on as before.
                return facts;
            case SessionState.Held:
                if (!isPutAside)
                {
                    // Who puts it aside takes its speech first, and stops it with that.
                    effects.Add(new SessionEffect.Stop());
                }

                return facts with { Lease = facts.Lease.SignOfLife(sight.Heard).Hold(sight.Now), AwaySince = facts.AwaySince ?? sight.Now };
            case SessionState.Expired:
            case SessionState.Closed:
                effects.Add(new SessionEffect.EndShow());
                return facts with { InUse = null, Try = null };
            case SessionState.Negotiating:
                break;
        }

        throw new UnreachableException();
    }

    private static IEnumerable<int> Connections(SessionFacts facts)
    {
        if (facts.InUse is { } inUse)
        {
            yield return inUse;
        }

        if (facts.Try is { } other)
        {
            yield return other.Connection;
        }
    }
}

/// <summary>What followed from something that happened to a session.</summary>
/// <param name="Before">How it was.</param>
/// <param name="After">How it is; the same object where nothing changed.</param>
/// <param name="Effects">What is to be done, in this order.</param>
internal readonly record struct SessionStep(SessionFacts Before, SessionFacts After, ImmutableArray<SessionEffect> Effects)
{
    /// <summary>Nothing follows.</summary>
    public SessionStep(SessionFacts facts)
        : this(facts, facts)
    {
    }

    /// <summary>It is otherwise, and nothing is to be done.</summary>
    public SessionStep(SessionFacts before, SessionFacts after)
        : this(before, after, [])
    {
    }

    /// <summary>Whether it is in another state than before.</summary>
    public bool IsMove => Before.State != After.State;
}
