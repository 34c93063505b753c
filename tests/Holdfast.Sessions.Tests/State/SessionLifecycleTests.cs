namespace Holdfast.Sessions.Tests;

public sealed class SessionLifecycleTests
{
    private const SessionState Negotiating = SessionState.Negotiating;
    private const SessionState Connected = SessionState.Connected;
    private const SessionState Interrupted = SessionState.Interrupted;
    private const SessionState Held = SessionState.Held;
    private const SessionState Expired = SessionState.Expired;
    private const SessionState Closed = SessionState.Closed;

    /// <summary>The whole drawing: every arrow there is, and so every arrow there is not.</summary>
    private static readonly Dictionary<(SessionState, SessionSignal), SessionState> Arrows = new()
    {
        [(Negotiating, SessionSignal.PathUsable)] = Connected,
        [(Negotiating, SessionSignal.ConnectionLost)] = Closed,
        [(Negotiating, SessionSignal.TimeIsUp)] = Closed,
        [(Negotiating, SessionSignal.CloseRequested)] = Closed,
        [(Negotiating, SessionSignal.PutAside)] = Closed,
        [(Connected, SessionSignal.FeedbackSilent)] = Interrupted,
        [(Connected, SessionSignal.ConnectionLost)] = Held,
        [(Connected, SessionSignal.CloseRequested)] = Closed,
        [(Connected, SessionSignal.PutAside)] = Held,
        [(Interrupted, SessionSignal.PathUsable)] = Connected,
        [(Interrupted, SessionSignal.ConnectionLost)] = Held,
        [(Interrupted, SessionSignal.TimeIsUp)] = Held,
        [(Interrupted, SessionSignal.CloseRequested)] = Closed,
        [(Interrupted, SessionSignal.PutAside)] = Held,
        [(Held, SessionSignal.PathUsable)] = Connected,
        [(Held, SessionSignal.TimeIsUp)] = Expired,
        [(Held, SessionSignal.CloseRequested)] = Closed,
        [(Held, SessionSignal.PutAside)] = Held,
    };

    [Fact]
    public void There_are_these_ways_between_the_states_and_no_others()
    {
        foreach (var state in Enum.GetValues<SessionState>())
        {
            foreach (var signal in Enum.GetValues<SessionSignal>())
            {
                SessionState? expected = Arrows.TryGetValue((state, signal), out var next) ? next : null;
                Assert.True(expected == SessionLifecycle.Next(state, signal), $"{state} and {signal}");
            }
        }
    }

    [Fact]
    public void A_lost_connection_never_ends_a_session_that_was_once_connected()
    {
        foreach (var state in new[] { Connected, Interrupted, Held })
        {
            var next = SessionLifecycle.Next(state, SessionSignal.ConnectionLost) ?? state;
            Assert.False(SessionLifecycle.IsOver(next));
        }
    }

    [Fact]
    public void From_every_state_there_is_a_way_out_that_needs_nobody()
    {
        foreach (var start in new[] { Negotiating, Interrupted, Held })
        {
            Assert.NotNull(SessionLifecycle.Next(start, SessionSignal.TimeIsUp));
        }
    }
}
