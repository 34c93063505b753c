using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Holdfast.Rtc;

/// <summary>How likely it is that somebody elsewhere reaches an address of this machine, the likeliest first.</summary>
internal enum LocalAddressKind
{
    /// <summary>The one that packets to the rest of the world leave from.</summary>
    DefaultRoute,

    /// <summary>On another interface with hardware behind it.</summary>
    Hardware,

    /// <summary>On a tunnel, a container's end of a pair, or what else the system makes up.</summary>
    Virtual,

    /// <summary>On a bridge, which is where containers and virtual machines of this machine are.</summary>
    Bridge,

    /// <summary>This machine alone reaches it.</summary>
    Loopback,
}

/// <summary>One address of this machine.</summary>
internal readonly record struct LocalAddress(IPAddress Address, LocalAddressKind Kind)
{
    // Documentation addresses (RFC 5737, RFC 3849): on no network, so the route there is the default one. Nothing is sent.
    private static readonly IPEndPoint s_worldIPv4 = new(IPAddress.Parse("192.0.2.1"), 9);
    private static readonly IPEndPoint s_worldIPv6 = new(IPAddress.Parse("2001:db8::1"), 9);

    /// <summary>All that the system has at this moment, in its order.</summary>
    public static IReadOnlyList<LocalAddress> ReadAll()
    {
        IPAddress?[] defaults = [SourceTowards(s_worldIPv4), SourceTowards(s_worldIPv6)];
        return
        [
            .. NetworkInterface.GetAllNetworkInterfaces()
                .Where(IsUp)
                .SelectMany(network => network.GetIPProperties().UnicastAddresses.Select(unicast => (network, unicast.Address)))
                .Select(item => new LocalAddress(
                    item.Address, defaults.Contains(item.Address) ? LocalAddressKind.DefaultRoute : KindOf(item.network, item.Address))),
        ];
    }

    // What has no carrier to tell of (a tunnel, loopback) is of unknown state.
    private static bool IsUp(NetworkInterface network) =>
        network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown
        || network.NetworkInterfaceType == NetworkInterfaceType.Loopback;

    private static LocalAddressKind KindOf(NetworkInterface network, IPAddress address)
    {
        if (network.NetworkInterfaceType == NetworkInterfaceType.Loopback || IPAddress.IsLoopback(address))
        {
            return LocalAddressKind.Loopback;
        }

        // On Linux all of them look like Ethernet; the system's own tree knows better.
        if (Directory.Exists($"/sys/class/net/{network.Name}/bridge"))
        {
            return LocalAddressKind.Bridge;
        }

        return network.NetworkInterfaceType is NetworkInterfaceType.Tunnel or NetworkInterfaceType.Ppp
            || Directory.Exists($"/sys/devices/virtual/net/{network.Name}")
            || network.Description.Contains("virtual", StringComparison.OrdinalIgnoreCase)
            ? LocalAddressKind.Virtual
            : LocalAddressKind.Hardware;
    }

    /// <summary>The address that a packet to another one would leave from; null where there is no way.</summary>
    private static IPAddress? SourceTowards(IPEndPoint other)
    {
        try
        {
            using var socket = new Socket(other.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(other);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
