using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Holdfast.Sessions;

/// <summary>
/// Whose share of the server a session counts against: one IPv4 address, or one IPv6 network of 64 bits, which is what a household or a
/// machine has to itself (RFC 6177).
/// </summary>
public readonly record struct ClientNetwork
{
    private readonly AddressFamily _family;
    private readonly ulong _prefix;

    private ClientNetwork(AddressFamily family, ulong prefix) => (_family, _prefix) = (family, prefix);

    /// <summary>The network of an address. Null where there is none to count: it is not known, or it is this machine's own (loopback), such as that
    /// of a proxy which does not say for whom it asks.</summary>
    public static ClientNetwork? Of(IPAddress? address)
    {
        if (address is null || IPAddress.IsLoopback(address))
        {
            return null;
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(plain))
        {
            return null;
        }

        var bytes = plain.GetAddressBytes();
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? new ClientNetwork(AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(bytes))
            : new ClientNetwork(AddressFamily.InterNetworkV6, BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }
}
