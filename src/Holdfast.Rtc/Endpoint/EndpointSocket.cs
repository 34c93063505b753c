using System.Net;
using System.Net.Sockets;

namespace Holdfast.Rtc;

/// <summary>A UDP socket: opens it for IPv6 and IPv4, or for IPv4 where there is no IPv6, and translates addresses.</summary>
internal sealed class EndpointSocket : IDatagramSocket, IReceivingSocket
{
    private readonly Socket _socket;
    private readonly bool _isDualMode;

    private EndpointSocket(Socket socket)
    {
        _socket = socket;
        _isDualMode = socket.AddressFamily == AddressFamily.InterNetworkV6;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Opens it.</summary>
    /// <param name="bindAddress">The address to listen on; null: all.</param>
    /// <param name="port">The port; 0: any.</param>
    /// <param name="bufferSize">Bytes of each of the system's buffers, if it gives as many.</param>
    public static EndpointSocket Open(IPAddress? bindAddress, int port, int bufferSize)
    {
        var address = bindAddress ?? (Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any);
        try
        {
            return Bind(address, port, bufferSize);
        }
        catch (SocketException e) when (bindAddress is null && address.Equals(IPAddress.IPv6Any) && e.SocketErrorCode != SocketError.AddressAlreadyInUse)
        {
            // The system has IPv6 but it is switched off.
            return Bind(IPAddress.Any, port, bufferSize);
        }
    }

    /// <summary>An empty address for <see cref="Receive"/> to fill, again and again.</summary>
    public SocketAddress CreateAddress() => new(_socket.AddressFamily);

    /// <summary>The form of an address that the socket sends to.</summary>
    public SocketAddress ToSocketAddress(IPEndPoint endPoint) =>
        (_isDualMode && endPoint.AddressFamily == AddressFamily.InterNetwork
            ? new IPEndPoint(endPoint.Address.MapToIPv6(), endPoint.Port)
            : endPoint).Serialize();

    /// <summary>The address that was received from; an IPv4 address is one again.</summary>
    public IPEndPoint ToEndPoint(SocketAddress address)
    {
        var endPoint = (IPEndPoint)LocalEndPoint.Create(address);
        return endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
    }

    /// <summary>Waits for the next datagram without occupying a thread.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, SocketAddress source) => _socket.ReceiveFromAsync(buffer, SocketFlags.None, source);

    /// <summary>Waits for the next datagram.</summary>
    public int Receive(Span<byte> buffer, SocketAddress source) => _socket.ReceiveFrom(buffer, SocketFlags.None, source);

    /// <summary>Sends a datagram; false where the system refuses, which is a lost packet like any other.</summary>
    public bool TrySend(ReadOnlySpan<byte> datagram, SocketAddress destination)
    {
        try
        {
            _socket.SendTo(datagram, SocketFlags.None, destination);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();

    private static EndpointSocket Bind(IPAddress address, int port, int bufferSize)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = true;
            }

            socket.ReceiveBufferSize = bufferSize;
            socket.SendBufferSize = bufferSize;
            socket.Bind(new IPEndPoint(address, port));
            return new EndpointSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
