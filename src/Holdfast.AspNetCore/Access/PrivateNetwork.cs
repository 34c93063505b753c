using System.Net;
using Microsoft.AspNetCore.Http;

namespace Holdfast.AspNetCore.Access;

/// <summary>Where a request comes from, as far as that decides who may start a session.</summary>
internal static class PrivateNetwork
{
    private static readonly IPNetwork[] Networks =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), // RFC 1918
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fe80::/10"), // link-local: RFC 3927, RFC 4291
        IPNetwork.Parse("fc00::/7"), // RFC 4193
    ];

    /// <summary>Whether a request comes from this machine or a private network.</summary>
    /// <remarks>
    /// A request that a proxy handed on whose word is not taken has an address that nobody vouches for: it is a stranger's. The header can
    /// only make a request stranger than it is, so that it is no use to forge it.
    /// </remarks>
    public static bool IsPrivate(HttpContext http) =>
        !http.Request.Headers.ContainsKey("X-Forwarded-For") && !http.Request.Headers.ContainsKey("Forwarded")
        && IsPrivate(http.Connection.RemoteIpAddress);

    /// <summary>Without an address it came through a socket of this machine (a Unix socket).</summary>
    public static bool IsPrivate(IPAddress? address)
    {
        if (address is null || IPAddress.IsLoopback(address))
        {
            return true;
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IPAddress.IsLoopback(plain) || Array.Exists(Networks, network => network.Contains(plain));
    }
}
