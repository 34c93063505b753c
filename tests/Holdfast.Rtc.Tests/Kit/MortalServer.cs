using System.Net;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Srtp;

namespace Holdfast.Rtc.Tests.Kit;

/// <summary>
/// A server with one peer and a disk, which is killed and started again: what is on the disk is all that is left of it. Whoever looks on sees every
/// datagram that any of its processes ever sent.
/// </summary>
internal sealed class MortalServer : ISimulatedHost, IDisposable
{
    public static readonly IPEndPoint Address = IPEndPoint.Parse("192.0.2.1:8010");

    private static readonly DtlsCertificate Certificate = DtlsCertificate.Create(new RtcTime(1_800_000_000_000_000));

    private readonly SimulatedNetwork _network;
    private readonly HandshakeThreads _threads = new(maximum: 2) { IsLockstep = true };
    private readonly KeepingTerm _term = new();
    private KeptConnection? _writing;
    private SrtpContext? _lookingOn;

    public MortalServer(SimulatedNetwork network, string offer, IReadOnlyList<PayloadFormat>? formats = null)
    {
        _network = network;
        Formats = formats ?? PayloadFormat.All;
        var options = new RtcPeerOptions { Tag = "abcdEFGH1234", IceSecret = SimulatedServer.Secret, Candidates = [Address], Formats = Formats };
        Assert.True(RtcPeer.TryCreate(options, Certificate, _threads, offer, network.Now, out var peer, out var error, term: _term), error);
        Peer = peer;
        network.Attach(this);
    }

    public RtcPeer? Peer { get; private set; }

    /// <summary>The codecs of pictures of the process and of those after it.</summary>
    public IReadOnlyList<PayloadFormat> Formats { get; set; }

    /// <summary>What is on the disk.</summary>
    public KeptConnection? Disk { get; private set; }

    /// <summary>What the processes told.</summary>
    public List<RtcEvent> Events { get; } = [];

    /// <summary>Media and reports that were ever sent, each opened by whoever looks on.</summary>
    public int Opened { get; private set; }

    /// <summary>What whoever looks on could not open, or had seen the number of before.</summary>
    public List<SrtpFailure> Refused { get; } = [];

    public RtcTime KeptUntil
    {
        set => _term.Until = value;
    }

    public RtcTime NextTimeout => Peer?.NextTimeout ?? RtcTime.Never;

    public bool Owns(IPEndPoint address) => Peer is not null && Address.Equals(address);

    /// <summary>Begins to write to the disk; <see cref="EndWriting"/> ends that.</summary>
    public void BeginWriting() => _writing = Peer?.Keep(_network.Now) ?? _writing;

    /// <summary>What was being written is on the disk.</summary>
    /// <param name="isTold">Whether the process hears of it, or is killed before.</param>
    public void EndWriting(bool isTold = true)
    {
        if (_writing is not { } written)
        {
            return;
        }

        (Disk, _writing) = (written, null);
        if (isTold)
        {
            Peer?.Confirm();
        }
    }

    /// <summary>The process is gone, and this is what it left.</summary>
    public void Replace(KeptConnection left) => (Peer, Disk, _writing) = (null, left, null);

    /// <summary>SIGKILL: what was being written is on the disk or is not, as a whole.</summary>
    public void Kill(bool isWritten = false)
    {
        if (isWritten)
        {
            EndWriting(isTold: false);
        }

        (Peer, _writing) = (null, null);
    }

    /// <summary>Starts it again, from what is on the disk.</summary>
    public bool Start(RtcTime heardAt)
    {
        var restored = RtcPeer.TryRestore(
            new RtcPeerOptions { Tag = "any", IceSecret = new byte[1], SilenceTimeout = Timeout.InfiniteTimeSpan, Formats = Formats },
            Certificate, _threads, Disk!, heardAt, _network.Now, _term, out var peer);
        Peer = peer;
        return restored;
    }

    public void Receive(RtcTime now, IPEndPoint source, IPEndPoint destination, byte[] datagram)
    {
        Peer!.HandleDatagram(now, source, datagram);
        TakeEvents();
    }

    public void HandleTimeout(RtcTime now)
    {
        Peer?.HandleTimeout(now);
        TakeEvents();
    }

    public bool TryTakeDatagram(out SimulatedDatagram datagram)
    {
        datagram = null!;
        if (Peer is null || !Peer.TryPollTransmit(out var transmit))
        {
            return false;
        }

        datagram = new SimulatedDatagram(Address, transmit.Destination, transmit.Datagram.ToArray());
        LookOn(transmit.Datagram.ToArray());
        return true;
    }

    /// <summary>Knows the server's key, and looks on from the first packet.</summary>
    public void LookOn(SrtpKeys keys) => _lookingOn = new SrtpContext(keys.Profile, keys.ServerKey, keys.ServerSalt);

    public void Dispose()
    {
        Peer?.Dispose();
        _lookingOn?.Dispose();
        _threads.Dispose();
    }

    private void LookOn(byte[] datagram)
    {
        if (_lookingOn is null || DatagramKinds.Of(datagram) != DatagramKind.Media)
        {
            return;
        }

        var opened = RtcpCompound.IsRtcp(datagram)
            ? _lookingOn.TryUnprotectRtcp(datagram, out _, out var failure)
            : _lookingOn.TryUnprotectRtp(datagram, out _, out failure);
        Opened += opened ? 1 : 0;
        if (!opened)
        {
            Refused.Add(failure);
        }
    }

    private void TakeEvents()
    {
        while (Peer is not null && Peer.TryPollEvent(out var rtcEvent))
        {
            Events.Add(rtcEvent);
        }
    }
}
