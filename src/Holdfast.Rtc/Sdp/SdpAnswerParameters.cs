using System.Net;

namespace Holdfast.Rtc.Sdp;

/// <summary>What the server puts into an answer of its own accord.</summary>
internal sealed record SdpAnswerParameters
{
    /// <summary>The server's ICE ufrag.</summary>
    public required string LocalUfrag { get; init; }

    /// <summary>The server's ICE password towards the client's ufrag (<see cref="Ice.IceLiteAgent.LocalPassword"/>).</summary>
    public required string LocalPassword { get; init; }

    /// <summary>The hash of the server's certificate.</summary>
    public required SdpFingerprint Fingerprint { get; init; }

    /// <summary>Where the server can be reached, the most preferred first. IPv4 as ::ffff:a.b.c.d becomes IPv4.</summary>
    public required IReadOnlyList<IPEndPoint> Candidates { get; init; }

    /// <summary>The name of the stream that sound and pictures are of, in the browser's <c>event.streams[0].id</c>.</summary>
    public required string StreamId { get; init; }

    /// <summary>The canonical name in <c>a=ssrc</c> lines and in RTCP's source descriptions.</summary>
    public required string Cname { get; init; }

    /// <summary>The SSRC of sound.</summary>
    public required uint AudioSsrc { get; init; }

    /// <summary>The SSRC of pictures.</summary>
    public required uint VideoSsrc { get; init; }

    /// <summary>The SSRC of retransmitted pictures.</summary>
    public required uint VideoRtxSsrc { get; init; }

    /// <summary>The session id of the o-line: the same in all answers of a connection (RFC 8866 section 5.2).</summary>
    public required ulong SessionId { get; init; }

    /// <summary>The session version of the o-line: one more in each further answer.</summary>
    public required ulong SessionVersion { get; init; }
}
