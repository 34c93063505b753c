using System.Net;
using System.Net.Sockets;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Endpoint;

/// <summary>A system that takes no more: nobody waits for it, and what it did not take is counted.</summary>
public sealed class FullBufferTests
{
    private const int Enough = 100_000;
    private static readonly IPEndPoint Nobody = new(IPAddress.Loopback, 9);

    /// <summary>Datagrams between processes are charged to who sends them until they are read, so this buffer is full wherever the test runs.</summary>
    [Fact]
    public void A_full_buffer_is_a_lost_datagram_and_no_wait()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has these sockets everywhere.");
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var socket = new EndpointSocket(new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified), Nobody);
        using var reader = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        reader.Bind(new UnixDomainSocketEndPoint(path));
        try
        {
            var destination = new UnixDomainSocketEndPoint(path).Serialize();

            var taken = SendUntilFull(socket, destination);

            // It was full, and not broken: what is read makes room for as much again.
            var buffer = new byte[2048];
            for (var i = 0; i < taken; i++)
            {
                Assert.Equal(1000, reader.Receive(buffer));
            }

            Assert.Equal(taken, SendUntilFull(socket, destination));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The same with UDP: what waits until the neighbour's address is known is charged to the socket, and this neighbour never answers.</summary>
    [Fact]
    public void A_full_buffer_of_UDP_is_a_lost_datagram_and_no_wait()
    {
        using var network = LonelyNetwork.TryCreate();
        Assert.SkipWhen(network is null, "Only root may make a network, and with iproute2.");
        using var socket = network.Open(static address => EndpointSocket.Open(address, 0, 64 * 1024));

        SendUntilFull(socket, socket.ToSocketAddress(new IPEndPoint(network.NeverThere, 9)));

        // Another destination, which needs no neighbour, has the same full buffer.
        Assert.Equal(DropReason.SendBufferFull, socket.Send(new byte[1000], socket.ToSocketAddress(socket.LocalEndPoint)));
    }

    [Fact]
    public void A_socket_that_does_not_wait_to_send_waits_to_receive()
    {
        using var socket = EndpointSocket.Open(IPAddress.Loopback, 0, 64 * 1024);
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var (receiving, source, buffer) = (new OneByOne(socket), socket.CreateAddress(), new byte[ReceiveLoop.BufferLength]);
        var length = 0;
        var receiver = new Thread(() => length = receiving.Receive(buffer, source)) { IsBackground = true };
        receiver.Start();

        // There is nothing to receive, so it has not received: whether it waits already or is about to.
        Assert.False(receiver.Join(TimeSpan.Zero));
        sender.SendTo(new byte[7], socket.LocalEndPoint);

        Assert.True(receiver.Join(TimeSpan.FromSeconds(30)));
        Assert.Equal(7, length);
    }

    [Fact]
    public async Task Each_connection_counts_what_the_system_did_not_take_and_goes_on()
    {
        var socket = new FullSocket();
        await using var endpoint = new RtcEndpoint(
            new RtcEndpointOptions(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<RtcEndpoint>.Instance);
        endpoint.Start(socket);
        using var client = new LoopbackClient(() => endpoint.Now);
        var receiver = new Thread(() => socket.Run(endpoint)) { IsBackground = true };
        receiver.Start();
        Assert.True(endpoint.TryAccept(
            new RtcPeerOptions { Tag = "fullfull", IceSecret = SimulatedServer.Secret }, client.Client.Offer, new Deaf(), out var connection, out _));
        client.Client.Start(connection.Answer);
        Assert.True(client.RunUntil(() => client.Client.IsConnected && connection.State == RtcConnectionState.Connected));

        socket.IsFull = true;
        for (byte i = 0; i < 3; i++)
        {
            Assert.True(connection.SendAudio(endpoint.Now, [i]));
        }

        socket.IsFull = false;
        Assert.True(connection.SendAudio(endpoint.Now, [9]));
        Assert.True(client.RunUntil(() => client.Client.Media!.Audio.Count == 1));
        Assert.Equal([9], client.Client.Media!.Audio[0]);
        Assert.Equal(3, connection.GetStatistics().Dropped[DropReason.SendBufferFull]);
        Assert.Equal(3, endpoint.GetStatistics().Dropped[DropReason.SendBufferFull]);
        Assert.Equal(RtcConnectionState.Connected, connection.State);
        connection.Close();
        Assert.Equal(3, endpoint.GetStatistics().Dropped[DropReason.SendBufferFull]);
    }

    /// <returns>How many datagrams the system took.</returns>
    private static int SendUntilFull(EndpointSocket socket, SocketAddress destination)
    {
        var taken = 0;
        DropReason? reason = null;

        // A thread of its own: one that waits for a full buffer would wait for ever.
        var sender = new Thread(() =>
        {
            while (taken < Enough && (reason = socket.Send(new byte[1000], destination)) is null)
            {
                taken++;
            }
        })
        {
            IsBackground = true,
        };
        sender.Start();
        Assert.True(sender.Join(TimeSpan.FromSeconds(30)), "It waits for a full buffer.");
        Assert.InRange(taken, 1, Enough - 1);
        Assert.Equal(DropReason.SendBufferFull, reason);
        return taken;
    }

    private sealed class Deaf : IRtcConnectionObserver
    {
        public void OnEvent(RtcConnection connection, RtcEvent rtcEvent)
        {
        }
    }

    /// <summary>A real socket on loopback, which says that it is full when it is told to.</summary>
    private sealed class FullSocket : IDatagramSocket
    {
        private readonly EndpointSocket _inner = EndpointSocket.Open(IPAddress.Loopback, 0, 256 * 1024);

        public bool IsFull { get; set; }

        public IPEndPoint LocalEndPoint => _inner.LocalEndPoint;

        public SocketAddress ToSocketAddress(IPEndPoint endPoint) => _inner.ToSocketAddress(endPoint);

        public IPEndPoint ToEndPoint(SocketAddress address) => _inner.ToEndPoint(address);

        public DropReason? Send(ReadOnlySpan<byte> datagram, SocketAddress destination) =>
            IsFull ? DropReason.SendBufferFull : _inner.Send(datagram, destination);

        public void Run(RtcEndpoint endpoint)
        {
            var (receiving, source, buffer) = (new OneByOne(_inner), _inner.CreateAddress(), new byte[ReceiveLoop.BufferLength]);
            try
            {
                while (true)
                {
                    endpoint.Deliver(buffer.AsSpan(0, receiving.Receive(buffer, source)), source);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
            }
        }

        public void Dispose() => _inner.Dispose();
    }
}
