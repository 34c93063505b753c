namespace Holdfast.Rtc.Sdp;

/// <summary>One m-line of an offer with the attributes under it; what the session level says for all is filled in.</summary>
internal sealed class SdpMediaSection
{
    /// <summary>The media type: "audio", "video", "application" or anything else.</summary>
    public required string Media { get; init; }

    /// <summary>The transport port; 0 disables the section, unless it is in a bundle (see <see cref="IsEnabledIn"/>).</summary>
    public required int Port { get; init; }

    /// <summary>The transport protocol, such as UDP/TLS/RTP/SAVPF.</summary>
    public required string Protocol { get; init; }

    /// <summary>The format list, as written: payload types of RTP media.</summary>
    public required IReadOnlyList<string> Formats { get; init; }

    /// <summary>The section's identification tag, or null.</summary>
    public string? Mid { get; set; }

    /// <summary>Which way media flows, as the offerer sees it.</summary>
    public SdpDirection Direction { get; set; } = SdpDirection.SendRecv;

    /// <summary>The offerer's ufrag, or null.</summary>
    public string? IceUfrag { get; set; }

    /// <summary>The offerer's password, or null.</summary>
    public string? IcePassword { get; set; }

    /// <summary>The value of <c>a=setup</c>, or null.</summary>
    public string? Setup { get; set; }

    /// <summary>Any of these promises the offerer's certificate (RFC 8122 section 5.1).</summary>
    public List<SdpFingerprint> Fingerprints { get; } = [];

    /// <summary>Whether RTP and RTCP may share a port (RFC 5761).</summary>
    public bool RtcpMux { get; set; }

    /// <summary>Whether RTCP packets may be sent alone (RFC 5506).</summary>
    public bool RtcpReducedSize { get; set; }

    /// <summary>How much sound the offerer prefers in a packet, in milliseconds (<c>a=ptime</c>, RFC 8866 section 6.4), or null.</summary>
    public int? PacketTime { get; set; }

    /// <summary>How much it takes at the most, in milliseconds (<c>a=maxptime</c>, section 6.5), or null.</summary>
    public int? MaxPacketTime { get; set; }

    /// <summary>The codecs, in the order of <see cref="Formats"/>.</summary>
    public List<SdpCodec> Codecs { get; } = [];

    /// <summary>Header extensions by URI (RFC 8285), those usable in both directions only.</summary>
    public Dictionary<string, int> Extensions { get; } = new(StringComparer.Ordinal);

    /// <summary>The SSRCs that the offerer says it sends with.</summary>
    public List<uint> Ssrcs { get; } = [];

    /// <summary>Sound or pictures over RTP that DTLS keys; null for anything else.</summary>
    public MediaKind? Kind => IsRtp(Protocol) switch
    {
        true when Media.Equals("audio", StringComparison.OrdinalIgnoreCase) => MediaKind.Audio,
        true when Media.Equals("video", StringComparison.OrdinalIgnoreCase) => MediaKind.Video,
        _ => null,
    };

    /// <summary>
    /// Whether the offerer wants the section at all. Port 0 disables it, unless it is in a bundle: there it goes with the others. RFC 9143
    /// section 6 has such a section say a=bundle-only, but some clients leave that out; a section that was really given up is in no bundle
    /// (RFC 9429 section 5.2.2).
    /// </summary>
    /// <param name="isBundled">Whether it is in a bundle with others.</param>
    public bool IsEnabledIn(bool isBundled) => Port != 0 || isBundled;

    /// <summary>The profiles that RFC 9429 section 5.1.2 has an answerer accept, those with DTLS-SRTP.</summary>
    private static bool IsRtp(string protocol) => protocol.ToUpperInvariant() is "UDP/TLS/RTP/SAVPF" or "UDP/TLS/RTP/SAVP"
        or "TCP/DTLS/RTP/SAVPF" or "TCP/DTLS/RTP/SAVP" or "RTP/SAVPF" or "RTP/SAVP";
}
