using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests;

/// <summary>An offer that cannot be answered changes nothing: neither what is in use, nor what is being made, nor who may come back.</summary>
public sealed class BadOfferTests
{
    public static TheoryData<string> BadOffers { get; } = new()
    {
        "",
        "not an offer",
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n",
        "no fingerprint",
        "cut off",
    };

    [Theory]
    [MemberData(nameof(BadOffers))]
    public void A_bad_offer_leaves_the_connection_that_is_being_made(string kind)
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(511));
        var visit = house.Connect();
        visit.CutOff();
        Assert.True(visit.Reaches(SessionState.Held, 30));
        var (client, token) = visit.Reconnect("a");
        var before = visit.Session.Snapshot();
        Assert.IsType<ReconnectResult.BadOffer>(visit.Session.Reconnect(Offer(house, kind), "a", played: 12_345));
        Assert.Equal(before.Generation, visit.Session.Snapshot().Generation);
        Assert.Equal(0, visit.Session.Generation);
        Assert.Equal(Ownership.Owner, visit.Session.OwnershipOf(token.Value));

        // It had its answer before the bad offer came, and comes about after it.
        visit.Restore();
        Assert.True(house.Network.RunUntil(() => client.IsConnected && visit.Session.State == SessionState.Connected, TimeSpan.FromSeconds(10)));
        Assert.Equal(1, visit.Session.Generation);
        visit.RunFor(1);
        Assert.True(client.Media!.Timestamps.Count > 20);
    }

    [Theory]
    [MemberData(nameof(BadOffers))]
    public void A_bad_offer_leaves_the_connection_in_use_and_keeps_nobody_from_coming_back(string kind)
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(512));
        var visit = house.Connect();
        Assert.IsType<ReconnectResult.BadOffer>(visit.Session.Reconnect(Offer(house, kind), "a"));
        Assert.IsType<ReconnectResult.BadOffer>(visit.Session.Reconnect(Offer(house, kind), client: null));
        visit.RunFor(1);
        Assert.Equal((SessionState.Connected, 0), (visit.Session.State, visit.Session.Generation));
        Assert.Equal(Ownership.Owner, visit.Session.OwnershipOf(visit.Token.Value));

        // Another page need not wait for anything.
        var (client, _) = visit.Reconnect("b");
        Assert.True(house.Network.RunUntil(() => client.IsConnected && visit.Session.Generation == 1, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Another_page_that_is_refused_leaves_the_connection_that_is_being_made()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(513));
        var visit = house.Connect();
        visit.CutOff();
        Assert.True(visit.Reaches(SessionState.Held, 30));
        var (client, _) = visit.Reconnect("a");
        Assert.IsType<ReconnectResult.AnotherIsReconnecting>(visit.Session.Reconnect(house.NewClient().Offer, "b"));
        Assert.IsType<ReconnectResult.AnotherIsReconnecting>(visit.Session.Reconnect(house.NewClient().Offer, client: null));
        visit.Restore();
        Assert.True(house.Network.RunUntil(() => client.IsConnected && visit.Session.Generation == 1, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Each_new_connection_has_a_number_above_all_before_it()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(514));
        var visit = house.Connect();
        for (var i = 1; i <= 3; i++)
        {
            Assert.IsType<ReconnectResult.BadOffer>(visit.Session.Reconnect("nothing", "a"));
            var client = house.NewClient();
            var answered = Assert.IsType<ReconnectResult.Answered>(visit.Session.Reconnect(client.Offer, "a"));
            Assert.Equal(i, answered.Answer.Generation);
            client.Start(answered.Answer.Sdp);
            Assert.True(house.Network.RunUntil(() => client.IsConnected && visit.Session.Generation == i, TimeSpan.FromSeconds(10)));
        }
    }

    private static string Offer(SimulatedHouse house, string kind)
    {
        var good = house.NewClient().Offer;
        return kind switch
        {
            "no fingerprint" => string.Join("\r\n", good.Split("\r\n").Where(static line => !line.StartsWith("a=fingerprint", StringComparison.Ordinal))),
            "cut off" => good[..(good.Length / 3)],
            _ => kind,
        };
    }
}
