using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Holdfast.Rtc;

/// <summary>A connection, and the address that a datagram for it came from.</summary>
internal sealed record Route(RtcConnection Connection, IPEndPoint Source);

/// <summary>Finds the connection of a datagram: by its routing tag, or by its source address once a check from there was authenticated.</summary>
internal sealed class RoutingTable
{
    private const int LongestTag = 32;

    private readonly ConcurrentDictionary<string, RtcConnection> _byTag = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RtcConnection>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly ConcurrentDictionary<SocketAddress, Route> _byAddress = new();

    public RoutingTable() => _bySpan = _byTag.GetAlternateLookup<ReadOnlySpan<char>>();

    public int Count => _byTag.Count;

    public ICollection<RtcConnection> Connections => _byTag.Values;

    public bool TryAdd(RtcConnection connection) => _byTag.TryAdd(connection.Tag, connection);

    public RtcConnection? Find(ReadOnlySpan<byte> tag)
    {
        Span<char> characters = stackalloc char[LongestTag];
        return tag.Length <= LongestTag && Encoding.ASCII.TryGetChars(tag, characters, out var length)
            && _bySpan.TryGetValue(characters[..length], out var connection)
                ? connection
                : null;
    }

    public Route? Find(SocketAddress source) => _byAddress.GetValueOrDefault(source);

    /// <summary>Routes an address to a connection. One that was another connection's is this one's now: a check proved it.</summary>
    public void Route(SocketAddress address, Route route) => _byAddress[address] = route;

    /// <summary>Takes an address back, if it is still the connection's.</summary>
    public void Unroute(SocketAddress address, RtcConnection connection)
    {
        if (_byAddress.TryGetValue(address, out var route) && route.Connection == connection)
        {
            _byAddress.TryRemove(KeyValuePair.Create(address, route));
        }
    }

    public void Remove(RtcConnection connection) => _byTag.TryRemove(KeyValuePair.Create(connection.Tag, connection));
}
