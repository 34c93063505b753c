using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Holdfast.Rtc.Tests.Kit;

/// <summary>A simulated client on a real socket, in real time: one thread that waits for datagrams and deadlines.</summary>
internal sealed class LoopbackClient : IDisposable
{
    private readonly Socket _socket;
    private readonly Func<RtcTime> _now;

    public LoopbackClient(Func<RtcTime> now, IPAddress? address = null, OfferOptions? options = null)
    {
        address ??= IPAddress.Loopback;
        _now = now;
        _socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(address, 0));
        Client = new SimulatedClient(now, options) { Address = (IPEndPoint)_socket.LocalEndPoint! };
    }

    public SimulatedClient Client { get; private set; }

    /// <summary>Goes on with a client from another socket, as one does whose network changed.</summary>
    public void Take(SimulatedClient client)
    {
        Client.Dispose();
        Client = client;
    }

    /// <summary>Runs until something has come about; false where it has not within the limit.</summary>
    public bool RunUntil(Func<bool> condition, int seconds = 10)
    {
        var buffer = new byte[2048];
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(seconds))
            {
                return false;
            }

            if (Client.NextTimeout <= _now())
            {
                Client.HandleTimeout(_now());
            }

            while (Client.TryTakeDatagram(out var datagram))
            {
                _socket.SendTo(datagram.Bytes, To(datagram.Destination));
            }

            if (_socket.Poll(TimeSpan.FromMilliseconds(2), SelectMode.SelectRead))
            {
                EndPoint source = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
                var length = _socket.ReceiveFrom(buffer, ref source);
                Client.Receive(_now(), (IPEndPoint)source, Client.Address, buffer[..length]);
            }
        }

        return true;
    }

    /// <summary>Sends any bytes to the server.</summary>
    public void Send(byte[] datagram) => _socket.SendTo(datagram, To(Client.Answer.Candidates[0]));

    public void Dispose()
    {
        Client.Dispose();
        _socket.Dispose();
    }

    // The answer names many addresses; the client takes the one of its own loopback.
    private IPEndPoint To(IPEndPoint destination) =>
        new(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, destination.Port);
}
