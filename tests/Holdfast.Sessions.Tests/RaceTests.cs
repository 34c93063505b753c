using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests;

/// <summary>Things that happen to a session at the same time, in every order that there is.</summary>
public sealed class RaceTests
{
    [Fact]
    public void A_client_that_tries_again_replaces_its_own_earlier_try()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(22));
        var visit = house.Connect();
        Assert.IsType<ReconnectResult.Answered>(visit.Session.Reconnect(house.NewClient().Offer, "one"));
        var again = house.NewClient();
        var answered = Assert.IsType<ReconnectResult.Answered>(visit.Session.Reconnect(again.Offer, "one"));
        again.Start(answered.Answer.Sdp);
        Assert.True(house.Network.RunUntil(() => visit.Session.Generation == 2, TimeSpan.FromSeconds(5)));
        Assert.Equal(SessionState.Connected, visit.Session.State);
    }

    [Fact]
    public void Nobody_reconnects_to_a_session_that_has_not_begun()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(25));
        var visit = house.Open();
        Assert.IsType<ReconnectResult.NotPossible>(visit.Session.Reconnect(house.NewClient().Offer, "one"));
        Assert.IsType<RestartResult.NotPossible>(visit.Session.Restart(visit.Client.OfferRestart()));
    }

    [Fact]
    public void A_reconnect_that_races_expiry_is_not_lost()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(30));
        var visit = house.Connect(grace: TimeSpan.FromSeconds(60));
        visit.Client.IsAlive = false;
        visit.RunFor(59.5);
        visit.Reconnect("in time");
        Assert.True(house.Network.RunUntil(() => visit.Session.State == SessionState.Connected, TimeSpan.FromSeconds(5)));
    }

    [Theory]
    [InlineData(SessionState.Negotiating)]
    [InlineData(SessionState.Connected)]
    [InlineData(SessionState.Interrupted)]
    [InlineData(SessionState.Held)]
    public async Task A_session_can_be_closed_in_every_state_and_frees_its_slot_at_once(SessionState state)
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(31), new SessionSettings { MaxSessions = 1 });
        var visit = state == SessionState.Negotiating ? house.Open() : house.Connect();
        if (state is SessionState.Interrupted or SessionState.Held)
        {
            visit.CutOff();
        }

        Assert.True(visit.Reaches(state, withinSeconds: 15));
        visit.Session.Close(SessionReason.ClosedByOwner);
        Assert.Equal(SessionState.Closed, visit.Session.State);
        Assert.Equal(0, house.Sessions.Count);
        await visit.Session.Completion.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, house.Endpoint.GetStatistics().Connections);
    }

    [Fact]
    public void A_superseded_try_that_goes_on_gets_nowhere()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(71));
        var visit = house.Connect();
        var (first, _) = visit.Reconnect("one");
        Assert.True(house.Network.RunUntil(() => first.StunSuccesses > 0, TimeSpan.FromSeconds(1)));
        var (second, token) = visit.Reconnect("one");
        Assert.True(house.Network.RunUntil(() => visit.Session.Generation == 2, TimeSpan.FromSeconds(5)));
        visit.RunFor(20);
        Assert.Equal(2, visit.Session.Generation);
        Assert.False(first.IsConnected);
        Assert.NotEmpty(second.Media!.Frames());
        Assert.Equal(Ownership.Owner, visit.Session.OwnershipOf(token.Value));
        Assert.Equal(1, house.Endpoint.GetStatistics().Connections);
    }

    [Fact]
    public void Of_many_threads_that_come_back_at_once_one_wins()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(72));
        var visit = house.Connect();
        var clients = Enumerable.Range(0, 16).Select(_ => house.NewClient()).ToArray();
        var results = new ReconnectResult[clients.Length];
        using var start = new Barrier(clients.Length);
        var threads = clients.Select((client, i) => new Thread(() =>
        {
            start.SignalAndWait();
            results[i] = visit.Session.Reconnect(client.Offer, $"page-{i}");
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        var won = Assert.Single(results.OfType<ReconnectResult.Answered>());
        Assert.Equal(clients.Length - 1, results.OfType<ReconnectResult.AnotherIsReconnecting>().Count());
        clients[Array.IndexOf(results, won)].Start(won.Answer.Sdp);
        Assert.True(house.Network.RunUntil(() => visit.Session.Generation == won.Answer.Generation, TimeSpan.FromSeconds(5)));
        Assert.Equal(1, house.Endpoint.GetStatistics().Connections);
        Assert.Single(house.Shows.Made);
    }

    [Fact]
    public void A_try_that_failed_stands_in_nobodys_way()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(73));
        var visit = house.Connect();
        var (first, _) = visit.Reconnect("one");
        first.IsAlive = false;
        visit.RunFor(10.1);
        visit.Reconnect("two");
        Assert.True(house.Network.RunUntil(() => visit.Session.Generation == 2, TimeSpan.FromSeconds(5)));
        Assert.Equal(SessionState.Connected, visit.Session.State);
    }

    [Fact]
    public void An_old_connection_that_restarts_its_path_late_gets_nowhere()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(74));
        var visit = house.Connect();
        var (client, _) = visit.Reconnect("two");
        Assert.True(house.Network.RunUntil(() => visit.Session.Generation == 1, TimeSpan.FromSeconds(5)));
        visit.Client.RestartByDerivation(5, visit.Answer.IceSecret.ToArray());
        visit.RunFor(3);
        Assert.Equal((SessionState.Connected, 1), (visit.Session.State, visit.Session.Generation));
        var seen = client.Media!.Frames().Count;
        visit.RunFor(1);
        Assert.InRange(client.Media.Frames().Count - seen, 24, 26);
    }

    [Fact]
    public void What_an_old_connection_sent_before_it_was_replaced_arrives_late_and_changes_nothing()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(75));
        var visit = house.Connect();
        var late = new List<SimulatedDatagram>();
        house.Network.IsLost = datagram =>
        {
            if (datagram.Source.Equals(visit.Client.Address))
            {
                late.Add(datagram);
                return true;
            }

            return false;
        };
        visit.Reconnect("two");
        Assert.True(house.Network.RunUntil(() => visit.Session.Generation == 1, TimeSpan.FromSeconds(5)));
        visit.Client.Dtls!.Close();
        visit.RunFor(0.5);
        Assert.NotEmpty(late);

        house.Network.IsLost = _ => false;
        visit.Client.IsAlive = false;
        late.ForEach(house.Network.Inject);
        Assert.False(house.Network.RunUntil(() => visit.Session.State != SessionState.Connected, TimeSpan.FromSeconds(30)));
        Assert.Equal(1, visit.Session.Generation);
    }

    [Fact]
    public void The_path_can_be_restarted_while_a_new_connection_is_being_built_and_the_new_one_wins()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(76));
        var visit = house.Connect();
        var client = house.NewClient();
        var answered = Assert.IsType<ReconnectResult.Answered>(visit.Session.Reconnect(client.Offer, "two"));
        var restarted = Assert.IsType<RestartResult.Answered>(visit.Session.Restart(visit.Client.OfferRestart()));
        visit.Client.FinishRestart(restarted.Answer.Sdp);
        visit.RunFor(1);
        Assert.Equal(SessionState.Connected, visit.Session.State);
        client.Start(answered.Answer.Sdp);
        Assert.True(house.Network.RunUntil(() => visit.Client.Media!.Goodbyes == 1, TimeSpan.FromSeconds(5)));
        visit.RunFor(1);
        Assert.Equal(SessionState.Connected, visit.Session.State);
        Assert.NotEmpty(client.Media!.Frames());
        Assert.Equal(1, house.Endpoint.GetStatistics().Connections);
    }

    [Fact]
    public void A_reconnect_that_was_answered_in_time_and_never_completes_does_not_hold_the_session_for_ever()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(77));
        var visit = house.Connect(grace: TimeSpan.FromSeconds(60));
        visit.Client.IsAlive = false;
        visit.RunFor(55);
        Assert.IsType<ReconnectResult.Answered>(visit.Session.Reconnect(house.NewClient().Offer, "one"));
        visit.RunFor(59);
        Assert.Equal(SessionState.Held, visit.Session.State);
        visit.RunFor(2);
        Assert.Equal(SessionReason.GraceOver, visit.Session.EndReason);
        Assert.Equal(0, house.Endpoint.GetStatistics().Connections);
    }

    [Fact]
    public void A_reconnect_under_way_is_waited_for_when_the_longest_hold_ends()
    {
        using var house = new SimulatedHouse(
            new SimulatedNetwork(78), new SessionSettings { Grace = TimeSpan.FromSeconds(60), MaxHold = TimeSpan.FromSeconds(60) });
        var visit = house.Connect();
        visit.Client.IsAlive = false;
        Assert.True(visit.Reaches(SessionState.Held, withinSeconds: 14));
        Beat(visit, seconds: 58);
        var client = house.NewClient();
        var answered = Assert.IsType<ReconnectResult.Answered>(visit.Session.Reconnect(client.Offer, "one"));
        visit.RunFor(5);
        client.Start(answered.Answer.Sdp);
        Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: 3));
    }

    [Fact]
    public void Tries_that_fail_again_and_again_do_not_prolong_the_longest_hold()
    {
        using var house = new SimulatedHouse(
            new SimulatedNetwork(79), new SessionSettings { Grace = TimeSpan.FromSeconds(60), MaxHold = TimeSpan.FromSeconds(60) });
        var visit = house.Connect();
        visit.Client.IsAlive = false;
        Assert.True(visit.Reaches(SessionState.Held, withinSeconds: 14));
        for (var i = 0; i < 15 && visit.Session.State == SessionState.Held; i++)
        {
            visit.Session.Reconnect(house.NewClient().Offer, "one");
            visit.RunFor(5);
        }

        Assert.Equal(SessionReason.HeldTooLong, visit.Session.EndReason);
    }

    [Fact]
    public void A_session_that_is_closed_while_a_new_connection_is_built_takes_both_along()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(80));
        var visit = house.Connect();
        var (client, _) = visit.Reconnect("two");
        Assert.True(house.Network.RunUntil(() => client.StunSuccesses > 0, TimeSpan.FromSeconds(1)));
        visit.Session.Close(SessionReason.ClosedByOwner);
        Assert.Equal(0, house.Endpoint.GetStatistics().Connections);
        visit.RunFor(20);
        Assert.Equal((SessionState.Closed, SessionReason.ClosedByOwner), (visit.Session.State, visit.Session.EndReason));
        Assert.IsType<ReconnectResult.NotPossible>(visit.Session.Reconnect(house.NewClient().Offer, "three"));
        Assert.IsType<RestartResult.NotPossible>(visit.Session.Restart(visit.Client.OfferRestart()));
    }

    [Fact]
    public void What_is_over_stays_over_and_keeps_its_reason()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(81));
        var visit = house.Connect(grace: TimeSpan.FromSeconds(20));
        visit.CutOff();
        Assert.True(visit.Reaches(SessionState.Expired, withinSeconds: 25));
        visit.Session.Close(SessionReason.ClosedByOwner);
        visit.Session.Heartbeat();
        visit.Restore();
        visit.Client.RestartByDerivation(1, visit.Answer.IceSecret.ToArray());
        visit.RunFor(5);
        Assert.Equal((SessionState.Expired, SessionReason.GraceOver), (visit.Session.State, visit.Session.EndReason));
        Assert.Equal(0, house.Sessions.Count);
    }

    private static void Beat(Visit visit, int seconds)
    {
        for (var i = 0; i < seconds; i += 2)
        {
            visit.RunFor(2);
            visit.Session.Heartbeat();
        }
    }
}
