using System.Net;
using System.Net.Sockets;
using CsCheck;
using Holdfast.Rtc.Tests.Kit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Rtc.Tests.Endpoint;

/// <summary>Receiving for many connections at once, on real sockets.</summary>
public sealed class ReceptionTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void All_arrive_whole_in_order_and_from_where_they_were_sent(bool many, bool isDualMode)
    {
        Assert.SkipWhen(many && !OperatingSystem.IsLinux(), "Only Linux has this call.");
        Assert.SkipWhen(isDualMode && !Socket.OSSupportsIPv6, "This machine has no IPv6.");
        using var socket = EndpointSocket.Open(isDualMode ? null : IPAddress.Loopback, 0, 1 << 20);
        socket.TakesMany &= many;
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var to = new IPEndPoint(IPAddress.Loopback, socket.LocalEndPoint.Port);
        var batch = new IncomingBatch(new DatagramPool(socket.CreateAddress));
        var calls = 0;

        // Twice, since it is filled again and again.
        for (var round = 0; round < 2; round++)
        {
            const int Count = IncomingBatch.Capacity + 8;
            for (var i = 0; i < Count; i++)
            {
                sender.SendTo(Enumerable.Repeat((byte)i, 1 + (i * 40)).ToArray(), to);
            }

            for (var next = 0; next < Count; calls++)
            {
                socket.Receive(batch, Timeout.InfiniteTimeSpan);
                for (var i = 0; i < batch.Count; i++, next++)
                {
                    Assert.Equal(Enumerable.Repeat((byte)next, 1 + (next * 40)), batch[i].Bytes.ToArray());
                    Assert.Equal(sender.LocalEndPoint, socket.ToEndPoint(batch[i].Source));
                    Assert.Equal(socket.ToSocketAddress((IPEndPoint)sender.LocalEndPoint!), batch[i].Source);
                    Assert.Equal(next % 3 == 0, next % 3 == 0 && batch.Take(i) is not null);
                }
            }
        }

        Assert.Equal(many ? 4 : 2 * (IncomingBatch.Capacity + 8), calls);
    }

    [Fact]
    public async Task A_connection_that_is_held_up_delays_no_other_and_what_is_too_much_for_it_is_counted()
    {
        var observer = new Holding();
        await using var endpoint = new RtcEndpoint(new RtcEndpointOptions { Port = 0 }, TimeProvider.System, NullLogger<RtcEndpoint>.Instance);
        endpoint.Start();
        using var first = new LoopbackClient(() => endpoint.Now);
        using var second = new LoopbackClient(() => endpoint.Now);
        var held = Connect(endpoint, first, "heldheldheld", observer);
        var free = Connect(endpoint, second, "freefreefree", new Deaf());

        // Its observer does not come back, and so nothing more of it is taken in.
        observer.Holds = true;
        Assert.True(held.SendVideo(endpoint.Now, new byte[3000], isKeyFrame: true, tag: 7));
        Assert.True(first.RunUntil(() => observer.IsIn.IsSet));

        for (byte i = 1; i <= 3; i++)
        {
            Assert.True(free.SendVideo(endpoint.Now, new byte[3000], isKeyFrame: true, tag: i));
            var expected = 3 * i;
            Assert.True(second.RunUntil(() => second.Client.Media!.Frames().Count == i && free.GetStatistics().PacketsAcknowledged >= expected));
        }

        // Much more than waits for one: the rest is lost, and told.
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var check = StunFor("heldheldheld");
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                stranger.SendTo(check, new IPEndPoint(IPAddress.Loopback, endpoint.Port));
                return endpoint.GetStatistics().Dropped.GetValueOrDefault(DropReason.ReceiveQueueFull) > 0;
            },
            TimeSpan.FromSeconds(60)));

        observer.LetGo.Set();
        Assert.True(free.SendAudio(endpoint.Now, [1]));
        Assert.True(held.SendAudio(endpoint.Now, [2]));
        Assert.True(second.RunUntil(() => second.Client.Media!.Audio.Count == 1));
        Assert.True(first.RunUntil(() => first.Client.Media!.Audio.Count == 1 && held.GetStatistics().PacketsAcknowledged >= 3));
    }

    [Fact]
    public async Task Whatever_strangers_send_is_nobodys_and_throws_nothing()
    {
        await using var endpoint = new RtcEndpoint(new RtcEndpointOptions { Port = 0 }, TimeProvider.System, NullLogger<RtcEndpoint>.Instance);
        endpoint.Start();
        using var client = new LoopbackClient(() => endpoint.Now);
        var connection = Connect(endpoint, client, "knownknown", new Deaf());
        var look = new FirstLook(endpoint.Routes);
        var known = endpoint.ToSocketAddress(client.Client.Address);
        var valid = StunFor("knownknown");
        Assert.Null(look.Find(valid, known, out var addressee));
        Assert.Same(connection, addressee.Connection);

        var invented = Gen.Select(
            Gen.Byte.Array[0, 2100],
            Gen.Int[0, 3],
            Gen.Int[0, valid.Length - 1],
            Gen.Byte,
            Gen.Byte.Array[28]);
        invented.Sample(
            (bytes, form, at, value, from) =>
            {
                var source = new SocketAddress(AddressFamily.InterNetworkV6);
                from.CopyTo(source.Buffer.Span);
                byte[] datagram = form switch
                {
                    0 => bytes,
                    1 => [.. valid[..at], value, .. valid[(at + 1)..]],
                    2 => valid[..at],
                    _ => [.. valid[..20], .. bytes],
                };
                if (look.Find(datagram, source, out var whose) is null)
                {
                    // A check that names the connection may be for it: whether it is authentic it finds out itself.
                    Assert.Same(connection, whose.Connection);
                    Assert.Equal(DatagramKind.Stun, DatagramKinds.Of(datagram));
                }
            },
            iter: 20_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            look.Find(valid, known, out _);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8000);
    }

    [Fact]
    public async Task It_ends_while_datagrams_arrive()
    {
        for (var round = 0; round < 5; round++)
        {
            var endpoint = new RtcEndpoint(new RtcEndpointOptions { Port = 0 }, TimeProvider.System, NullLogger<RtcEndpoint>.Instance);
            endpoint.Start();
            using var client = new LoopbackClient(() => endpoint.Now);
            var connection = Connect(endpoint, client, "endsends", new Deaf());
            using var stop = new ManualResetEventSlim();
            var port = endpoint.Port;
            var sender = new Thread(() =>
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                var check = StunFor("endsends");
                while (!stop.IsSet)
                {
                    try
                    {
                        socket.SendTo(check, new IPEndPoint(IPAddress.Loopback, port));
                    }
                    catch (SocketException)
                    {
                        // Nobody is there any more.
                    }
                }
            });
            sender.Start();
            Assert.True(SpinWait.SpinUntil(() => connection.GetStatistics().Dropped.ContainsKey(DropReason.NotAuthentic), TimeSpan.FromSeconds(60)));

            await endpoint.DisposeAsync();
            stop.Set();
            sender.Join();
            Assert.False(endpoint.IsRunning);
            Assert.Equal(RtcConnectionState.Closed, connection.State);
        }
    }

    private static RtcConnection Connect(RtcEndpoint endpoint, LoopbackClient client, string tag, IRtcConnectionObserver observer)
    {
        var options = new RtcPeerOptions { Tag = tag, IceSecret = SimulatedServer.Secret };
        Assert.True(endpoint.TryAccept(options, client.Client.Offer, observer, out var connection, out var error), error);
        client.Client.Start(connection.Answer);
        Assert.True(client.RunUntil(() => client.Client.IsConnected && connection.State == RtcConnectionState.Connected, seconds: 60));
        return connection;
    }

    /// <summary>A check in a connection's name, by somebody who does not know its password.</summary>
    private static byte[] StunFor(string tag)
    {
        var buffer = new byte[256];
        var writer = new Holdfast.Rtc.Stun.StunWriter(buffer, Holdfast.Rtc.Stun.StunClass.Request, new byte[Holdfast.Rtc.Stun.StunMessage.TransactionIdLength]);
        writer.WriteUsername(System.Text.Encoding.ASCII.GetBytes($"{tag}/1:stranger"));
        writer.WriteMessageIntegrity("a password that is not the one"u8);
        writer.WriteFingerprint();
        return buffer[..writer.Length];
    }

    private sealed class Deaf : IRtcConnectionObserver
    {
        public void OnEvent(RtcConnection connection, RtcEvent rtcEvent)
        {
        }
    }

    private sealed class Holding : IRtcConnectionObserver
    {
        public bool Holds { get; set; }

        public ManualResetEventSlim IsIn { get; } = new();

        public ManualResetEventSlim LetGo { get; } = new();

        public void OnEvent(RtcConnection connection, RtcEvent rtcEvent)
        {
            if (Holds && rtcEvent is RtcEvent.FeedbackReceived)
            {
                Holds = false;
                IsIn.Set();
                LetGo.Wait();
            }
        }
    }
}
