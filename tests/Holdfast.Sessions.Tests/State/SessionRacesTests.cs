using Holdfast.Rtc;
using static Holdfast.Sessions.Tests.Sessions;

namespace Holdfast.Sessions.Tests;

/// <summary>What comes at the same time comes in one order or the other: both are rows.</summary>
public sealed class SessionRacesTests
{
    private static readonly SessionInput SecondIsUp = new SessionInput.ConnectionUp(Second);

    [Theory]
    [InlineData(SessionState.Connected)]
    [InlineData(SessionState.Interrupted)]
    [InlineData(SessionState.Held)]
    public void Of_two_pages_that_come_back_at_once_the_first_is_waited_for(SessionState state)
    {
        var first = ComingBackIn(state);
        var second = new SessionInput.ComesBack(Third, Generation: 2, "another page", Played: null, ResumeTokenHash.Of("third"));
        Assert.IsType<ReconnectResult.AnotherIsReconnecting>(first.WhyNotComeBack("another page", Start));
        Assert.Same(first, first.After(second));

        // Its time is over: whoever comes then replaces it.
        var late = first.Take(second, ReconnectTimeout.TotalSeconds);
        Assert.Equal((Third, 2), (late.After.Try!.Connection, late.After.Generations));
        Assert.Equal([Second], late.Closed());
    }

    [Fact]
    public void A_page_that_tries_again_replaces_its_own_try_and_that_one_gets_nowhere()
    {
        var again = ComingBackIn(SessionState.Held).Take(new SessionInput.ComesBack(Third, Generation: 2, "page", Played: null, SecondToken));
        Assert.Equal([Second], again.Closed());
        Assert.Same(again.After, again.After.After(SecondIsUp));
        Assert.Same(again.After, again.After.After(new SessionInput.ConnectionLost(Second, SessionReason.ClosedByOwner)));
        Assert.Equal(Third, again.After.After(new SessionInput.ConnectionUp(Third)).InUse);
    }

    [Theory]
    [InlineData(SessionState.Connected, false)]
    [InlineData(SessionState.Interrupted, true)]
    [InlineData(SessionState.Held, true)]
    public void A_new_connection_takes_over_when_it_works_and_the_old_one_is_ended(SessionState state, bool isTold)
    {
        var step = ComingBackIn(state).Take(SecondIsUp, 3);
        Assert.Equal((SessionState.Connected, Second), (step.After.State, step.After.InUse));
        Assert.Null(step.After.Try);
        Assert.Equal([First], step.Closed());
        var play = Assert.Single(step.Effects.OfType<SessionEffect.Play>());
        Assert.Equal(new SessionEffect.Play(Second, isTold ? TimeSpan.FromSeconds(3) : TimeSpan.Zero, 42), play);
        var told = step.Effects.OfType<SessionEffect.Tell>().Select(static tell => (tell.Change.Reason, tell.Change.Generation));
        Assert.Equal(isTold ? [(SessionReason.Reconnected, 1)] : [], told);
    }

    [Theory]
    [InlineData(SessionState.Connected)]
    [InlineData(SessionState.Interrupted)]
    [InlineData(SessionState.Held)]
    public void What_an_old_connection_says_changes_nothing(SessionState state)
    {
        var facts = ComingBackIn(state).After(SecondIsUp);
        Assert.Same(facts, facts.After(new SessionInput.ConnectionLost(First, SessionReason.LeftByPeer)));
        Assert.Same(facts, facts.After(new SessionInput.ConnectionUp(First)));
        Assert.Same(facts, facts.After(new SessionInput.PathUsable(First, SessionReason.PathRestarted)));
        var silent = facts.After(SessionInput.TimePassed.Instance, At(1) with { IsFeedbackMissing = true });
        Assert.Same(silent, silent.After(new SessionInput.PathUsable(First, SessionReason.PathHealed)));
    }

    [Fact]
    public void A_try_that_fails_leaves_the_connection_in_use()
    {
        var facts = ComingBackIn(SessionState.Connected).After(new SessionInput.ConnectionLost(Second, SessionReason.SetupTimedOut));
        Assert.Equal((SessionState.Connected, First), (facts.State, facts.InUse));
        Assert.Null(facts.Try);
        Assert.Null(facts.WhyNotComeBack("another page", Start));
    }

    [Fact]
    public void A_path_that_heals_while_a_new_connection_is_built_makes_what_was_played_out_of_date()
    {
        var healed = ComingBackIn(SessionState.Interrupted).Take(new SessionInput.PathUsable(First, SessionReason.PathHealed));
        Assert.Null(Assert.Single(healed.Effects.OfType<SessionEffect.Play>()).Played);
        var replaced = healed.After.Take(SecondIsUp);
        Assert.Equal([First], replaced.Closed());
        Assert.Null(Assert.Single(replaced.Effects.OfType<SessionEffect.Play>()).Played);
    }

    [Fact]
    public void A_resume_that_was_begun_in_time_wins_over_the_end_of_the_time()
    {
        var held = In(SessionState.Held);
        var coming = new SessionInput.ComesBack(Second, Generation: 1, "page", Played: null, SecondToken);

        // It came first, at the last moment; that it came is a sign of life too.
        var waits = held.Take(coming, 299.9).After.Take(SessionInput.TimePassed.Instance, 305).After;
        Assert.Equal(SessionState.Connected, waits.Take(SecondIsUp, 305).After.State);

        // The time came first.
        var over = held.Take(SessionInput.TimePassed.Instance, 300).After;
        Assert.IsType<ReconnectResult.NotPossible>(over.WhyNotComeBack("page", Start));
        Assert.Same(over, over.Take(coming, 300).After);
        Assert.Same(over, over.Take(SecondIsUp, 300).After);
    }

    [Fact]
    public void A_resume_outlasts_the_longest_hold_once_and_tries_after_it_do_not()
    {
        var facts = In(SessionState.Held);
        for (var seconds = 100; seconds < 1_800; seconds += 100)
        {
            facts = facts.Take(SessionInput.SignOfLife.Instance, seconds).After;
        }

        facts = facts.Take(new SessionInput.ComesBack(Second, Generation: 1, "page", Played: null, SecondToken), 1_795).After;
        Assert.Equal(SessionState.Held, facts.Take(SessionInput.TimePassed.Instance, 1_804).After.State);
        var again = facts.Take(new SessionInput.ComesBack(Third, Generation: 2, "page", Played: null, SecondToken), 1_804).After;
        Assert.Equal(SessionReason.HeldTooLong, again.Take(SessionInput.TimePassed.Instance, 1_804.1).After.EndReason);
        Assert.Equal(SessionReason.HeldTooLong, facts.Take(SessionInput.TimePassed.Instance, 1_805).After.EndReason);
    }

    [Fact]
    public void What_is_closed_while_somebody_comes_back_takes_both_connections_along()
    {
        var closed = ComingBackIn(SessionState.Held).Take(new SessionInput.CloseRequested(SessionReason.ClosedByOwner));
        Assert.Equal([First, Second], closed.Closed());
        Assert.Null(closed.After.InUse);
        Assert.Null(closed.After.Try);
        Assert.Same(closed.After, closed.After.After(SecondIsUp));

        // The other way round there is one left.
        var up = ComingBackIn(SessionState.Held).After(SecondIsUp);
        Assert.Equal([Second], up.Take(new SessionInput.CloseRequested(SessionReason.ClosedByOwner)).Closed());
    }

    [Theory]
    [InlineData(SessionState.Connected)]
    [InlineData(SessionState.Interrupted)]
    [InlineData(SessionState.Held)]
    public void What_is_put_aside_while_somebody_comes_back_keeps_its_connection_and_gives_the_new_one_up(SessionState state)
    {
        var aside = ComingBackIn(state).Take(new SessionInput.PutAside());
        Assert.Equal([Second], aside.Closed());
        Assert.Equal((First, state), (aside.After.InUse, aside.After.Farewell!.From));
        Assert.Same(aside.After, aside.After.After(SecondIsUp));
        Assert.IsType<ReconnectResult.NotPossible>(aside.After.WhyNotComeBack("page", Start));
        Assert.Empty(aside.Effects.OfType<SessionEffect.Tell>());
    }

    [Fact]
    public void A_token_that_was_told_counts_from_when_it_is_shown_whether_or_not_its_connection_came_about()
    {
        var coming = ComingBackIn(SessionState.Held);
        Assert.Equal(Ownership.Owner, coming.Owner.Of(FirstToken));
        var shown = coming.After(new SessionInput.ConnectionLost(Second, SessionReason.SetupTimedOut)).After(new SessionInput.TokenShown(SecondToken));
        Assert.Equal((Ownership.Replaced, Ownership.Owner), (shown.Owner.Of(FirstToken), shown.Owner.Of(SecondToken)));
        Assert.True(shown.Changes > coming.Changes);
        Assert.Same(shown, shown.After(new SessionInput.TokenShown(FirstToken)));
    }

    [Fact]
    public void A_plug_that_is_pulled_is_pulled_for_connections_to_come_too()
    {
        var until = Start + TimeSpan.FromSeconds(20);
        var pulled = ComingBackIn(SessionState.Connected).Take(new SessionInput.PlugPulled(until));
        Assert.Equal([new SessionEffect.BlackOut(First, until), new SessionEffect.BlackOut(Second, until)], pulled.Effects);
        var next = pulled.After.Take(new SessionInput.ComesBack(Third, Generation: 2, "page", Played: null, SecondToken), 5);
        Assert.Contains(new SessionEffect.BlackOut(Third, until), next.Effects);
    }
}
