using Holdfast.Media;
using Holdfast.Rtc;
using static Holdfast.Sessions.Tests.Sessions;

namespace Holdfast.Sessions.Tests;

/// <summary>Everything that can happen in every state.</summary>
public sealed class SessionReducerTests
{
    private const SessionState Negotiating = SessionState.Negotiating;
    private const SessionState Connected = SessionState.Connected;
    private const SessionState Interrupted = SessionState.Interrupted;
    private const SessionState Held = SessionState.Held;
    private const SessionState Expired = SessionState.Expired;
    private const SessionState Closed = SessionState.Closed;

    /// <summary>Where what happens to the connection in use leads, and for what reason. What is not here leaves the state.</summary>
    private static readonly Dictionary<(SessionState, string), (SessionState, SessionReason)> Moves = new()
    {
        [(Negotiating, "up")] = (Connected, SessionReason.MediaConnected),
        [(Negotiating, "usable")] = (Connected, SessionReason.PathHealed),
        [(Negotiating, "lost")] = (Closed, SessionReason.LeftByPeer),
        [(Negotiating, "close")] = (Closed, SessionReason.ClosedByOwner),
        [(Negotiating, "put aside")] = (Closed, SessionReason.ServerStopping),
        [(Connected, "lost")] = (Held, SessionReason.LeftByPeer),
        [(Connected, "silent")] = (Interrupted, SessionReason.FeedbackStopped),
        [(Connected, "unheard")] = (Held, SessionReason.PathLost),
        [(Connected, "late")] = (Held, SessionReason.PathLost),
        [(Connected, "close")] = (Closed, SessionReason.ClosedByOwner),
        [(Connected, "put aside")] = (Held, SessionReason.ServerStopping),
        [(Interrupted, "up")] = (Connected, SessionReason.MediaConnected),
        [(Interrupted, "usable")] = (Connected, SessionReason.PathHealed),
        [(Interrupted, "lost")] = (Held, SessionReason.LeftByPeer),
        [(Interrupted, "unheard")] = (Held, SessionReason.PathLost),
        [(Interrupted, "late")] = (Held, SessionReason.PathLost),
        [(Interrupted, "close")] = (Closed, SessionReason.ClosedByOwner),
        [(Interrupted, "put aside")] = (Held, SessionReason.ServerStopping),
        [(Held, "up")] = (Connected, SessionReason.MediaConnected),
        [(Held, "usable")] = (Connected, SessionReason.PathHealed),
        [(Held, "late")] = (Expired, SessionReason.GraceOver),
        [(Held, "close")] = (Closed, SessionReason.ClosedByOwner),
    };

    private static readonly Dictionary<string, (SessionInput Input, Sight Sight)> Happenings = new(StringComparer.Ordinal)
    {
        ["up"] = (new SessionInput.ConnectionUp(First), At(1)),
        ["usable"] = (new SessionInput.PathUsable(First, SessionReason.PathHealed), At(1)),
        ["lost"] = (new SessionInput.ConnectionLost(First, SessionReason.LeftByPeer), At(1)),
        ["close"] = (new SessionInput.CloseRequested(SessionReason.ClosedByOwner), At(1)),
        ["put aside"] = (new SessionInput.PutAside(), At(1)),
        ["not kept"] = (new SessionInput.NotKept(), At(1)),
        ["a moment"] = (SessionInput.TimePassed.Instance, At(1)),
        ["silent"] = (SessionInput.TimePassed.Instance, At(1) with { IsFeedbackMissing = true }),
        ["unheard"] = (SessionInput.TimePassed.Instance, At(HeldAfter.TotalSeconds + 0.1)),
        ["late"] = (SessionInput.TimePassed.Instance, At(Grace.TotalSeconds)),
        ["a sign of life"] = (SessionInput.SignOfLife.Instance, At(1)),
        ["the token"] = (new SessionInput.TokenShown(FirstToken), At(1)),
        ["the plug"] = (new SessionInput.PlugPulled(Start + HeldAfter), At(1)),
        ["what it leaves"] = (new SessionInput.SpeechLeft([]), At(1)),
        ["a show"] = (new SessionInput.ShowMade(), At(1)),
        ["a text"] = (new SessionInput.Offered(1, "en"), At(1)),
        ["a look"] = (new SessionInput.Adjusted(new SessionLook("kai")), At(1)),
        ["a stage"] = (new SessionInput.StageTold(new StageSize(900, 900)), At(1)),
    };

    [Fact]
    public void Each_thing_that_happens_leads_from_each_state_where_the_table_says()
    {
        foreach (var state in Enum.GetValues<SessionState>())
        {
            foreach (var (name, (input, sight)) in Happenings)
            {
                var step = SessionReducer.Reduce(In(state), input, sight);
                var (expected, reason) = Moves.TryGetValue((state, name), out var move) ? move : (state, default(SessionReason?));
                Assert.True(expected == step.After.State, $"{state} and {name}: {step.After.State}");
                Assert.True(reason == ChangeOf(step)?.Reason, $"{state} and {name}: {ChangeOf(step)?.Reason}");
                if (step.IsMove)
                {
                    Assert.Equal(sight.Now, step.After.Since);
                    Assert.Equal(SessionLifecycle.IsOver(expected) ? reason : null, step.After.EndReason);
                }
            }
        }
    }

    [Fact]
    public void The_table_names_every_kind_of_thing_that_can_happen()
    {
        var kinds = typeof(SessionInput).GetNestedTypes().Where(static kind => !kind.IsAbstract).ToHashSet();
        Assert.Equal(kinds, [.. AllInputs.Select(static input => input.GetType()), typeof(SessionInput.Begins)]);
        Assert.Equal(
            kinds,
            [.. Happenings.Values.Select(static happening => happening.Input.GetType()), typeof(SessionInput.Begins), typeof(SessionInput.ComesBack)]);
    }

    [Theory]
    [InlineData(Expired)]
    [InlineData(Closed)]
    public void Over_is_over(SessionState state)
    {
        var facts = In(state);
        foreach (var input in AllInputs)
        {
            var step = SessionReducer.Reduce(facts, input, At(5_000) with { IsSpokenTo = true, HasOutputs = true, IsFeedbackMissing = true });
            Assert.Same(facts, step.After);
            Assert.Empty(step.Effects);
        }
    }

    [Theory]
    [InlineData(Connected)]
    [InlineData(Interrupted)]
    [InlineData(Held)]
    public void What_is_put_aside_changes_its_state_only_where_it_is_not_kept(SessionState state)
    {
        var facts = In(state).After(new SessionInput.PutAside());
        Assert.Equal((Held, state), (facts.State, facts.Farewell!.From));
        foreach (var input in AllInputs.Where(static input => input is not SessionInput.NotKept))
        {
            var step = SessionReducer.Reduce(facts, input, At(5_000) with { IsFeedbackMissing = true });
            Assert.Equal(Held, step.After.State);
            Assert.Empty(step.Effects.OfType<SessionEffect.Note>());
            Assert.Same(facts.Farewell, step.After.Farewell);
        }

        var ended = facts.Take(new SessionInput.NotKept());
        Assert.Equal((Closed, SessionReason.ServerStopping), (ended.After.State, ended.After.EndReason));
        Assert.Equal([First], ended.Closed());
        Assert.Contains(new SessionEffect.Leave(SessionReason.ServerStopping), ended.Effects);
        Assert.Same(ended.After, ended.After.After(new SessionInput.NotKept()));
    }

    [Fact]
    public void Time_that_changes_nothing_makes_no_new_record()
    {
        foreach (var state in new[] { Negotiating, Connected, Interrupted, Held })
        {
            // The second look finds what the first one noted.
            var sight = At(1) with { Heard = Start + TimeSpan.FromSeconds(0.9) };
            var facts = In(state).After(SessionInput.TimePassed.Instance, sight);
            Assert.Same(facts, facts.After(SessionInput.TimePassed.Instance, sight));
        }
    }

    [Fact]
    public void A_session_is_over_once_the_grace_period_has_passed_since_the_last_packet_and_not_a_moment_earlier()
    {
        var last = Start + TimeSpan.FromSeconds(50);
        var held = In(Connected).After(SessionInput.TimePassed.Instance, At(60.1) with { Heard = last });
        Assert.Equal((Held, last), (held.State, held.Lease.LastSignOfLife));
        Assert.Equal(Held, held.After(SessionInput.TimePassed.Instance, At(349.9) with { Heard = last }).State);
        Assert.Equal(Expired, held.After(SessionInput.TimePassed.Instance, At(350) with { Heard = last }).State);
    }

    [Fact]
    public void Heartbeats_hold_a_session_for_the_longest_hold_and_no_longer()
    {
        var facts = In(Held);
        for (var seconds = 20; facts.State == Held; seconds += 20)
        {
            facts = facts.Take(SessionInput.SignOfLife.Instance, seconds).After.Take(SessionInput.TimePassed.Instance, seconds).After;
            Assert.InRange(seconds, 0, MaxHold.TotalSeconds);
        }

        Assert.Equal((Expired, SessionReason.HeldTooLong, Start + MaxHold), (facts.State, facts.EndReason, facts.Since));
    }

    [Theory]
    [InlineData(Attendance.Viewer, false, Expired)]
    [InlineData(Attendance.Viewer, true, Expired)]
    [InlineData(Attendance.Outputs, false, Expired)]
    [InlineData(Attendance.Outputs, true, Held)]
    [InlineData(Attendance.None, false, Held)]
    public void What_keeps_a_held_session_alive_depends_on_whom_it_is_there_for(object attendance, bool hasOutputs, SessionState expected)
    {
        var facts = New((Attendance)attendance) with { State = Held };
        for (var seconds = 0; seconds <= 4_000; seconds += 100)
        {
            facts = facts.After(SessionInput.TimePassed.Instance, At(seconds) with { HasOutputs = hasOutputs });
        }

        Assert.Equal(expected, facts.State);
        Assert.Equal(Grace, facts.ExpiresIn(At(4_000) with { HasOutputs = hasOutputs }));
    }

    [Fact]
    public void A_held_path_is_probed_once_for_each_check_that_comes_through()
    {
        var held = In(Held);
        Assert.Empty(held.Take(SessionInput.TimePassed.Instance, 1).Effects);
        var heard = At(2) with { Heard = Start + TimeSpan.FromSeconds(1.5) };
        var probed = SessionReducer.Reduce(held, SessionInput.TimePassed.Instance, heard);
        Assert.Equal([new SessionEffect.Probe(First)], probed.Effects);
        Assert.Empty(SessionReducer.Reduce(probed.After, SessionInput.TimePassed.Instance, heard with { Now = heard.Now + TimeSpan.FromSeconds(1) }).Effects);
        var again = new Sight(Start + TimeSpan.FromSeconds(4)) { Heard = Start + TimeSpan.FromSeconds(3.5) };
        Assert.Equal([new SessionEffect.Probe(First)], SessionReducer.Reduce(probed.After, SessionInput.TimePassed.Instance, again).Effects);
    }

    private static SessionEvent.StateChanged? ChangeOf(SessionStep step) =>
        step.Effects.OfType<SessionEffect.Report>().SingleOrDefault()?.Change is { } change && change.From != change.To ? change : null;
}
