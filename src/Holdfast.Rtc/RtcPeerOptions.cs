using System.Net;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc;

/// <summary>What one connection is made with.</summary>
public sealed record RtcPeerOptions
{
    /// <summary>
    /// The routing tag: the part of the server's ICE user name before the "/", by which datagrams find this connection. Random, at least
    /// 64 bits, 2 to 21 characters of ALPHA / DIGIT / "+".
    /// </summary>
    public required string Tag { get; init; }

    /// <summary>The secret that ICE passwords are derived from; 32 random bytes, known to this client only.</summary>
    public required ReadOnlyMemory<byte> IceSecret { get; init; }

    /// <summary>The ICE generation of the answer.</summary>
    public int Generation { get; init; }

    /// <summary>The addresses that the answer announces, the preferred first. Empty: the endpoint's.</summary>
    public IReadOnlyList<IPEndPoint> Candidates { get; init; } = [];

    /// <summary>The id of the one media stream that sound and pictures belong to; it is the RTCP canonical name too.</summary>
    public string StreamId { get; init; } = "holdfast";

    /// <summary>What is known of a line that this client used before; null: nothing.</summary>
    public KnownLine? KnownLine { get; init; }

    /// <summary>The codecs of pictures that may be agreed on, the preferred one first.</summary>
    internal IReadOnlyList<PayloadFormat> Formats { get; init; } = PayloadFormat.All;

    /// <summary>How long a client may take from the answer to the end of the DTLS handshake. Default 15 s.</summary>
    public TimeSpan SetupTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long after the last authenticated packet anything is still sent (in the spirit of RFC 7675). Default 10 s.</summary>
    public TimeSpan ConsentTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long after the last authenticated packet the connection is closed. <see cref="Timeout.InfiniteTimeSpan"/>: never, as its owner
    /// decides. Default 30 s.
    /// </summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>What a connection before this one knew of the line to its client. It counts where the client is at the same address again.</summary>
/// <param name="Remote">The client's address.</param>
/// <param name="BitsPerSecond">What the line was taken for.</param>
public sealed record KnownLine(IPAddress Remote, int BitsPerSecond);
