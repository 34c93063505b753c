using System.Net;
using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests;

/// <summary>Whose an address is: sessions behind one NAT, and one that checks in another's name.</summary>
public sealed class SharedAddressTests
{
    [Fact]
    public void A_check_in_anothers_name_does_not_take_its_route()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(101));
        var (victim, stranger) = (house.Connect(), house.Connect());
        for (var i = 0; i < 200; i++)
        {
            stranger.Client.CheckFrom(victim.Client.Address);
            house.Network.RunFor(TimeSpan.FromMilliseconds(50));
            Assert.Equal(SessionState.Connected, victim.Session.State);
        }
    }

    [Fact]
    public void After_the_strangers_end_the_victim_lives_on_and_restarts()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(102));
        var (victim, stranger) = (house.Connect(), house.Connect());
        stranger.Client.CheckFrom(victim.Client.Address);
        stranger.Client.IsAlive = false;
        victim.RunFor(1);
        stranger.Session.Close(SessionReason.ClosedByOwner);
        victim.RunFor(5);
        Assert.Equal(SessionState.Connected, victim.Session.State);

        victim.CutOff();
        victim.RunFor(40);
        victim.Restore();
        victim.Client.RestartByDerivation(1, victim.Answer.IceSecret.ToArray());
        Assert.True(victim.Reaches(SessionState.Connected, withinSeconds: 0.1));
        victim.RunFor(5);
        Assert.Equal((SessionState.Connected, 1), (victim.Session.State, victim.Session.Generation));
    }

    [Fact]
    public void A_crowd_that_claims_one_address_does_not_crowd_its_owner_out()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(103));
        var victim = house.Connect();
        var crowd = Enumerable.Range(0, 12).Select(_ => house.Connect()).ToList();
        for (var i = 0; i < 100; i++)
        {
            crowd.ForEach(one => one.Client.CheckFrom(victim.Client.Address));
            house.Network.RunFor(TimeSpan.FromMilliseconds(50));
            Assert.Equal(SessionState.Connected, victim.Session.State);
        }
    }

    [Fact]
    public void Two_sessions_behind_one_NAT_do_not_disturb_each_other()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(104));
        var (first, second) = (house.Connect(), house.Connect());
        Assert.Equal(first.Client.Address.Address, second.Client.Address.Address);
        Assert.NotEqual(first.Client.Address.Port, second.Client.Address.Port);
        Assert.False(house.Network.RunUntil(
            () => first.Session.State != SessionState.Connected || second.Session.State != SessionState.Connected, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void An_address_that_a_new_session_got_serves_the_new_one_and_the_old_one_may_come_back_elsewhere()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(105));
        var old = house.Connect();
        var address = old.Client.Address;
        old.Client.IsAlive = false;
        old.Client.Address = IPEndPoint.Parse("203.0.113.9:51000");
        Assert.True(old.Reaches(SessionState.Held, withinSeconds: 14));

        var young = house.Open();
        young.Client.Address = address;
        Assert.True(young.Reaches(SessionState.Connected, withinSeconds: 1));
        young.RunFor(20);
        Assert.Equal((SessionState.Connected, SessionState.Held), (young.Session.State, old.Session.State));

        old.Client.IsAlive = true;
        old.Client.RestartByDerivation(1, old.Answer.IceSecret.ToArray());
        Assert.True(old.Reaches(SessionState.Connected, withinSeconds: 0.1));
        young.RunFor(20);
        Assert.Equal((SessionState.Connected, SessionState.Connected), (young.Session.State, old.Session.State));
    }

    [Fact]
    public void Two_sessions_may_even_share_one_address_for_a_while()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(106));
        var (first, second) = (house.Connect(), house.Connect());
        var own = second.Client.Address;

        // Both send from there; only one of them owns it in the simulation, so the other hears nothing and is not looked at.
        second.Client.Address = first.Client.Address;
        Assert.False(house.Network.RunUntil(() => first.Session.State != SessionState.Connected, TimeSpan.FromSeconds(10)));
        second.Client.Address = own;
        second.Client.RestartByDerivation(1, second.Answer.IceSecret.ToArray());
        Assert.True(second.Reaches(SessionState.Connected, withinSeconds: 0.2));
        Assert.False(house.Network.RunUntil(() => first.Session.State != SessionState.Connected, TimeSpan.FromSeconds(10)));
    }
}
