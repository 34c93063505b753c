using System.Net;
using System.Net.Sockets;

namespace Holdfast.Rtc;

/// <summary>
/// The addresses that answers name: those that were configured, or else those that this machine has at the moment of the answer, since
/// addresses come and go while a server runs.
/// </summary>
internal sealed class HostAddresses
{
    /// <summary>The most addresses named: each is one more for the client to check. A machine with many containers has a bridge for each of their networks.</summary>
    public const int MaxCandidates = 16;

    private readonly IPAddress[] _fixed;
    private readonly bool _withIPv6;
    private readonly int _port;
    private readonly Func<IReadOnlyList<LocalAddress>> _own;

    /// <param name="announced">Configured addresses, in order; empty: this machine's own.</param>
    /// <param name="bound">The address that the socket is bound to.</param>
    /// <param name="port">The port.</param>
    /// <param name="own">Asks for this machine's own; null: asks the system.</param>
    /// <exception cref="FormatException">A configured address is none.</exception>
    public HostAddresses(
        IEnumerable<string> announced, IPAddress bound, int port, Func<IReadOnlyList<LocalAddress>>? own = null)
    {
        _fixed = [.. announced.Select(Parse).Distinct()];
        if (_fixed.Length == 0 && !bound.Equals(IPAddress.Any) && !bound.Equals(IPAddress.IPv6Any))
        {
            _fixed = [bound];
        }

        _withIPv6 = bound.AddressFamily == AddressFamily.InterNetworkV6;
        _port = port;
        _own = own ?? LocalAddress.ReadAll;
    }

    /// <summary>The candidates for a client about which nothing is known, the preferred first, loopback last.</summary>
    public IReadOnlyList<IPEndPoint> All => For(null);

    /// <summary>
    /// The candidates for one client, the preferred first. One elsewhere is not told loopback addresses, which are the client's own machine
    /// there, and each of which its browser would check in vain; the address that it reached already comes first.
    /// </summary>
    /// <param name="reachedAt">The address at which the client reached this machine; null where that is not known.</param>
    public IReadOnlyList<IPEndPoint> For(IPAddress? reachedAt)
    {
        if (_fixed.Length > 0)
        {
            return At(_fixed);
        }

        var reached = reachedAt is { IsIPv4MappedToIPv6: true } ? reachedAt.MapToIPv4() : reachedAt;
        var own = _own()
            .Where(local => IsUsable(local.Address))
            .OrderBy(local => local.Kind)
            .ThenBy(local => local.Address.AddressFamily == AddressFamily.InterNetworkV6)
            .Select(local => local.Address)
            .ToArray();
        if (reached is null || IPAddress.IsLoopback(reached))
        {
            // From this machine, or through a proxy on it: which of the addresses the client can use is not known.
            return At(own);
        }

        // Where it was reached it has an address, whatever the system lists.
        IPAddress[] elsewhere = [.. own.Where(address => !IPAddress.IsLoopback(address))];
        elsewhere = IsUsable(reached) ? [reached, .. elsewhere] : elsewhere;
        return At(elsewhere.Length > 0 ? elsewhere : own);
    }

    private static IPAddress Parse(string address) => IPAddress.TryParse(address, out var parsed)
        ? parsed
        : throw new FormatException($"'{address}' in AnnouncedAddresses is not an IP address.");

    // Link-local addresses (RFC 3927, RFC 4291) mean nothing without a zone, which a candidate cannot name.
    private bool IsUsable(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => address.GetAddressBytes() is not ([169, 254, ..] or [0, ..] or [>= 224, ..]),
        AddressFamily.InterNetworkV6 => _withIPv6 && address is { IsIPv6LinkLocal: false, IsIPv6Multicast: false } && !address.Equals(IPAddress.IPv6Any),
        _ => false,
    };

    // Without a scope, which is this machine's own affair.
    private IPEndPoint[] At(IEnumerable<IPAddress> addresses) =>
        [.. addresses.Select(address => new IPAddress(address.GetAddressBytes())).Distinct().Take(MaxCandidates).Select(address => new IPEndPoint(address, _port))];
}
