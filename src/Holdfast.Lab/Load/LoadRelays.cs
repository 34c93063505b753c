using System.Net;
using System.Net.Sockets;
using Holdfast.Lab.Network;
using Holdfast.Lab.Peer;

namespace Holdfast.Lab.Load;

/// <summary>The bad network between all sessions of a load and the server: one relay for each address that answers name first.</summary>
internal sealed class LoadRelays(LabClock clock, LinkConditions conditions, ulong seed, bool isServerHere) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPEndPoint, UdpRelay> _relays = [];

    /// <summary>Where a client is to send everything instead of to the candidates of its answer.</summary>
    public IPEndPoint To(ServerAnswer answer)
    {
        var target = answer.Candidates.FirstOrDefault(candidate => isServerHere && candidate.Address.Equals(IPAddress.Loopback)) ?? answer.Candidates[0];
        lock (_gate)
        {
            if (!_relays.TryGetValue(target, out var relay))
            {
                relay = new UdpRelay(clock, target, new IPEndPoint(SourceFor(target), 0), conditions, conditions, seed);
                _relays.Add(target, relay);
            }

            return new IPEndPoint(Reachable(relay.Address.Address), relay.Address.Port);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in _relays.Values)
        {
            await relay.DisposeAsync();
        }
    }

    private static IPAddress SourceFor(IPEndPoint target) => target.Address.Equals(IPAddress.Loopback) ? IPAddress.Loopback
        : target.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;

    private static IPAddress Reachable(IPAddress bound) => bound.Equals(IPAddress.Any) ? IPAddress.Loopback
        : bound.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : bound;
}
