using System.Net;

namespace Holdfast.Rtc.Tests.Kit;

/// <summary>A server and a client on a simulated network: what most scenarios begin with.</summary>
internal sealed class Call : IDisposable
{
    private static readonly TimeSpan FrameInterval = TimeSpan.FromMilliseconds(40);
    private int _frames;

    public Call(
        int seed = 1, OfferOptions? offer = null, NetworkConditions? conditions = null, Func<SimulatedNetwork, SimulatedClient>? client = null,
        Func<RtcPeerOptions, RtcPeerOptions>? configure = null)
    {
        Network = new SimulatedNetwork(seed) { Conditions = conditions ?? NetworkConditions.Good };
        Client = client?.Invoke(Network) ?? new SimulatedClient(Network, offer);
        Server = new SimulatedServer(Network, Client.Offer, configure);
    }

    public SimulatedNetwork Network { get; }

    public SimulatedClient Client { get; }

    public SimulatedServer Server { get; }

    public RtcPeer Peer => Server.Peer;

    public SimulatedMedia Media => Client.Media!;

    /// <summary>A line of which it is known that it carries more than is sent.</summary>
    public static Func<RtcPeerOptions, RtcPeerOptions> GoodLine =>
        static options => options with { KnownLine = new KnownLine(IPAddress.Parse("198.51.100.7"), 2_500_000) };

    /// <summary>Connects; false where it is not done in time.</summary>
    public bool Connect(TimeSpan? limit = null)
    {
        Client.Start(Peer.Answer);
        return Network.RunUntil(
            () => Client.IsConnected && Peer.State == RtcConnectionState.Connected, limit ?? TimeSpan.FromSeconds(14));
    }

    /// <summary>Sends frames of so many bytes, one each 40 ms, each of other content; returns them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="length">Bytes of each.</param>
    /// <param name="beginsAnew">Whether the first of them stands for itself, so that nobody misses what came before.</param>
    public List<byte[]> SendFrames(int count, int length = 3000, bool beginsAnew = true)
    {
        var frames = new List<byte[]>();
        for (var i = 0; i < count; i++)
        {
            var frame = new byte[length];
            new Random(++_frames).NextBytes(frame);
            if (Peer.SendVideo(Network.Now, Network.Now, frame, isKeyFrame: beginsAnew && i == 0))
            {
                frames.Add(frame);
            }

            Network.RunFor(FrameInterval);
        }

        return frames;
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }
}
