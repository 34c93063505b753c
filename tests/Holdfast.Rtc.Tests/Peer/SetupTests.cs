using System.Security.Cryptography;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Sdp;
using Holdfast.Rtc.Srtp;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Peer;

public sealed class SetupTests
{
    [Fact]
    public void Client_and_server_connect()
    {
        using var call = new Call();

        var connected = call.Connect();

        Assert.True(connected);
        Assert.Equal(
            [
                new RtcEvent.StateChanged(RtcConnectionState.Connecting, RtcReason.ClientReached),
                new RtcEvent.PathChanged(call.Client.Address, 0),
                new RtcEvent.StateChanged(RtcConnectionState.Connected, RtcReason.HandshakeCompleted),
                new RtcEvent.KeyFrameRequested(),
            ],
            call.Server.Events);
    }

    [Fact]
    public void It_takes_four_round_trips()
    {
        using var call = new Call();
        var start = call.Network.Now;

        call.Connect();

        // STUN, then the two flights of DTLS each way, at 10 ms one way.
        Assert.InRange(call.Network.Now - start, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(80));
    }

    [Theory]
    [InlineData((int)SrtpProfile.AeadAes128Gcm)]
    [InlineData((int)SrtpProfile.Aes128CmHmacSha1_80)]
    public void Media_flows_with_either_profile(int profile)
    {
        using var call = new Call(client: network => new SimulatedClient(network) { Profiles = [(SrtpProfile)profile] });
        Assert.True(call.Connect());

        var frames = call.SendFrames(5);
        call.Network.RunFor(TimeSpan.FromMilliseconds(300));

        Assert.Equal((SrtpProfile)profile, call.Client.Dtls?.Keys?.Profile);
        Assert.Equal(frames, call.Media.Frames());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void They_connect_over_a_bad_network(int seed)
    {
        var bad = new NetworkConditions(
            TimeSpan.FromMilliseconds(40), Jitter: TimeSpan.FromMilliseconds(60), Loss: 0.2, Duplication: 0.1);
        using var call = new Call(seed, conditions: bad);

        Assert.True(call.Connect());
    }

    [Fact]
    public void A_simulation_depends_on_its_seed_only()
    {
        Assert.Equal(TimeToConnect(), TimeToConnect());

        static TimeSpan TimeToConnect()
        {
            var bad = new NetworkConditions(TimeSpan.FromMilliseconds(40), Jitter: TimeSpan.FromMilliseconds(30), Loss: 0.25);
            using var call = new Call(seed: 11, conditions: bad);
            var start = call.Network.Now;
            Assert.True(call.Connect());
            return call.Network.Now - start;
        }
    }

    [Fact]
    public void A_client_that_never_comes_is_gone_after_fifteen_seconds()
    {
        using var call = new Call();
        var start = call.Network.Now;

        call.Network.RunUntil(() => call.Server.CloseReason is not null, TimeSpan.FromMinutes(1));

        Assert.Equal(RtcReason.SetupTimeout, call.Server.CloseReason);
        Assert.Equal(TimeSpan.FromSeconds(15), call.Network.Now - start);
        Assert.Equal(RtcTime.Never, call.Peer.NextTimeout);
    }

    [Fact]
    public void A_client_that_vanishes_in_the_handshake_is_gone_after_fifteen_seconds()
    {
        using var call = new Call();
        var start = call.Network.Now;
        call.Client.Start(call.Peer.Answer);
        call.Network.RunUntil(() => call.Peer.GetStatistics().DatagramsReceived >= 2, TimeSpan.FromSeconds(1));

        call.Client.IsAlive = false;
        call.Network.RunUntil(() => call.Server.CloseReason is not null, TimeSpan.FromMinutes(1));

        Assert.Equal(RtcReason.SetupTimeout, call.Server.CloseReason);
        Assert.Equal(TimeSpan.FromSeconds(15), call.Network.Now - start);
    }

    [Fact]
    public void A_certificate_that_the_offer_did_not_name_ends_it()
    {
        var stranger = DtlsCertificate.Create(new RtcTime(1_800_000_000_000_000));
        using var call = new Call(client: network => new SimulatedClient(network) { Certificate = stranger });

        Assert.False(call.Connect(TimeSpan.FromSeconds(1)));

        Assert.Equal(RtcReason.FingerprintMismatch, call.Server.CloseReason);
        Assert.Equal(42, call.Client.Role?.AlertReceived);
        Assert.False(call.Peer.SendAudio(call.Network.Now, call.Network.Now, [1]));
    }

    [Fact]
    public void A_certificate_that_fits_only_the_weaker_of_two_fingerprints_ends_it()
    {
        var stranger = DtlsCertificate.Create(new RtcTime(1_800_000_000_000_000));
        var weak = new SdpFingerprint("sha-1", SHA1.HashData(stranger.Export().Certificate));
        using var call = new Call(client: network =>
            new SimulatedClient(network, new OfferOptions { FurtherFingerprint = weak }) { Certificate = stranger });

        Assert.False(call.Connect(TimeSpan.FromSeconds(1)));

        Assert.Equal(RtcReason.FingerprintMismatch, call.Server.CloseReason);
    }

    [Fact]
    public void A_certificate_that_fits_the_stronger_of_two_fingerprints_is_the_promised_one()
    {
        var weak = new SdpFingerprint("sha-1", new byte[SHA1.HashSizeInBytes]);
        using var call = new Call(client: network => new SimulatedClient(network, new OfferOptions { FurtherFingerprint = weak }));

        Assert.True(call.Connect());
    }

    [Fact]
    public void A_client_without_use_srtp_is_told_so()
    {
        using var call = new Call(client: network => new SimulatedClient(network) { Profiles = [] });

        Assert.False(call.Connect(TimeSpan.FromSeconds(1)));

        Assert.Equal(RtcReason.NoSrtpProfile, call.Server.CloseReason);
        Assert.Equal(40, call.Client.Role?.AlertReceived);
    }

    [Fact]
    public void A_handshake_before_the_nomination_shows_the_path()
    {
        using var call = new Call(client: network => new SimulatedClient(network) { Nominates = false });

        Assert.True(call.Connect());

        Assert.Equal(call.Client.Address, call.Peer.Path);
        var frames = call.SendFrames(3);
        call.Network.RunFor(TimeSpan.FromMilliseconds(300));
        Assert.Equal(frames, call.Media.Frames());
    }

    [Fact]
    public void Nothing_is_sent_before_the_handshake_is_complete()
    {
        using var call = new Call();

        Assert.False(call.Peer.SendAudio(call.Network.Now, call.Network.Now, [1]));
        Assert.False(call.Peer.SendVideo(call.Network.Now, call.Network.Now, [1], isKeyFrame: true));
        Assert.False(call.Peer.TryPollTransmit(out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no SDP at all")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n")]
    public void An_offer_that_cannot_be_answered_gets_a_sentence(string offer)
    {
        using var threads = new HandshakeThreads(1);
        var now = new RtcTime(1_800_000_000_000_000);
        var options = new RtcPeerOptions { Tag = "tagtagtag", IceSecret = SimulatedServer.Secret };

        var created = RtcPeer.TryCreate(options, DtlsCertificate.Create(now), threads, offer, now, out var peer, out var error);

        Assert.False(created);
        Assert.Null(peer);
        Assert.EndsWith(".", error, StringComparison.Ordinal);
    }
}
