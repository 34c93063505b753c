using System.Net;
using Holdfast.Rtc.Rtcp;

namespace Holdfast.Rtc;

/// <summary>Understands the RTCP that a client sends: what arrived, what is missing, what it needs.</summary>
/// <param name="streams">The streams that it is about.</param>
/// <param name="sender">Answers NACKs.</param>
/// <param name="counters">Counts what it says.</param>
/// <param name="events">Receives what the owner of the connection is to know.</param>
/// <param name="keyFrames">Takes its requests for key frames.</param>
internal sealed class ControlReceiver(
    MediaStreams streams, MediaSender sender, PeerCounters counters, Queue<RtcEvent> events, KeyFrameGate keyFrames)
{
    private readonly List<ulong> _acknowledgedTags = [];
    private readonly List<ulong> _lostTags = [];
    private int _lastFirSequence = -1;

    /// <summary>Takes in a compound packet, already decrypted.</summary>
    /// <param name="now">Now.</param>
    /// <param name="datagram">The compound packet.</param>
    /// <param name="to">Where retransmissions go; null: nowhere at present.</param>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? Handle(RtcTime now, ReadOnlySpan<byte> datagram, IPEndPoint? to)
    {
        if (!RtcpCompound.TryParse(datagram, out var compound))
        {
            return DropReason.Malformed;
        }

        // A packet of a type or format that is not understood is passed over (RFC 3550 section 6.1).
        while (compound.TryReadNext(out var packet))
        {
            switch (packet.Type)
            {
                case RtcpPacketType.SenderReport when SenderReport.TryParse(packet, out var report):
                    streams.Microphone?.OnSenderReport(now, report);
                    HandleBlocks(now, report.Blocks);
                    break;
                case RtcpPacketType.ReceiverReport when ReceiverReport.TryParse(packet, out var report):
                    HandleBlocks(now, report.Blocks);
                    break;
                case RtcpPacketType.Goodbye when Goodbye.TryParse(packet, out _):
                    events.Enqueue(new RtcEvent.GoodbyeReceived());
                    break;
                case RtcpPacketType.TransportFeedback:
                    HandleTransportFeedback(now, packet, to);
                    break;
                case RtcpPacketType.PayloadFeedback:
                    HandlePayloadFeedback(now, packet);
                    break;
                default:
                    break;
            }
        }

        return null;
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

            TimeSpan? roundTrip = block.TryGetRoundTrip(now, out var measured) ? measured : null;
            counters.RoundTrip = roundTrip ?? counters.RoundTrip;
            var stream = isVideo ? streams.Video! : streams.Audio!;
            events.Enqueue(new RtcEvent.ReportReceived(
                isVideo, block.FractionLost / 256.0, roundTrip, block.CumulativeLost, stream.TagUpTo((ushort)block.HighestSequence)));
        }
    }

    private void HandleTransportFeedback(RtcTime now, in RtcpPacket packet, IPEndPoint? to)
    {
        if (TransportFeedback.TryParse(packet, out var feedback))
        {
            HandleArrivals(now, feedback);
        }
        else if (to is not null && GenericNack.TryParse(packet, out var nack))
        {
            foreach (var sequenceNumber in nack)
            {
                sender.Resend(now, nack.MediaSsrc, sequenceNumber, counters.RoundTrip, to);
            }
        }
    }

    private void HandleArrivals(RtcTime now, in TransportFeedback feedback)
    {
        _acknowledgedTags.Clear();
        _lostTags.Clear();
        var (acknowledged, lost) = (0, 0);
        TimeSpan? roundTrip = null;
        foreach (var packet in sender.Log.Resolve(feedback))
        {
            if (packet.Received)
            {
                acknowledged++;
                roundTrip = now - packet.SentAt;
            }
            else
            {
                lost++;
            }

            if (packet.Tag != 0)
            {
                (packet.Received ? _acknowledgedTags : _lostTags).Add(packet.Tag);
            }
        }

        counters.PacketsAcknowledged += acknowledged;
        counters.PacketsLost += lost;
        events.Enqueue(new RtcEvent.FeedbackReceived(
            now, acknowledged, lost, roundTrip, _acknowledgedTags.ToArray(), _lostTags.ToArray()));
    }

    private void HandlePayloadFeedback(RtcTime now, in RtcpPacket packet)
    {
        if (PictureLossIndication.TryParse(packet, out var indication))
        {
            if (indication.MediaSsrc == streams.Video?.Ssrc)
            {
                counters.KeyFrameRequests++;
                keyFrames.Request(now);
            }
        }
        else if (FullIntraRequest.TryParse(packet, out var request))
        {
            for (var i = 0; i < request.Count; i++)
            {
                HandleFullIntraRequest(now, request[i].MediaSsrc, request[i].SequenceNumber);
            }
        }
        else if (ReceiverEstimatedBitrate.TryParse(packet, out var estimate))
        {
            events.Enqueue(new RtcEvent.BitrateLimit(estimate.BitsPerSecond));
        }
    }

    private void HandleFullIntraRequest(RtcTime now, uint ssrc, byte sequenceNumber)
    {
        // The same number again is the same request, repeated in case it was lost (RFC 5104 section 4.3.1.1).
        if (ssrc != streams.Video?.Ssrc || sequenceNumber == _lastFirSequence)
        {
            return;
        }

        _lastFirSequence = sequenceNumber;
        counters.KeyFrameRequests++;
        keyFrames.Request(now);
    }
}
