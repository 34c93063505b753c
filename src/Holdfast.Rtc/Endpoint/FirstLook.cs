using System.Net;
using Holdfast.Rtc.Stun;

namespace Holdfast.Rtc;

/// <summary>
/// Finds out whose a datagram may be. Everything in it, its source address too, may be a stranger's invention: it never throws, allocates nothing, and costs one
/// look-up by address, and for STUN a walk over 32 attributes at the most and one look-up by name.
/// </summary>
/// <param name="routes">Who is where.</param>
internal sealed class FirstLook(RoutingTable routes)
{
    /// <summary>Looks at a datagram.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="source">Where it says it came from.</param>
    /// <param name="addressee">Whose it may be.</param>
    /// <returns>Why it is nobody's; null where it is somebody's.</returns>
    public DropReason? Find(ReadOnlySpan<byte> datagram, SocketAddress source, out Addressee addressee)
    {
        addressee = default;
        var kind = DatagramKinds.Of(datagram);
        if (kind == DatagramKind.Unknown || datagram.Length >= ReceiveLoop.BufferLength)
        {
            return DropReason.NotOurs;
        }

        var claims = routes.Find(source);
        if (kind != DatagramKind.Stun)
        {
            addressee = new Addressee(kind, claims, null);
            return claims.Length > 0 ? null : DropReason.NoConnection;
        }

        if (!StunMessage.TryGetRoutingTag(datagram, out var tag))
        {
            return DropReason.Malformed;
        }

        if (routes.Find(tag) is not { } connection)
        {
            return DropReason.NoConnection;
        }

        addressee = new Addressee(kind, claims, connection);
        return null;
    }
}

/// <summary>Whose a datagram may be.</summary>
/// <param name="kind">What it is.</param>
/// <param name="claims">Who has a claim to the address that it came from.</param>
/// <param name="named">The connection that it names; null where it names none, and one of the claims is there.</param>
internal readonly struct Addressee(DatagramKind kind, Route[] claims, RtcConnection? named)
{
    /// <summary>In whose turn it is taken in.</summary>
    public RtcConnection Connection => named ?? claims[0].Connection;

    /// <summary>Hands it to its connection: to the one that it names, or to those with a claim to its address one after the other, until it is authentic for one.</summary>
    public void Deliver(Span<byte> datagram, SocketAddress source, RtcEndpoint endpoint)
    {
        if (named is not null)
        {
            named.HandleDatagram(claims.Length > 0 ? claims[0].Source : endpoint.ToEndPoint(source), datagram);
            return;
        }

        // A handshake takes whatever comes: where the address is shared, those who can tell what is theirs go first.
        var isHandshake = kind == DatagramKind.Dtls && claims.Length > 1;
        foreach (var route in claims)
        {
            if (!(isHandshake && IsNew(route)) && route.Connection.HandleDatagram(route.Source, datagram))
            {
                return;
            }
        }

        foreach (var route in claims)
        {
            if (isHandshake && IsNew(route) && route.Connection.HandleDatagram(route.Source, datagram))
            {
                return;
            }
        }

        static bool IsNew(Route route) => route.Connection.State < RtcConnectionState.Connected;
    }
}
