using System.Net;
using System.Net.Sockets;
using Holdfast.Lab.Network.Isolated;
using Holdfast.Rtc;

namespace Holdfast.Lab.Peer;

/// <summary>Whether and how an offer names where the client is.</summary>
internal enum CandidateNaming
{
    /// <summary>Not at all: a lite server learns it from checks.</summary>
    None,

    /// <summary>By address, for a server that sends checks of its own.</summary>
    Addresses,

    /// <summary>
    /// By a random .local name, as browsers do that hide their addresses from pages; on another network nobody can resolve it.
    /// </summary>
    Names,
}

/// <summary>A peer's socket, and where a server can find it.</summary>
internal static class PeerSocket
{
    private const int SocketBufferLength = 512 * 1024;

    /// <summary>Opens one on any port, in a network namespace where one is named.</summary>
    public static Socket Open(string? networkNamespace)
    {
        var hasIPv6 = Socket.OSSupportsIPv6 && networkNamespace is null;
        var socket = networkNamespace is null
            ? new Socket(hasIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
            : NetworkNamespace.CreateSocket(networkNamespace, SocketType.Dgram);
        if (hasIPv6)
        {
            socket.DualMode = true;
        }

        socket.ReceiveBufferSize = SocketBufferLength;
        socket.SendBufferSize = SocketBufferLength;
        socket.Bind(new IPEndPoint(hasIPv6 ? IPAddress.IPv6Any : IPAddress.Any, 0));
        return socket;
    }

    /// <summary>Where a server on this machine or elsewhere sees the peer come from: as browsers do, loopback is not named.</summary>
    public static IReadOnlyList<EndPoint> Candidates(Socket socket, CandidateNaming naming)
    {
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        if (naming == CandidateNaming.None)
        {
            return [];
        }

        if (naming == CandidateNaming.Names)
        {
            return [new DnsEndPoint($"{Guid.NewGuid()}.local", port)];
        }

        var addresses = new HostAddresses([], IPAddress.Any, port).All;
        return addresses.Any(address => !IPAddress.IsLoopback(address.Address))
            ? [.. addresses.Where(address => !IPAddress.IsLoopback(address.Address))]
            : addresses;
    }

    /// <summary>An IPv4 address that came over an IPv6 socket, as one.</summary>
    public static IPEndPoint Plain(IPEndPoint address) =>
        address.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(address.Address.MapToIPv4(), address.Port) : address;
}
