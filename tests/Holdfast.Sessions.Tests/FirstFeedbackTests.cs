using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests;

/// <summary>Paths that die before anything told that they work, and slow ones that only seem to.</summary>
public sealed class FirstFeedbackTests
{
    [Fact]
    public void A_path_that_dies_before_its_first_feedback_is_noticed_and_heals()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(51));
        var visit = ConnectBarely(house);
        visit.CutOff();
        Assert.False(visit.Reaches(SessionState.Interrupted, withinSeconds: 1.5));
        Assert.True(visit.Reaches(SessionState.Interrupted, withinSeconds: 0.3));
        visit.Restore();
        Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: 0.5));
        visit.RunFor(30);
        Assert.Equal(SessionState.Connected, visit.Session.State);
    }

    [Fact]
    public void A_restarted_path_that_dies_at_once_is_noticed_too()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(52));
        var visit = house.Connect();
        visit.CutOff();
        Assert.True(visit.Reaches(SessionState.Held, withinSeconds: 12));
        visit.Restore();
        visit.Client.RestartByDerivation(1, visit.Answer.IceSecret.ToArray());
        Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: 0.1));
        visit.CutOff();
        Assert.True(visit.Reaches(SessionState.Interrupted, withinSeconds: 1.8));
    }

    [Fact]
    public void A_new_connection_whose_path_dies_at_once_is_noticed_too()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(53));
        var visit = house.Connect();
        var (client, _) = visit.Reconnect("page-2");
        Assert.True(house.Network.RunUntil(() => visit.Session.Generation == 1 && client.IsConnected, TimeSpan.FromSeconds(5)));
        visit.CutOff();
        Assert.True(visit.Reaches(SessionState.Interrupted, withinSeconds: 1.8));
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData(20, 0)]
    [InlineData(300, 60)]
    [InlineData(500, 100)]
    [InlineData(800, 0)]
    [InlineData(800, 150)]
    public void A_slow_path_is_not_taken_for_a_dead_one_at_the_start(int roundTripMilliseconds, int jitterMilliseconds)
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(54));
        house.Network.Conditions = new NetworkConditions(
            TimeSpan.FromMilliseconds(roundTripMilliseconds / 2.0), TimeSpan.FromMilliseconds(jitterMilliseconds));
        for (var start = 0; start < 5; start++)
        {
            var visit = house.Open();
            Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: 10));
            Assert.False(house.Network.RunUntil(() => visit.Session.State != SessionState.Connected, TimeSpan.FromSeconds(10)));
        }
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void A_path_slower_than_any_patience_stumbles_once_and_not_for_ever()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(55));
        house.Network.Conditions = new NetworkConditions(TimeSpan.FromMilliseconds(1_000));
        var visit = house.Open();
        Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: 12));
        Assert.True(visit.Reaches(SessionState.Interrupted, withinSeconds: 3));
        Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: 3));
        Assert.False(house.Network.RunUntil(() => visit.Session.State != SessionState.Connected, TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public void Of_a_client_that_promises_feedback_and_only_reports_none_is_expected()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(56));
        var visit = ConnectBarely(house);
        var media = visit.Client.Media!;
        media.GivesFeedback = false;
        for (var second = 0; second < 20; second++)
        {
            visit.RunFor(0.5);
            media.Report(visit.Client.Answer.AudioSsrc, ntp: 0, TimeSpan.Zero, fractionLost: 0);
            visit.RunFor(0.5);
            Assert.Equal(SessionState.Connected, visit.Session.State);
        }
    }

    [Fact]
    public void Of_a_client_that_promised_none_only_the_silence_of_the_path_is_noticed()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(57));
        var visit = house.Connect(offer: new OfferOptions { HasTransportFeedback = false });
        visit.CutOff();
        Assert.False(house.Network.RunUntil(() => visit.Session.State != SessionState.Connected, TimeSpan.FromSeconds(7)));
        Assert.True(visit.Reaches(SessionState.Held, withinSeconds: 4));
    }

    /// <summary>Connects, and stops at the moment at which nothing has told yet that anything arrives.</summary>
    private static Visit ConnectBarely(SimulatedHouse house)
    {
        var visit = house.Open();
        Assert.True(house.Network.RunUntil(
            () => visit.Session.State == SessionState.Connected && visit.Client.IsConnected, TimeSpan.FromSeconds(5)));
        visit.RunFor(0.05);
        return visit;
    }
}
