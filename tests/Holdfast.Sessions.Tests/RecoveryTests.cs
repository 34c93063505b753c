using System.Net;
using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests;

/// <summary>Sessions whose connection is lost, and what brings it back, on the simulated network.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public void Speech_pauses_within_a_second_of_the_path_going_dead_and_goes_on_when_it_heals()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(11));
        var visit = house.Connect();
        visit.CutOff();
        Assert.False(visit.Reaches(SessionState.Interrupted, withinSeconds: 0.5));
        Assert.True(visit.Reaches(SessionState.Interrupted, withinSeconds: 0.5));
        visit.RunFor(0.1);

        var ticks = visit.Show.Ticks;
        visit.RunFor(2);
        Assert.Equal(ticks, visit.Show.Ticks);

        visit.Restore();
        Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: 0.5));
        visit.RunFor(1);
        Assert.True(visit.Show.Ticks > ticks + 40);
    }

    [Fact]
    public void While_interrupted_only_a_silent_packet_every_200_ms_asks_for_the_path()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(12));
        var visit = house.Connect();
        visit.CutOff();
        Assert.True(visit.Reaches(SessionState.Interrupted, withinSeconds: 2));
        visit.RunFor(1.2);
        var sent = house.Sent;
        visit.RunFor(5);
        Assert.InRange(house.Sent - sent, 20, 35);
    }

    [Fact]
    public void A_held_session_sends_draws_and_encodes_nothing()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(13));
        var visit = house.Connect();
        visit.CutOff();
        Assert.True(visit.Reaches(SessionState.Held, withinSeconds: 12));
        visit.RunFor(0.1);
        var (sent, ticks) = (house.Sent, visit.Show.Ticks);
        visit.RunFor(100);
        Assert.Equal(sent, house.Sent);
        Assert.Equal(ticks, visit.Show.Ticks);
        Assert.Equal(1, house.Sessions.Count);
    }

    [Fact]
    public void After_40_seconds_the_path_comes_back_and_the_session_heals_by_itself()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(14));
        var visit = house.Connect();
        visit.CutOff();
        visit.RunFor(40);
        Assert.Equal(SessionState.Held, visit.Session.State);
        visit.Restore();
        Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: 4));
        Assert.Equal(0, visit.Session.Generation);
    }

    [Fact]
    public void After_40_seconds_a_self_made_answer_brings_it_back_in_a_round_trip()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(15));
        var visit = house.Connect();
        visit.CutOff();
        visit.RunFor(40);
        visit.Restore();
        var heard = visit.Client.Media!.Audio.Count;
        visit.Client.RestartByDerivation(1, visit.Answer.IceSecret.ToArray());
        Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: 0.1));
        Assert.Equal(1, visit.Session.Generation);
        visit.RunFor(0.2);
        Assert.InRange(visit.Client.Media.Audio.Count - heard, 7, 11);
        Assert.Single(house.Shows.Made);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(40)]
    public void The_first_picture_after_the_return_waits_for_the_network_only(double away)
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(16));
        var visit = house.Connect();
        var there = house.Network.Conditions.Latency;
        for (var generation = 1; generation <= 8; generation++)
        {
            // Each time at another moment between two ticks.
            visit.CutOff();
            visit.RunFor(away + (0.007 * generation));
            Assert.NotEqual(SessionState.Connected, visit.Session.State);
            visit.Restore();
            var (seen, clicked) = (Pictures(visit), house.Network.Now);
            visit.Client.RestartByDerivation(generation, visit.Answer.IceSecret.ToArray());

            Assert.True(house.Network.RunUntil(() => Pictures(visit) > seen, TimeSpan.FromSeconds(1)));
            Assert.InRange(house.Network.Now - clicked, 2 * there, 2 * there + TimeSpan.FromMilliseconds(1));
            visit.RunFor(1);
        }
    }

    [Fact]
    public void A_restart_through_HTTP_needs_no_candidates_and_keeps_the_keys()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(16));
        var visit = house.Connect();
        visit.CutOff();
        visit.RunFor(40);
        visit.Restore();
        visit.Client.Address = IPEndPoint.Parse("203.0.113.9:51000");
        var answered = Assert.IsType<RestartResult.Answered>(visit.Session.Restart(visit.Client.OfferRestart()));
        Assert.Equal(1, answered.Answer.Generation);
        visit.Client.FinishRestart(answered.Answer.Sdp);
        Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: 0.2));
        Assert.Equal(1, visit.Session.Generation);
    }

    [Fact]
    public void A_restart_that_comes_to_nothing_leaves_the_old_path_working()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(17));
        var visit = house.Connect();
        Assert.IsType<RestartResult.Answered>(visit.Session.Restart(visit.Client.OfferRestart()));
        Assert.IsType<RestartResult.BadOffer>(visit.Session.Restart("nonsense"));
        visit.RunFor(20);
        Assert.Equal(SessionState.Connected, visit.Session.State);
        Assert.Equal(0, visit.Session.Generation);
    }

    [Fact]
    public void A_new_connection_takes_over_and_the_old_one_is_told_goodbye()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(18));
        var visit = house.Connect();
        var (second, token) = visit.Reconnect("page-2");
        Assert.True(house.Network.RunUntil(() => visit.Session.Generation == 1, TimeSpan.FromSeconds(5)));
        house.Network.RunFor(TimeSpan.FromSeconds(1));

        Assert.Equal(SessionState.Connected, visit.Session.State);
        Assert.NotEmpty(second.Media!.Frames());
        Assert.Equal(1, visit.Client.Media!.Goodbyes);
        Assert.Single(house.Shows.Made);
        Assert.Equal(1, house.Endpoint.GetStatistics().Connections);

        Assert.Equal(Ownership.Owner, visit.Session.OwnershipOf(visit.Token.Value));
        Assert.Equal(Ownership.Owner, visit.Session.OwnershipOf(token.Value));
        Assert.Equal(Ownership.Replaced, visit.Session.OwnershipOf(visit.Token.Value));
    }

    [Fact]
    public void Your_own_zombie_never_blocks_you()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(19), new SessionSettings { MaxSessions = 1 });
        var visit = house.Connect();
        visit.Client.IsAlive = false;
        visit.Reconnect("reloaded");
        Assert.True(house.Network.RunUntil(() => visit.Session.Generation == 1, TimeSpan.FromSeconds(5)));
        Assert.Equal(SessionState.Connected, visit.Session.State);
    }

    [Fact]
    public void A_new_connection_that_never_works_is_forgotten_and_the_old_one_serves_on()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(24));
        var visit = house.Connect();
        Assert.IsType<ReconnectResult.Answered>(visit.Session.Reconnect(house.NewClient().Offer, "one"));
        Assert.Equal(2, house.Endpoint.GetStatistics().Connections);
        visit.RunFor(11);
        Assert.Equal(1, house.Endpoint.GetStatistics().Connections);
        Assert.Equal(SessionState.Connected, visit.Session.State);
        Assert.Equal(0, visit.Session.Generation);
    }

    [Fact]
    public void The_grace_period_counts_from_the_last_sign_of_life()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(26));
        var visit = house.Connect(grace: TimeSpan.FromSeconds(60));
        visit.CutOff();
        visit.RunFor(59);
        Assert.Equal(SessionState.Held, visit.Session.State);
        visit.RunFor(3);
        Assert.Equal(SessionState.Expired, visit.Session.State);
        Assert.Equal(0, house.Sessions.Count);
        var ended = Assert.IsType<SessionLookup.Ended>(house.Sessions.Find(visit.Session.Id));
        Assert.Equal(SessionReason.GraceOver, ended.Session.Reason);
        Assert.True(visit.Show.IsDisposed);
        Assert.IsType<ReconnectResult.NotPossible>(visit.Session.Reconnect(house.NewClient().Offer, "one"));
    }

    [Fact]
    public void A_client_that_ends_its_connection_keeps_its_session()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(29));
        var visit = house.Connect();
        visit.Client.Dtls!.Close();
        visit.RunFor(0.1);
        visit.Client.IsAlive = false;
        Assert.True(visit.Reaches(SessionState.Held, withinSeconds: 12));
        visit.Reconnect("reloaded");
        Assert.True(house.Network.RunUntil(() => visit.Session.State == SessionState.Connected, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void A_pulled_plug_is_an_outage_like_any_other_and_ends_by_itself()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(34));
        var (visit, other) = (house.Connect(), house.Connect());
        visit.Session.PullThePlug(TimeSpan.FromSeconds(20));
        Assert.True(visit.Reaches(SessionState.Interrupted, withinSeconds: 1));
        Assert.True(visit.Reaches(SessionState.Held, withinSeconds: 12));
        Assert.Equal(SessionState.Connected, other.Session.State);
        visit.RunFor(8);
        Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: 4));
    }

    [Fact]
    public void A_client_that_changes_its_address_goes_on()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(32));
        var visit = house.Connect();
        visit.Client.Address = IPEndPoint.Parse("203.0.113.9:51000");
        visit.RunFor(5);
        Assert.Equal(SessionState.Connected, visit.Session.State);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_client_that_comes_back_from_another_address_after_40_seconds_goes_on(int level)
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(35));
        var visit = house.Connect();
        visit.CutOff();
        visit.RunFor(40);
        visit.Restore();
        visit.Client.Address = IPEndPoint.Parse("203.0.113.9:51000");
        if (level == 1)
        {
            visit.Client.RestartByDerivation(1, visit.Answer.IceSecret.ToArray());
        }

        Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: level == 0 ? 4 : 0.1));
        Assert.Equal(level, visit.Session.Generation);
        var heard = visit.Client.Media!.Audio.Count;
        visit.RunFor(1);
        Assert.InRange(visit.Client.Media.Audio.Count - heard, 48, 52);
    }

    [Fact]
    public void A_restart_that_comes_to_nothing_does_not_keep_a_held_session_from_healing()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(36));
        var visit = house.Connect();
        visit.CutOff();
        Assert.True(visit.Reaches(SessionState.Held, withinSeconds: 12));
        Assert.IsType<RestartResult.Answered>(visit.Session.Restart(house.NewClient().OfferRestart()));
        visit.Restore();
        Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: 4));
        Assert.Equal(0, visit.Session.Generation);
    }

    [Fact]
    public void A_path_that_works_in_one_direction_only_is_no_path()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(33));
        var visit = house.Connect();
        house.Network.IsLost = datagram => datagram.Source.Port == 8010;
        Assert.True(visit.Reaches(SessionState.Interrupted, withinSeconds: 2));
        visit.RunFor(8);
        Assert.Equal(SessionState.Interrupted, visit.Session.State);
        Assert.True(visit.Reaches(SessionState.Held, withinSeconds: 3));
        visit.RunFor(30);
        Assert.Equal(SessionState.Held, visit.Session.State);
        house.Network.IsLost = _ => false;
        Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: 5));
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void Five_percent_loss_for_ten_minutes_makes_no_one_stumble()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(41));
        var visit = house.Connect();
        house.Network.Conditions = new NetworkConditions(TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(20), Loss: 0.05);
        Assert.False(house.Network.RunUntil(() => visit.Session.State != SessionState.Connected, TimeSpan.FromMinutes(10)));
    }

    private static int Pictures(Visit visit) => visit.Client.Media!.Timestamps.Count(packet => packet.Ssrc == visit.Client.Answer.VideoSsrc);
}
