using System.Globalization;
using System.Net;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Publishing;

/// <summary>The offering side, towards servers of every kind, in virtual time.</summary>
public sealed class PublishingPeerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(14);

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    [InlineData(true, 0.2)]
    [InlineData(false, 0.2)]
    public void Media_reaches_a_server_that_begins_the_handshake_and_one_that_waits_for_it(bool isActive, double loss)
    {
        using var scene = new Scene(isActive, loss);
        Assert.True(scene.Connect(), scene.Publisher.CloseReason?.ToString());
        scene.Network.Conditions = NetworkConditions.Good;
        scene.Send(pictures: 25);

        var (sound, pictures, _) = Ssrcs(scene.Publisher.Peer.Offer);
        Assert.True(scene.Ingest.Packets[pictures] >= 25);
        Assert.True(scene.Ingest.Packets[sound] >= 25);

        // One request for a key frame at the beginning, and one for the server's.
        var asked = scene.Publisher.KeyFrameRequests;
        scene.Network.RunFor(TimeSpan.FromSeconds(1));
        scene.Ingest.AskForKeyFrame(pictures);
        scene.Network.RunFor(TimeSpan.FromMilliseconds(100));
        Assert.Equal(asked + 1, scene.Publisher.KeyFrameRequests);

        scene.Publisher.Peer.Close(scene.Network.Now);
        scene.Network.RunFor(TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, scene.Ingest.Goodbyes);
        Assert.Equal(RtcReason.ClosedByPeer, scene.Ingest.End);
    }

    [Fact]
    public void Codecs_are_offered_in_the_order_of_preference_and_the_one_that_the_server_takes_is_sent()
    {
        using var scene = new Scene(isActive: true, formats: [TestFormat.Instance, PayloadFormat.Vp8]);
        var offer = scene.Publisher.Peer.Offer;
        Assert.Contains("m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99\r\n", offer, StringComparison.Ordinal);
        Assert.Contains("a=rtpmap:96 X-TEST/45000\r\na=fmtp:96 level=2\r\n", offer, StringComparison.Ordinal);
        Assert.Contains("a=rtpmap:97 rtx/45000\r\na=fmtp:97 apt=96\r\na=rtpmap:98 VP8/90000\r\n", offer, StringComparison.Ordinal);
        Assert.Null(scene.Publisher.Peer.VideoCodec);

        Assert.False(scene.Publisher.Peer.TryAccept(scene.Network.Now, scene.Ingest.Answer(video: ""), out var error));
        Assert.Equal("The server does not take X-TEST or VP8 pictures.", error);

        Assert.True(scene.Connect(scene.Ingest.Answer().Replace("VP8/90000", "X-TEST/45000\r\na=fmtp:96 level=2", StringComparison.Ordinal)));
        Assert.Equal("X-TEST", scene.Publisher.Peer.VideoCodec);
        scene.Send(pictures: 10);
        var (_, pictures, _) = Ssrcs(offer);

        // 500 bytes in pieces of 400.
        Assert.Equal(20, scene.Ingest.Packets[pictures]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_server_that_ends_the_stream_is_believed_at_once(bool isActive)
    {
        using var scene = new Scene(isActive);
        Assert.True(scene.Connect());
        scene.Ingest.Close(scene.Network.Now);
        scene.Network.RunFor(TimeSpan.FromMilliseconds(100));
        Assert.Equal(RtcReason.ClosedByPeer, scene.Publisher.CloseReason);
        Assert.False(scene.Publisher.Peer.SendAudio(scene.Network.Now, scene.Network.Now, [1, 2, 3]));
    }

    [Fact]
    public void A_server_that_vanishes_is_given_up_after_ten_seconds_and_one_that_only_answers_checks_is_not()
    {
        using var scene = new Scene(isActive: true);
        Assert.True(scene.Connect());
        scene.Network.RunFor(TimeSpan.FromMinutes(5));
        Assert.Equal(RtcConnectionState.Connected, scene.Publisher.Peer.State);
        Assert.InRange(scene.Ingest.Checks, 100, 140);

        scene.Ingest.IsAlive = false;
        scene.Network.RunFor(PublishingPeer.SilenceTimeout - TimeSpan.FromSeconds(3));
        Assert.Equal(RtcConnectionState.Connected, scene.Publisher.Peer.State);
        scene.Network.RunFor(TimeSpan.FromSeconds(6));
        Assert.Equal(RtcReason.Silence, scene.Publisher.CloseReason);
    }

    [Fact]
    public void A_server_that_never_answers_a_check_is_given_up_and_so_is_one_with_another_certificate()
    {
        using var deaf = new Scene(isActive: false);
        deaf.Ingest.IsAlive = false;
        Assert.False(deaf.Connect());
        deaf.Network.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal(RtcReason.SetupTimeout, deaf.Publisher.CloseReason);

        using var another = new Scene(isActive: false);
        var stranger = string.Join(':', Enumerable.Repeat("AB", 32));
        Assert.True(another.Publisher.Peer.TryAccept(another.Network.Now, another.Ingest.Answer(fingerprint: $"sha-256 {stranger}"), out _));
        another.Network.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal(RtcReason.FingerprintMismatch, another.Publisher.CloseReason);
    }

    [Fact]
    public void What_is_no_use_as_an_answer_is_told_in_a_sentence_and_changes_nothing()
    {
        using var scene = new Scene(isActive: true);
        var good = scene.Ingest.Answer();
        (string Answer, string Error)[] all =
        [
            ("", "The answer is empty."),
            ("hello", "Line 1 of the answer is not of the form x=value."),
            (good[..good.IndexOf("m=video", StringComparison.Ordinal)], "The answer does not have the offer's two sections, sound and pictures."),
            (scene.Ingest.Answer(video: ""), "The server does not take VP8 pictures."),
            (good.Replace("a=recvonly", "a=inactive", StringComparison.Ordinal), "The server does not take Opus sound."),
            (good.Replace("opus/48000/2", "PCMU/8000", StringComparison.Ordinal), "The server does not take Opus sound."),
            (good.Replace("a=ice-ufrag", "a=nothing", StringComparison.Ordinal), "The answer has no ICE credentials."),
            (good.Replace("a=candidate", "a=nothing", StringComparison.Ordinal), "The answer names no address that could be reached by UDP."),
            (good.Replace("a=fingerprint", "a=nothing", StringComparison.Ordinal), "The answer has no certificate fingerprint with sha-256, sha-384, sha-512 or sha-1."),
        ];
        foreach (var (answer, expected) in all)
        {
            Assert.False(scene.Publisher.Peer.TryAccept(scene.Network.Now, answer, out var error));
            Assert.Equal(expected, error);
        }

        // An answer cut off anywhere does not throw.
        for (var length = 0; length < good.Length; length++)
        {
            using var cut = new Scene(isActive: true);
            cut.Publisher.Peer.TryAccept(cut.Network.Now, good[..length], out _);
        }

        Assert.True(scene.Connect());
    }

    [Fact]
    public void What_strangers_send_is_dropped_and_ends_nothing()
    {
        using var scene = new Scene(isActive: false);
        Assert.True(scene.Connect());
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            var garbage = new byte[random.Next(1, 1400)];
            random.NextBytes(garbage);
            garbage[0] = (byte)(i % 3 == 0 ? 0 : i % 3 == 1 ? 22 : 0x80);
            var from = i % 2 == 0 ? SimulatedIngest.Address : IPEndPoint.Parse("192.0.2.200:9");
            scene.Network.Inject(new SimulatedDatagram(from, SimulatedPublisher.Address, garbage));
        }

        scene.Network.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(RtcConnectionState.Connected, scene.Publisher.Peer.State);
        var (_, pictures, _) = Ssrcs(scene.Publisher.Peer.Offer);
        var before = scene.Ingest.Packets.GetValueOrDefault(pictures);
        scene.Send(pictures: 5);
        Assert.True(scene.Ingest.Packets[pictures] > before);
    }

    private static (uint Sound, uint Pictures, uint Repeats) Ssrcs(string offer)
    {
        var all = offer.Split("\r\n").Where(static line => line.StartsWith("a=ssrc:", StringComparison.Ordinal))
            .Select(static line => uint.Parse(line["a=ssrc:".Length..].Split(' ')[0], CultureInfo.InvariantCulture)).ToArray();
        return (all[0], all[1], all[2]);
    }

    private sealed class Scene : IDisposable
    {
        public Scene(bool isActive, double loss = 0, IReadOnlyList<PayloadFormat>? formats = null)
        {
            Network = new SimulatedNetwork(seed: 3) { Conditions = NetworkConditions.Good with { Loss = loss } };
            Publisher = new SimulatedPublisher(Network, formats);
            Ingest = new SimulatedIngest(Network, Publisher.Peer.Offer, isActive);
        }

        public SimulatedNetwork Network { get; }

        public SimulatedPublisher Publisher { get; }

        public SimulatedIngest Ingest { get; }

        public bool Connect(string? answer = null)
        {
            Assert.True(Publisher.Peer.TryAccept(Network.Now, answer ?? Ingest.Answer(), out var error), error);
            return Network.RunUntil(() => Publisher.Peer.State == RtcConnectionState.Connected && Ingest.IsConnected, Patience);
        }

        public void Send(int pictures)
        {
            for (var i = 0; i < pictures; i++)
            {
                Publisher.Peer.SendVideo(Network.Now, Network.Now, new byte[500], isKeyFrame: i == 0);
                Publisher.Peer.SendAudio(Network.Now, Network.Now, [1, 2, 3, 4]);
                Network.RunFor(TimeSpan.FromMilliseconds(40));
            }
        }

        public void Dispose()
        {
            Publisher.Dispose();
            Ingest.Dispose();
        }
    }
}
