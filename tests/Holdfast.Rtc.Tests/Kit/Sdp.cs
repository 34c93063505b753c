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

    /// <summary>Further attributes of sound, lines as they are; null: none.</summary>
    public string? SoundAttributes { get; init; }

    public bool WantsPictures { get; init; } = true;

    /// <summary>A codec that it takes pictures in beside VP8; null: none.</summary>
    public ClientCodec? Codec { get; init; }

    /// <summary>Whether it takes pictures in VP8.</summary>
    public bool TakesVp8 { get; init; } = true;

    /// <summary>A further fingerprint that the offer names beside the client's own.</summary>
    public SdpFingerprint? FurtherFingerprint { get; init; }
}

/// <summary>How a client knows a codec of pictures.</summary>
/// <param name="Encoding">What it is in a=rtpmap.</param>
/// <param name="Parameters">What it is in a=fmtp.</param>
/// <param name="HeaderLength">How many bytes of a payload are no picture.</param>
internal sealed record ClientCodec(string Encoding, string Parameters, Func<byte[], int> HeaderLength);

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
            {(options.HasTransportFeedback ? "a=rtcp-fb:111 transport-cc" : "a=x-none")}
            {(options.SoundAttributes ?? "a=x-none")}
            {(options.RepeatsSound ? "a=rtcp-fb:111 nack" : "a=x-none")}
            m=video 9 UDP/TLS/RTP/SAVPF {(options.TakesVp8 ? options.HasRtx ? "96 97" : "96" : "")}{(options.Codec is null ? "" : $" {TypeOf(options)} {TypeOf(options) + 1}")}
            c=IN IP4 0.0.0.0
            a=mid:1
            {transport}
            a={(options.WantsPictures ? "recvonly" : "inactive")}
            {(options.TakesVp8 ? "a=rtpmap:96 VP8/90000" : "a=x-none")}
            {(options.Codec is { } codec ? Lines(codec, TypeOf(options)) : "a=x-none")}
            a=rtcp-fb:96 goog-remb
            {(options.HasTransportFeedback ? "a=rtcp-fb:96 transport-cc" : "a=rtcp-fb:96 ccm tmmbr")}
            a=rtcp-fb:96 ccm fir
            a=rtcp-fb:96 nack
            a=rtcp-fb:96 nack pli
            {(options.HasRtx ? "a=rtpmap:97 rtx/90000\na=fmtp:97 apt=96" : "a=x-none")}
            """;
        return offer.ReplaceLineEndings("\r\n").Replace("SAVPF  ", "SAVPF ", StringComparison.Ordinal) + "\r\n";
    }

    /// <summary>The payload type of <see cref="OfferOptions.Codec"/>; the one after it is for what is sent again.</summary>
    public static int TypeOf(OfferOptions options) => options.TakesVp8 ? 100 : 96;

    private static string Lines(ClientCodec codec, int type) => $"""
        a=rtpmap:{type} {codec.Encoding}
        a=fmtp:{type} {codec.Parameters}
        a=rtcp-fb:{type} transport-cc
        a=rtcp-fb:{type} nack
        a=rtcp-fb:{type} nack pli
        a=rtpmap:{type + 1} rtx/{codec.Encoding.Split('/')[1]}
        a=fmtp:{type + 1} apt={type}
        """;

    public static AnswerFacts Read(string answer)
    {
        var video = answer.Split("m=video", 2) is [_, var section] ? section.Split("\r\n")[0].Split(' ') : [];
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
            VideoRtxSsrc: ssrcs.Length > 2 ? ssrcs[2] : null,
            VideoType: video.Length > 3 ? byte.Parse(video[3], CultureInfo.InvariantCulture) : (byte)0);
    }

    private static IEnumerable<string> Values(string[] lines, string attribute) =>
        lines.Where(line => line.StartsWith($"a={attribute}:", StringComparison.Ordinal)).Select(line => line[(attribute.Length + 3)..]);
}

/// <summary>What a client needs from an answer.</summary>
internal sealed record AnswerFacts(
    string Ufrag, string Password, SdpFingerprint Fingerprint, IReadOnlyList<IPEndPoint> Candidates, uint AudioSsrc, uint VideoSsrc, uint? VideoRtxSsrc, byte VideoType);
