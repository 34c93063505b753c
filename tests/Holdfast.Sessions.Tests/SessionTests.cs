using Holdfast.Media;
using Holdfast.Rtc.Tests.Kit;
using Holdfast.Sessions.Tests.Kit;

namespace Holdfast.Sessions.Tests;

/// <summary>Sessions from their first connection to their end, on the simulated network.</summary>
public sealed class SessionTests
{
    [Fact]
    public void What_the_conversation_is_at_reaches_the_show()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(31));
        var visit = house.Connect();
        visit.Session.Attend(Attention.Thinking);
        Assert.Equal(Attention.Thinking, visit.Show.Attention);
        visit.Session.Attend(Attention.None);
        Assert.Equal(Attention.None, visit.Show.Attention);
    }

    [Fact]
    public void A_client_connects_and_gets_sound_and_pictures()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(1));
        var visit = house.Connect();
        Assert.InRange(visit.Client.Media!.Audio.Count, 40, 60);
        Assert.InRange(visit.Client.Media.Frames().Count, 20, 30);
        var snapshot = visit.Session.Snapshot();
        Assert.Equal(SessionState.Connected, snapshot.State);
        Assert.Equal(0, snapshot.Generation);
        Assert.NotNull(snapshot.Connection);
    }

    [Fact]
    public void What_is_to_be_said_is_said_in_turn_and_can_be_interrupted()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(2));
        var visit = house.Connect();
        Assert.IsType<SayOutcome.Accepted>(visit.Session.Say("a"));
        Assert.IsType<SayOutcome.Accepted>(visit.Session.Say("bb"));
        visit.RunFor(0.5);
        Assert.True(visit.Session.Snapshot().Speaking);
        Assert.Equal(2, visit.Session.Snapshot().Queued);
        visit.RunFor(1);
        Assert.Equal(1, visit.Session.Snapshot().Queued);
        Assert.Equal(1, visit.Session.Interrupt());
        Assert.False(visit.Session.Snapshot().Speaking);
        Assert.Equal(0, visit.Session.Snapshot().Queued);
    }

    [Fact]
    public void The_person_is_heard()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(3));
        var visit = house.Connect(offer: new OfferOptions { HasMicrophone = true });
        using var encoder = new Media.OpusEncoder();
        var voice = new short[960];
        for (var i = 0; i < 10; i++)
        {
            visit.Client.Media!.Speak(encoder.Encode(voice).ToArray());
            visit.RunFor(0.02);
        }

        visit.RunFor(0.1);
        Assert.Equal(10, visit.Session.Snapshot().Microphone!.PacketsReceived);
        Assert.Equal(9_600, visit.Show.Heard);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(5, 5)]
    [InlineData(30, 30)]
    [InlineData(500, 51)] // a second of silence, and what can be recovered
    public void What_a_show_hears_has_the_persons_own_time(int lost, int heardAs)
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(3));
        var visit = house.Connect(offer: new OfferOptions { HasMicrophone = true });
        using var encoder = new Media.OpusEncoder();
        var word = encoder.Encode(new short[960]).ToArray();
        visit.Client.Media!.Speak(word);
        visit.RunFor(0.1);
        visit.Client.Media!.Speak(word, skip: (ushort)lost);
        visit.RunFor(0.2);

        Assert.Equal(lost, visit.Session.Snapshot().Microphone!.PacketsLost);
        Assert.Equal((2 + heardAs) * 960, visit.Show.Heard);
    }

    [Fact]
    public void A_microphone_that_is_turned_on_later_is_heard_on_the_path_there_is()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(4));
        var visit = house.Connect();
        var (generation, connection) = (visit.Session.Generation, visit.Session.Connection);

        var offer = visit.Client.OfferChange(new OfferOptions { HasMicrophone = true });
        var first = Assert.IsType<RestartResult.Answered>(visit.Session.Restart(offer));
        var again = Assert.IsType<RestartResult.Answered>(visit.Session.Restart(offer));
        for (var i = 0; i < 10; i++)
        {
            visit.Client.Media!.Speak([1, 2, 3]);
            visit.RunFor(0.02);
        }

        visit.RunFor(0.2);
        Assert.Equal(first.Answer.Sdp, again.Answer.Sdp);
        Assert.Equal(10, visit.Session.Snapshot().Microphone!.PacketsReceived);
        Assert.Equal((SessionState.Connected, generation), (visit.Session.State, visit.Session.Generation));
        Assert.Same(connection, visit.Session.Connection);
    }

    [Fact]
    public void A_peer_that_never_completes_is_gone_after_15_seconds()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(4), new SessionSettings { MaxSessions = 1 });
        house.Network.Conditions = NetworkConditions.Good with { IsDown = true };
        var visit = house.Open();
        visit.RunFor(14.9);
        Assert.Equal(SessionState.Negotiating, visit.Session.State);
        Assert.Equal(1, house.Sessions.Count);
        visit.RunFor(0.2);
        Assert.Equal(SessionState.Closed, visit.Session.State);
        Assert.Equal(0, house.Sessions.Count);
        Assert.Equal(0, house.Endpoint.GetStatistics().Connections);
        var ended = Assert.IsType<SessionLookup.Ended>(house.Sessions.Find(visit.Session.Id));
        Assert.Equal(SessionReason.SetupTimedOut, ended.Session.Reason);
        Assert.Empty(house.Shows.Made);
    }

    [Fact]
    public async Task A_session_that_its_owner_closes_gives_everything_back()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(5), new SessionSettings { MaxSessions = 1 });
        var visit = house.Connect();
        Assert.IsType<CreateSessionResult.Full>(house.Sessions.Create(new SessionRequest(visit.Client.Offer, null)));

        visit.Session.Close(SessionReason.ClosedByOwner);
        Assert.Equal(0, house.Sessions.Count);
        await visit.Session.Completion.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(visit.Show.IsDisposed);
        Assert.IsType<SayOutcome.NotConnected>(visit.Session.Say("a"));

        visit.RunFor(1);
        Assert.Equal(1, visit.Client.Media!.Goodbyes);
        var sent = house.Sent;
        visit.RunFor(30);
        Assert.Equal(sent, house.Sent);
    }

    [Fact]
    public void A_show_that_cannot_be_made_ends_its_session_and_no_other()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(6));
        house.Shows.Fails = true;
        var visit = house.Open();
        Assert.True(visit.Reaches(SessionState.Closed, withinSeconds: 5));
        var ended = Assert.IsType<SessionLookup.Ended>(house.Sessions.Find(visit.Session.Id));
        Assert.Equal(SessionReason.ShowFailed, ended.Session.Reason);

        visit.Client.IsAlive = false;
        house.Shows.Fails = false;
        house.Connect();
    }

    [Fact]
    public void A_bad_offer_takes_no_slot_and_leaves_no_trace()
    {
        using var house = new SimulatedHouse(new SimulatedNetwork(7));
        var refused = Assert.IsType<CreateSessionResult.BadOffer>(house.Sessions.Create(new SessionRequest("nonsense", null)));
        Assert.EndsWith(".", refused.Sentence, StringComparison.Ordinal);
        Assert.Equal(0, house.Sessions.Count);
        Assert.Equal(0, house.Endpoint.GetStatistics().Connections);
    }
}
