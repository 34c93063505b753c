using System.Net;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Srtp;

namespace Holdfast.Rtc;

/// <summary>
/// Sends media: splits, numbers, protects and queues it, remembers what was sent for the feedback, and answers NACKs.
/// </summary>
internal sealed class MediaSender : IDisposable
{
    /// <summary>No datagram is longer: this goes through any network, tunnels included.</summary>
    public const int MaximumDatagram = 1200;

    private const int SentPacketsRemembered = 1024;

    /// <summary>Feedback about a packet that was sent so long ago is not waited for any more.</summary>
    private static readonly TimeSpan FeedbackPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan UnknownRoundTrip = TimeSpan.FromMilliseconds(30);

    /// <summary>Clients ask again after about a round trip, as they measure it; on an uneven path that is often a little less than it was last.</summary>
    private const double EchoShare = 0.75;

    /// <summary>A client may say that its round trip is nothing: a packet named several times in one datagram is still sent again once.</summary>
    private static readonly TimeSpan ShortestEcho = TimeSpan.FromMilliseconds(2);

    private readonly SrtpContext _srtp;
    private readonly TransmitQueue _queue;
    private readonly PeerCounters _counters;
    private readonly MediaStreams _streams;
    private readonly Vp8Packetizer _packetizer;
    private readonly KeepingTerm _term;
    private readonly SendHistory _history = new(SendHistoryLimits.Video);
    private readonly RetransmissionBudget _budget = new();

    public MediaSender(SrtpContext srtp, TransmitQueue queue, PeerCounters counters, MediaStreams streams, KeepingTerm term)
    {
        _term = term;
        _packetizer = new Vp8Packetizer(streams.Start.PictureId);
        Log = new SentPacketLog(SentPacketsRemembered, streams.Start.Transport);
        _srtp = srtp;
        _queue = queue;
        _counters = counters;
        _streams = streams;
    }

    /// <summary>What was sent, for transport-wide feedback to say what arrived.</summary>
    public SentPacketLog Log { get; }

    /// <summary>The id of the next picture.</summary>
    public ushort NextPictureId => _packetizer.NextPictureId;

    /// <summary>Sends one Opus packet.</summary>
    /// <returns>False where no sound was negotiated or the packet is too long for a datagram.</returns>
    public bool SendAudio(RtcTime now, RtcTime captureTime, ReadOnlySpan<byte> opus, ulong tag, IPEndPoint to)
    {
        if (_streams.Audio is not { } audio || opus.IsEmpty || opus.Length > MaximumDatagram - audio.MeasureHeader() - _srtp.RtpOverhead)
        {
            return false;
        }

        if (!MayUse(now, audio.Numbers, 1))
        {
            return false;
        }

        var buffer = _queue.Begin();
        var header = audio.WriteHeader(buffer, now, marker: false, audio.TimestampOf(captureTime), Log.NextSequence);
        opus.CopyTo(buffer[header..]);
        audio.Count(opus.Length);
        audio.Remember(tag);
        Send(now, PacketKind.Sound, audio, buffer, header + opus.Length, tag, to);
        _counters.AudioPacketsSent++;
        return true;
    }

    /// <summary>Sends one VP8 frame.</summary>
    /// <returns>False where no pictures were negotiated.</returns>
    public bool SendVideo(RtcTime now, RtcTime captureTime, ReadOnlySpan<byte> vp8, ulong tag, IPEndPoint to)
    {
        if (_streams.Video is not { } video || vp8.IsEmpty)
        {
            return false;
        }

        var hasRtx = _streams.Rtx is not null;
        var maximumPayload = MaximumDatagram - video.MeasureHeader() - _srtp.RtpOverhead - (hasRtx ? RtxPayload.Overhead : 0);
        var timestamp = video.TimestampOf(captureTime);
        if (!MayUse(now, video.Numbers, vp8.Length / (maximumPayload / 2) + 2))
        {
            return false;
        }

        var payloads = _packetizer.Packetize(vp8, maximumPayload);
        while (payloads.Remaining > 0)
        {
            var buffer = _queue.Begin();
            var header = video.WriteHeader(buffer, now, marker: payloads.Remaining == 1, timestamp, Log.NextSequence);
            var payload = payloads.WriteNext(buffer[header..]);
            var length = header + payload;
            var sequence = RtpPacket.ReadSequenceNumber(buffer);
            if (hasRtx)
            {
                _history.Add(now, sequence, buffer[..length]);
            }

            video.Count(payload);
            var sent = Send(now, PacketKind.Picture, video, buffer, length, tag, to);
            if (!hasRtx)
            {
                _history.Add(now, sequence, sent);
            }

            _budget.OnSent(sent.Length);
            _counters.VideoPacketsSent++;
        }

        _counters.VideoFramesSent++;
        return true;
    }

    /// <summary>Sends a packet again that the client misses, if it is still kept and worth it.</summary>
    /// <returns>Whether it was sent again.</returns>
    public bool Resend(RtcTime now, uint ssrc, ushort sequenceNumber, TimeSpan? roundTrip, IPEndPoint to)
    {
        var echo = (roundTrip ?? UnknownRoundTrip) * EchoShare;
        if (_streams.Video is not { } video || ssrc != video.Ssrc
            || _history.Resend(now, sequenceNumber, echo > ShortestEcho ? echo : ShortestEcho, out var packet) != ResendVerdict.Resend
            || !_budget.TrySpend(packet.Length))
        {
            return false;
        }

        if (_streams.Rtx is not null && !MayUse(now, _streams.Start.Repeats, 1))
        {
            return false;
        }

        _counters.PacketsRetransmitted++;
        if (_streams.Rtx is not { } rtx || !RtpPacket.TryParse(packet, out var original))
        {
            // The same bytes again: protecting a second time would use an index twice.
            _queue.Add(packet, to);
            return true;
        }

        var buffer = _queue.Begin();
        var header = video.WriteHeader(
            buffer, now, original.Marker, original.Timestamp, Log.NextSequence, rtx.PayloadType, (ushort)_streams.Start.Repeats.Take(), rtx.Ssrc);
        Send(now, PacketKind.Repeat, video, buffer, header + RtxPayload.Write(buffer[header..], original), tag: 0, to);
        return true;
    }

    /// <summary>
    /// Gives memory back, for a connection that sends nothing for a while: what could be sent again at once, what was sent when
    /// no feedback about it is to be expected.
    /// </summary>
    /// <returns>When there will be more to give back, or never.</returns>
    public RtcTime Release(RtcTime now)
    {
        _history.Release();
        if (Log.NewestSentAt is var newest && newest != RtcTime.Never && now - newest < FeedbackPatience)
        {
            return newest + FeedbackPatience;
        }

        Log.Release();
        return RtcTime.Never;
    }

    public void Dispose() => _history.Dispose();

    /// <summary>Whether so many numbers are reserved; where not, a successor might use them once more.</summary>
    private bool MayUse(RtcTime now, NumberLine numbers, int count)
    {
        if (numbers.Has(count, _term.IsOver(now)))
        {
            return true;
        }

        _counters.Drops.Count(DropReason.Unreserved);
        return false;
    }

    private ReadOnlySpan<byte> Send(RtcTime now, PacketKind kind, OutgoingStream stream, Span<byte> buffer, int length, ulong tag, IPEndPoint to)
    {
        length = _srtp.ProtectRtp(buffer, length);
        if (stream.HasTransportSequence)
        {
            Log.Add(now, length, tag, kind);
        }

        _queue.Commit(length, to);
        return buffer[..length];
    }
}
