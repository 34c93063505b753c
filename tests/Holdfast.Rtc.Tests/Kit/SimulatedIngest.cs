using System.Net;
using System.Text;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Sdp;
using Holdfast.Rtc.Srtp;
using Holdfast.Rtc.Stun;

namespace Holdfast.Rtc.Tests.Kit;

/// <summary>A server that takes a stream: lite or full in ICE, server or client in DTLS, as its answer says.</summary>
internal sealed class SimulatedIngest : ISimulatedHost, IDisposable
{
    public static readonly IPEndPoint Address = IPEndPoint.Parse("203.0.113.5:5000");

    private const string Ufrag = "ingest";
    private const string Password = "ingestingestingestingest";
    private static readonly DtlsCertificate Certificate = DtlsCertificate.Create(new RtcTime(1_800_000_000_000_000));

    private readonly HandshakeThreads _threads = new(maximum: 2) { IsLockstep = true };
    private readonly Queue<SimulatedDatagram> _outgoing = new();
    private readonly bool _isActive;
    private readonly DtlsAssociation _dtls;
    private IPEndPoint? _client;
    private SrtpContext? _send;
    private SrtpContext? _receive;

    /// <param name="network">The network.</param>
    /// <param name="offer">The offer.</param>
    /// <param name="isActive">Whether it begins the handshake.</param>
    public SimulatedIngest(SimulatedNetwork network, string offer, bool isActive)
    {
        _isActive = isActive;
        const string Line = "a=fingerprint:";
        var line = offer.Split("\r\n").First(static line => line.StartsWith(Line, StringComparison.Ordinal));
        Assert.True(SdpFingerprint.TryParse(line.AsSpan(Line.Length), out var fingerprint));
        _dtls = new DtlsAssociation(_threads, isActive ? new DtlsClientRole(Certificate, fingerprint, DtlsPolicy.Profiles) : new DtlsServerRole(Certificate, [fingerprint]));
        network.Attach(this);
    }

    /// <summary>Whether it still does anything.</summary>
    public bool IsAlive { get; set; } = true;

    /// <summary>Packets of each SSRC.</summary>
    public Dictionary<uint, int> Packets { get; } = [];

    public int Goodbyes { get; private set; }

    public int Checks { get; private set; }

    public bool IsConnected => _send is not null;

    public RtcReason? End => _dtls.End;

    public RtcTime NextTimeout => IsAlive ? _dtls.ResendAt : RtcTime.Never;

    public bool Owns(IPEndPoint address) => Address.Equals(address);

    public string Answer(string video = "96 97", string? fingerprint = null) => string.Join(
        "\r\n",
        "v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=ice-lite", "a=group:BUNDLE 0 1",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=mid:0", "a=recvonly", "a=rtcp-mux",
        $"a=ice-ufrag:{Ufrag}", $"a=ice-pwd:{Password}", $"a=fingerprint:{fingerprint ?? Certificate.Fingerprint.ToString()}", $"a=setup:{(_isActive ? "active" : "passive")}",
        $"a=candidate:1 1 udp 2130706431 {Address.Address} {Address.Port} typ host", "a=candidate:2 1 udp 1 192.0.2.77 9 typ host", "a=candidate:3 1 tcp 1 192.0.2.78 9 typ host",
        "a=rtpmap:111 opus/48000/2",
        $"m=video {(video.Length == 0 ? "0" : "9")} UDP/TLS/RTP/SAVPF {(video.Length == 0 ? "96" : video)}", "c=IN IP4 0.0.0.0", "a=mid:1", "a=recvonly", "a=rtcp-mux",
        "a=rtpmap:96 VP8/90000", "a=rtcp-fb:96 nack pli", "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96", "");

    public void Receive(RtcTime now, IPEndPoint source, IPEndPoint destination, byte[] datagram)
    {
        if (!IsAlive)
        {
            return;
        }

        switch (DatagramKinds.Of(datagram))
        {
            case DatagramKind.Stun when StunMessage.TryParse(datagram, out var message) && message.Class == StunClass.Request:
                Check(message, source);
                break;
            case DatagramKind.Dtls:
                _dtls.HandleDatagram(now, datagram);
                break;
            case DatagramKind.Media when _receive is not null:
                Take(datagram);
                break;
            case DatagramKind.Stun or DatagramKind.Media or DatagramKind.Unknown:
                break;
        }

        Advance(now);
    }

    public void HandleTimeout(RtcTime now)
    {
        _dtls.HandleTimeout(now);
        Advance(now);
    }

    public bool TryTakeDatagram(out SimulatedDatagram datagram) => _outgoing.TryDequeue(out datagram!);

    /// <summary>Asks for a picture that needs no other.</summary>
    public void AskForKeyFrame(uint ssrc)
    {
        // Payload-specific feedback with format 1 and no more than the two SSRCs (RFC 4585 section 6.3.1).
        var buffer = new byte[256];
        byte[] indication = [0x81, 206, 0, 2, 0, 0, 0, 9, (byte)(ssrc >> 24), (byte)(ssrc >> 16), (byte)(ssrc >> 8), (byte)ssrc];
        indication.CopyTo(buffer, 0);
        Send(buffer[.._send!.ProtectRtcp(buffer, indication.Length)]);
    }

    public void Close(RtcTime now)
    {
        _dtls.Close();
        Advance(now);
        IsAlive = false;
    }

    public void Dispose()
    {
        _dtls.Close();
        _threads.Dispose();
        _send?.Dispose();
        _receive?.Dispose();
    }

    private void Check(in StunMessage message, IPEndPoint source)
    {
        var key = Encoding.ASCII.GetBytes(Password);
        Assert.True(message.VerifyIntegrity(key) && message.VerifyFingerprint());
        Checks++;
        Span<byte> response = stackalloc byte[128];
        var writer = new StunWriter(response, StunClass.SuccessResponse, message.TransactionId);
        writer.WriteXorMappedAddress(source);
        writer.WriteMessageIntegrity(key);
        writer.WriteFingerprint();
        _client = source;
        Send(response[..writer.Length].ToArray());
        if (_isActive)
        {
            _dtls.Start();
        }
    }

    private void Advance(RtcTime now)
    {
        _dtls.Advance();
        while (_dtls.TryTakeDatagram(now, out var datagram))
        {
            Send([.. datagram]);
        }

        if (_send is null && _dtls.Keys is { } keys)
        {
            var (asClient, asServer) = (new SrtpContext(keys.Profile, keys.ClientKey, keys.ClientSalt), new SrtpContext(keys.Profile, keys.ServerKey, keys.ServerSalt));
            (_send, _receive) = _isActive ? (asClient, asServer) : (asServer, asClient);
        }
    }

    private void Take(byte[] datagram)
    {
        if (RtcpCompound.IsRtcp(datagram))
        {
            Assert.True(_receive!.TryUnprotectRtcp(datagram, out var length, out _));
            Assert.True(RtcpCompound.TryParse(datagram.AsSpan(0, length), out var compound));
            while (compound.TryReadNext(out var packet))
            {
                Goodbyes += packet.Type == RtcpPacketType.Goodbye ? 1 : 0;
            }

            return;
        }

        Assert.True(_receive!.TryUnprotectRtp(datagram, out var plain, out _));
        Assert.True(RtpPacket.TryParse(datagram.AsSpan(0, plain), out var media));
        Packets[media.Ssrc] = Packets.GetValueOrDefault(media.Ssrc) + 1;
    }

    private void Send(byte[] datagram)
    {
        if (_client is not null)
        {
            _outgoing.Enqueue(new SimulatedDatagram(Address, _client, datagram));
        }
    }
}

/// <summary>A <see cref="PublishingPeer"/> on a simulated network.</summary>
internal sealed class SimulatedPublisher : ISimulatedHost, IDisposable
{
    public static readonly IPEndPoint Address = IPEndPoint.Parse("198.51.100.9:6000");

    private static readonly DtlsCertificate Certificate = DtlsCertificate.Create(new RtcTime(1_800_000_000_000_000));
    private readonly HandshakeThreads _threads = new(maximum: 2) { IsLockstep = true };

    public SimulatedPublisher(SimulatedNetwork network, IReadOnlyList<PayloadFormat>? formats = null)
    {
        Peer = new PublishingPeer(_threads, Certificate, [Address], formats: formats);
        network.Attach(this);
    }

    public PublishingPeer Peer { get; }

    /// <summary>What the peer told, in order.</summary>
    public List<RtcEvent> Events { get; } = [];

    public RtcReason? CloseReason =>
        Events.OfType<RtcEvent.StateChanged>().FirstOrDefault(changed => changed.State == RtcConnectionState.Closed)?.Reason;

    public int KeyFrameRequests => Events.OfType<RtcEvent.KeyFrameRequested>().Count();

    public RtcTime NextTimeout => Peer.NextTimeout;

    public bool Owns(IPEndPoint address) => Address.Equals(address);

    public void Receive(RtcTime now, IPEndPoint source, IPEndPoint destination, byte[] datagram)
    {
        Peer.HandleDatagram(now, source, datagram);
        Take();
    }

    public void HandleTimeout(RtcTime now)
    {
        Peer.HandleTimeout(now);
        Take();
    }

    public bool TryTakeDatagram(out SimulatedDatagram datagram)
    {
        var taken = Peer.TryPollTransmit(out var transmit);
        datagram = taken ? new SimulatedDatagram(Address, transmit.Destination, transmit.Datagram.ToArray()) : null!;
        return taken;
    }

    public void Dispose()
    {
        Peer.Dispose();
        _threads.Dispose();
    }

    private void Take()
    {
        while (Peer.TryPollEvent(out var rtcEvent))
        {
            Events.Add(rtcEvent);
        }
    }
}
