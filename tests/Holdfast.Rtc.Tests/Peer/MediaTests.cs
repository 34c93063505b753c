using Holdfast.Rtc.Srtp;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Peer;

public sealed class MediaTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void Frames_of_any_size_arrive_as_they_were()
    {
        using var call = new Call();
        call.Connect();

        // The second waits for what the client says of the first, and is not sent where a newer one needs none before it.
        var first = call.SendFrames(1, 1);
        call.Network.RunFor(TimeSpan.FromMilliseconds(200));
        List<byte[]> frames = [.. first, .. call.SendFrames(1, 1100), .. call.SendFrames(1, 1200), .. call.SendFrames(1, 60_000)];

        // A picture that is larger than the line takes at once is spread.
        call.Network.RunFor(TimeSpan.FromSeconds(2));

        Assert.Equal(frames, call.Media.Frames());
    }

    [Fact]
    public void No_datagram_is_longer_than_any_network_carries()
    {
        using var call = new Call();
        var longest = 0;
        call.Network.IsLost = datagram =>
        {
            longest = Math.Max(longest, datagram.Bytes.Length);
            return false;
        };
        call.Connect();

        call.SendFrames(3, 50_000);

        Assert.InRange(longest, 1100, 1200);
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    [InlineData(false, 3)]
    [InlineData(false, 4)]
    public void What_is_lost_is_sent_again(bool hasRtx, int seed)
    {
        using var call = new Call(seed, new OfferOptions { HasRtx = hasRtx }, configure: Call.GoodLine);
        call.Connect();
        call.SendFrames(1);
        call.Network.Conditions = new NetworkConditions(TimeSpan.FromMilliseconds(15), Loss: 0.1);

        List<byte[]> frames = [];
        for (var i = 0; i < 20; i++)
        {
            frames.AddRange(call.SendFrames(5, 1000, beginsAnew: false));
            call.Media.AskAgain();
        }

        call.Network.Conditions = NetworkConditions.Good;
        frames.AddRange(call.SendFrames(1, beginsAnew: false));
        for (var i = 0; i < 5; i++)
        {
            call.Media.AskAgain();
            call.Network.RunFor(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(frames, call.Media.Frames().Skip(1));
        Assert.Equal(hasRtx, call.Media.RtxPackets > 0);
        Assert.True(call.Peer.GetStatistics().PacketsRetransmitted >= 5);
        Assert.False(call.Media.Failures.ContainsKey(SrtpFailure.AuthenticationFailed));
    }

    [Fact]
    public void A_packet_is_not_sent_again_and_again()
    {
        using var call = new Call();
        call.Connect();
        call.SendFrames(1);
        call.Network.IsLost = datagram => datagram.Destination.Equals(call.Client.Address) && datagram.Bytes.Length > 1000;
        call.SendFrames(1, 2000, beginsAnew: false);
        call.SendFrames(1, 200, beginsAnew: false);

        for (var i = 0; i < 100; i++)
        {
            call.Media.AskAgain();
            call.Network.RunFor(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(2 * 8, call.Peer.GetStatistics().PacketsRetransmitted);
    }

    [Fact]
    public void What_is_asked_for_again_does_not_keep_new_pictures_from_a_thin_line()
    {
        using var call = new Call(offer: new OfferOptions { HasTransportFeedback = false }, configure: Call.GoodLine);
        call.Connect();
        call.SendFrames(1);
        LosePicturesOnThinLine(call, 60);
        call.SendFrames(1, 100, beginsAnew: false);
        call.Media.Nacks = true;
        call.Media.AskAgain();
        var sent = call.Peer.GetStatistics().VideoFramesSent;

        call.SendFrames(50, 100, beginsAnew: false);

        // Sixty packets take nine seconds there, and a picture of two seconds ago is of no use to anybody.
        Assert.InRange(call.Peer.GetStatistics().VideoFramesSent - sent, 40, 50);
        Assert.InRange(call.Peer.GetStatistics().PacketsRetransmitted, 1, 15);
    }

    [Fact]
    public void What_came_before_a_newer_key_frame_is_not_sent_again()
    {
        using var call = new Call();
        call.Connect();
        call.SendFrames(1);
        call.Network.IsLost = datagram => datagram.Destination.Equals(call.Client.Address) && datagram.Bytes.Length > 1000;
        call.SendFrames(3, 2000, beginsAnew: false);
        call.SendFrames(1, 200);
        call.Media.AskAgain();
        call.Network.RunFor(TimeSpan.FromMilliseconds(100));
        Assert.Equal(0, call.Peer.GetStatistics().PacketsRetransmitted);

        // What builds on that key frame is.
        call.SendFrames(2, 2000, beginsAnew: false);
        call.Network.IsLost = _ => false;
        call.SendFrames(1, 200, beginsAnew: false);
        call.Network.RunFor(TimeSpan.FromMilliseconds(100));
        Assert.InRange(call.Peer.GetStatistics().PacketsRetransmitted, 4, 6);
    }

    [Fact]
    public void A_key_frame_does_not_wait_for_what_those_before_it_lack()
    {
        using var call = new Call(offer: new OfferOptions { HasTransportFeedback = false }, configure: Call.GoodLine);
        call.Connect();
        call.SendFrames(1);
        LosePicturesOnThinLine(call, 6);
        call.SendFrames(1, 100, beginsAnew: false);
        call.Media.Nacks = true;
        call.Media.AskAgain();
        call.Network.RunFor(TimeSpan.FromMilliseconds(60));
        var before = call.Peer.GetStatistics();

        // Six packets take a second there.
        call.SendFrames(1, 200);
        call.Network.RunFor(TimeSpan.FromMilliseconds(300));

        var after = call.Peer.GetStatistics();
        Assert.Equal(before.VideoFramesSent + 1, after.VideoFramesSent);
        Assert.Equal(before.PacketsRetransmitted, after.PacketsRetransmitted);
    }

    [Fact]
    public void A_key_frame_on_its_way_is_sent_to_its_end_however_many_come_behind_it()
    {
        using var call = new Call(offer: new OfferOptions { HasTransportFeedback = false }, configure: Call.GoodLine);
        call.Connect();
        call.SendFrames(1);
        call.Media.LimitBitrate(60_000);
        call.SendFrames(1, 100, beginsAnew: false);
        var before = call.Peer.GetStatistics().VideoFramesSent;

        // One takes a second there, and another comes each third of that.
        for (var i = 0; i < 10; i++)
        {
            call.SendFrames(1, 7_000);
            call.Network.RunFor(TimeSpan.FromMilliseconds(300));
        }

        Assert.InRange(call.Peer.GetStatistics().VideoFramesSent - before, 2, 4);
    }

    [Fact]
    public void Duplicates_and_reordering_do_no_harm()
    {
        var conditions = new NetworkConditions(TimeSpan.FromMilliseconds(20), Jitter: TimeSpan.FromMilliseconds(30), Duplication: 0.3);
        using var call = new Call(5, conditions: conditions);
        call.Connect();

        var frames = call.SendFrames(50);
        call.Network.RunFor(TimeSpan.FromSeconds(1));

        Assert.Equal(frames, call.Media.Frames());
        Assert.True(call.Media.Failures[SrtpFailure.Replayed] > 0);
    }

    [Fact]
    public void Feedback_says_which_tagged_packets_arrived()
    {
        using var call = new Call();
        call.Connect();
        ulong tag = 0;
        call.Network.IsLost = datagram => tag == 4 && datagram.Destination.Equals(call.Client.Address);

        for (tag = 1; tag <= 10; tag++)
        {
            Assert.True(call.Peer.SendAudio(call.Network.Now, call.Network.Now, [1, 2, 3], tag));
            call.Network.RunFor(Tick);
        }

        call.Network.RunFor(TimeSpan.FromSeconds(1));

        var feedback = call.Server.Events.OfType<RtcEvent.FeedbackReceived>().ToArray();
        Assert.Equal([1UL, 2, 3, 5, 6, 7, 8, 9, 10], feedback.SelectMany(one => one.AcknowledgedTags.ToArray()));
        Assert.Equal([4UL], feedback.SelectMany(one => one.LostTags.ToArray()));
        Assert.All(feedback, one => Assert.InRange(one.RoundTrip!.Value, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(130)));
        Assert.Equal(9, call.Peer.GetStatistics().PacketsAcknowledged);
        Assert.Equal(1, call.Peer.GetStatistics().PacketsLost);
    }

    [Fact]
    public void Without_transport_feedback_media_flows_all_the_same()
    {
        using var call = new Call(offer: new OfferOptions { HasTransportFeedback = false });
        call.Connect();

        var frames = call.SendFrames(5);
        call.Network.RunFor(TimeSpan.FromMilliseconds(300));

        Assert.Equal(frames, call.Media.Frames());
        Assert.Empty(call.Server.Events.OfType<RtcEvent.FeedbackReceived>());
    }

    [Fact]
    public void A_report_names_the_newest_sound_that_arrived_and_counts_what_did_not()
    {
        using var call = new Call(offer: new OfferOptions { HasTransportFeedback = false });
        call.Connect();
        for (var i = 0; i < 700; i++)
        {
            // Every tenth packet is lost; the last five are not tagged.
            var isLost = i % 10 == 3;
            call.Network.IsLost = datagram => isLost && datagram.Source.Port == 8010;
            call.Peer.SendAudio(call.Network.Now, call.Network.Now, [1, 2, 3], i < 695 ? (ulong)i + 1_000 : 0);
            call.Network.RunFor(Tick);
            if (i is 100 or 699)
            {
                call.Media.ReportSound();
                call.Network.RunFor(Tick);
            }
        }

        var reports = call.Server.Events.OfType<RtcEvent.ReportReceived>().ToArray();
        Assert.Equal([1_100UL, 1_694UL], reports.Select(report => report.HighestTag));
        Assert.Equal([10, 70], reports.Select(report => report.PacketsLost));
        Assert.False(call.Peer.TracksAudio);
    }

    [Fact]
    public void Sound_of_a_capture_time_has_the_timestamp_that_was_foretold()
    {
        using var call = new Call();
        call.Connect();
        var captured = call.Network.Now + TimeSpan.FromMilliseconds(60);
        var foretold = call.Peer.AudioTimestampOf(captured);
        call.Peer.SendAudio(call.Network.Now, captured, [0x08, 2, 3]);
        call.Network.RunFor(Tick);
        Assert.Equal(foretold, call.Media.Timestamps.Last(packet => packet.Ssrc == call.Client.Answer.AudioSsrc).Timestamp);
        Assert.True(call.Peer.TracksAudio);
    }

    [Fact]
    public void Sender_reports_pair_the_clocks_of_one_instant()
    {
        using var call = new Call();
        call.Connect();
        var start = call.Network.Now;
        for (var i = 0; i < 250; i++)
        {
            // What is sent now belongs to an instant a while ago: the pair must not be of the last packet.
            var captured = call.Network.Now - TimeSpan.FromMilliseconds(37);
            call.Peer.SendAudio(call.Network.Now, captured, [0x08, 2, 3]);
            if (i % 2 == 0)
            {
                call.Peer.SendVideo(call.Network.Now, captured, [0, 1, 2], isKeyFrame: false);
            }

            call.Network.RunFor(Tick);
        }

        foreach (var (ssrc, rate) in new[] { (call.Client.Answer.AudioSsrc, 48_000), (call.Client.Answer.VideoSsrc, 90_000) })
        {
            var offset = unchecked(call.Media.Timestamps.First(packet => packet.Ssrc == ssrc).Timestamp - (start - TimeSpan.FromMilliseconds(37)).ToRtp(rate));
            var reports = call.Media.SenderReports.Where(report => report.Ssrc == ssrc).ToArray();
            Assert.Equal(5, reports.Length);
            Assert.InRange(reports[0].At - start, TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
            Assert.All(reports, report =>
            {
                var sent = report.At - TimeSpan.FromMilliseconds(10);
                Assert.Equal(sent.ToNtp(), report.Ntp);
                Assert.Equal(unchecked(offset + sent.ToRtp(rate)), report.Rtp);
            });
        }
    }

    [Fact]
    public void Packets_name_their_media_section()
    {
        using var call = new Call();
        call.Connect();

        call.Peer.SendAudio(call.Network.Now, call.Network.Now, [1]);
        call.SendFrames(1);

        Assert.True(call.Media.Mids.SetEquals(["0", "1"]));
    }

    [Fact]
    public void Sound_pictures_and_what_repeats_them_have_one_name()
    {
        using var call = new Call();
        call.Connect();

        call.Peer.SendAudio(call.Network.Now, call.Network.Now, [1]);
        call.SendFrames(1);

        uint[] sources = [call.Client.Answer.AudioSsrc, call.Client.Answer.VideoSsrc, call.Client.Answer.VideoRtxSsrc!.Value];
        Assert.Equal(sources.Order(), call.Media.Names.Keys.Order());
        Assert.Single(call.Media.Names.Values.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void A_receiver_report_measures_the_round_trip()
    {
        using var call = new Call();
        call.Connect();
        call.SendFrames(3);
        var report = call.Media.SenderReports.Last(one => one.Ssrc == call.Client.Answer.VideoSsrc);

        call.Media.Report(report.Ssrc, report.Ntp, since: call.Network.Now - report.At, fractionLost: 64);
        call.Network.RunFor(TimeSpan.FromMilliseconds(50));

        var received = Assert.Single(call.Server.Events.OfType<RtcEvent.ReportReceived>());
        Assert.True(received.IsVideo);
        Assert.Equal(0.25, received.FractionLost);
        Assert.InRange(received.RoundTrip!.Value, TimeSpan.FromMilliseconds(19.9), TimeSpan.FromMilliseconds(20.1));
    }

    [Fact]
    public void The_estimate_of_the_client_is_passed_on()
    {
        using var call = new Call();
        call.Connect();

        call.Media.LimitBitrate(512_000);
        call.Network.RunFor(TimeSpan.FromMilliseconds(50));

        Assert.Contains(new RtcEvent.BitrateLimit(512_000), call.Server.Events);
    }

    [Fact]
    public void The_goodbye_of_a_stream_is_no_end_of_the_connection()
    {
        using var call = new Call();
        call.Connect();

        call.Media.SayGoodbye();
        call.Network.RunFor(TimeSpan.FromMilliseconds(50));

        Assert.Single(call.Server.Events.OfType<RtcEvent.GoodbyeReceived>());
        Assert.Equal(RtcConnectionState.Connected, call.Peer.State);
    }

    [Fact]
    public void Sending_allocates_nothing()
    {
        using var call = new Call();
        call.Connect();
        var now = call.Network.Now;
        var opus = new byte[100];
        var frame = new byte[3000];
        SendTicks(1000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        SendTicks(100);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void SendTicks(int count)
        {
            for (var i = 0; i < count; i++)
            {
                call.Peer.SendAudio(now, now, opus);
                call.Peer.SendVideo(now, now, frame, isKeyFrame: false);
                while (call.Peer.TryPollTransmit(out _))
                {
                }
            }
        }
    }

    /// <summary>Pictures of a packet each, all of which are lost, and then the line is thin; nothing is asked for until the client is told to.</summary>
    private static void LosePicturesOnThinLine(Call call, int pictures)
    {
        call.Media.Nacks = false;
        call.Network.IsLost = datagram => datagram.Destination.Equals(call.Client.Address) && datagram.Bytes.Length > 500;
        call.SendFrames(pictures, 1100, beginsAnew: false);
        call.Network.IsLost = _ => false;
        call.Media.LimitBitrate(60_000);
    }
}
