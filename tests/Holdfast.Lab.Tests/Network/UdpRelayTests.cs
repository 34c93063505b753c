using System.Net;
using System.Net.Sockets;
using Holdfast.Lab.Network;
using Holdfast.Lab.Peer;
using Holdfast.Rtc;

namespace Holdfast.Lab.Tests.Network;

/// <summary>The relay with real sockets: what it tells of packets, and that its line is as wide as it should be.</summary>
public sealed class UdpRelayTests
{
    private const int Packets = 100;
    private const int PacketLength = 972;
    private const int HeaderBytes = 28;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_burst_waits_for_the_line_one_after_the_other_and_what_the_queue_cannot_take_is_dropped()
    {
        var line = new LinkConditions { Bandwidth = 160e3, Queue = TimeSpan.FromMilliseconds(200), Delay = TimeSpan.FromMilliseconds(10) };
        var seen = new List<RelayedPacket>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var server = Open();
        using var client = Open();
        await using var relay = new UdpRelay(
            new LabClock(TimeProvider.System), (IPEndPoint)server.LocalEndPoint!, new IPEndPoint(IPAddress.Loopback, 0), line, LinkConditions.Perfect, seed: 1)
        {
            OnPacket = packet =>
            {
                lock (seen)
                {
                    seen.Add(packet);
                    if (seen.Count == Packets)
                    {
                        all.SetResult();
                    }
                }
            },
        };

        // 5 s of such a line.
        for (var i = 0; i < Packets; i++)
        {
            await client.SendToAsync(new byte[PacketLength], relay.Address, Cancelled);
        }

        // The relay takes them in order, so that the last one has a fate when all have one.
        await all.Task.WaitAsync(Cancelled);

        var delivered = Count(PacketFate.Delivered);
        Assert.Equal(Packets, delivered + Count(PacketFate.QueueFull));
        Assert.True(Count(PacketFate.QueueFull) > 0, "Nothing was dropped.");
        var arrivals = seen.Where(static packet => packet.Verdict.IsDelivered).ToList();
        Assert.All(arrivals.Zip(arrivals.Skip(1)), static pair =>
            Assert.True((pair.Second.Verdict.At - pair.First.Verdict.At).TotalMilliseconds >= (PacketLength + HeaderBytes) * 8 / 160.0 - 0.01));
        Assert.All(arrivals, static packet => Assert.InRange((packet.Verdict.At - packet.At).TotalMilliseconds, 10 + 49, 10 + 200 + 51));
        Assert.All(seen, static packet => Assert.Equal((PathDirection.ToServer, PacketLength), (packet.Direction, packet.Length)));

        // What was to arrive arrives, none of it before its time.
        var buffer = new byte[PacketLength + 1];
        foreach (var packet in arrivals)
        {
            Assert.Equal(PacketLength, await server.ReceiveAsync(buffer, Cancelled));
        }

        int Count(PacketFate fate)
        {
            lock (seen)
            {
                return seen.Count(packet => packet.Verdict.Fate == fate);
            }
        }
    }

    private static Socket Open()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
