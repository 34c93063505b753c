using System.Net;

namespace Holdfast.Rtc;

/// <summary>The addresses under which the endpoint finds one connection, kept as the connection's peer learns of them. Under the connection's lock.</summary>
internal sealed class ConnectionRoutes(RtcEndpoint endpoint, RtcConnection connection)
{
    private readonly Dictionary<IPEndPoint, (SocketAddress Address, Route Route)> _routed = [];
    private int _version;
    private long _claimed;

    /// <summary>Follows what the peer knows now.</summary>
    public void Update(ValidatedAddresses addresses)
    {
        if (_version != addresses.Version)
        {
            _version = addresses.Version;
            UpdateAddresses(addresses);
        }

        // Each check claims its address anew: others may have claimed it since.
        if (_claimed != addresses.Checks && addresses.Newest is { } newest)
        {
            _claimed = addresses.Checks;
            var (address, route) = _routed[newest.EndPoint];
            endpoint.Routes.Claim(address, route);
        }
    }

    /// <summary>The address as the socket takes it.</summary>
    public SocketAddress AddressOf(IPEndPoint destination) =>
        _routed.TryGetValue(destination, out var routed) ? routed.Address : endpoint.ToSocketAddress(destination);

    /// <summary>It is not found any more.</summary>
    public void Clear()
    {
        foreach (var endPoint in _routed.Keys.ToArray())
        {
            Disclaim(endPoint);
        }
    }

    private void UpdateAddresses(ValidatedAddresses addresses)
    {
        foreach (var endPoint in _routed.Keys.Where(endPoint => addresses.Find(endPoint) is null).ToArray())
        {
            Disclaim(endPoint);
        }

        foreach (var address in addresses.All)
        {
            if (!_routed.TryGetValue(address.EndPoint, out var routed))
            {
                routed = (endpoint.ToSocketAddress(address.EndPoint), new Route(connection, address.EndPoint));
                _routed.Add(address.EndPoint, routed);
            }

            routed.Route.IsProven = address.AcknowledgedAt is not null;
        }
    }

    private void Disclaim(IPEndPoint endPoint)
    {
        if (_routed.Remove(endPoint, out var routed))
        {
            endpoint.Routes.Disclaim(routed.Address, routed.Route);
        }
    }
}
