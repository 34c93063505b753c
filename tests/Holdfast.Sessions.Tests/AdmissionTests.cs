using System.Net;
using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests;

/// <summary>Places go to those who speak: whoever only asks keeps nobody out, and pushes nobody's conversation out.</summary>
public sealed class AdmissionTests
{
    private static readonly IPAddress Attacker = IPAddress.Parse("203.0.113.9");
    private static readonly IPAddress Client = IPAddress.Parse("198.51.100.7");

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(50, false)]
    public void Seven_posts_a_second_without_a_packet_keep_nobody_out(int addresses, bool fromTheSameAddress)
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(521), new SessionSettings { MaxSessions = 20 });
        var offer = house.NewClient().Offer;
        var (posted, connected) = (0, 0);
        Visit? visit = null;
        for (var tick = 0; tick < 60 * 7; tick++)
        {
            var address = IPAddress.Parse($"203.0.113.{9 + (posted++ % addresses)}");
            house.Sessions.Create(new SessionRequest(offer, null, TimeSpan.FromSeconds(3_600)) { ClientAddress = address });
            house.Network.RunFor(TimeSpan.FromSeconds(1.0 / 7));
            if (tick % 35 == 20)
            {
                visit = house.Open(address: fromTheSameAddress ? Attacker : Client);
            }
            else if (tick % 35 == 34)
            {
                // Two seconds later, in which 14 more were posted.
                Assert.Equal(SessionState.Connected, visit!.Session.State);
                visit.Session.Say("a");
                connected++;
            }
        }

        Assert.Equal(12, connected);
        Assert.Equal(12, house.Sessions.Settled);
        Assert.InRange(house.Sessions.Count - house.Sessions.Settled, 0, 64);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void A_hundred_handshakes_for_nothing_hold_no_place_that_anybody_needs_and_are_gone_after_two_minutes()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(522), new SessionSettings { MaxSessions = 20 });
        var strangers = Enumerable.Range(0, 20).Select(_ => house.Open(TimeSpan.FromSeconds(3_600))).ToArray();
        Assert.True(house.Network.RunUntil(() => house.Sessions.Settled == 20, TimeSpan.FromSeconds(10)));
        Array.ForEach(strangers, static visit => visit.Client.IsAlive = false);
        Assert.True(house.Network.RunUntil(() => strangers.All(static visit => visit.Session.State == SessionState.Held), TimeSpan.FromSeconds(20)));

        // Whoever comes is let in, and the oldest goes.
        Assert.Equal(SessionState.Connected, house.Connect().Session.State);
        Assert.Equal(SessionReason.GaveWay, strangers[0].Session.EndReason);
        Assert.Equal(SessionState.Held, strangers[1].Session.State);
        house.Network.RunFor(TimeSpan.FromSeconds(125));
        Assert.All(strangers.Skip(1), static visit => Assert.Equal((SessionState.Expired, SessionReason.GraceOver), (visit.Session.State, visit.Session.EndReason)));
        Assert.Equal(1, house.Sessions.Count);
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void Who_was_spoken_to_does_not_give_way_and_is_kept_for_the_whole_time()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(523), new SessionSettings { MaxSessions = 2 });
        var (spoken, silent) = (house.Connect(), house.Connect());
        Assert.Equal(TimeSpan.FromSeconds(120), spoken.Session.Snapshot().ExpiresIn);
        spoken.Session.Say("a");
        Assert.Equal(TimeSpan.FromSeconds(300), spoken.Session.Snapshot().ExpiresIn);

        // Both are connected, and the silent one has had no time yet to say a first word.
        var refused = Assert.IsType<CreateSessionResult.Full>(house.Sessions.Create(new SessionRequest(house.NewClient().Offer, null)));
        Assert.Equal(AdmissionLimit.Sessions, refused.Limit);
        house.Network.RunFor(TimeSpan.FromSeconds(121));
        var third = house.Connect();
        Assert.Equal(SessionReason.GaveWay, silent.Session.EndReason);
        Assert.Equal((SessionState.Connected, SessionState.Connected), (spoken.Session.State, third.Session.State));
        third.Session.Say("b");
        spoken.CutOff();
        Assert.True(spoken.Reaches(SessionState.Held, 30));
        Assert.IsType<CreateSessionResult.Full>(house.Sessions.Create(new SessionRequest(house.NewClient().Offer, null)));
        house.Network.RunFor(TimeSpan.FromSeconds(250));
        Assert.Equal(SessionState.Held, spoken.Session.State);
    }

    [Fact]
    public void An_offer_that_cannot_be_answered_makes_nobody_give_way()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(524), new SessionSettings { MaxNegotiating = 1 });
        var offer = house.NewClient().Offer;
        var first = Assert.IsType<CreateSessionResult.Created>(house.Sessions.Create(new SessionRequest(offer, null)));
        Assert.IsType<CreateSessionResult.BadOffer>(house.Sessions.Create(new SessionRequest("not an offer", null)));
        Assert.Equal((SessionState.Negotiating, 1), (first.Session.State, house.Sessions.Count));
        Assert.IsType<CreateSessionResult.Created>(house.Sessions.Create(new SessionRequest(offer, null)));
        Assert.Equal((SessionReason.GaveWay, 1), (first.Session.EndReason, house.Sessions.Count));
    }

    [Fact]
    public void An_address_that_is_being_connected_as_often_as_it_may_is_refused_and_another_is_not()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(525), new SessionSettings { MaxNegotiatingPerAddress = 2 });
        var visits = new[] { house.Open(address: Attacker), house.Open(address: Attacker) };
        Assert.True(house.Network.RunUntil(() => visits.All(static visit => visit.Client.StunSuccesses > 0), TimeSpan.FromSeconds(1)));
        var offer = house.NewClient().Offer;
        var refused = Assert.IsType<CreateSessionResult.Full>(house.Sessions.Create(new SessionRequest(offer, null) { ClientAddress = Attacker }));
        Assert.Equal(AdmissionLimit.NegotiatingFromAddress, refused.Limit);
        Assert.IsType<CreateSessionResult.Created>(house.Sessions.Create(new SessionRequest(offer, null) { ClientAddress = Client }));
        Assert.IsType<CreateSessionResult.Created>(house.Sessions.Create(new SessionRequest(offer, null)));
    }

    [Fact]
    public void An_address_that_holds_its_share_gets_no_further_session_and_loses_none()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(526), new SessionSettings { MaxHeldPerAddress = 2 });
        var visits = Enumerable.Range(0, 3).Select(_ => house.Open(address: Attacker)).ToArray();
        Assert.True(house.Network.RunUntil(() => house.Sessions.Settled == 3, TimeSpan.FromSeconds(5)));
        Array.ForEach(visits, static visit => visit.Session.Say("a"));
        Array.ForEach(visits, static visit => visit.Client.IsAlive = false);
        Assert.True(house.Network.RunUntil(() => visits.All(static visit => visit.Session.State == SessionState.Held), TimeSpan.FromSeconds(20)));
        var offer = house.NewClient().Offer;
        var refused = Assert.IsType<CreateSessionResult.Full>(house.Sessions.Create(new SessionRequest(offer, null) { ClientAddress = Attacker }));
        Assert.Equal(AdmissionLimit.HeldFromAddress, refused.Limit);
        Assert.IsType<CreateSessionResult.Created>(house.Sessions.Create(new SessionRequest(offer, null) { ClientAddress = Client }));
        Assert.All(visits, static visit => Assert.Equal(SessionState.Held, visit.Session.State));
    }

    [Fact]
    public void When_two_are_being_connected_and_one_place_is_left_the_second_is_told_that_the_server_is_full()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(527), new SessionSettings { MaxSessions = 1 });
        var (first, second) = (house.Open(), house.Open());
        Assert.True(house.Network.RunUntil(() => first.Session.EndReason is not null || second.Session.EndReason is not null, TimeSpan.FromSeconds(5)));
        Assert.Single(new[] { first, second }, static visit => visit.Session.State == SessionState.Connected);
        Assert.Single(new[] { first, second }, static visit => visit.Session.EndReason == SessionReason.ServerFull);
        Assert.Equal(1, house.Sessions.Count);
    }

    [Fact]
    public void Handshakes_for_nothing_push_no_conversation_out_of_what_is_remembered()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(528), new SessionSettings { MaxNegotiating = 1 });
        var visit = house.Connect();
        visit.Session.Say("What was said.");
        visit.RunFor(1);
        visit.Session.Close(SessionReason.ClosedByOwner);
        var offer = house.NewClient().Offer;
        CreateSessionResult.Created? last = null;
        for (var i = 0; i < 2_500; i++)
        {
            last = Assert.IsType<CreateSessionResult.Created>(house.Sessions.Create(new SessionRequest(offer, null)));
        }

        var ended = Assert.IsType<SessionLookup.Ended>(house.Sessions.Find(visit.Session.Id)).Session;
        Assert.Contains(Entries(ended.Journal), static entry => entry.Event is SessionEvent.PersonSaid { Text: "What was said." });

        // Of those in which nobody spoke only the end is kept.
        last!.Session.Close(SessionReason.ClosedByOwner);
        var wordless = Assert.IsType<SessionLookup.Ended>(house.Sessions.Find(last.Session.Id)).Session;
        Assert.IsType<SessionEvent.StateChanged>(Assert.Single(Entries(wordless.Journal)).Event);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void An_address_of_IPv6_counts_with_its_network(string one, string other, bool areTheSame) =>
        Assert.Equal(areTheSame, ClientNetwork.Of(IPAddress.Parse(one)) == ClientNetwork.Of(IPAddress.Parse(other)));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.3.2.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void This_machine_s_own_addresses_count_nowhere(string address) => Assert.Null(ClientNetwork.Of(IPAddress.Parse(address)));

    private static JournalEntry[] Entries(EventJournal journal)
    {
        var entries = new JournalEntry[512];
        return entries[..journal.Read(0, entries, out _, out _)];
    }
}
