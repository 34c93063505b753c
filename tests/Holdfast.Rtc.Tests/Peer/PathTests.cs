using System.Net;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Peer;

public sealed class PathTests
{
    private static readonly IPEndPoint Elsewhere = IPEndPoint.Parse("203.0.113.9:50000");
    private static readonly IPEndPoint InIPv6 = IPEndPoint.Parse("[2001:db8::7]:50001");

    [Fact]
    public void A_client_that_moves_takes_the_media_along()
    {
        using var call = Connected();

        call.Client.Address = Elsewhere;
        call.Network.RunFor(TimeSpan.FromSeconds(3));

        Assert.Contains(new RtcEvent.PathChanged(Elsewhere, 0), call.Server.Events);
        Assert.Contains(call.Server.Events, told => told is RtcEvent.KeyFrameRequested);
        AssertMediaFlows(call);
    }

    [Fact]
    public void It_may_move_to_the_other_family_of_addresses()
    {
        using var call = Connected();

        call.Client.Address = InIPv6;
        call.Network.RunFor(TimeSpan.FromSeconds(3));

        Assert.Equal(InIPv6, call.Peer.Path);
        AssertMediaFlows(call);
    }

    [Fact]
    public void A_check_without_nomination_moves_nothing()
    {
        using var call = Connected();
        var before = call.Client.Address;

        call.Client.Nominates = false;
        call.Client.Address = Elsewhere;
        call.Network.RunFor(TimeSpan.FromSeconds(3));

        Assert.Equal(before, call.Peer.Path);
        Assert.Contains(Elsewhere, call.Peer.Addresses.All.Select(address => address.EndPoint));
    }

    [Fact]
    public void Media_from_an_address_that_was_never_checked_is_dropped()
    {
        using var call = new Call(offer: new OfferOptions { HasMicrophone = true });
        call.Connect();

        call.Client.Address = Elsewhere;
        call.Media.Speak([1, 2, 3]);
        call.Network.RunFor(TimeSpan.FromMilliseconds(30));

        Assert.Empty(call.Server.Heard);
        Assert.Equal(1, call.Peer.GetStatistics().Dropped[DropReason.UnknownSource]);
    }

    [Fact]
    public void A_self_made_answer_restarts_ICE_in_one_round_trip()
    {
        using var call = Connected();
        var start = call.Network.Now;

        call.Client.Address = Elsewhere;
        call.Client.RestartByDerivation(1, SimulatedServer.Secret);
        call.Network.RunUntil(() => call.Peer.Generation == 1, TimeSpan.FromSeconds(5));

        Assert.Equal(TimeSpan.FromMilliseconds(10), call.Network.Now - start);
        Assert.Equal(
            [new RtcEvent.GenerationChanged(1), new RtcEvent.PathChanged(Elsewhere, 1), new RtcEvent.KeyFrameRequested()],
            call.Server.Events);
        AssertMediaFlows(call);
    }

    [Fact]
    public void It_works_after_a_minute_without_any_network()
    {
        using var call = Connected(options => options with { SilenceTimeout = TimeSpan.FromMinutes(5) });
        call.Network.Conditions = NetworkConditions.Good with { IsDown = true };
        for (var i = 0; i < 60; i++)
        {
            call.SendFrames(25);
        }

        call.Network.Conditions = NetworkConditions.Good;
        call.Client.Address = Elsewhere;
        call.Client.RestartByDerivation(3, SimulatedServer.Secret);
        call.Network.RunFor(TimeSpan.FromMilliseconds(100));

        Assert.Equal(3, call.Peer.Generation);
        Assert.True(call.Peer.SendAudio(call.Network.Now, call.Network.Now, [42]));
        call.Network.RunFor(TimeSpan.FromMilliseconds(30));
        Assert.Equal([42], call.Media.Audio[^1]);
    }

    [Fact]
    public void A_generation_that_was_left_is_refused()
    {
        using var call = Connected();
        call.Client.RestartByDerivation(2, SimulatedServer.Secret);
        call.Network.RunFor(TimeSpan.FromSeconds(1));

        call.Client.RestartByDerivation(1, SimulatedServer.Secret);
        call.Network.RunFor(TimeSpan.FromSeconds(1));

        Assert.Equal(2, call.Peer.Generation);
        Assert.All(call.Client.StunErrors, error => Assert.Equal(401, error));
        Assert.NotEmpty(call.Client.StunErrors);
    }

    [Fact]
    public void A_wrong_secret_moves_nothing()
    {
        using var call = Connected();
        var before = call.Peer.Path;

        call.Client.Address = Elsewhere;
        call.Client.RestartByDerivation(1, new byte[32]);
        call.Network.RunFor(TimeSpan.FromSeconds(1));

        Assert.Equal(0, call.Peer.Generation);
        Assert.Equal(before, call.Peer.Path);
        Assert.True(call.Peer.GetStatistics().Dropped[DropReason.NotAuthentic] > 0);
    }

    [Fact]
    public void An_offer_restarts_ICE_and_keeps_all_else()
    {
        using var call = Connected();

        var answered = call.Peer.TryRestart(call.Network.Now, call.Client.OfferRestart(), null, out var answer, out var generation, out var error);
        Assert.True(answered, error);
        Assert.Equal(1, generation);
        Assert.Equal(0, call.Peer.Generation);
        call.Client.Address = Elsewhere;
        call.Client.FinishRestart(answer!);
        call.Network.RunFor(TimeSpan.FromSeconds(1));

        Assert.Equal(1, call.Peer.Generation);
        Assert.Equal(Elsewhere, call.Peer.Path);
        Assert.Equal(TestSdp.Read(call.Peer.Answer).VideoSsrc, TestSdp.Read(answer!).VideoSsrc);
        Assert.Equal(TestSdp.Read(call.Peer.Answer).Fingerprint.ToString(), TestSdp.Read(answer!).Fingerprint.ToString());
        AssertMediaFlows(call);
    }

    [Fact]
    public void A_restart_that_comes_to_nothing_does_no_harm()
    {
        using var call = Connected();

        Assert.True(call.Peer.TryRestart(call.Network.Now, call.Client.OfferRestart(), null, out _, out _, out _));
        Assert.False(call.Peer.TryRestart(call.Network.Now, "v=0", null, out _, out _, out _));

        Assert.Equal(0, call.Peer.Generation);
        AssertMediaFlows(call);
    }

    [Fact]
    public void A_restart_with_another_certificate_is_refused()
    {
        using var call = Connected();
        var stranger = DtlsCertificate.Create(call.Network.Now);

        var answered = call.Peer.TryRestart(call.Network.Now, call.Client.OfferRestart(stranger.Fingerprint), null, out var answer, out _, out var error);

        Assert.False(answered);
        Assert.Null(answer);
        Assert.EndsWith(".", error, StringComparison.Ordinal);
        AssertMediaFlows(call);
    }

    [Fact]
    public void Restarts_that_nobody_finishes_are_limited()
    {
        using var call = Connected();
        var answered = 0;

        for (var i = 0; i < 40; i++)
        {
            answered += call.Peer.TryRestart(call.Network.Now, call.Client.OfferRestart(), null, out _, out _, out _) ? 1 : 0;
        }

        Assert.Equal(16, answered);
        AssertMediaFlows(call);
    }

    [Fact]
    public void Consent_belongs_to_the_address_that_media_goes_to()
    {
        using var call = Connected();
        call.Client.Nominates = false;
        call.Client.Address = Elsewhere;

        // The client goes on to check, from another address; nobody answers at the one that media goes to.
        call.SendFrames(100);
        Assert.Equal(0, call.Peer.GetStatistics().Dropped.GetValueOrDefault(DropReason.ConsentExpired));
        call.SendFrames(200);

        Assert.True(call.Peer.GetStatistics().Dropped[DropReason.ConsentExpired] > 0);
        Assert.Empty(call.SendFrames(1));
    }

    [Fact]
    public void The_flights_of_the_handshake_go_to_where_the_clients_come_from()
    {
        using var call = new Call();
        var destinations = new HashSet<IPEndPoint>();
        call.Network.IsLost = datagram =>
        {
            if (datagram.Source.Equals(SimulatedServer.Address) && DatagramKinds.Of(datagram.Bytes) == DatagramKind.Dtls)
            {
                destinations.Add(datagram.Destination);
            }

            return false;
        };
        call.Client.Start(call.Peer.Answer);
        call.Client.CheckFrom(Elsewhere);

        Assert.True(call.Network.RunUntil(() => call.Client.IsConnected, TimeSpan.FromSeconds(5)));
        Assert.Equal([call.Client.Address], destinations);
    }

    [Fact]
    public void Nobody_else_begins_a_handshake()
    {
        using var call = new Call();
        byte[]? hello = null;
        call.Network.IsLost = datagram =>
        {
            if (hello is null && DatagramKinds.Of(datagram.Bytes) == DatagramKind.Dtls)
            {
                hello = datagram.Bytes;
                return true;
            }

            return false;
        };
        call.Client.Start(call.Peer.Answer);
        Assert.True(call.Network.RunUntil(() => hello is not null, TimeSpan.FromSeconds(5)));

        call.Peer.HandleDatagram(call.Network.Now, Elsewhere, [.. hello!]);

        Assert.False(call.Peer.TryPollTransmit(out _));
        Assert.Equal(1, call.Peer.GetStatistics().Dropped[DropReason.UnknownSource]);
    }

    private static Call Connected(Func<RtcPeerOptions, RtcPeerOptions>? configure = null)
    {
        var call = new Call(configure: configure);
        Assert.True(call.Connect());
        call.SendFrames(2);
        call.Server.Events.RemoveAll(told => told is not RtcEvent.FeedbackReceived);
        call.Network.RunFor(TimeSpan.FromMilliseconds(300));
        call.Server.Events.Clear();
        return call;
    }

    private static void AssertMediaFlows(Call call)
    {
        var before = call.Media.Frames().Count;
        call.SendFrames(3);

        // Of a new line the client tells first how the first arrived.
        call.Network.RunFor(TimeSpan.FromMilliseconds(300));
        Assert.Equal(before + 3, call.Media.Frames().Count);
    }
}
