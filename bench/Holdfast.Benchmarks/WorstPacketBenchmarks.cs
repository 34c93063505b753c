using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Holdfast.Lab.Peer;
using Holdfast.Rtc;
using Holdfast.Rtc.Congestion;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Keeping;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Sdp;
using Holdfast.Rtc.Srtp;
using Holdfast.Rtc.Stun;

namespace Holdfast.Benchmarks;

/// <summary>
/// What the worst packet of each kind costs the one thread that receives for everybody, or, for an offer, the request that brought it. The kinds and
/// their bounds are those of docs/protocol.md. RTCP is as it comes out of SRTCP: 1,296 bytes in a datagram of 1,316.
/// </summary>
[MemoryDiagnoser]
public class WorstPacketBenchmarks
{
    private const int ControlLength = 1_296;
    private const int PacketsSent = 1_024;
    private const int EmptyRun = 0x1FFF;
    private const int MostRecords = 55;
    private const string Tag = "abcdEFGH1234";

    private static readonly IPEndPoint Client = IPEndPoint.Parse("198.51.100.7:40000");
    private static readonly TimeSpan BetweenDatagrams = TimeSpan.FromMilliseconds(5);

    private readonly PeerCounters _counters = new();
    private readonly Queue<RtcEvent> _events = new();
    private readonly byte[] _response = new byte[IceLiteAgent.MaxResponseLength];
    private readonly byte[] _opus = new byte[80];
    private readonly byte[] _frame = new byte[512 * 1_000];
    private TransmitQueue _queue = null!;
    private MediaSender _sender = null!;
    private MediaStreams _streams = null!;
    private ControlReceiver _control = null!;
    private IceLiteAgent _ice = null!;
    private RtcTime _now = new(1_800_000_000_000_000);

    private byte[] _emptyFeedback = [];
    private byte[] _vectorFeedback = [];
    private byte[] _nack = [];
    private byte[] _reports = [];
    private byte[] _goodbyes = [];
    private byte[] _fullIntra = [];
    private byte[] _estimates = [];
    private byte[] _descriptions = [];
    private byte[] _check = [];
    private byte[] _rtp = [];
    private string _offer = "";
    private string _sections = "";
    private byte[] _records = [];
    private byte[] _flight = [];
    private byte[] _forged = [];
    private readonly byte[] _room = new byte[2_048];
    private DtlsRecordGuard _guard = null!;
    private SrtpContext _srtp = null!;
    private uint _audioSsrc;
    private uint _videoSsrc;

    [GlobalSetup]
    public void Setup()
    {
        RandomNumberGenerator.Fill(_frame);
        var timers = new PeerTimers();
        _queue = new TransmitQueue(_counters.Drops);
        var options = new RtcPeerOptions { Tag = Tag, IceSecret = new byte[32], Candidates = [Client] };
        var fingerprint = new SdpFingerprint("sha-256", new byte[SHA256.HashSizeInBytes]);
        if (!PeerNegotiation.TryCreate(options, new IceLiteAgent(Tag, new byte[32]), fingerprint, OrdinaryOffer(fingerprint), out var negotiation, out var error))
        {
            throw new InvalidOperationException(error);
        }

        _streams = negotiation.Streams;
        (_audioSsrc, _videoSsrc) = (_streams.Audio!.Ssrc, _streams.Video!.Ssrc);
        var srtp = new SrtpContext(SrtpProfile.AeadAes128Gcm, _frame.AsSpan(0, 16), _frame.AsSpan(16, 12));
        _sender = new MediaSender(new PacketSender(srtp, _queue, _counters, _streams, new KeepingTerm(), new BandwidthEstimator(new BandwidthEstimatorOptions())), _streams, _counters);
        _control = new ControlReceiver(_streams, _sender, new SentReports(), _counters, _events, new KeyFrameGate(timers, _events));
        _ice = new IceLiteAgent(Tag, _frame.AsSpan(0, 32));

        _emptyFeedback = Repeat(EmptyFeedback());
        _vectorFeedback = VectorFeedback();
        _reports = Reports();
        _goodbyes = Repeat([0x80, (byte)RtcpPacketType.Goodbye, 0, 0]);
        _fullIntra = FullIntra();
        _estimates = Repeat(Estimate());
        _descriptions = Descriptions();
        _check = Check();
        _rtp = Rtp();
        _offer = Offer();
        _sections = Sections();
        _guard = DtlsRecordGuard.Restore(new GuardRecord(_frame[..16], _frame[16..20]));
        _records = [.. Enumerable.Repeat(Record(23, epoch: 1, length: 24), MostRecords).SelectMany(static record => record)];
        _flight = [.. Enumerable.Repeat(Record(22, epoch: 0, length: 5), 2 * MostRecords).SelectMany(static record => record)];
        _srtp = new SrtpContext(SrtpProfile.AeadAes128Gcm, _frame.AsSpan(0, 16), _frame.AsSpan(16, 12));
        _forged = new byte[1_316];
        (_forged[0], _forged[1], _forged[^4]) = (0x80, (byte)RtcpPacketType.ReceiverReport, 0x80);
    }

    [IterationSetup]
    public void Send()
    {
        // All that a client may ask about or for: a full record of what was sent, and a full history.
        _now += TimeSpan.FromSeconds(3);
        _sender.Sound.Send(_now, _now, _opus, tag: 1, Client);
        for (var i = 0; i < PacketsSent; i++)
        {
            _sender.Sound.Send(_now, _now, _opus, tag: 0, Client);
        }

        Drain();
        _sender.SendVideo(_now, _now, _frame, isKeyFrame: true, tag: 5);
        ushort? first = null;
        for (var next = _now; next != RtcTime.Never;)
        {
            _now = next > _now ? next : _now;
            (next, _) = _sender.Pump(_now, Client, isProven: true);
            while (_queue.TryTake(out var datagram))
            {
                first ??= RtpPacket.ReadSequenceNumber(datagram.Datagram);
            }
        }

        _nack = Nack(first!.Value);
    }

    [Benchmark(Description = "36 feedback packets about 65,528 packets each")]
    public DropReason? EmptyFeedbacks() => Control(_emptyFeedback);

    [Benchmark(Description = "one feedback packet of vectors, 8,932 packets")]
    public DropReason? VectorFeedbacks() => Control(_vectorFeedback);

    [Benchmark(Description = "NACK of 5,423 packets")]
    public DropReason? Nacks() => Control(_nack);

    [Benchmark(Description = "53 report blocks about the sound")]
    public DropReason? ReportBlocks() => Control(_reports);

    [Benchmark(Description = "324 BYE packets")]
    public DropReason? Goodbyes() => Control(_goodbyes);

    [Benchmark(Description = "FIR of 160 entries")]
    public DropReason? FullIntraRequests() => Control(_fullIntra);

    [Benchmark(Description = "54 REMB packets")]
    public DropReason? Estimates() => Control(_estimates);

    [Benchmark(Description = "SDES of 31 chunks")]
    public DropReason? SourceDescriptions() => Control(_descriptions);

    [Benchmark(Description = "STUN, 1,480 bytes of empty attributes")]
    public bool ConnectivityCheck()
    {
        var verdict = IceVerdict.Ignored;
        if (StunMessage.TryGetRoutingTag(_check, out _) && StunMessage.TryParse(_check, out var message))
        {
            verdict = _ice.HandleBinding(_now, message, Client, _response, out _);
        }

        return verdict == IceVerdict.Rejected;
    }

    [Benchmark(Description = "RTP, 15 CSRCs, 1,100 extensions")]
    public DropReason? RtpPacketOfTheMicrophone() =>
        RtpPacket.TryParse(_rtp, out var packet) && !packet.Extensions.TryGet(14, out _) ? _streams.Microphone!.Add(_now, packet, roundTrip: null) : null;

    [Benchmark(Description = "DTLS behind the handshake, 55 forged records")]
    public int DtlsRecordsOfNobody()
    {
        var count = 0;
        ReadOnlySpan<byte> datagram = _records;
        while (count < DtlsRecords.MostTaken && DtlsRecordGuard.TryReadRecord(ref datagram, out var record))
        {
            count += _guard.Check(record) == GuardVerdict.NotAuthentic ? 1 : MostRecords;
        }

        return count;
    }

    [Benchmark(Description = "DTLS in a handshake, 110 records")]
    public int HandshakeRecords() => DtlsRecords.Take(_flight, _room, isEstablished: false);

    [Benchmark(Description = "SRTCP of 1,316 bytes that nobody signed")]
    public bool ForgedControl() => _srtp.TryUnprotectRtcp(_forged, out _, out _);

    [Benchmark(Description = "an offer of 64 KiB")]
    public bool LongestOffer() => SdpOffer.TryParse(_offer, out _, out _);

    [Benchmark(Description = "an offer of 64 sections, answered")]
    public bool LargestAnswer() => SdpOffer.TryParse(_sections, out var offer, out _) && SdpNegotiator.TryNegotiate(offer, previous: null, out _, out _);

    private static byte[] Repeat(ReadOnlySpan<byte> packet)
    {
        var datagram = new byte[ControlLength / packet.Length * packet.Length];
        for (var at = 0; at < datagram.Length; at += packet.Length)
        {
            packet.CopyTo(datagram.AsSpan(at));
        }

        return datagram;
    }

    private static byte[] Packet(RtcpPacketType type, int count, int length)
    {
        var packet = new byte[length];
        packet[0] = (byte)(0x80 | count);
        packet[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)(length / 4 - 1));
        return packet;
    }

    private static byte[] EmptyFeedback()
    {
        const int runs = 8;
        var packet = Packet(RtcpPacketType.TransportFeedback, RtcpFeedbackFormat.TransportWide, 36);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(14), EmptyRun * runs);
        for (var i = 0; i < runs; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20 + 2 * i), EmptyRun);
        }

        return packet;
    }

    private static byte[] VectorFeedback()
    {
        const int chunks = (ControlLength - 20) / 2;
        var packet = Packet(RtcpPacketType.TransportFeedback, RtcpFeedbackFormat.TransportWide, ControlLength);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(14), chunks * StatusChunk.OneBitSymbols);
        for (var i = 0; i < chunks; i++)
        {
            packet[20 + 2 * i] = 0x80;
        }

        return packet;
    }

    private byte[] Nack(ushort first)
    {
        var packet = Packet(RtcpPacketType.TransportFeedback, RtcpFeedbackFormat.GenericNack, ControlLength);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), _videoSsrc);
        for (var at = 12; at + 4 <= packet.Length; at += 4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at), first);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at + 2), ushort.MaxValue);
            first += 17;
        }

        return packet;
    }

    private byte[] Reports()
    {
        byte[] datagram = [.. Packet(RtcpPacketType.ReceiverReport, 31, 8 + 31 * ReportBlock.Length), .. Packet(RtcpPacketType.ReceiverReport, 22, 8 + 22 * ReportBlock.Length)];
        var block = new ReportBlock(_audioSsrc, 0, 0, 0, 0, 0, 0);
        for (var at = 8; at + ReportBlock.Length <= datagram.Length; at += ReportBlock.Length)
        {
            at += at == 8 + 31 * ReportBlock.Length ? 8 : 0;
            block.Write(datagram.AsSpan(at));
        }

        return datagram;
    }

    private byte[] FullIntra()
    {
        var packet = Packet(RtcpPacketType.PayloadFeedback, RtcpFeedbackFormat.FullIntraRequest, 12 + 160 * 8);
        for (var i = 0; i < 160; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12 + 8 * i), _videoSsrc);
            packet[16 + 8 * i] = (byte)i;
        }

        return packet;
    }

    private byte[] Estimate()
    {
        var buffer = new byte[64];
        var writer = new RtcpWriter(buffer);
        writer.WriteReceiverEstimatedBitrate(1, 1_000_000, [_videoSsrc]);
        return buffer[..writer.Length];
    }

    private static byte[] Descriptions()
    {
        var packet = Packet(RtcpPacketType.SourceDescription, 31, ControlLength);
        packet.AsSpan(4).Fill(1);
        return packet;
    }

    private static byte[] Check()
    {
        var buffer = new byte[StunMessage.MaxLength];
        var writer = new StunWriter(buffer, StunClass.Request, new byte[StunMessage.TransactionIdLength]);
        while (writer.Length < StunMessage.MaxLength - 80)
        {
            // Comprehension-optional, empty, unknown.
            writer.WriteUseCandidate();
        }

        writer.WriteUsername(Encoding.ASCII.GetBytes($"{Tag}/0:client"));
        writer.WriteMessageIntegrity("wrong"u8);
        writer.WriteFingerprint();
        return buffer[..writer.Length];
    }

    private static byte[] Rtp()
    {
        const int extensions = 1_100;
        var packet = new byte[12 + 60 + 4 + extensions + 4];
        packet[0] = 0x9F;
        packet[1] = 111;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(72), RtpExtensions.OneByteProfile);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(74), extensions / 4);
        packet.AsSpan(76, extensions).Fill(0);
        return packet;
    }

    private static byte[] Record(byte type, byte epoch, byte length)
    {
        var record = new byte[DtlsRecords.HeaderLength + length];
        (record[0], record[1], record[2], record[4], record[12]) = (type, 0xFE, 0xFD, epoch, length);
        return record;
    }

    /// <summary>As many sections, payload types and groups as are read, all of which might be answered.</summary>
    private static string Sections()
    {
        var text = new StringBuilder("v=0\r\na=ice-ufrag:client\r\na=ice-pwd:clientclientclientclient\r\na=setup:actpass\r\n");
        text.Append("a=fingerprint:").Append(new SdpFingerprint("sha-256", new byte[SHA256.HashSizeInBytes])).Append("\r\n");
        for (var group = 0; group < 16; group++)
        {
            text.Append("a=group:BUNDLE ").AppendJoin(' ', Enumerable.Range(group * 4, 4)).Append("\r\n");
        }

        var formats = string.Join(' ', Enumerable.Range(0, 128));
        for (var mid = 0; mid < 64; mid++)
        {
            text.Append("m=video 9 UDP/TLS/RTP/SAVPF ").Append(formats).Append("\r\na=mid:").Append(mid).Append("\r\na=rtcp-mux\r\n");
            for (var type = 96; type < 116; type++)
            {
                text.Append("a=rtpmap:").Append(type).Append(type == 115 ? " VP8/90000\r\n" : " rtx/90000\r\n");
            }
        }

        return text.ToString();
    }

    private static string OrdinaryOffer(SdpFingerprint fingerprint) => $"""
        v=0
        o=- 1 1 IN IP4 127.0.0.1
        s=-
        t=0 0
        a=group:BUNDLE 0 1
        a=ice-ufrag:client
        a=ice-pwd:clientclientclientclient
        a=fingerprint:{fingerprint}
        a=setup:actpass
        m=audio 9 UDP/TLS/RTP/SAVPF 111
        c=IN IP4 0.0.0.0
        a=mid:0
        a=sendrecv
        a=rtcp-mux
        a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
        a=rtpmap:111 opus/48000/2
        a=rtcp-fb:111 transport-cc
        m=video 9 UDP/TLS/RTP/SAVPF 96 97
        c=IN IP4 0.0.0.0
        a=mid:1
        a=recvonly
        a=rtcp-mux
        a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
        a=rtpmap:96 VP8/90000
        a=rtcp-fb:96 transport-cc
        a=rtcp-fb:96 nack
        a=rtpmap:97 rtx/90000
        a=fmtp:97 apt=96

        """.ReplaceLineEndings("\r\n");

    private static string Offer()
    {
        var text = new StringBuilder("v=0\r\n");
        var formats = string.Join(' ', Enumerable.Range(0, 128));
        while (text.Length < 20_000)
        {
            text.Append("m=video 9 UDP/TLS/RTP/SAVPF ").Append(formats).Append("\r\n");
        }

        while (text.Length < SdpOffer.MaxLength - 20)
        {
            text.Append("a=rtcp-fb:* nack\r\n");
        }

        return text.ToString();
    }

    private DropReason? Control(byte[] datagram)
    {
        _now += BetweenDatagrams;
        var dropped = _control.Handle(_now, datagram, Client);
        Drain();
        return dropped;
    }

    private void Drain()
    {
        _events.Clear();
        while (_queue.TryTake(out _))
        {
        }
    }
}
