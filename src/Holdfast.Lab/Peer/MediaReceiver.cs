using System.Buffers.Binary;
using Holdfast.Rtc;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Srtp;

namespace Holdfast.Lab.Peer;

/// <summary>
/// A client's media: opens what arrives, hands it to sound and pictures, and tells the server what came (transport-wide feedback or
/// receiver reports), what is missing (NACK) and what is needed (PLI).
/// </summary>
internal sealed class MediaReceiver : IDisposable
{
    private const int ControlLength = 1200;
    private static readonly TimeSpan FeedbackInterval = TimeSpan.FromMilliseconds(100);

    // A delta has 16 bits of 250 us, signed. So many statuses are surely within what may be written of one report.
    private static readonly TimeSpan LongestDelta = TimeSpan.FromSeconds(8);
    private const int LongestReport = 8_000;
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    private readonly SrtpContext _send;
    private readonly SrtpContext _receive;
    private readonly byte? _transportSequenceId;
    private readonly Action<ReadOnlySpan<byte>> _transmit;
    private readonly uint _ownSsrc;
    private readonly SortedList<long, RtcTime> _arrivals = [];
    private readonly List<ushort> _missing = [];
    private readonly byte[] _scratch = new byte[2048];
    private SequenceUnwrapper _transportSequence;
    private RtcTime _feedbackAt = RtcTime.Never;
    private RtcTime _reportAt;
    private byte _feedbackCount;
    private ushort _soundSequence;
    private (long Sequence, RtcTime At)? _lastReported;

    /// <param name="send">Protects what the client sends.</param>
    /// <param name="receive">Opens what the server sends.</param>
    /// <param name="transportSequenceId">The header extension agreed on, or null.</param>
    /// <param name="ownSsrc">Whose reports these are.</param>
    /// <param name="now">Now.</param>
    /// <param name="transmit">Takes a protected datagram.</param>
    public MediaReceiver(
        SrtpContext send, SrtpContext receive, byte? transportSequenceId, uint ownSsrc, RtcTime now, Action<ReadOnlySpan<byte>> transmit)
    {
        (_send, _receive, _transportSequenceId, _ownSsrc, _transmit) = (send, receive, transportSequenceId, ownSsrc, transmit);
        _reportAt = now + ReportInterval;
    }

    public VideoReceiver Video { get; } = new();

    public AudioReceiver Audio { get; } = new();

    /// <summary>When the last authentic media packet came; null before the first.</summary>
    public RtcTime? LastMediaAt { get; private set; }

    /// <summary>When the first one came.</summary>
    public RtcTime? FirstMediaAt { get; private set; }

    /// <summary>The longest time without any media so far, or since it was asked for last.</summary>
    public TimeSpan LongestPause { get; private set; }

    /// <summary>Bytes of media datagrams, as they came.</summary>
    public long Bytes { get; private set; }

    /// <summary>Datagrams that could not be opened: forged, repeated or damaged.</summary>
    public long Refused { get; private set; }

    /// <summary>Looks at the numbers of all that is received, where somebody wants to know.</summary>
    public NumberAudit? Audit { get; set; }

    /// <summary>Whether the server said goodbye.</summary>
    public bool IsGoodbye { get; private set; }

    public RtcTime NextTimeout => RtcTime.Min(RtcTime.Min(_feedbackAt, _reportAt), Video.NextTimeout);

    /// <summary>Takes in an SRTP or SRTCP datagram, which is decrypted in place.</summary>
    public void Handle(RtcTime now, Span<byte> datagram, TimeSpan roundTrip)
    {
        Audit?.Look(datagram);
        if (RtcpCompound.IsRtcp(datagram))
        {
            if (_receive.TryUnprotectRtcp(datagram, out var controlLength, out _))
            {
                HandleControl(now, datagram[..controlLength]);
            }
            else
            {
                Refused++;
            }

            return;
        }

        var wireLength = datagram.Length;
        if (!_receive.TryUnprotectRtp(datagram, out var length, out _) || !RtpPacket.TryParse(datagram[..length], out var packet))
        {
            Refused++;
            return;
        }

        Bytes += wireLength;
        LongestPause = LastMediaAt is { } last && now - last > LongestPause ? now - last : LongestPause;
        LastMediaAt = now;
        FirstMediaAt ??= now;
        NoteArrival(now, packet);
        switch (packet.PayloadType)
        {
            case ClientOffer.OpusType:
                Audio.Handle(now, packet);
                break;
            case ClientOffer.RedType:
                Audio.HandleCopies(now, packet);
                break;
            case ClientOffer.Vp8Type:
                Video.Handle(now, packet);
                break;
            case ClientOffer.RtxType:
                Video.HandleRepeated(now, packet);
                break;
        }

        Ask(now, roundTrip);
    }

    /// <summary>Reports, asks again and gives up, as it is time for each.</summary>
    public void HandleTimeout(RtcTime now, TimeSpan roundTrip)
    {
        Video.HandleTimeout(now);
        Ask(now, roundTrip);
        if (now >= _feedbackAt)
        {
            SendTransportFeedback();
        }

        if (now >= _reportAt)
        {
            _reportAt = now + ReportInterval;
            SendReport(now);
        }
    }

    /// <summary>Sends one Opus packet of the microphone.</summary>
    public void SendSound(uint timestamp, ReadOnlySpan<byte> opus)
    {
        var header = new RtpHeaderWriter(_scratch, marker: false, ClientOffer.OpusType, _soundSequence++, timestamp, _ownSsrc);
        var length = header.Finish();
        opus.CopyTo(_scratch.AsSpan(length));
        _transmit(_scratch.AsSpan(0, _send.ProtectRtp(_scratch, length + opus.Length)));
    }

    /// <summary>The longest time without any media since this was asked last.</summary>
    public TimeSpan TakeLongestPause()
    {
        var longest = LongestPause;
        LongestPause = TimeSpan.Zero;
        return longest;
    }

    /// <summary>Says goodbye (RFC 3550 section 6.6).</summary>
    public void SendGoodbye()
    {
        var writer = new RtcpWriter(_scratch.AsSpan(0, ControlLength));
        writer.WriteReceiverReport(_ownSsrc);
        writer.WriteGoodbye([_ownSsrc]);
        Send(writer.Length);
    }

    public void Dispose()
    {
        Video.Dispose();
        _send.Dispose();
        _receive.Dispose();
    }

    private void NoteArrival(RtcTime now, in RtpPacket packet)
    {
        if (_transportSequenceId is not { } id || !packet.Extensions.TryGet(id, out var value) || value.Length < 2)
        {
            return;
        }

        _arrivals.TryAdd(_transportSequence.Unwrap(BinaryPrimitives.ReadUInt16BigEndian(value)), now);
        if (_feedbackAt == RtcTime.Never)
        {
            _feedbackAt = now + FeedbackInterval;
        }
    }

    private void Ask(RtcTime now, TimeSpan roundTrip)
    {
        if (Video.Statistics is not { } video)
        {
            return;
        }

        Video.TakeMissing(now, roundTrip, _missing);
        var wantsKeyFrame = Video.TakeKeyFrameRequest(now);
        if (_missing.Count == 0 && !wantsKeyFrame)
        {
            return;
        }

        // Reduced size (RFC 5506) is agreed on: feedback needs no report in front.
        var writer = new RtcpWriter(_scratch.AsSpan(0, ControlLength));
        if (_missing.Count > 0)
        {
            writer.WriteNack(_ownSsrc, video.Ssrc, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_missing));
        }

        if (wantsKeyFrame)
        {
            writer.WritePictureLossIndication(_ownSsrc, video.Ssrc);
        }

        Send(writer.Length);
    }

    private void SendTransportFeedback()
    {
        _feedbackAt = RtcTime.Never;
        var newest = _arrivals.GetKeyAtIndex(_arrivals.Count - 1);

        // Browsers report from the packet after the last that they reported, so that what is missing in between is told even where a report
        // is lost; that packet once more, as the first, does the same.
        if (_lastReported is { } last && last.Sequence < _arrivals.GetKeyAtIndex(0) && newest - last.Sequence < LongestReport
            && _arrivals.GetValueAtIndex(0) - last.At < LongestDelta)
        {
            _arrivals.Add(last.Sequence, last.At);
        }

        var arrivals = new TransportArrival[_arrivals.Count];
        for (var i = 0; i < arrivals.Length; i++)
        {
            arrivals[i] = new TransportArrival((ushort)_arrivals.GetKeyAtIndex(i), _arrivals.GetValueAtIndex(i));
        }

        _lastReported = (newest, _arrivals[newest]);
        _arrivals.Clear();
        ReadOnlySpan<TransportArrival> rest = arrivals;
        while (!rest.IsEmpty)
        {
            var writer = new RtcpWriter(_scratch.AsSpan(0, ControlLength));
            var covered = writer.WriteTransportFeedback(_ownSsrc, Video.Statistics?.Ssrc ?? Audio.Statistics?.Ssrc ?? 0, _feedbackCount++, rest);
            Send(writer.Length);
            rest = rest[covered..];
        }
    }

    private void SendReport(RtcTime now)
    {
        var writer = new RtcpWriter(_scratch.AsSpan(0, ControlLength));
        Span<ReportBlock> blocks = stackalloc ReportBlock[2];
        var count = 0;
        if (Audio.Statistics is { } audio)
        {
            blocks[count++] = audio.Report(now);
        }

        if (Video.Statistics is { } video)
        {
            blocks[count++] = video.Report(now);
        }

        writer.WriteReceiverReport(_ownSsrc, blocks[..count]);
        writer.WriteSourceDescription([_ownSsrc], "holdfast-lab"u8);
        Send(writer.Length);
    }

    private void Send(int length) => _transmit(_scratch.AsSpan(0, _send.ProtectRtcp(_scratch, length)));

    private void HandleControl(RtcTime now, ReadOnlySpan<byte> datagram)
    {
        if (!RtcpCompound.TryParse(datagram, out var compound))
        {
            Refused++;
            return;
        }

        while (compound.TryReadNext(out var packet))
        {
            if (SenderReport.TryParse(packet, out var report))
            {
                var statistics = report.Ssrc == Video.Statistics?.Ssrc ? Video.Statistics
                    : report.Ssrc == Audio.Statistics?.Ssrc ? Audio.Statistics : null;
                statistics?.OnSenderReport(now, report.NtpTimestamp);
            }
            else if (Goodbye.TryParse(packet, out _))
            {
                IsGoodbye = true;
            }
        }
    }
}
