using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Peer;

public sealed class LifetimeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(60)]
    public void Feedback_counts_again_after_a_pause_of_any_length(int seconds)
    {
        using var call = new Call();
        Assert.True(call.Connect());
        call.SendFrames(5);
        call.Network.RunFor(TimeSpan.FromSeconds(seconds));
        call.Server.Events.Clear();

        Assert.True(call.Peer.SendAudio(call.Network.Now, call.Network.Now, [1, 2, 3], tag: 42));
        call.Network.RunFor(TimeSpan.FromMilliseconds(200));

        var feedback = Assert.Single(call.Server.Events.OfType<RtcEvent.FeedbackReceived>());
        Assert.Equal(1, feedback.Acknowledged);
        Assert.Equal([42ul], feedback.AcknowledgedTags.ToArray());
    }

    [Fact]
    public void Feedback_that_is_eight_seconds_late_still_counts()
    {
        using var call = new Call();
        Assert.True(call.Connect());
        call.Network.Conditions = NetworkConditions.Good with { Latency = TimeSpan.FromSeconds(4) };
        Assert.True(call.Peer.SendAudio(call.Network.Now, call.Network.Now, [1, 2, 3], tag: 42));
        call.Network.RunFor(TimeSpan.FromSeconds(9));

        Assert.Contains(42ul, call.Server.Events.OfType<RtcEvent.FeedbackReceived>().SelectMany(told => told.AcknowledgedTags.ToArray()));
    }

    [Fact]
    public void Nothing_is_sent_ten_seconds_after_the_last_sign_of_life()
    {
        using var call = new Call();
        call.Connect();
        call.Client.IsAlive = false;
        var silentSince = call.Network.Now;

        RtcTime lastSent = default;
        for (var i = 0; i < 1000; i++)
        {
            lastSent = call.Peer.SendAudio(call.Network.Now, call.Network.Now, [1, 2, 3]) ? call.Network.Now : lastSent;
            call.Network.RunFor(TimeSpan.FromMilliseconds(20));
        }

        Assert.InRange(lastSent - silentSince, TimeSpan.FromSeconds(9.9), TimeSpan.FromSeconds(10));
        Assert.True(call.Peer.GetStatistics().Dropped[DropReason.ConsentExpired] > 0);
    }

    [Fact]
    public void Thirty_seconds_of_silence_close_it()
    {
        using var call = new Call();
        call.Connect();
        var last = call.Peer.GetStatistics().LastAuthenticated!.Value;
        call.Client.IsAlive = false;

        call.Network.RunUntil(() => call.Server.CloseReason is not null, TimeSpan.FromMinutes(2));

        Assert.Equal(RtcReason.Silence, call.Server.CloseReason);
        Assert.Equal(last + TimeSpan.FromSeconds(30), call.Network.Now);
    }

    [Fact]
    public void A_client_that_only_checks_is_kept()
    {
        using var call = new Call();
        call.Connect();

        call.Network.RunFor(TimeSpan.FromMinutes(10));

        Assert.Equal(RtcConnectionState.Connected, call.Peer.State);
    }

    [Fact]
    public void An_owner_may_wait_for_ever_and_the_client_may_come_back()
    {
        using var call = new Call(configure: options => options with { SilenceTimeout = Timeout.InfiniteTimeSpan });
        call.Connect();
        call.SendFrames(3);

        call.Network.Conditions = NetworkConditions.Good with { IsDown = true };
        call.Network.RunFor(TimeSpan.FromHours(1));
        call.Network.Conditions = NetworkConditions.Good;
        call.Network.RunFor(TimeSpan.FromSeconds(3));

        Assert.Equal(RtcConnectionState.Connected, call.Peer.State);
        Assert.Single(call.SendFrames(1));
    }

    [Fact]
    public void Held_costs_nothing_on_the_wire()
    {
        using var call = new Call();
        call.Connect();
        call.SendFrames(10);
        call.Network.RunFor(TimeSpan.FromSeconds(5));
        var before = call.Peer.GetStatistics().DatagramsSent;

        call.Network.RunFor(TimeSpan.FromSeconds(60));

        // Only the answers to the client's checks.
        var checks = call.Peer.GetStatistics().DatagramsSent - before;
        Assert.InRange(checks, 20, 30);
    }

    [Fact]
    public void Closing_says_goodbye_in_both_protocols()
    {
        using var call = new Call();
        call.Connect();
        call.SendFrames(1);

        call.Peer.Close(call.Network.Now);
        call.Network.RunFor(TimeSpan.FromSeconds(1));

        Assert.Equal(1, call.Media.Goodbyes);
        Assert.Equal(RtcReason.ClosedByPeer, call.Client.Dtls?.End);
        Assert.Equal(RtcConnectionState.Closed, call.Peer.State);
    }

    [Fact]
    public void A_client_that_closes_is_believed()
    {
        using var call = new Call();
        call.Connect();

        call.Client.Dtls!.Close();
        call.Client.HandleTimeout(call.Network.Now);
        call.Network.RunUntil(() => call.Server.CloseReason is not null, TimeSpan.FromSeconds(5));

        Assert.Equal(RtcReason.ClosedByPeer, call.Server.CloseReason);
    }

    [Fact]
    public void A_closed_peer_neither_takes_nor_gives()
    {
        using var call = new Call();
        call.Connect();
        call.Peer.Close(call.Network.Now);
        call.Network.RunFor(TimeSpan.FromSeconds(1));
        var before = call.Peer.GetStatistics();

        call.Network.RunFor(TimeSpan.FromSeconds(10));

        var after = call.Peer.GetStatistics();
        Assert.Equal(before.DatagramsSent, after.DatagramsSent);
        Assert.True(after.Dropped[DropReason.Closed] > 0);
        Assert.False(call.Peer.TryRestart(call.Network.Now, call.Client.OfferRestart(), null, out _, out _, out var error));
        Assert.Equal("The connection is closed.", error);
    }

    [Fact]
    public void The_state_is_told_once_and_ends_with_closed()
    {
        using var call = new Call();
        call.Connect();

        call.Peer.Close(call.Network.Now);
        call.Peer.Close(call.Network.Now);
        call.Network.RunFor(TimeSpan.FromSeconds(1));
        call.Server.HandleTimeout(call.Network.Now);

        Assert.Equal(
            [RtcConnectionState.Connecting, RtcConnectionState.Connected, RtcConnectionState.Closed],
            call.Server.Events.OfType<RtcEvent.StateChanged>().Select(changed => changed.State));
    }
}
