using CsCheck;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc.Tests.Sdp;

public sealed class SdpOfferTests
{
    public static TheoryData<string> Names => [.. SdpSamples.Names];

    [Fact]
    public void An_offer_of_Chromium_is_read()
    {
        Assert.True(SdpOffer.TryParse(SdpSamples.Offer("chromium-mic"), out var offer, out _));
        Assert.False(offer.IsIceLite);
        Assert.Equal([["0", "1", "2"]], offer.BundleGroups);
        Assert.Equal(["audio", "video", "application"], offer.Media.Select(section => section.Media), StringComparer.Ordinal);

        var audio = offer.Media[0];
        Assert.Equal(SdpDirection.SendRecv, audio.Direction);
        Assert.Equal("0", audio.Mid);
        Assert.Equal("UDP/TLS/RTP/SAVPF", audio.Protocol);
        Assert.Equal("actpass", audio.Setup);
        Assert.True(audio.RtcpMux && audio.RtcpReducedSize && audio.IsEnabledIn(isBundled: false));
        Assert.Equal("GKJo", audio.IceUfrag);
        Assert.Equal("rHtUaDYnP89p9Ks0UtrjZQaH", audio.IcePassword);
        Assert.Equal([3952915823], audio.Ssrcs);
        Assert.Equal(3, audio.Extensions[SdpExtension.TransportSequence]);
        Assert.Equal(
            "sha-256 F0:BA:84:30:B4:34:AC:9F:8A:30:31:AD:8F:80:A8:B2:BE:C7:41:F3:4B:00:C8:BC:7B:54:DE:81:B6:59:13:36",
            Assert.Single(audio.Fingerprints).ToString());

        var opus = audio.Codecs[0];
        Assert.True(opus.Is("OPUS", 48_000, 2));
        Assert.Equal(111, opus.PayloadType);
        Assert.Equal("1", opus.Parameter("useinbandfec"));
        Assert.Null(opus.Parameter("stereo"));
        Assert.Equal(["transport-cc"], opus.Feedback, StringComparer.Ordinal);
    }

    [Fact]
    public void An_offer_of_Firefox_is_read()
    {
        Assert.True(SdpOffer.TryParse(SdpSamples.Offer("firefox-mic"), out var offer, out _));

        // Its fingerprint stands at session level, its fmtp before its rtpmap, and one extension is for one direction only.
        Assert.All(offer.Media, section => Assert.Single(section.Fingerprints));
        var audio = offer.Media[0];
        Assert.Equal("1", audio.Codecs.Find(codec => codec.Is("opus", 48_000, 2))!.Parameter("stereo"));
        Assert.False(audio.Extensions.ContainsKey("urn:ietf:params:rtp-hdrext:csrc-audio-level"));
        Assert.Equal(SdpDirection.RecvOnly, offer.Media[1].Direction);
        Assert.Equal(
            ["nack", "nack pli", "ccm fir", "goog-remb", "transport-cc"],
            offer.Media[1].Codecs.Find(codec => codec.PayloadType == 120)!.Feedback,
            StringComparer.Ordinal);
    }

    [Fact]
    public void Lines_may_end_in_LF_alone()
    {
        var sdp = SdpSamples.Offer("chromium-recvonly");
        var withLf = SdpSamples.Negotiate(sdp.ReplaceLineEndings("\n"));
        Assert.Equal(SdpSamples.Negotiate(sdp).AnswerSdp, withLf.AnswerSdp);
    }

    [Theory]
    [InlineData("", "The offer is empty.")]
    [InlineData(" \r\n", "The offer is empty.")]
    [InlineData("hello", "Line 1 of the offer is not of the form x=value.")]
    [InlineData("v=1\r\n", "The offer does not begin with v=0.")]
    [InlineData("v=0\r\ns=-\r\n", "The offer has no media sections.")]
    [InlineData("v=0\r\nm=audio\r\n", "Line 2 of the offer is a malformed m-line.")]
    [InlineData("v=0\r\nm=audio 65536 RTP/SAVPF 0\r\n", "Line 2 of the offer is a malformed m-line.")]
    [InlineData("v=0\r\nm=audio -1 RTP/SAVPF 0\r\n", "Line 2 of the offer is a malformed m-line.")]
    [InlineData("v=0\r\nm=aud\u0001io 9 RTP/SAVPF 0\r\n", "Line 2 of the offer is a malformed m-line.")]
    [InlineData("v=0\r\nm=audio 9 RTP/SAVPF 0\r\nrubbish\r\n", "Line 3 of the offer is not of the form x=value.")]
    [InlineData("v=0\r\nm=audio 9 RTP/SAVPF 0\r\na=ice-ufrag:abc\r\n", "The offer has a malformed a=ice-ufrag.")]
    [InlineData("v=0\r\nm=audio 9 RTP/SAVPF 0\r\na=ice-pwd:short\r\n", "The offer has a malformed a=ice-pwd.")]
    [InlineData("v=0\r\nm=audio 9 RTP/SAVPF 0\r\na=mid:a b\r\n", "The offer has a malformed a=mid.")]
    [InlineData(
        "v=0\r\nm=audio 9 RTP/SAVPF 0\r\na=mid:0\r\nm=video 9 RTP/SAVPF 0\r\na=mid:0\r\n",
        "Two media sections of the offer have the same a=mid.")]
    public void What_is_no_offer_is_named_in_one_sentence(string sdp, string expected)
    {
        Assert.False(SdpOffer.TryParse(sdp, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void An_offer_has_limits()
    {
        Assert.Contains("65536 characters", SdpSamples.Refuse("v=0\r\n" + new string('a', SdpOffer.MaxLength)), StringComparison.Ordinal);
        Assert.Contains(
            "4000 lines", SdpSamples.Refuse("v=0\n" + string.Concat(Enumerable.Repeat("a=x\n", SdpOffer.MaxLines))), StringComparison.Ordinal);
        Assert.Contains(
            "64 media sections",
            SdpSamples.Refuse("v=0\n" + string.Concat(Enumerable.Repeat("m=audio 9 RTP/SAVPF 0\n", 65))),
            StringComparison.Ordinal);
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [MemberData(nameof(Names))]
    public void An_offer_cut_anywhere_is_answered_or_refused_and_never_throws(string name)
    {
        var sdp = SdpSamples.Offer(name);
        for (var length = 0; length < sdp.Length; length++)
        {
            Handle(sdp[..length]);
        }
    }

    [Fact]
    public void An_offer_with_any_lines_dropped_doubled_or_swapped_never_throws() =>
        Gen.Select(
            AnyOf(SdpSamples.Names),
            Gen.Select(Gen.Int[0, 2], Gen.Int[0, 300], Gen.Int[0, 300]).Array[1, 10]).Sample(
            (name, changes) =>
            {
                var lines = SdpSamples.Offer(name).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).ToList();
                foreach (var (change, from, to) in changes)
                {
                    var (i, j) = (from % lines.Count, to % lines.Count);
                    switch (change)
                    {
                        case 0:
                            lines.RemoveAt(i);
                            break;
                        case 1:
                            lines.Insert(j, lines[i]);
                            break;
                        default:
                            (lines[i], lines[j]) = (lines[j], lines[i]);
                            break;
                    }
                }

                Handle(string.Join("\r\n", lines));
            },
            iter: 2000);

    [Fact]
    public void An_offer_with_any_characters_changed_never_throws() =>
        Gen.Select(
            AnyOf(SdpSamples.Names), Gen.Select(Gen.Int[0, 9999], Gen.Char).Array[1, 20]).Sample(
            (name, changes) =>
            {
                var text = SdpSamples.Offer(name).ToCharArray();
                foreach (var (at, value) in changes)
                {
                    text[at % text.Length] = value;
                }

                Handle(new string(text));
            },
            iter: 2000);

    [Fact]
    public void Arbitrary_text_never_throws() =>
        Gen.Select(
            AnyOf("", "v=0\n", "v=0\nm=audio 9 RTP/SAVPF 111\n"),
            AnyOf("", "a=rtpmap:", "a=extmap:", "a=fmtp:111 ", "a=rtcp-fb:", "a=ssrc:", "m="),
            Gen.String)
            .Sample((start, line, text) => Handle(start + line + text));

    private static Gen<string> AnyOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    /// <summary>What comes out of any offer is a sentence or an answer with as many m-lines and no line of the offerer's making.</summary>
    private static void Handle(string sdp)
    {
        if (!SdpOffer.TryParse(sdp, out var offer, out var error)
            || !SdpNegotiator.TryNegotiate(offer, previous: null, out var result, out error))
        {
            Assert.EndsWith(".", error, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error);
            return;
        }

        var lines = result.AnswerSdp.Split("\r\n");
        Assert.Equal("", lines[^1]);
        Assert.All(lines[..^1], line => Assert.Matches("^[vostcma]=[ -~]+$", line));
        Assert.Equal(offer.Media.Count, lines.Count(line => line.StartsWith("m=", StringComparison.Ordinal)));
    }
}
