using System.Net;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Lab.Peer;

/// <summary>The offer of a client that watches and listens: VP8 with RTX, Opus, feedback of every kind, as a browser writes it.</summary>
internal static class ClientOffer
{
    public const byte OpusType = 111;
    public const byte RedType = 63;
    public const byte Vp8Type = 96;
    public const byte RtxType = 97;
    public const string TransportSequence = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

    private const byte TransportSequenceId = 3;
    private const byte MidId = 4;

    /// <param name="credentials">The client's.</param>
    /// <param name="fingerprint">Of the client's certificate.</param>
    /// <param name="sessionId">The number in the origin line, the same for all offers of a connection.</param>
    /// <param name="version">One more with each offer.</param>
    /// <param name="candidates">Where the client is, for a server that sends checks of its own; mostly none.</param>
    /// <param name="speaks">Whether it has a microphone.</param>
    /// <param name="takesCopies">Whether sound may carry copies of what was sent before (RFC 2198).</param>
    public static string Write(
        IceCredentials credentials, SdpFingerprint fingerprint, long sessionId, int version, IReadOnlyList<EndPoint> candidates, bool speaks = false,
        bool takesCopies = true)
    {
        string[] transport =
        [
            $"a=ice-ufrag:{credentials.Ufrag}",
            $"a=ice-pwd:{credentials.Password}",
            .. candidates.Count == 0 ? ["a=ice-options:trickle"] : Array.Empty<string>(),
            $"a=fingerprint:{fingerprint}",
            "a=setup:actpass",
            "a=rtcp-mux",
            "a=rtcp-rsize",
            $"a=extmap:{TransportSequenceId} {TransportSequence}",
            $"a=extmap:{MidId} urn:ietf:params:rtp-hdrext:sdes:mid",
            .. candidates.Select(Candidate),

            // Chromium, which hides addresses, never says that there are no more.
            .. candidates.OfType<IPEndPoint>().Any() ? new[] { "a=end-of-candidates" } : [],
        ];
        string[] lines =
        [
            "v=0",
            $"o=- {sessionId} {version} IN IP4 127.0.0.1",
            "s=-",
            "t=0 0",
            "a=group:BUNDLE 0 1",
            $"m=audio 9 UDP/TLS/RTP/SAVPF {OpusType}{(takesCopies ? $" {RedType}" : "")}",
            "c=IN IP4 0.0.0.0",
            "a=mid:0",
            .. transport,
            speaks ? "a=sendrecv" : "a=recvonly",
            $"a=rtpmap:{OpusType} opus/48000/2",
            $"a=fmtp:{OpusType} minptime=10;useinbandfec=1",
            $"a=rtcp-fb:{OpusType} transport-cc",
            .. takesCopies ? [$"a=rtpmap:{RedType} red/48000/2", $"a=fmtp:{RedType} {OpusType}/{OpusType}"] : Array.Empty<string>(),
            $"m=video 9 UDP/TLS/RTP/SAVPF {Vp8Type} {RtxType}",
            "c=IN IP4 0.0.0.0",
            "a=mid:1",
            .. transport,
            "a=recvonly",
            $"a=rtpmap:{Vp8Type} VP8/90000",
            $"a=rtcp-fb:{Vp8Type} goog-remb",
            $"a=rtcp-fb:{Vp8Type} transport-cc",
            $"a=rtcp-fb:{Vp8Type} ccm fir",
            $"a=rtcp-fb:{Vp8Type} nack",
            $"a=rtcp-fb:{Vp8Type} nack pli",
            $"a=rtpmap:{RtxType} rtx/90000",
            $"a=fmtp:{RtxType} apt={Vp8Type}",
            "",
        ];
        return string.Join("\r\n", lines);
    }

    private static string Candidate(EndPoint address, int index)
    {
        var (host, port) = address switch
        {
            DnsEndPoint name => (name.Host, name.Port),
            IPEndPoint ip => (ip.Address.ToString(), ip.Port),
            _ => throw new ArgumentException("A candidate is an address or a name.", nameof(address)),
        };
        var priority = (126u << 24) | ((uint)(ushort.MaxValue - index) << 8) | 255;
        return $"a=candidate:{index + 1} 1 udp {priority} {host} {port} typ host";
    }
}
