using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Rtc.Tests.Endpoint;

/// <summary>A socket that somebody opened before the endpoint was there.</summary>
public sealed class HeldSocketTests
{
    [Fact]
    public void What_was_sent_before_anybody_read_is_received()
    {
        var held = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        client.SendTo("early"u8, held.LocalEndPoint!);
        client.SendTo("earlier still"u8, held.LocalEndPoint!);

        using var socket = EndpointSocket.Adopt(held, 1 << 16);
        Assert.Equal(held.LocalEndPoint, socket.LocalEndPoint);
        var received = new List<string>();
        var batch = new IncomingBatch(new DatagramPool(socket.CreateAddress));
        while (received.Count < 2)
        {
            socket.Receive(batch, TimeSpan.FromSeconds(5));
            for (var i = 0; i < batch.Count; i++)
            {
                received.Add(Encoding.ASCII.GetString(batch[i].Bytes));
            }
        }

        Assert.Equal(["early", "earlier still"], received, StringComparer.Ordinal);
    }

    [Fact]
    public async Task What_arrives_before_an_endpoint_receives_waits_for_it()
    {
        await using var endpoint = new RtcEndpoint(new RtcEndpointOptions { BindAddress = "127.0.0.1", Port = 0 }, TimeProvider.System, NullLogger<RtcEndpoint>.Instance);
        Assert.Throws<InvalidOperationException>(endpoint.Receive);
        endpoint.Open(PortUse.Alone);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        client.SendTo("nobody's"u8, new IPEndPoint(IPAddress.Loopback, endpoint.Port));
        Assert.False(endpoint.IsRunning);

        endpoint.Receive();
        endpoint.Receive();
        while (endpoint.GetStatistics().DatagramsReceived == 0)
        {
            await Task.Yield();
        }

        Assert.True(endpoint.IsRunning);
    }

    [Fact]
    public async Task What_arrives_when_it_is_left_unread_is_all_the_next_ones()
    {
        const int Many = 64;
        var held = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var first = new RtcEndpoint(new RtcEndpointOptions(), TimeProvider.System, NullLogger<RtcEndpoint>.Instance);
        await using var next = new RtcEndpoint(new RtcEndpointOptions(), TimeProvider.System, NullLogger<RtcEndpoint>.Instance);
        first.Open(held);
        first.Receive();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await SendAsync(1);
        while (first.GetStatistics().DatagramsReceived == 0)
        {
            await Task.Yield();
        }

        await first.LeaveUnreadAsync();
        await first.LeaveUnreadAsync();
        await SendAsync(Many);
        next.Open(held);
        next.Receive();
        while (first.GetStatistics().DatagramsReceived + next.GetStatistics().DatagramsReceived < 1 + Many)
        {
            await Task.Yield();
        }

        Assert.Equal(Many, next.GetStatistics().DatagramsReceived);

        async Task SendAsync(int datagrams)
        {
            for (var i = 0; i < datagrams; i++)
            {
                await client.SendToAsync(new byte[] { 1 }, held.LocalEndPoint!);
            }
        }
    }

    [Fact]
    public void What_is_no_bound_UDP_socket_is_refused()
    {
        using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var unbound = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var local = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        Assert.Throws<ArgumentException>(() => EndpointSocket.Adopt(tcp, 1 << 16));
        Assert.Throws<ArgumentException>(() => EndpointSocket.Adopt(unbound, 1 << 16));
        Assert.Throws<ArgumentException>(() => EndpointSocket.Adopt(local, 1 << 16));
    }
}
