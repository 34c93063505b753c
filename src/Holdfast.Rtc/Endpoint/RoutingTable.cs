using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Holdfast.Rtc;

/// <summary>One connection's claim to an address: an authentic check came from there.</summary>
/// <param name="connection">The connection.</param>
/// <param name="source">The address.</param>
internal sealed class Route(RtcConnection connection, IPEndPoint source)
{
    public RtcConnection Connection => connection;

    public IPEndPoint Source => source;

    /// <summary>Whether the client proved that it receives what is sent there. Anybody can write an address into a datagram's source.</summary>
    public bool IsProven { get; set; }
}

/// <summary>Finds the connection of a datagram: by its routing tag, or by its source address once a check from there was authenticated.</summary>
/// <remarks>
/// A check can be sent in anybody's name, and a NAT may give an address to another session. So an address may be claimed by several connections,
/// and none takes it from another: what comes from there is handed to one after the other until it is authentic under one's keys.
/// Bounded: of a connection that never proved to receive there, the claim makes room first; its next check claims again.
/// </remarks>
internal sealed class RoutingTable
{
    /// <summary>Connections that may claim one address.</summary>
    public const int ClaimsPerAddress = 4;

    private const int LongestTag = 32;

    private readonly ConcurrentDictionary<string, RtcConnection> _byTag = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RtcConnection>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    // Never changed in place: who found one may go on reading it. The one whose check came last is the first.
    private readonly ConcurrentDictionary<SocketAddress, Route[]> _byAddress = new();

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

    /// <summary>The connections that an address may belong to, the likeliest first.</summary>
    public Route[] Find(SocketAddress source) => _byAddress.GetValueOrDefault(source, []);

    /// <summary>A check from there was authentic for this connection.</summary>
    public void Claim(SocketAddress address, Route route)
    {
        while (true)
        {
            if (!_byAddress.TryGetValue(address, out var claims))
            {
                if (_byAddress.TryAdd(address, [route]))
                {
                    return;
                }
            }
            else if (claims[0] == route || _byAddress.TryUpdate(address, [route, .. Others(claims, route)], claims))
            {
                return;
            }
        }
    }

    /// <summary>Takes a claim back; those of others stay.</summary>
    public void Disclaim(SocketAddress address, Route route)
    {
        while (_byAddress.TryGetValue(address, out var claims) && claims.Contains(route))
        {
            Route[] others = [.. claims.Where(other => other != route)];
            if (others.Length > 0
                ? _byAddress.TryUpdate(address, others, claims)
                : _byAddress.TryRemove(KeyValuePair.Create(address, claims)))
            {
                return;
            }
        }
    }

    public void Remove(RtcConnection connection) => _byTag.TryRemove(KeyValuePair.Create(connection.Tag, connection));

    private static List<Route> Others(Route[] claims, Route route)
    {
        List<Route> others = [.. claims.Where(claim => claim != route)];
        if (others.Count == ClaimsPerAddress)
        {
            others.RemoveAt(others.FindLastIndex(claim => !claim.IsProven) is >= 0 and var unproven ? unproven : ClaimsPerAddress - 1);
        }

        return others;
    }
}
