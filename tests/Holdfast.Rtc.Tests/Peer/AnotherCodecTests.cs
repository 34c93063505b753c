using System.Text.Json.Nodes;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Sdp;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Peer;

/// <summary>A codec that nothing outside of it knows, from the offer to the last packet.</summary>
public sealed class AnotherCodecTests
{
    private static readonly PayloadFormat[] Preferred = [TestFormat.Instance, PayloadFormat.Vp8];
    private static readonly PayloadFormat[] Second = [PayloadFormat.Vp8, TestFormat.Instance];
    private static readonly SdpFingerprint Fingerprint = DtlsCertificate.Create(new RtcTime(1_800_000_000_000_000)).Fingerprint;

    [Fact]
    public void It_is_answered_sent_lost_sent_again_and_received()
    {
        using var call = new Call(
            offer: new OfferOptions { Codec = TestFormat.Client() },
            conditions: NetworkConditions.Good with { Loss = 0.05 },
            configure: static options => Call.GoodLine(options) with { Formats = Preferred });
        Assert.Contains("a=rtpmap:100 X-TEST/45000\r\na=fmtp:100 level=2;depth=8\r\n", call.Peer.Answer, StringComparison.Ordinal);
        Assert.Contains("a=rtpmap:101 rtx/45000\r\na=fmtp:101 apt=100\r\n", call.Peer.Answer, StringComparison.Ordinal);
        Assert.DoesNotContain("VP8", call.Peer.Answer, StringComparison.Ordinal);
        Assert.Equal("X-TEST", call.Peer.VideoCodec);

        Assert.True(call.Connect());
        var sent = new List<byte[]>();
        for (var i = 0; i < 10; i++)
        {
            sent.AddRange(call.SendFrames(10, length: 2_000, beginsAnew: i == 0));
            call.Media.AskAgain();
            call.Network.RunFor(TimeSpan.FromMilliseconds(40));
        }

        call.Network.Conditions = NetworkConditions.Good;
        for (var i = 0; i < 10 && call.Media.Frames().Count < sent.Count; i++)
        {
            call.Media.AskAgain();
            call.Network.RunFor(TimeSpan.FromMilliseconds(200));
        }

        Assert.Equal(100, sent.Count);
        Assert.Equal(sent, call.Media.Frames());
        Assert.True(call.Media.RtxPackets > 0);
        uint[] times = [.. call.Media.Timestamps.Where(packet => packet.Ssrc == call.Client.Answer.VideoSsrc).Select(static packet => packet.Timestamp).Distinct()];
        Assert.Equal(108u * 1_800, times.Max() - times.Min());
    }

    [Fact]
    public void Of_two_that_the_client_takes_the_servers_first_is_taken_and_parameters_that_do_not_fit_rule_one_out()
    {
        Assert.Equal("X-TEST", Agreed(Preferred, TestFormat.Client()));
        Assert.Equal("VP8", Agreed(Second, TestFormat.Client()));
        Assert.Equal("VP8", Agreed(Preferred, TestFormat.Client("level=3")));
        Assert.Equal("X-TEST", Agreed(Second, TestFormat.Client(), takesVp8: false));
        Assert.Null(Agreed(Second, TestFormat.Client("level=3"), takesVp8: false));
        Assert.Null(Agreed([PayloadFormat.Vp8], TestFormat.Client(), takesVp8: false));
        Assert.Equal("VP8", Agreed([PayloadFormat.Vp8], TestFormat.Client()));
    }

    [Fact]
    public void Where_no_codec_is_offered_that_this_side_has_the_sentence_names_those_that_it_has()
    {
        var offer = TestSdp.Offer(new OfferOptions(), "user", "passwordpasswordpassword", Fingerprint).Replace("VP8", "VP7", StringComparison.Ordinal)
            .Replace("opus", "mp3", StringComparison.Ordinal);
        Assert.True(SdpOffer.TryParse(offer, out var parsed, out _));
        Assert.False(SdpNegotiator.TryNegotiate(parsed, null, out _, out var error, Preferred));
        Assert.Equal("The offer has no section that this server can answer: Opus sound or X-TEST or VP8 pictures over UDP/TLS/RTP/SAVPF.", error);
    }

    [Fact]
    public void A_payload_type_that_means_another_codec_in_a_further_offer_is_refused_and_one_that_stays_is_kept_against_the_preference()
    {
        var offer = TestSdp.Offer(new OfferOptions(), "user", "passwordpasswordpassword", Fingerprint);
        var first = Negotiate(offer, null);
        Assert.Same(PayloadFormat.Vp8, first.Pictures!.Format);

        var both = TestSdp.Offer(new OfferOptions { Codec = TestFormat.Client() }, "user", "passwordpasswordpassword", Fingerprint);
        Assert.Same(PayloadFormat.Vp8, Negotiate(both, first).Pictures!.Format);
        Assert.Same(TestFormat.Instance, Negotiate(both, null).Pictures!.Format);

        var another = offer.Replace("VP8/90000", "X-TEST/45000\r\na=fmtp:96 level=2", StringComparison.Ordinal).Replace("rtx/90000", "rtx/45000", StringComparison.Ordinal);
        Assert.Same(TestFormat.Instance, Negotiate(another, null).Pictures!.Format);
        Assert.True(SdpOffer.TryParse(another, out var parsed, out _));
        Assert.False(SdpNegotiator.TryNegotiate(parsed, first, out _, out var error, Preferred));
        Assert.StartsWith("The offer changes the mid, the payload types", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_next_process_goes_on_with_it_whatever_it_prefers_itself_and_counts_its_pictures_on()
    {
        using var call = new MortalCall(new OfferOptions { Codec = TestFormat.Client() }, Preferred);
        var before = call.Play(20);
        call.Store();
        call.Server.Kill();

        call.Server.Formats = [PayloadFormat.Vp8];
        Assert.False(call.Server.Start(call.Network.Now));
        call.Server.Formats = Second;
        Assert.True(call.Server.Start(call.Network.Now));
        Assert.Equal("X-TEST", call.Server.Peer!.VideoCodec);
        call.Store();
        var after = call.Play(20);
        Assert.All(after, number => Assert.InRange(number - before.Max(), 1u, 1u << 20));
        Assert.Equal(20, after.Distinct().Count());

        // A microphone that is turned on does not change what pictures are sent in.
        var offer = call.Client.OfferChange(call.Client.Options with { HasMicrophone = true });
        Assert.True(call.Server.Peer.TryRestart(call.Network.Now, offer, null, out var answer, out _, out var error), error);
        Assert.Contains("X-TEST/45000", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_server_left_that_knew_VP8_only_is_gone_on_with_in_VP8()
    {
        using var call = new MortalCall(new OfferOptions { Codec = TestFormat.Client() }, [PayloadFormat.Vp8]);
        call.Play(5);
        call.Store();
        var keys = JsonNode.Parse(call.Server.Disk!.Keys.Span)!.AsObject();
        Assert.Equal("VP8", (string?)keys["codec"]);
        keys.Remove("codec");
        call.Server.Replace(call.Server.Disk with { Keys = System.Text.Encoding.UTF8.GetBytes(keys.ToJsonString()) });

        call.Server.Formats = Preferred;
        Assert.True(call.Server.Start(call.Network.Now));
        Assert.Equal("VP8", call.Server.Peer!.VideoCodec);
    }

    private static SdpNegotiation Negotiate(string offer, SdpNegotiation? previous)
    {
        Assert.True(SdpOffer.TryParse(offer, out var parsed, out var error), error);
        Assert.True(SdpNegotiator.TryNegotiate(parsed, previous, out var result, out error, Preferred), error);
        return result;
    }

    private static string? Agreed(PayloadFormat[] formats, ClientCodec codec, bool takesVp8 = true)
    {
        using var call = new Call(offer: new OfferOptions { Codec = codec, TakesVp8 = takesVp8 }, configure: options => options with { Formats = formats });
        return call.Peer.VideoCodec;
    }

    private sealed class MortalCall : IDisposable
    {
        private int _seen;

        public MortalCall(OfferOptions offer, IReadOnlyList<PayloadFormat> formats)
        {
            Network = new SimulatedNetwork(1);
            Client = new SimulatedClient(Network, offer);
            Server = new MortalServer(Network, Client.Offer, formats);
            Client.Start(Server.Peer!.Answer);
            Assert.True(Network.RunUntil(() => Client.IsConnected && Server.Peer.State == RtcConnectionState.Connected, TimeSpan.FromSeconds(14)));
        }

        public SimulatedNetwork Network { get; }

        public SimulatedClient Client { get; }

        public MortalServer Server { get; }

        /// <summary>Sends so many pictures; returns the numbers of those that came, one for each payload of a picture of one.</summary>
        public List<uint> Play(int pictures)
        {
            for (var i = 0; i < pictures; i++)
            {
                Server.Peer!.SendVideo(Network.Now, Network.Now, new byte[100], isKeyFrame: i == 0);
                Network.RunFor(TimeSpan.FromMilliseconds(40));
            }

            var payloads = Client.Media!.Payloads.Skip(_seen).ToList();
            _seen += payloads.Count;
            return [.. payloads.Where(static payload => payload.Length > TestFormat.HeaderLength).Select(static payload => TestFormat.NumberOf(payload))];
        }

        public void Store()
        {
            Server.BeginWriting();
            Server.EndWriting();
        }

        public void Dispose()
        {
            Client.Dispose();
            Server.Dispose();
        }
    }
}
