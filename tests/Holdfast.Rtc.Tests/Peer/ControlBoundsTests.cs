using System.Net;
using System.Security.Cryptography;
using Holdfast.Lab.Peer;
using Holdfast.Rtc.Congestion;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Sdp;
using Holdfast.Rtc.Srtp;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Peer;

/// <summary>What one RTCP datagram may cost, counted in what is looked at.</summary>
public sealed class ControlBoundsTests : IDisposable
{
    private static readonly SdpFingerprint Fingerprint = new("sha-256", new byte[SHA256.HashSizeInBytes]);
    private static readonly IPEndPoint Client = IPEndPoint.Parse("198.51.100.7:40000");

    private readonly PeerCounters _counters = new();
    private readonly Queue<RtcEvent> _events = new();
    private readonly TransmitQueue _queue;
    private readonly MediaSender _sender;
    private readonly ControlReceiver _control;
    private readonly SrtpContext _srtp = new(SrtpProfile.AeadAes128Gcm, RandomNumberGenerator.GetBytes(16), RandomNumberGenerator.GetBytes(12));
    private RtcTime _now = new(1_800_000_000_000_000);

    public ControlBoundsTests()
    {
        var options = new RtcPeerOptions { Tag = "tagtagtag", IceSecret = SimulatedServer.Secret, Candidates = [SimulatedServer.Address] };
        var offer = TestSdp.Offer(new OfferOptions(), "cli0", "clientclientclientclient", Fingerprint);
        Assert.True(PeerNegotiation.TryCreate(options, new IceLiteAgent(options.Tag, SimulatedServer.Secret), Fingerprint, offer, out var negotiation, out _));
        var streams = negotiation.Streams;
        (AudioSsrc, VideoSsrc) = (streams.Audio!.Ssrc, streams.Video!.Ssrc);
        _queue = new TransmitQueue(_counters.Drops);
        _sender = new MediaSender(new PacketSender(_srtp, _queue, _counters, streams, new KeepingTerm(), new BandwidthEstimator(new BandwidthEstimatorOptions { Start = 2_500_000 })), streams, _counters);
        _control = new ControlReceiver(streams, _sender, new SentReports(), _counters, _events, new KeyFrameGate(new PeerTimers(), _events));
    }

    private uint AudioSsrc { get; }

    private uint VideoSsrc { get; }

    public void Dispose()
    {
        _sender.Dispose();
        _queue.Dispose();
        _srtp.Dispose();
    }

    [Fact]
    public void Feedback_is_walked_no_further_than_the_record_of_what_was_sent_reaches()
    {
        SendAudio(2000);

        Assert.Null(Handle(WorstPackets.EmptyFeedback((ushort)(_sender.Log.NextSequence - 30_000), ushort.MaxValue)));
        Assert.Equal(1024, _control.LastWork.Statuses);
        Assert.Equal(1024, _counters.PacketsLost);
    }

    [Fact]
    public void Feedback_about_nothing_that_is_remembered_looks_nothing_up()
    {
        SendAudio(2000);

        Assert.Null(Handle(WorstPackets.EmptyFeedback(_sender.Log.NextSequence, 60_000)));
        Assert.Equal(0, _control.LastWork.Statuses);
    }

    [Fact]
    public void The_worst_compound_looks_each_packet_up_twice_at_the_most()
    {
        SendAudio(2000);
        var first = (ushort)(_sender.Log.NextSequence - 1024);
        var datagram = WorstPackets.Repeat(36, WorstPackets.EmptyFeedback(first, 65_528));
        Assert.Equal(1_296, datagram.Length);

        Assert.Equal(DropReason.TooMany, Handle(datagram));

        Assert.InRange(_control.LastWork.Statuses, 1024, ControlBounds.Statuses);
        Assert.InRange(_control.LastWork.Events, 1, ControlBounds.Feedbacks);
        Assert.Equal(1024, _counters.PacketsLost);
    }

    [Fact]
    public void What_two_feedback_packets_leave_out_counts_against_the_same_bound()
    {
        SendAudio(2000);
        var newest = (ushort)(_sender.Log.NextSequence - 1);
        byte[] datagram = [];
        for (byte i = 0; i < 8; i++)
        {
            // Every second one begins 1,000 packets behind the end of the one before, which leaves them out.
            datagram = [.. datagram, .. WorstPackets.EmptyFeedback((ushort)(newest - (i % 2 == 0 ? 1000 : 0)), 1, i)];
        }

        Handle(datagram);

        Assert.InRange(_control.LastWork.Statuses, 1000, ControlBounds.Statuses);
    }

    [Fact]
    public void A_NACK_of_hundreds_of_entries_looks_for_as_many_packets_as_are_kept_and_repeats_fewer()
    {
        // A client that had told nothing would be sent less.
        _sender.Estimator.OnFeedback(_now);
        var first = SendVideo(500_000);

        Assert.Equal(DropReason.TooMany, Handle(WorstPackets.Nack(VideoSsrc, first, 320)));
        Assert.InRange(_control.LastWork.NackedPackets, 1, ControlBounds.NackedPackets);
        var repeated = _control.LastWork.Retransmissions;
        Assert.InRange(repeated, 50, ControlBounds.Retransmissions);
        PumpAll();
        Assert.Equal(repeated, _counters.PacketsRetransmitted);

        Assert.Equal(DropReason.TooMany, Handle(WorstPackets.Nack(VideoSsrc, (ushort)(first + 30_000), 320)));
        Assert.Equal(ControlBounds.NackedPackets, _control.LastWork.NackedPackets);
        Assert.Equal(0, _control.LastWork.Retransmissions);
    }

    [Fact]
    public void A_packet_that_is_asked_for_many_times_at_once_is_sent_again_once()
    {
        var first = SendVideo(30_000);
        _counters.RoundTrip = TimeSpan.Zero;

        Handle(WorstPackets.Repeat(30, WorstPackets.Nack(VideoSsrc, first, 1)));

        Assert.Equal(17, _control.LastWork.Retransmissions);
    }

    [Fact]
    public void A_NACK_for_a_stream_that_is_not_sent_looks_for_nothing()
    {
        var first = SendVideo(30_000);

        Assert.Null(Handle(WorstPackets.Nack(AudioSsrc, first, 320)));
        Assert.Equal(0, _control.LastWork.NackedPackets);
    }

    [Fact]
    public void Report_blocks_count_once_a_stream()
    {
        SendAudio(10);
        var block = new ReportBlock(AudioSsrc, 0, 0, 0, 0, 0, 0);

        Assert.Null(Handle(Write((ref RtcpWriter writer) =>
        {
            writer.WriteReceiverReport(1, [.. Enumerable.Repeat(block, 31)]);
            writer.WriteReceiverReport(1, [block with { Ssrc = VideoSsrc }, .. Enumerable.Repeat(block, 20)]);
        })));
        Assert.Equal(2, _control.LastWork.Events);
    }

    [Fact]
    public void Goodbyes_bitrates_and_requests_for_key_frames_count_once_a_datagram()
    {
        var estimate = Write((ref RtcpWriter writer) => writer.WriteReceiverEstimatedBitrate(1, 1_000, [VideoSsrc]));
        var goodbye = Write((ref RtcpWriter writer) => writer.WriteGoodbye([1]));
        var pictureLoss = Write((ref RtcpWriter writer) => writer.WritePictureLossIndication(1, VideoSsrc));

        Handle([
            .. WorstPackets.Repeat(6, estimate), .. WorstPackets.Repeat(6, goodbye), .. WorstPackets.Repeat(6, pictureLoss),
            .. WorstPackets.FullIntra(VideoSsrc, 100)]);

        Assert.Equal(2, _control.LastWork.Events);
        Assert.Equal(1, _counters.KeyFrameRequests);
        Assert.Single(_events.OfType<RtcEvent.KeyFrameRequested>());
    }

    [Fact]
    public void A_compound_of_hundreds_of_packets_is_read_up_to_a_bound()
    {
        Assert.Equal(DropReason.TooMany, Handle(WorstPackets.Repeat(320, [0x80, 203, 0, 0])));
        Assert.Equal(ControlBounds.Packets, _control.LastWork.Packets);
    }

    [Fact]
    public void Each_second_of_what_browsers_send_is_far_below_the_bounds()
    {
        SendAudio(100);
        var first = (ushort)(_sender.Log.NextSequence - 100);
        TransportArrival[] arrivals = [.. Enumerable.Range(0, 100).Select(i => new TransportArrival((ushort)(first + i), _now + TimeSpan.FromMilliseconds(i)))];

        Assert.Null(Handle(Write((ref RtcpWriter writer) =>
        {
            writer.WriteReceiverReport(1, [new ReportBlock(AudioSsrc, 0, 0, 0, 0, 0, 0), new ReportBlock(VideoSsrc, 0, 0, 0, 0, 0, 0)]);
            writer.WriteSourceDescription([1], "browser"u8);
            writer.WriteTransportFeedback(1, VideoSsrc, 0, arrivals);
        })));
        Assert.Equal(100, _counters.PacketsAcknowledged);
    }

    private delegate void WriteControl(ref RtcpWriter writer);

    private static byte[] Write(WriteControl write)
    {
        var buffer = new byte[1500];
        var writer = new RtcpWriter(buffer);
        write(ref writer);
        return buffer[..writer.Length];
    }

    private DropReason? Handle(byte[] datagram)
    {
        _now += TimeSpan.FromSeconds(1);
        return _control.Handle(_now, datagram, Client);
    }

    private void SendAudio(int packets)
    {
        for (var i = 0; i < packets; i++)
        {
            _sender.Sound.Send(_now, _now, [1], tag: 0, Client);
            while (_queue.TryTake(out _))
            {
            }
        }
    }

    /// <summary>Sends a picture; returns its first packet's number.</summary>
    private ushort SendVideo(int length)
    {
        _sender.SendVideo(_now, _now, new byte[length], isKeyFrame: true, tag: 0);
        return PumpAll();
    }

    /// <summary>Sends all that waits, however long it takes; returns the first packet's number.</summary>
    private ushort PumpAll()
    {
        ushort? number = null;
        for (var next = _now; next != RtcTime.Never;)
        {
            _now = next > _now ? next : _now;
            (next, _) = _sender.Pump(_now, Client, isProven: true);
            while (_queue.TryTake(out var datagram))
            {
                number ??= RtpPacket.ReadSequenceNumber(datagram.Datagram);
            }
        }

        return number!.Value;
    }
}
