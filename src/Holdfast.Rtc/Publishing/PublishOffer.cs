using System.Net;
using System.Net.Sockets;
using System.Text;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc;

/// <summary>The offer of this side where it sends sound and pictures and wants nothing back (RFC 9725 section 4.2): Opus, pictures with RTX, one transport.</summary>
internal static class PublishOffer
{
    public const byte OpusType = 111;

    // Each codec of pictures takes two, the second one for what is sent again.
    private const int FirstPicturesType = 96;
    private const byte MidId = 1;
    private const byte TransportSequenceId = 2;

    /// <summary>Writes it, with CRLF line ends.</summary>
    /// <param name="credentials">This side's.</param>
    /// <param name="fingerprint">Of this side's certificate.</param>
    /// <param name="candidates">Where this side is, the preferred address first, for a server that sends checks of its own.</param>
    /// <param name="names">What the streams are called.</param>
    /// <param name="sessionId">The number in the origin line.</param>
    /// <param name="formats">The codecs of pictures, the preferred one first.</param>
    public static string Write(
        IceCredentials credentials,
        SdpFingerprint fingerprint,
        IReadOnlyList<IPEndPoint> candidates,
        StreamNames names,
        long sessionId,
        IReadOnlyList<PayloadFormat> formats)
    {
        var text = new StringBuilder();
        Lines(text, "v=0", $"o=- {sessionId} 1 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=group:BUNDLE 0 1", "a=msid-semantic: WMS *");
        WriteHead("audio", 0, $"{OpusType}");
        Lines(
            text,
            $"a=rtpmap:{OpusType} opus/48000/2",
            $"a=fmtp:{OpusType} minptime=10;useinbandfec=1",
            $"a=rtcp-fb:{OpusType} transport-cc",
            $"a=ssrc:{names.Sound} cname:{names.CanonicalName}");
        WriteHead("video", 1, string.Join(' ', Enumerable.Range(FirstPicturesType, 2 * formats.Count)));
        for (var i = 0; i < formats.Count; i++)
        {
            WriteFormat(formats[i], FirstPicturesType + (2 * i));
        }

        Lines(
            text,
            $"a=ssrc-group:FID {names.Pictures} {names.Repeats}",
            $"a=ssrc:{names.Pictures} cname:{names.CanonicalName}",
            $"a=ssrc:{names.Repeats} cname:{names.CanonicalName}");
        return text.ToString();

        void WriteFormat(PayloadFormat format, int type)
        {
            Lines(text, $"a=rtpmap:{type} {format.Name}/{format.ClockRate}");
            if (format.Parameters is { } parameters)
            {
                Lines(text, $"a=fmtp:{type} {parameters}");
            }

            Lines(
                text,
                $"a=rtcp-fb:{type} nack",
                $"a=rtcp-fb:{type} nack pli",
                $"a=rtcp-fb:{type} ccm fir",
                $"a=rtcp-fb:{type} goog-remb",
                $"a=rtcp-fb:{type} transport-cc",
                $"a=rtpmap:{type + 1} rtx/{format.ClockRate}",
                $"a=fmtp:{type + 1} apt={type}");
        }

        void WriteHead(string media, int mid, string formats)
        {
            Lines(
                text,
                $"m={media} 9 UDP/TLS/RTP/SAVPF {formats}",
                "c=IN IP4 0.0.0.0",
                $"a=mid:{mid}",
                "a=sendonly",
                $"a=msid:{names.CanonicalName} {names.CanonicalName}-{media}",
                "a=rtcp-mux",
                "a=rtcp-rsize",
                $"a=ice-ufrag:{credentials.Ufrag}",
                $"a=ice-pwd:{credentials.Password}",
                $"a=fingerprint:{fingerprint}",
                "a=setup:actpass",
                $"a=extmap:{MidId} {SdpExtension.Mid}",
                $"a=extmap:{TransportSequenceId} {SdpExtension.TransportSequence}");
            foreach (var line in candidates.Select(Candidate))
            {
                Lines(text, line);
            }

            Lines(text, "a=end-of-candidates");
        }
    }

    private static string Candidate(IPEndPoint address, int index)
    {
        // As in answers: each address is a base of its own, and the order given is that of preference (RFC 8445 section 5.1.2.2).
        var priority = (126u << 24) | ((uint)(ushort.MaxValue - index) << 8) | 255;
        var text = address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.Address.GetAddressBytes()).ToString() : address.Address.ToString();
        return $"a=candidate:{index + 1} 1 udp {priority} {text} {address.Port} typ host";
    }

    private static void Lines(StringBuilder text, params ReadOnlySpan<string> lines)
    {
        foreach (var line in lines)
        {
            text.Append(line).Append("\r\n");
        }
    }
}
