using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore;

/// <summary>Lets a newer server listen for HTTP at the port of the one that it takes over from (SO_REUSEPORT, Linux).</summary>
internal sealed class SharedPorts : IConfigureOptions<SocketTransportOptions>
{
    // socket(7); the same on x64 and Arm.
    private const int SocketLevel = 1;
    private const int ReusePort = 15;

    private readonly HoldfastOptions _options;

    public SharedPorts(IOptions<HoldfastOptions> options) => _options = options.Value;

    /// <summary>Whether this server found an older one: only then is a port shared that somebody listens at already.</summary>
    public bool IsTakingOver { get; set; }

    public void Configure(SocketTransportOptions options)
    {
        if (_options.Store.TakeOver && OperatingSystem.IsLinux())
        {
            options.CreateBoundListenSocket = Bind;
        }
    }

    private Socket Bind(EndPoint endPoint)
    {
        if (endPoint is not IPEndPoint { Port: not 0 } address)
        {
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        }

        if (!IsTakingOver)
        {
            // Another program's port is not shared, also where that one would share it: this fails as it always does.
            SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint).Dispose();
        }

        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.SetRawSocketOption(SocketLevel, ReusePort, BitConverter.GetBytes(1));
            socket.Bind(address);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
