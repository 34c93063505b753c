using System.Globalization;
using System.Net;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc.Tests.Kit;

/// <summary>What a simulated client asks for.</summary>
internal sealed record OfferOptions
{
    public bool HasMicrophone { get; init; }

    /// <summary>Whether it sends sound again that it is asked for, and asks for sound itself.</summary>
    public bool RepeatsSound { get; init; }

    /// <summary>Whether feedback may come without a report in front (RFC 5506).</summary>
    public bool TakesReducedSize { get; init; } = true;

    public bool HasRtx { get; init; } = true;

    public bool HasTransportFeedback { get; init; } = true;

    /// <summary>Whether sound may carry copies of what was sent before (RFC 2198).</summary>
    public bool TakesCopies { get; init; }

    public bool WantsPictures { get; init; } = true;

    /// <summary>A further fingerprint that the offer names beside the client's own.</summary>
    public SdpFingerprint? FurtherFingerprint { get; init; }
}

/// <summary>Writes offers as a browser would, and reads what a client needs from answers.</summary>
internal static class TestSdp
{
    public static string Offer(OfferOptions options, string ufrag, string password, SdpFingerprint fingerprint, int version = 2)
    {
        var transport = $"""
            a=ice-ufrag:{ufrag}
            a=ice-pwd:{password}
            a=ice-options:trickle
            a=fingerprint:{fingerprint}
            {(options.FurtherFingerprint is { } further ? $"a=fingerprint:{further}" : "a=x-none")}
            a=setup:actpass
            a=rtcp-mux
            {(options.TakesReducedSize ? "a=rtcp-rsize" : "a=x-none")}
            a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
            {(options.HasTransportFeedback ? "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01" : "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time")}
            """;
        var offer = $"""
            v=0
            o=- 4611731400430051336 {version} IN IP4 127.0.0.1
            s=-
            t=0 0
            a=group:BUNDLE 0 1
            m=audio 9 UDP/TLS/RTP/SAVPF 111{(options.TakesCopies ? " 63" : "")}
            c=IN IP4 0.0.0.0
            a=mid:0
            {transport}
            a={(options.HasMicrophone ? "sendrecv" : "recvonly")}
            a=rtpmap:111 opus/48000/2
            a=fmtp:111 minptime=10;useinbandfec=1
            {(options.TakesCopies ? "a=rtpmap:63 red/48000/2\na=fmtp:63 111/111" : "a=x-none")}
            {(options.HasTransportFeedback ? "a=rtcp-fb:111 transport-cc" : "a=ptime:20")}
            {(options.RepeatsSound ? "a=rtcp-fb:111 nack" : "a=x-none")}
            m=video 9 UDP/TLS/RTP/SAVPF 96{(options.HasRtx ? " 97" : "")}
            c=IN IP4 0.0.0.0
            a=mid:1
            {transport}
            a={(options.WantsPictures ? "recvonly" : "inactive")}
            a=rtpmap:96 VP8/90000
            a=rtcp-fb:96 goog-remb
            {(options.HasTransportFeedback ? "a=rtcp-fb:96 transport-cc" : "a=rtcp-fb:96 ccm tmmbr")}
            a=rtcp-fb:96 ccm fir
            a=rtcp-fb:96 nack
            a=rtcp-fb:96 nack pli
            {(options.HasRtx ? "a=rtpmap:97 rtx/90000\na=fmtp:97 apt=96" : "a=x-none")}
            """;
        return offer.ReplaceLineEndings("\r\n") + "\r\n";
    }

    public static AnswerFacts Read(string answer)
    {
        var lines = answer.Split("\r\n");
        Assert.True(SdpFingerprint.TryParse(Values(lines, "fingerprint").First(), out var fingerprint));
        uint[] ssrcs = [.. Values(lines, "ssrc").Select(value => uint.Parse(value.Split(' ')[0], CultureInfo.InvariantCulture)).Distinct()];
        return new AnswerFacts(
            Values(lines, "ice-ufrag").First(),
            Values(lines, "ice-pwd").First(),
            fingerprint,
            [.. Values(lines, "candidate").Select(value => value.Split(' ')).Select(parts => new IPEndPoint(IPAddress.Parse(parts[4]), int.Parse(parts[5], CultureInfo.InvariantCulture))).Distinct()],
            AudioSsrc: ssrcs[0],
            VideoSsrc: ssrcs.Length > 1 ? ssrcs[1] : ssrcs[0] + 1, // what it will be when pictures are wanted
            VideoRtxSsrc: ssrcs.Length > 2 ? ssrcs[2] : null);
    }

    private static IEnumerable<string> Values(string[] lines, string attribute) =>
        lines.Where(line => line.StartsWith($"a={attribute}:", StringComparison.Ordinal)).Select(line => line[(attribute.Length + 3)..]);
}

/// <summary>What a client needs from an answer.</summary>
internal sealed record AnswerFacts(
    string Ufrag, string Password, SdpFingerprint Fingerprint, IReadOnlyList<IPEndPoint> Candidates, uint AudioSsrc, uint VideoSsrc, uint? VideoRtxSsrc);
