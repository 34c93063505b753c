using System.Net;
using Holdfast.Rtc.Congestion;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Srtp;

namespace Holdfast.Rtc;

/// <summary>All that begins when the keys are there: protection in both directions, and what sends and receives media with it.</summary>
internal sealed class PeerMedia : IDisposable
{
    private readonly MediaStreams _streams;
    private readonly PeerCounters _counters;
    private readonly SrtpContext _outgoing;
    private readonly SrtpContext _incoming;
    private readonly ControlReceiver _control;
    private readonly SentReports _reports = new();

    public PeerMedia(
        SrtpContext outgoing,
        SrtpContext incoming,
        MediaStreams streams,
        TransmitQueue queue,
        PeerTimers timers,
        PeerCounters counters,
        Queue<RtcEvent> events,
        KeyFrameGate keyFrames,
        KeepingTerm term,
        BandwidthEstimator estimator)
    {
        _streams = streams;
        _counters = counters;
        _outgoing = outgoing;
        _incoming = incoming;
        Sender = new MediaSender(new PacketSender(_outgoing, queue, counters, streams, term, estimator), streams, counters);
        Control = new ControlSender(_outgoing, queue, streams, timers, _reports, term);
        _control = new ControlReceiver(streams, Sender, _reports, counters, events, keyFrames);
    }

    public MediaSender Sender { get; }

    public ControlSender Control { get; }

    /// <summary>What was received of each SSRC.</summary>
    public IReadOnlyList<SrtpStreamState> Received => _incoming.ExportState().Streams;

    /// <summary>What the last RTCP datagram cost.</summary>
    public ControlWork LastControlWork => _control.LastWork;

    /// <summary>Bytes that are known to have arrived.</summary>
    public long AcknowledgedBytes => Sender.Log.AcknowledgedBytes;

    /// <summary>When the client is to be told what arrived of its sound, or is asked for more, or never.</summary>
    public RtcTime NextReplyAt => _streams.Microphone?.NextReplyAt ?? RtcTime.Never;

    /// <summary>Whether the client has proved that it receives what was sent since <see cref="BeginProof"/>.</summary>
    public bool IsProven => _reports.IsProven || Sender.Log.IsProven;

    /// <summary>From now on what is sent carries what nobody can know but who receives it.</summary>
    public void BeginProof()
    {
        Sender.Log.BeginProof();
        _reports.BeginProof();
        Control.Hasten();
    }

    public void EndProof()
    {
        Sender.Log.EndProof();
        _reports.EndProof();
    }

    /// <summary>Takes in an SRTP or SRTCP datagram, decrypting it in place.</summary>
    /// <param name="now">Now.</param>
    /// <param name="datagram">The datagram.</param>
    /// <param name="to">Where answers go; null: nowhere at present.</param>
    /// <param name="isAuthentic">Whether it is from the client, dropped or not.</param>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? Handle(RtcTime now, Span<byte> datagram, IPEndPoint? to, out bool isAuthentic)
    {
        var isControl = RtcpCompound.IsRtcp(datagram);
        isAuthentic = isControl
            ? _incoming.TryUnprotectRtcp(datagram, out var length, out var failure)
            : _incoming.TryUnprotectRtp(datagram, out length, out failure);
        if (!isAuthentic)
        {
            return failure switch
            {
                SrtpFailure.None => null,
                SrtpFailure.Malformed => DropReason.Malformed,
                SrtpFailure.Replayed => DropReason.Replayed,
                SrtpFailure.AuthenticationFailed => DropReason.NotAuthentic,
                SrtpFailure.NotEncrypted => DropReason.NotAuthentic,
                SrtpFailure.TooManyStreams => DropReason.TooMany,
            };
        }

        return isControl ? _control.Handle(now, datagram[..length], to) : HandleRtp(now, datagram[..length]);
    }

    public void Dispose()
    {
        Sender.Dispose();
        _outgoing.Dispose();
        _incoming.Dispose();
    }

    private DropReason? HandleRtp(RtcTime now, ReadOnlySpan<byte> datagram)
    {
        if (!RtpPacket.TryParse(datagram, out var packet))
        {
            return DropReason.Malformed;
        }

        if (_streams.Microphone is null)
        {
            return DropReason.NotNegotiated;
        }

        var dropped = _streams.Microphone.Add(now, packet, _counters.RoundTrip);
        _counters.AudioPacketsReceived += dropped is null ? 1 : 0;
        return dropped;
    }
}
