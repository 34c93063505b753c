using System.Net;
using Holdfast.Rtc.Dtls;

namespace Holdfast.Rtc.Tests.Kit;

/// <summary>A server with one peer, in lock-step with its handshake.</summary>
internal sealed class SimulatedServer : ISimulatedHost, IDisposable
{
    public static readonly IPEndPoint Address = IPEndPoint.Parse("192.0.2.1:8010");

    private static readonly DtlsCertificate Certificate = DtlsCertificate.Create(new RtcTime(1_800_000_000_000_000));
    private readonly HandshakeThreads _threads = new(maximum: 2) { IsLockstep = true };

    public SimulatedServer(SimulatedNetwork network, string offer, Func<RtcPeerOptions, RtcPeerOptions>? configure = null)
    {
        var options = new RtcPeerOptions { Tag = "abcdEFGH1234", IceSecret = Secret, Candidates = [Address], StreamId = "stream" };
        var created = RtcPeer.TryCreate(
            configure?.Invoke(options) ?? options, Certificate, _threads, offer, network.Now, out var peer, out var error);
        Assert.True(created, error);
        Peer = peer!;
        network.Attach(this);
    }

    public static byte[] Secret { get; } = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    public RtcPeer Peer { get; }

    /// <summary>What the peer told, in order.</summary>
    public List<RtcEvent> Events { get; } = [];

    /// <summary>The microphone, in order.</summary>
    public List<byte[]> Heard { get; } = [];

    /// <summary>Whether anybody takes what the microphone brings.</summary>
    public bool Listens { get; set; } = true;

    public RtcTime NextTimeout => Peer.NextTimeout;

    public RtcReason? CloseReason =>
        Events.OfType<RtcEvent.StateChanged>().FirstOrDefault(changed => changed.State == RtcConnectionState.Closed)?.Reason;

    public bool Owns(IPEndPoint address) => Address.Equals(address);

    public void Receive(RtcTime now, IPEndPoint source, IPEndPoint destination, byte[] datagram)
    {
        Peer.HandleDatagram(now, source, datagram);
        Take(now);
    }

    public void HandleTimeout(RtcTime now)
    {
        Peer.HandleTimeout(now);
        Take(now);
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

    private void Take(RtcTime now)
    {
        while (Peer.TryPollEvent(out var rtcEvent))
        {
            Events.Add(rtcEvent);
        }

        Span<byte> buffer = stackalloc byte[2048];
        while (Listens && Peer.TryPollAudio(now, buffer, out var audio))
        {
            Heard.Add(buffer[..audio.Length].ToArray());
        }
    }
}
