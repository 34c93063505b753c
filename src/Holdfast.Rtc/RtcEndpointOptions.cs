using System.ComponentModel.DataAnnotations;

namespace Holdfast.Rtc;

/// <summary>Settings of the one UDP port that all connections share.</summary>
public sealed class RtcEndpointOptions
{
    /// <summary>The UDP port; 0 takes any free one. Default 8010.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 8010;

    /// <summary>The address to listen on. Default: all, IPv6 and IPv4.</summary>
    public string? BindAddress { get; set; }

    /// <summary>
    /// IP addresses that answers name instead of this machine's own, for machines behind 1:1 NAT. Default: none, which names every address of
    /// every network interface that is up, loopback included and last.
    /// </summary>
    public IList<string> AnnouncedAddresses { get; } = [];

    /// <summary>
    /// DTLS handshakes under way at the same time, each on a thread of its own from the client's first message to its last; more wait. No more
    /// of them compute at once than there are processors, whatever this says: it is memory (some 100 KiB each, while they last) that it limits. Default 512.
    /// </summary>
    [Range(1, 4096)]
    public int MaxHandshakes { get; set; } = 512;

    /// <summary>Socket buffer size in bytes, each way; the system may give less. Default 4 MiB.</summary>
    [Range(65536, 1 << 28)]
    public int SocketBufferSize { get; set; } = 4 << 20;
}
