using System.Net;
using Holdfast.Rtc.Rtcp;

namespace Holdfast.Rtc;

/// <summary>Understands the RTCP that a client sends: what arrived, what is missing, what it needs.</summary>
/// <param name="streams">The streams that it is about.</param>
/// <param name="sender">Answers NACKs.</param>
/// <param name="reports">What it may report on.</param>
/// <param name="counters">Counts what it says.</param>
/// <param name="events">Receives what the owner of the connection is to know.</param>
/// <param name="keyFrames">Takes its requests for key frames.</param>
internal sealed class ControlReceiver(
    MediaStreams streams, MediaSender sender, SentReports reports, PeerCounters counters, Queue<RtcEvent> events, KeyFrameGate keyFrames)
{
    private const int PacketKinds = 3;

    private readonly List<ulong> _acknowledgedTags = [];
    private readonly List<ulong> _lostTags = [];
    private int _lastFirSequence = -1;
    private ControlWork _work;

    /// <summary>What the last datagram cost.</summary>
    public ControlWork LastWork => _work;

    /// <summary>Takes in a compound packet, already decrypted.</summary>
    /// <param name="now">Now.</param>
    /// <param name="datagram">The compound packet.</param>
    /// <param name="to">Where retransmissions go; null: nowhere at present.</param>
    /// <returns>Why it, or a part of it, was dropped, or null.</returns>
    public DropReason? Handle(RtcTime now, ReadOnlySpan<byte> datagram, IPEndPoint? to)
    {
        _work = default;
        if (!RtcpCompound.TryParse(datagram, out var compound))
        {
            return DropReason.Malformed;
        }

        var isWhole = true;
        while (compound.TryReadNext(out var packet))
        {
            if (_work.Packets == ControlBounds.Packets)
            {
                return DropReason.TooMany;
            }

            _work.Packets++;
            isWhole &= Handle(now, packet, to);
        }

        return isWhole ? null : DropReason.TooMany;
    }

    /// <summary>Takes in one packet; one of a type or format that is not understood is passed over (RFC 3550 section 6.1).</summary>
    /// <returns>False where there is more of it than the datagram's bounds allow.</returns>
    private bool Handle(RtcTime now, in RtcpPacket packet, IPEndPoint? to)
    {
        switch (packet.Type)
        {
            case RtcpPacketType.SenderReport when SenderReport.TryParse(packet, out var report):
                streams.Microphone?.OnSenderReport(now, report);
                HandleBlocks(now, report.Blocks);
                return true;
            case RtcpPacketType.ReceiverReport when ReceiverReport.TryParse(packet, out var report):
                HandleBlocks(now, report.Blocks);
                return true;
            case RtcpPacketType.Goodbye when Goodbye.TryParse(packet, out _):
                return TellOnce(ControlOnce.Goodbye, new RtcEvent.GoodbyeReceived());
            case RtcpPacketType.TransportFeedback:
                return HandleTransportFeedback(now, packet, to);
            case RtcpPacketType.PayloadFeedback:
                return HandlePayloadFeedback(now, packet);
            default:
                return true;
        }
    }

    private void HandleBlocks(RtcTime now, ReportBlocks blocks)
    {
        for (var i = 0; i < blocks.Count; i++)
        {
            var block = blocks[i];
            var isVideo = block.Ssrc == streams.Video?.Ssrc;
            if (!isVideo && block.Ssrc != streams.Audio?.Ssrc)
            {
                continue;
            }

            // A client with several sources may let each of them report the same (RFC 8108).
            if (!_work.IsFirst(isVideo ? ControlOnce.VideoReport : ControlOnce.AudioReport))
            {
                continue;
            }

            TimeSpan? roundTrip = reports.TryGetRoundTrip(now, block, out var measured) ? measured : null;
            counters.RoundTrip = roundTrip ?? counters.RoundTrip;
            sender.Estimator.OnReport(now, block.FractionLost / 256.0, roundTrip);
            var stream = isVideo ? streams.Video! : streams.Audio!;
            stream.Numbers.OnReported((ushort)block.HighestSequence);
            if (isVideo && !stream.HasTransportSequence)
            {
                streams.Start.Repeats.AssumeArrived();
            }

            Tell(new RtcEvent.ReportReceived(
                isVideo, block.FractionLost / 256.0, roundTrip, block.CumulativeLost, stream.TagUpTo((ushort)block.HighestSequence)));
        }
    }

    private bool HandleTransportFeedback(RtcTime now, in RtcpPacket packet, IPEndPoint? to)
    {
        if (TransportFeedback.TryParse(packet, out var feedback))
        {
            return HandleArrivals(now, feedback);
        }

        return to is null || !GenericNack.TryParse(packet, out var nack) || Resend(now, nack, to);
    }

    private bool Resend(RtcTime now, in GenericNack nack, IPEndPoint to)
    {
        var isSound = streams.IsSoundRepeated && nack.MediaSsrc == streams.Audio?.Ssrc;
        if (!isSound && nack.MediaSsrc != streams.Video?.Ssrc)
        {
            return true;
        }

        foreach (var sequenceNumber in nack)
        {
            if (_work.NackedPackets == ControlBounds.NackedPackets || _work.Retransmissions == ControlBounds.Retransmissions)
            {
                return false;
            }

            _work.NackedPackets++;
            var isSent = isSound
                ? sender.ResendSound(now, sequenceNumber, counters.RoundTrip, to)
                : sender.Resend(now, nack.MediaSsrc, sequenceNumber, counters.RoundTrip);
            _work.Retransmissions += isSent ? 1 : 0;
        }

        return true;
    }

    private bool HandleArrivals(RtcTime now, in TransportFeedback feedback)
    {
        if (_work.Feedbacks == ControlBounds.Feedbacks || _work.Statuses == ControlBounds.Statuses)
        {
            return false;
        }

        _work.Feedbacks++;
        _acknowledgedTags.Clear();
        _lostTags.Clear();
        var (acknowledged, lost) = (0, 0);
        TimeSpan? roundTrip = null;
        var allowance = ControlBounds.Statuses - _work.Statuses;
        Span<RtcTime> newest = stackalloc RtcTime[PacketKinds];
        newest.Clear();
        foreach (var packet in sender.Log.Resolve(feedback, ref allowance))
        {
            sender.Estimator.OnPacket(now, packet);
            if (packet.Received)
            {
                acknowledged++;
                roundTrip = now - packet.SentAt;
                newest[(int)packet.Kind] = packet.SentAt > newest[(int)packet.Kind] ? packet.SentAt : newest[(int)packet.Kind];
            }
            else
            {
                lost++;
            }

            if (packet.Kind == PacketKind.Sound)
            {
                HandleSound(now, packet);
            }
            else if (packet.Tag != 0)
            {
                (packet.Received ? _acknowledgedTags : _lostTags).Add(packet.Tag);
            }
        }

        for (var kind = 0; kind < PacketKinds; kind++)
        {
            if (newest[kind] != default)
            {
                streams.Start.LineOf((PacketKind)kind).OnArrived(newest[kind], now);
            }
        }

        sender.Estimator.OnFeedback(now);
        _work.Statuses = ControlBounds.Statuses - allowance;
        counters.PacketsAcknowledged += acknowledged;
        counters.PacketsLost += lost;
        Tell(new RtcEvent.FeedbackReceived(
            now, acknowledged, lost, roundTrip, _acknowledgedTags.ToArray(), _lostTags.ToArray()));
        return true;
    }

    /// <summary>With a packet arrives what it has copies of, whatever became of the packets that were to bring it first.</summary>
    private void HandleSound(RtcTime now, in ResolvedPacket packet)
    {
        sender.Sound.Repeats.OnFeedback(now, packet.Received, packet.Frames);
        if (!packet.Received || streams.Audio is not { } sound)
        {
            // One that is remembered no more is older than anybody waits for.
            var earlier = streams.Audio?.TagsOf(packet.Number) is { } tags && tags.Newest == packet.Tag ? tags.Earlier : 0;
            Add(packet.Received ? _acknowledgedTags : _lostTags, new SoundTags(packet.Tag, earlier));
            return;
        }

        for (var age = packet.Copies; age > 0; age--)
        {
            if (sound.MarkArrived((ushort)(packet.Number - age), out var copied))
            {
                Add(_acknowledgedTags, copied);
            }
        }

        if (sound.MarkArrived(packet.Number, out var own))
        {
            Add(_acknowledgedTags, new SoundTags(packet.Tag, own.Newest == packet.Tag ? own.Earlier : 0));
        }

        static void Add(List<ulong> tags, SoundTags sound)
        {
            if (sound.Earlier != 0)
            {
                tags.Add(sound.Earlier);
            }

            if (sound.Newest != 0)
            {
                tags.Add(sound.Newest);
            }
        }
    }

    private bool HandlePayloadFeedback(RtcTime now, in RtcpPacket packet)
    {
        if (PictureLossIndication.TryParse(packet, out var indication))
        {
            if (indication.MediaSsrc == streams.Video?.Ssrc)
            {
                RequestKeyFrame(now);
            }
        }
        else if (FullIntraRequest.TryParse(packet, out var request))
        {
            HandleFullIntraRequest(now, request);
        }
        else if (ReceiverEstimatedBitrate.TryParse(packet, out var estimate))
        {
            sender.Estimator.OnReceiverLimit(estimate.BitsPerSecond);
            return TellOnce(ControlOnce.Bitrate, new RtcEvent.BitrateLimit(estimate.BitsPerSecond));
        }

        return true;
    }

    private void HandleFullIntraRequest(RtcTime now, in FullIntraRequest request)
    {
        for (var i = 0; i < request.Count; i++)
        {
            var (ssrc, sequenceNumber) = request[i];
            if (ssrc != streams.Video?.Ssrc)
            {
                continue;
            }

            // The same number again is the same request, repeated in case it was lost (RFC 5104 section 4.3.1.1). One request names a stream once.
            if (sequenceNumber != _lastFirSequence)
            {
                _lastFirSequence = sequenceNumber;
                RequestKeyFrame(now);
            }

            return;
        }
    }

    private void RequestKeyFrame(RtcTime now)
    {
        if (_work.IsFirst(ControlOnce.KeyFrameRequest))
        {
            counters.KeyFrameRequests++;
            keyFrames.Request(now);
        }
    }

    private bool TellOnce(ControlOnce kind, RtcEvent rtcEvent)
    {
        if (!_work.IsFirst(kind))
        {
            return false;
        }

        Tell(rtcEvent);
        return true;
    }

    private void Tell(RtcEvent rtcEvent)
    {
        _work.Events++;
        events.Enqueue(rtcEvent);
    }
}
