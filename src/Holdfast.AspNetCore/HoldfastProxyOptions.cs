using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace Holdfast.AspNetCore;

/// <summary>What stands between clients and the server, under <c>Holdfast:Proxy</c>.</summary>
public sealed class HoldfastProxyOptions
{
    /// <summary>
    /// The proxies whose word is taken for who a client is and what it asked for (<c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and
    /// <c>-Prefix</c>): IP addresses or networks (<c>10.0.0.0/8</c>). This machine's own when empty, which is the default.
    /// </summary>
    [IpNetwork]
    public IList<string> Trusted { get; } = [];

    /// <summary>How many proxies stand one behind the other at the most. 1 by default.</summary>
    [Range(1, 16)]
    public int Hops { get; set; } = 1;

    internal ForwardedHeadersOptions ToForwardedHeaders()
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All, ForwardLimit = Hops };
        if (Trusted.Count == 0)
        {
            return options; // loopback, as ASP.NET Core has it
        }

        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var text in Trusted)
        {
            if (IpNetworkAttribute.TryParse(text, out var network))
            {
                options.KnownIPNetworks.Add(network);
            }
        }

        return options;
    }
}
