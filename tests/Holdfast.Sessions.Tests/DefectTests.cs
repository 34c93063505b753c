using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests;

/// <summary>
/// What went wrong in the system that Holdfast's people know, by its number in the list of its defects, on the simulated
/// network. What can only be seen through HTTP is in the server's tests, under the same numbers.
/// </summary>
public sealed class DefectTests
{
    [Fact]
    public void D1_a_heartbeat_during_the_grace_period_prolongs_it_and_silence_then_ends_it()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(27));
        var visit = house.Connect(grace: TimeSpan.FromSeconds(60));
        visit.Session.Say("a");
        visit.CutOff();
        visit.RunFor(50);
        Assert.InRange(visit.Session.Heartbeat().ExpiresIn.TotalSeconds, 59, 60);
        visit.RunFor(58);
        Assert.Equal(SessionState.Held, visit.Session.State);
        visit.RunFor(3);
        Assert.Equal(SessionState.Expired, visit.Session.State);
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void D2_set_up_that_never_completes_frees_its_slot_after_15_seconds(bool vanishesInTheHandshake)
    {
        const int Slots = 20;
        using var house = new SimulatedHouse(new SimulatedNetwork(61), new SessionSettings { MaxNegotiating = Slots });
        var visits = Enumerable.Range(0, Slots).Select(_ => house.Open()).ToArray();
        if (vanishesInTheHandshake)
        {
            Assert.True(house.Network.RunUntil(
                () => visits.All(visit => visit.Client.StunSuccesses > 0), TimeSpan.FromSeconds(1)));
        }

        Array.ForEach(visits, visit => visit.Client.IsAlive = false);
        visits[0].RunFor(14);
        Assert.All(visits, visit => Assert.Equal(SessionState.Negotiating, visit.Session.State));
        if (vanishesInTheHandshake)
        {
            var full = Assert.IsType<CreateSessionResult.Full>(house.Sessions.Create(new SessionRequest(house.NewClient().Offer, null)));
            Assert.Equal(AdmissionLimit.Negotiating, full.Limit);
        }

        visits[0].RunFor(1.2);
        Assert.Equal(0, house.Sessions.Count);
        Assert.Equal(0, house.Endpoint.GetStatistics().Connections);
        Assert.All(visits, visit => Assert.Equal(SessionReason.SetupTimedOut, visit.Session.EndReason));
        Assert.Empty(house.Shows.Made);
        house.Connect();
    }

    [Fact]
    public void D3_heartbeats_that_stop_are_noticed_and_those_that_never_stop_hold_nothing_for_ever()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(28), new SessionSettings { MaxHold = TimeSpan.FromSeconds(200) });
        var visit = house.Connect(grace: TimeSpan.FromSeconds(60));
        visit.Session.Say("b");
        visit.CutOff();
        for (var beats = 0; beats < 12 && visit.Session.State != SessionState.Expired; beats++)
        {
            visit.RunFor(20);
            visit.Session.Heartbeat();
        }

        var ended = Assert.IsType<SessionLookup.Ended>(house.Sessions.Find(visit.Session.Id));
        Assert.Equal(SessionReason.HeldTooLong, ended.Session.Reason);
    }

    [Fact]
    public void D4_an_old_connection_that_ends_late_changes_nothing()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(20));
        var visit = house.Connect();
        visit.Reconnect("page-2");
        Assert.True(house.Network.RunUntil(() => visit.Session.Generation == 1, TimeSpan.FromSeconds(5)));
        visit.Client.Dtls!.Close();
        visit.Client.IsAlive = false;
        house.Network.RunFor(TimeSpan.FromSeconds(60));
        Assert.Equal(SessionState.Connected, visit.Session.State);
        Assert.Equal(1, visit.Session.Generation);
    }

    [Fact]
    public void D4_of_two_that_come_back_at_once_one_wins_and_one_show_runs()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(21));
        var visit = house.Connect();
        var first = house.NewClient();
        var second = house.NewClient();
        var won = Assert.IsType<ReconnectResult.Answered>(visit.Session.Reconnect(first.Offer, "one"));
        Assert.IsType<ReconnectResult.AnotherIsReconnecting>(visit.Session.Reconnect(second.Offer, "two"));
        Assert.IsType<ReconnectResult.AnotherIsReconnecting>(visit.Session.Reconnect(second.Offer, null));
        first.Start(won.Answer.Sdp);
        Assert.True(house.Network.RunUntil(() => visit.Session.Generation == 1, TimeSpan.FromSeconds(5)));
        Assert.Single(house.Shows.Made);
    }

    [Fact]
    public void D6_a_bad_offer_to_reconnect_leaves_the_running_connection_alone()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(23));
        var visit = house.Connect();
        Assert.IsType<ReconnectResult.BadOffer>(visit.Session.Reconnect("nonsense", "one"));
        visit.RunFor(2);
        Assert.Equal(SessionState.Connected, visit.Session.State);
        Assert.Equal(0, visit.Client.Media!.Goodbyes);
        Assert.IsType<ReconnectResult.Answered>(visit.Session.Reconnect(house.NewClient().Offer, "two"));
    }

    [Fact]
    public void D7_ids_lie_too_far_apart_to_be_guessed_from_one_another()
    {
        var ids = Enumerable.Range(0, 1_000).Select(_ => SessionId.New().Value).Order().ToArray();
        Assert.All(ids.Zip(ids.Skip(1)), pair => Assert.True(pair.Second - pair.First > 1_000));
    }

    [Fact]
    public void D7_nothing_but_its_own_token_makes_anybody_the_owner_of_a_session()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(62));
        var (visit, other) = (house.Connect(), house.Connect());
        string[] guesses = ["", "0", visit.Session.Id.ToString(), other.Token.Value, visit.Token.Value[..^1], visit.Token.Value + "A", visit.Answer.Tag];
        Assert.All(guesses, guess => Assert.Equal(Ownership.None, visit.Session.OwnershipOf(guess)));
        Assert.Equal(Ownership.Owner, visit.Session.OwnershipOf(visit.Token.Value));
    }

    [Fact]
    public void D9_held_sessions_count_and_a_session_that_its_owner_closed_frees_its_slot_at_once()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(63), new SessionSettings { MaxSessions = 2 });
        var (first, second) = (house.Connect(), house.Connect());
        first.Session.Say("a");
        second.Session.Say("a");
        first.CutOff();
        Assert.True(first.Reaches(SessionState.Held, withinSeconds: 14));
        Assert.True(second.Reaches(SessionState.Held, withinSeconds: 1));
        first.Restore();
        Assert.Equal(2, house.Sessions.Count);
        Assert.IsType<CreateSessionResult.Full>(house.Sessions.Create(new SessionRequest(house.NewClient().Offer, null)));

        first.Session.Close(SessionReason.ClosedByOwner);
        Assert.Equal(1, house.Sessions.Count);
        house.Connect();
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task D11_closing_sessions_holds_nobody_up()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(64)) { AwaitsEnds = false };
        var letGo = house.Shows.HoldDisposals();
        var stays = house.Connect();
        var leave = Enumerable.Range(0, 20).Select(_ => house.Connect()).ToArray();

        var heard = stays.Client.Media!.Audio.Count;
        var seen = stays.Client.Media.Frames().Count;
        foreach (var visit in leave)
        {
            visit.Session.Close(SessionReason.ClosedByOwner);
            stays.RunFor(0.1);
        }

        // Two seconds at 50 packets and 25 pictures, not one of them late, though no show has let go of what it had.
        Assert.InRange(stays.Client.Media.Audio.Count - heard, 99, 101);
        Assert.InRange(stays.Client.Media.Frames().Count - seen, 49, 51);
        Assert.Equal(1, house.Sessions.Count);
        Assert.Equal(1, house.Endpoint.GetStatistics().Connections);
        Assert.All(leave, visit => Assert.False(visit.Session.Completion.IsCompleted));

        letGo.SetResult();
        await Task.WhenAll(leave.Select(visit => visit.Session.Completion)).WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task D11_a_session_can_be_closed_from_inside_its_own_tick()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(65));
        var (stays, leaves) = (house.Connect(), house.Connect());
        var heard = stays.Client.Media!.Audio.Count;
        leaves.Show.Ticked = () => leaves.Session.Close(SessionReason.ClosedByOwner);
        stays.RunFor(1);
        Assert.Equal(SessionState.Closed, leaves.Session.State);
        await leaves.Session.Completion.WaitAsync(TestContext.Current.CancellationToken);
        Assert.InRange(stays.Client.Media.Audio.Count - heard, 49, 51);
    }

    [Fact]
    public void D12_while_nobody_is_connected_nothing_piles_up()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(66));
        var visit = house.Connect();
        visit.Session.Say(new string('a', 60));
        visit.Session.Say("b");
        visit.RunFor(1);
        visit.CutOff();
        Assert.True(visit.Reaches(SessionState.Held, withinSeconds: 12));
        visit.RunFor(0.1);

        var before = Counts();
        visit.RunFor(240);

        Assert.Equal(before, Counts());
        Assert.Equal(2, visit.Session.Snapshot().Queued);

        (int Datagrams, int Ticks, int Drawn, long Encoded, long Packets, int Queued) Counts()
        {
            var now = visit.Session.Snapshot();
            return (house.Sent, visit.Show.Ticks, visit.Show.Drawn, now.Connection!.PicturesEncoded, now.Connection.PacketsSent, now.Queued);
        }
    }

    [Fact]
    public void D12_a_person_who_speaks_to_a_held_session_fills_nothing_and_is_not_heard_late()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(67));
        var visit = house.Connect(offer: new OfferOptions { HasMicrophone = true });
        house.Network.IsLost = datagram => datagram.Source.Port == 8010;
        Assert.True(visit.Reaches(SessionState.Held, withinSeconds: 12));
        using var encoder = new Media.OpusEncoder();
        var word = encoder.Encode(new short[960]).ToArray();
        for (var i = 0; i < 3_000; i++)
        {
            visit.Client.Media!.Speak(word);
            visit.RunFor(0.02);
        }

        Assert.Equal(0, visit.Show.Heard);
        house.Network.IsLost = _ => false;
        Assert.True(visit.Reaches(SessionState.Connected, withinSeconds: 5));
        visit.RunFor(1);

        // The last second that was held, and before it, for the minute that is missing, a second of silence and what can be recovered.
        Assert.InRange(visit.Show.Heard / 960, 0, 50 + 51);
    }
}
