using System.Text;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc.Tests.Sdp;

/// <summary>Which section of an offer is used for what.</summary>
public sealed class SdpSectionChoiceTests
{
    [Theory]
    [InlineData("audio:recvonly video:recvonly", "sendonly sendonly")]
    [InlineData("video:recvonly audio:sendrecv", "sendonly sendrecv")]
    [InlineData("audio:sendonly audio:recvonly video:recvonly", "recvonly sendonly sendonly")]
    [InlineData("audio:recvonly audio:sendonly video:recvonly", "sendonly recvonly sendonly")]
    [InlineData("audio:recvonly audio:sendrecv", "sendonly recvonly")]
    [InlineData("audio:sendonly audio:sendrecv", "recvonly sendonly")]
    [InlineData("audio:sendrecv audio:sendrecv", "sendrecv refused")]
    [InlineData("audio:inactive audio:sendonly audio:inactive audio:recvonly", "inactive recvonly inactive sendonly")]
    [InlineData("audio:inactive audio:inactive", "inactive inactive")]
    [InlineData("audio:recvonly audio:recvonly", "sendonly refused")]
    [InlineData("audio:sendonly audio:sendonly", "recvonly refused")]
    [InlineData("video:sendonly video:recvonly audio:recvonly", "inactive sendonly sendonly")]
    [InlineData("audio:recvonly video:sendonly video:recvonly", "sendonly refused sendonly")]
    [InlineData("video:inactive video:recvonly", "inactive sendonly")]
    [InlineData("video:sendrecv video:recvonly", "sendonly refused")]
    [InlineData("video:sendonly audio:recvonly", "inactive sendonly")]
    [InlineData("application audio:recvonly application video:recvonly", "refused sendonly refused sendonly")]
    [InlineData("audio:recvonly video:recvonly application", "sendonly sendonly refused")]
    [InlineData("h264:recvonly video:recvonly audio:recvonly", "kept sendonly sendonly")]
    [InlineData("audio:recvonly h264:recvonly video:recvonly", "sendonly refused sendonly")]
    [InlineData("gone audio:recvonly gone video:recvonly", "refused sendonly refused sendonly")]
    public void A_section_is_chosen_by_what_flows_in_it(string sections, string expected)
    {
        var shape = AnswerShape.Of(SdpSamples.Negotiate(Written.Offer(sections)).AnswerSdp).Split('\n')[1..];

        // What is first in the bundle is never refused where it can stay: it carries the transport.
        Assert.Equal(expected, string.Join(' ', shape.Select(line => line.Split(' ')[1])));
    }

    [Theory]
    [InlineData("audio:recvonly video:recvonly")]
    [InlineData("application audio:recvonly video:recvonly")]
    public void Where_only_the_first_of_a_bundle_has_a_transport_it_counts_for_all(string sections)
    {
        // As with bundlePolicy max-bundle: the others are bundle-only, with port 0 and without transport lines.
        var offer = Written.Offer(sections, bundleOnly: true);
        var result = SdpSamples.Negotiate(offer);

        Assert.Equal("ufrag", result.RemoteUfrag);
        Assert.NotNull(result.Sound);
        Assert.NotNull(result.Pictures);
    }

    [Fact]
    public void The_group_in_which_most_can_be_sent_is_taken()
    {
        var offer = Written.Offer("audio:sendonly audio:recvonly video:recvonly").Replace("BUNDLE 0 1 2", "BUNDLE 0\r\na=group:BUNDLE 1 2", StringComparison.Ordinal);

        Assert.Equal("BUNDLE 1 2\naudio refused\naudio sendonly\nvideo sendonly", AnswerShape.Of(SdpSamples.Negotiate(offer).AnswerSdp));
    }

    [Fact]
    public void What_is_outside_the_group_is_refused()
    {
        var offer = Written.Offer("audio:recvonly video:recvonly").Replace("BUNDLE 0 1", "BUNDLE 1", StringComparison.Ordinal);

        Assert.Equal("BUNDLE 1\naudio refused\nvideo sendonly", AnswerShape.Of(SdpSamples.Negotiate(offer).AnswerSdp));
    }

    [Fact]
    public void Without_a_group_the_section_that_must_be_sent_is_taken()
    {
        var offer = Written.Offer("audio:sendonly audio:recvonly").Replace("a=group:BUNDLE 0 1\r\n", "", StringComparison.Ordinal);

        Assert.Equal("audio refused\naudio sendonly", AnswerShape.Of(SdpSamples.Negotiate(offer).AnswerSdp));
    }

    [Fact]
    public void What_says_nothing_about_its_mid_is_not_in_the_group()
    {
        var offer = SdpSamples.Offer("chromium-recvonly").Replace("a=mid:1\r\n", "", StringComparison.Ordinal);

        Assert.Equal("BUNDLE 0\naudio sendonly\nvideo refused", AnswerShape.Of(SdpSamples.Negotiate(offer).AnswerSdp));
    }

    [Theory]
    [InlineData("m=audio ", "m=Audio ")]
    [InlineData("opus/48000/2", "OPUS/48000/2")]
    [InlineData("VP8/90000", "vp8/90000")]
    [InlineData("rtx/90000", "RTX/90000")]
    [InlineData("apt=", "APT = ")]
    [InlineData("UDP/TLS/RTP/SAVPF", "udp/tls/rtp/savpf")]
    [InlineData("a=setup:actpass", "a=setup:ActPass")]
    [InlineData("a=rtcp-mux", "a=RTCP-MUX")]
    [InlineData("a=recvonly", "a=RecvOnly")]
    [InlineData("nack pli", "NACK PLI")]
    [InlineData("BUNDLE", "bundle")]
    [InlineData("\r\n", "\n")]
    [InlineData("\r\nm=", "\n\n \t\r\nm=")]
    [InlineData("\r\na=", " \t\r\n    a=")]
    public void How_it_is_written_does_not_matter(string from, string to)
    {
        var sdp = SdpSamples.Offer("chromium-recvonly");
        var written = sdp.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(sdp, written, StringComparer.Ordinal);

        var (expected, answer) = (SdpSamples.Negotiate(sdp).AnswerSdp, SdpSamples.Negotiate(written).AnswerSdp);

        Assert.Equal(expected, answer, ignoreCase: true);
    }

    [Theory]
    [InlineData("\uFEFF", "")]
    [InlineData("", "\0")]
    [InlineData("", "\uFEFF\0\0 ")]
    [InlineData("\r\n  \n", "   \t ")]
    public void What_surrounds_an_offer_is_passed_over(string before, string after)
    {
        var sdp = SdpSamples.Offer("firefox-mic");

        Assert.Equal(SdpSamples.Negotiate(sdp).AnswerSdp, SdpSamples.Negotiate(before + sdp + after).AnswerSdp);
    }

    [Fact]
    public void Codecs_may_stand_in_any_order_and_say_their_retransmissions_first()
    {
        var offer = Written.Offer("audio:recvonly video:recvonly")
            .Replace("SAVPF 96 97", "SAVPF 97 70 99 98 96", StringComparison.Ordinal)
            .Replace("a=rtpmap:96 VP8/90000", "a=fmtp:97 apt=96\r\na=rtpmap:97 rtx/90000\r\na=rtpmap:70 VP8/90000\r\na=rtpmap:99 rtx/90000\r\na=fmtp:99 apt=98\r\na=rtpmap:98 VP8/90000\r\na=rtpmap:96 VP8/90000", StringComparison.Ordinal);

        // 70 may be mistaken for RTCP (RFC 5761); of the two that may not, the first counts.
        var pictures = SdpSamples.Negotiate(offer).Pictures!;
        Assert.Equal((98, (byte?)99), (pictures.PayloadType, pictures.RtxPayloadType));
    }

    [Fact]
    public void A_header_extension_at_session_level_is_one_of_all_sections()
    {
        var offer = Written.Offer("audio:recvonly video:recvonly")
            .Replace("a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n", "", StringComparison.Ordinal)
            .Replace("t=0 0\r\n", "t=0 0\r\na=extmap-allow-mixed\r\na=extmap:7 urn:ietf:params:rtp-hdrext:sdes:mid\r\n", StringComparison.Ordinal);

        var result = SdpSamples.Negotiate(offer);
        Assert.Equal(((byte?)7, (byte?)7), (result.Sound!.MidId, result.Pictures!.MidId));
    }

    [Fact]
    public void What_is_kept_cannot_write_lines_of_its_own()
    {
        var offer = Written.Offer("h264:recvonly audio:recvonly").Replace("a=fmtp:102 profile", "a=fmtp:102 ä\u0001profile", StringComparison.Ordinal);

        var answer = SdpSamples.Negotiate(offer).AnswerSdp;
        Assert.DoesNotContain("profile", answer, StringComparison.Ordinal);
        Assert.StartsWith("m=video 8010 UDP/TLS/RTP/SAVPF 102", SdpSamples.Section(answer, 0)[0], StringComparison.Ordinal);
    }

    /// <summary>Offers by their sections: "kind:direction" each; "h264" is video without VP8, "gone" a section that was given up.</summary>
    private static class Written
    {
        public static string Offer(string sections, bool bundleOnly = false)
        {
            var parts = sections.Split(' ');
            var mids = Enumerable.Range(0, parts.Length).Where(i => !string.Equals(parts[i], "gone", StringComparison.Ordinal));
            var text = new StringBuilder($"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {string.Join(' ', mids)}\r\n");
            for (var i = 0; i < parts.Length; i++)
            {
                var (kind, direction) = parts[i].Split(':') is [var first, var second] ? (first, second) : (parts[i], "sendrecv");
                var isAlone = bundleOnly && i > 0;
                var port = isAlone || kind is "gone" ? 0 : 9;
                text.Append(kind switch
                {
                    "audio" => $"m=audio {port} UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n",
                    "video" => $"m=video {port} UDP/TLS/RTP/SAVPF 96 97\r\na=rtpmap:96 VP8/90000\r\n",
                    "h264" => $"m=video {port} UDP/TLS/RTP/SAVPF 102\r\na=rtpmap:102 H264/90000\r\na=fmtp:102 profile-level-id=42001f\r\n",
                    "gone" => "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n",
                    _ => $"m=application {port} UDP/DTLS/SCTP webrtc-datachannel\r\n",
                });
                text.Append("c=IN IP4 0.0.0.0\r\n").Append($"a=mid:{i}\r\na={direction}\r\na=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n");
                text.Append(isAlone
                    ? "a=bundle-only\r\n"
                    : $"a=ice-ufrag:ufrag\r\na=ice-pwd:passwordpasswordpassword\r\na=setup:actpass\r\na=fingerprint:{SdpSamples.Fingerprint}\r\n");
                text.Append(kind is "application" ? "" : "a=rtcp-mux\r\n");
            }

            return text.ToString();
        }
    }
}
