using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Holdfast.Rtc;

/// <summary>The addresses that answers name: those that were configured, or else all that this machine has.</summary>
internal static class HostAddresses
{
    /// <summary>The candidates for a port, the preferred first.</summary>
    /// <param name="announced">Configured addresses, in order; empty: this machine's own, loopback last.</param>
    /// <param name="bound">The address that the socket is bound to.</param>
    /// <param name="port">The port.</param>
    /// <exception cref="FormatException">A configured address is none.</exception>
    public static IReadOnlyList<IPEndPoint> Candidates(IEnumerable<string> announced, IPAddress bound, int port)
    {
        IPAddress[] addresses = [.. announced.Select(Parse)];
        if (addresses.Length == 0)
        {
            addresses = IsAny(bound) ? [.. Own(bound.AddressFamily == AddressFamily.InterNetworkV6)] : [bound];
        }

        return [.. addresses.Distinct().Select(address => new IPEndPoint(address, port))];
    }

    /// <summary>
    /// Those of this machine's own candidates that a client elsewhere can use: not loopback, which is the client's own machine there, and each of
    /// which its browser would check in vain; the address that it reached already comes first.
    /// </summary>
    /// <param name="own">This machine's addresses.</param>
    /// <param name="reachedAt">The address at which the client reached this machine; null where that is not known.</param>
    public static IReadOnlyList<IPEndPoint> For(IReadOnlyList<IPEndPoint> own, IPAddress? reachedAt)
    {
        var address = reachedAt is { IsIPv4MappedToIPv6: true } ? reachedAt.MapToIPv4() : reachedAt;
        if (address is null || IPAddress.IsLoopback(address))
        {
            // From this machine, or through a proxy on it.
            return own;
        }

        IPEndPoint[] elsewhere = [.. own.Where(candidate => !IPAddress.IsLoopback(candidate.Address)).OrderBy(candidate => candidate.Address.Equals(address) ? 0 : 1)];
        return elsewhere.Length > 0 ? elsewhere : own;
    }

    private static IPAddress Parse(string address) => IPAddress.TryParse(address, out var parsed)
        ? parsed
        : throw new FormatException($"'{address}' in AnnouncedAddresses is not an IP address.");

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static IEnumerable<IPAddress> Own(bool withIPv6) => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus == OperationalStatus.Up || network.NetworkInterfaceType == NetworkInterfaceType.Loopback)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address)
        .Where(address => IsUsable(address) && (withIPv6 || address.AddressFamily == AddressFamily.InterNetwork))
        .OrderBy(IPAddress.IsLoopback)
        .ThenBy(address => address.AddressFamily == AddressFamily.InterNetworkV6);

    // A link-local IPv6 address means nothing without a zone, which a candidate cannot name.
    private static bool IsUsable(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork
        || (address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv6LinkLocal && !address.IsIPv6Multicast);
}
