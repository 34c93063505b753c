using System.Net;
using System.Net.Sockets;

namespace Holdfast.Rtc.Tests.Endpoint;

/// <summary>Many datagrams in one call of the system, and one by one where there is no such call: the same comes of it.</summary>
public sealed class ManyDatagramsTests
{
    [Fact]
    public void Linux_takes_many_at_once()
    {
        using var socket = EndpointSocket.Open(IPAddress.Loopback, 0, 64 * 1024);

        Assert.Equal(OperatingSystem.IsLinux(), socket.TakesMany);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void All_arrive_in_order_and_whole(bool many, bool isDualMode)
    {
        Assert.SkipWhen(isDualMode && !Socket.OSSupportsIPv6, "This machine has no IPv6.");
        using var socket = Open(many, isDualMode ? null : IPAddress.Loopback);
        using var receiver = Receiver();
        var (batch, to) = (new DatagramBatch(), socket.ToSocketAddress((IPEndPoint)receiver.LocalEndPoint!));

        // Twice, since it is filled again and again.
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < DatagramBatch.Capacity; i++)
            {
                batch.Add(Datagram(i, 1 + (i * 20)), to);
            }

            socket.Send(batch);

            Assert.Equal((DatagramBatch.Capacity, Enumerable.Range(0, DatagramBatch.Capacity).Sum(static i => 1L + (i * 20))), batch.Sent);
            for (var i = 0; i < DatagramBatch.Capacity; i++)
            {
                Assert.Equal(Datagram(i, 1 + (i * 20)), Receive(receiver));
            }

            batch.Clear();
        }
    }

    /// <summary>Nobody can be sent to at port 0: of what leaves together, those are lost, and nothing else, and nothing is sent twice.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_the_system_refuses_is_passed_over(bool many)
    {
        using var socket = Open(many, IPAddress.Loopback);
        using var receiver = Receiver();
        var to = socket.ToSocketAddress((IPEndPoint)receiver.LocalEndPoint!);
        var nowhere = socket.ToSocketAddress(new IPEndPoint(IPAddress.Loopback, 0));
        var batch = new DatagramBatch();
        int[] refused = [0, 3, 4, 9];
        for (var i = 0; i < 10; i++)
        {
            batch.Add(Datagram(i, 50), refused.Contains(i) ? nowhere : to);
        }

        socket.Send(batch);

        Assert.Equal(refused, Enumerable.Range(0, 10).Where(i => batch.ReasonOf(i) == DropReason.SendFailed));
        Assert.Equal((6, 300L), batch.Sent);
        foreach (var i in Enumerable.Range(0, 10).Except(refused))
        {
            Assert.Equal(Datagram(i, 50), Receive(receiver));
        }

        Assert.Equal(0, receiver.Available);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_closed_socket_sends_none(bool many)
    {
        var socket = Open(many, IPAddress.Loopback);
        var batch = new DatagramBatch();
        batch.Add(Datagram(1, 50), socket.ToSocketAddress(new IPEndPoint(IPAddress.Loopback, 9)));
        socket.Dispose();

        socket.Send(batch);

        Assert.Equal(DropReason.SendFailed, batch.ReasonOf(0));
    }

    /// <summary>What the buffer has room for is sent, in order; what it has none for is lost; and nobody waits.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_full_buffer_loses_the_rest(bool many)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has these sockets everywhere.");
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var socket = new EndpointSocket(
            new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified), new IPEndPoint(IPAddress.Loopback, 9));
        socket.TakesMany &= many;
        using var reader = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        reader.Bind(new UnixDomainSocketEndPoint(path));
        try
        {
            var destination = new UnixDomainSocketEndPoint(path).Serialize();
            var batch = new DatagramBatch();
            var taken = 0;
            var rounds = 0;
            do
            {
                batch.Clear();
                for (var i = 0; i < DatagramBatch.Capacity; i++)
                {
                    batch.Add(Datagram(taken + i, 1000), destination);
                }

                socket.Send(batch);
                taken += batch.Sent.Datagrams;
            }
            while (batch.Sent.Datagrams == DatagramBatch.Capacity && ++rounds < 1000);

            Assert.InRange(rounds, 0, 999);
            Assert.All(
                Enumerable.Range(batch.Sent.Datagrams, DatagramBatch.Capacity - batch.Sent.Datagrams),
                i => Assert.Equal(DropReason.SendBufferFull, batch.ReasonOf(i)));
            for (var i = 0; i < taken; i++)
            {
                Assert.Equal(Datagram(i, 1000), Receive(reader));
            }

            Assert.Equal(0, reader.Available);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static EndpointSocket Open(bool many, IPAddress? address)
    {
        Assert.SkipWhen(many && !OperatingSystem.IsLinux(), "Only Linux has these calls.");
        var socket = EndpointSocket.Open(address, 0, 1 << 20);
        socket.TakesMany &= many;
        return socket;
    }

    private static Socket Receiver()
    {
        var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20, ReceiveTimeout = 10_000 };
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return receiver;
    }

    private static byte[] Datagram(int number, int length)
    {
        var datagram = new byte[length];
        Array.Fill(datagram, (byte)number);
        return datagram;
    }

    private static byte[] Receive(Socket socket)
    {
        var buffer = new byte[2048];
        return buffer[..socket.Receive(buffer)];
    }
}
