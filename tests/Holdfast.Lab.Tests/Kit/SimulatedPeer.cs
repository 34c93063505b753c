using System.Net;
using Holdfast.Lab.Peer;
using Holdfast.Rtc;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Lab.Tests.Kit;

/// <summary>The lab's peer on the simulated network.</summary>
internal sealed class SimulatedPeer : ISimulatedHost, IDisposable
{
    private static readonly DtlsCertificate Certificate = DtlsCertificate.Create(new RtcTime(1_800_000_000_000_000));
    private readonly HandshakeThreads _threads = new(maximum: 2) { IsLockstep = true };

    public SimulatedPeer(SimulatedNetwork network)
    {
        Peer = new ClientPeer(_threads, Certificate, network.Now);
        network.Attach(this);
    }

    public ClientPeer Peer { get; }

    /// <summary>Where the client is; a new value is a new network for it.</summary>
    public IPEndPoint Address { get; set; } = IPEndPoint.Parse("198.51.100.7:40000");

    public RtcTime NextTimeout => Peer.NextTimeout;

    public bool Owns(IPEndPoint address) => Address.Equals(address);

    public void Receive(RtcTime now, IPEndPoint source, IPEndPoint destination, byte[] datagram) => Peer.HandleDatagram(now, source, datagram);

    public void HandleTimeout(RtcTime now) => Peer.HandleTimeout(now);

    public bool TryTakeDatagram(out SimulatedDatagram datagram)
    {
        var taken = Peer.TryTakeDatagram(out var next);
        datagram = taken ? new SimulatedDatagram(Address, next.Destination, next.Bytes) : null!;
        return taken;
    }

    public void Dispose()
    {
        Peer.Dispose();
        _threads.Dispose();
    }
}

/// <summary>The lab's peer in a call with the real server's peer, in virtual time.</summary>
internal sealed class LabCall : IDisposable
{
    private static readonly TimeSpan FrameInterval = TimeSpan.FromMilliseconds(40);
    private int _frames;
    private int _requestsSeen;

    public LabCall(int seed = 1, NetworkConditions? conditions = null)
    {
        Network = new SimulatedNetwork(seed) { Conditions = conditions ?? NetworkConditions.Good };
        Client = new SimulatedPeer(Network);
        Server = new SimulatedServer(
            Network, Client.Peer.Offer, options => options with
            {
                SilenceTimeout = Timeout.InfiniteTimeSpan,

                // A line that is known to be good: pictures of any size are sent as they come.
                KnownLine = new KnownLine(IPAddress.Parse("198.51.100.7"), 2_500_000),
            });
    }

    public SimulatedNetwork Network { get; }

    public SimulatedPeer Client { get; }

    public SimulatedServer Server { get; }

    public MediaReceiver Media => Client.Peer.Media!;

    /// <summary>Key frames that the server was asked for, or knew to be needed.</summary>
    public int KeyFrameRequests => Server.Events.Count(rtcEvent => rtcEvent is RtcEvent.KeyFrameRequested);

    public string Tag => Server.Peer.Answer.Split("a=ice-ufrag:")[1].Split('/')[0];

    /// <summary>Connects; false where it is not done in time.</summary>
    public bool Connect(double withinSeconds = 14)
    {
        Assert.True(Client.Peer.TryAccept(Network.Now, Server.Peer.Answer, null, null, out var error), error);
        return Network.RunUntil(
            () => Client.Peer.Media is not null && Server.Peer.State == RtcConnectionState.Connected, TimeSpan.FromSeconds(withinSeconds));
    }

    /// <summary>Sends frames, one each 40 ms; returns those that were sent.</summary>
    public List<byte[]> SendFrames(int count, int length = 3000, bool startsWithKey = true)
    {
        if (startsWithKey)
        {
            _requestsSeen = KeyFrameRequests;
        }

        var frames = new List<byte[]>();
        for (var i = 0; i < count; i++)
        {
            var frame = new byte[length];
            new Random(++_frames).NextBytes(frame);
            var isKeyFrame = (i == 0 && startsWithKey) || KeyFrameWanted();
            frame[0] = (byte)(isKeyFrame ? frame[0] & ~1 : frame[0] | 1);
            if (Server.Peer.SendVideo(Network.Now, Network.Now, frame, isKeyFrame))
            {
                frames.Add(frame);
            }

            // Speech of 20 ms, one frame (RFC 6716, table 2).
            Server.Peer.SendAudio(Network.Now, Network.Now, (byte[])[0x08, .. frame.AsSpan(1, 79)]);
            Network.RunFor(FrameInterval);
        }

        return frames;
    }

    public void Run(double seconds) => Network.RunFor(TimeSpan.FromSeconds(seconds));

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }

    private bool KeyFrameWanted()
    {
        var requests = KeyFrameRequests;
        var wanted = requests > _requestsSeen;
        _requestsSeen = requests;
        return wanted;
    }
}
