using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc.Tests.Sdp;

public sealed class SdpNegotiatorTests
{
    private const NegotiatedFeedback AllVideoFeedback = NegotiatedFeedback.Nack | NegotiatedFeedback.PictureLoss
        | NegotiatedFeedback.FullIntraRequest | NegotiatedFeedback.ReceiverEstimatedBitrate | NegotiatedFeedback.TransportWide;

    public static TheoryData<string> Names => [.. SdpSamples.Names];

    [Fact]
    public void The_answer_to_Chromium_is_this()
    {
        var result = SdpSamples.Negotiate(SdpSamples.Offer("chromium-mic"));
        string[] transport =
        [
            "a=ice-ufrag:Rk3bQ9xWm2Zt/0",
            "a=ice-pwd:password/0123456789abcdef",
            "a=fingerprint:sha-256 E0:E1:E2:E3:E4:E5:E6:E7:E8:E9:EA:EB:EC:ED:EE:EF:F0:F1:F2:F3:F4:F5:F6:F7:F8:F9:FA:FB:FC:FD:FE:FF",
            "a=setup:passive",
            "a=candidate:1 1 udp 2130706431 2001:db8::5 8010 typ host",
            "a=candidate:2 1 udp 2130706175 192.0.2.5 8010 typ host",
            "a=candidate:3 1 udp 2130705919 127.0.0.1 8010 typ host",
            "a=end-of-candidates",
        ];
        string[] expected =
        [
            "v=0",
            "o=- 4611686018427387905 1 IN IP4 127.0.0.1",
            "s=-",
            "t=0 0",
            "a=group:BUNDLE 0 1",
            "a=ice-lite",
            "a=ice-options:ice2",
            "m=audio 8010 UDP/TLS/RTP/SAVPF 111 63",
            "c=IN IP4 192.0.2.5",
            "a=mid:0",
            "a=sendrecv",
            "a=rtcp-mux",
            "a=rtcp-rsize",
            "a=rtpmap:111 opus/48000/2",
            "a=fmtp:111 minptime=10;useinbandfec=1",
            "a=rtcp-fb:111 transport-cc",
            "a=rtpmap:63 red/48000/2",
            "a=fmtp:63 111/111",
            "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
            "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
            "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
            "a=msid:avatar avatar-audio",
            "a=ssrc:1111 cname:c-n-a-m-e",
            .. transport,
            "m=video 8010 UDP/TLS/RTP/SAVPF 96 97",
            "c=IN IP4 192.0.2.5",
            "a=mid:1",
            "a=sendonly",
            "a=rtcp-mux",
            "a=rtcp-rsize",
            "a=rtpmap:96 VP8/90000",
            "a=rtcp-fb:96 nack",
            "a=rtcp-fb:96 nack pli",
            "a=rtcp-fb:96 ccm fir",
            "a=rtcp-fb:96 goog-remb",
            "a=rtcp-fb:96 transport-cc",
            "a=rtpmap:97 rtx/90000",
            "a=fmtp:97 apt=96",
            "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
            "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
            "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
            "a=msid:avatar avatar-video",
            "a=ssrc-group:FID 2222 3333",
            "a=ssrc:2222 cname:c-n-a-m-e",
            "a=ssrc:3333 cname:c-n-a-m-e",
            .. transport,
            "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
            "c=IN IP4 0.0.0.0",
            "a=mid:2",
            "a=inactive",
        ];
        Assert.Equal(expected, result.AnswerSdp.Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void What_was_agreed_with_Chromium_is_told()
    {
        var result = SdpSamples.Negotiate(SdpSamples.Offer("chromium-mic"));
        Assert.Equal("GKJo", result.RemoteUfrag);
        Assert.Equal("rHtUaDYnP89p9Ks0UtrjZQaH", result.RemotePassword);
        Assert.Equal("sha-256", Assert.Single(result.RemoteFingerprints).Algorithm);

        var audio = result.Sound!;
        Assert.Equal(("0", 0, 111, true, true), (audio.Mid, audio.Index, audio.PayloadType, audio.Sends, audio.Receives));
        Assert.Equal(((byte?)4, (byte?)3, (byte?)2), (audio.MidId, audio.TransportSequenceId, audio.AbsoluteSendTimeId));
        Assert.Equal(NegotiatedFeedback.TransportWide, audio.Feedback);
        Assert.True(audio.OpusInBandFec);
        Assert.Null(audio.OpusMaxAverageBitrate);
        Assert.Equal([3952915823], audio.RemoteSsrcs);

        var video = result.Pictures!;
        Assert.Equal(("1", 1, 96, (byte?)97), (video.Mid, video.Index, video.PayloadType, video.RtxPayloadType));
        Assert.Equal((true, false), (video.Sends, video.Receives));
        Assert.Equal(AllVideoFeedback, video.Feedback);
    }

    [Fact]
    public void Firefox_gets_its_own_payload_types_back()
    {
        var result = SdpSamples.Negotiate(SdpSamples.Offer("firefox-mic"));
        Assert.Equal(109, result.Sound!.PayloadType);
        Assert.Equal((120, (byte?)124), (result.Pictures!.PayloadType, result.Pictures.RtxPayloadType));
        Assert.Equal(((byte?)3, (byte?)7), (result.Pictures.MidId, result.Pictures.TransportSequenceId));
        Assert.Equal(AllVideoFeedback, result.Pictures.Feedback);
        Assert.Contains("m=video 8010 UDP/TLS/RTP/SAVPF 120 124", result.AnswerSdp, StringComparison.Ordinal);

        // Its audio section offers no reduced-size RTCP, and of a bundle the first section counts.
        Assert.DoesNotContain("a=rtcp-rsize", result.AnswerSdp, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_offer_of_a_browser_is_answered_in_its_order(string name)
    {
        var sdp = SdpSamples.Offer(name);
        var result = SdpSamples.Negotiate(sdp);
        Assert.NotNull(result.Sound);
        Assert.NotNull(result.Pictures);

        var offered = SectionHeads(sdp);
        Assert.Equal(offered, SectionHeads(result.AnswerSdp));
        foreach (var media in new[] { result.Sound, result.Pictures })
        {
            var section = SdpSamples.Section(result.AnswerSdp, media.Index);
            Assert.Contains("a=mid:" + media.Mid, section, StringComparer.Ordinal);
            Assert.Contains("a=setup:passive", section, StringComparer.Ordinal);
            Assert.Contains("a=rtcp-mux", section, StringComparer.Ordinal);
            Assert.Contains("a=end-of-candidates", section, StringComparer.Ordinal);
            Assert.Single(section, line => line.StartsWith("a=msid:avatar ", StringComparison.Ordinal));
        }

        static (string, string)[] SectionHeads(string sdp) =>
        [
            .. sdp.Split("\r\n").Where(line => line.StartsWith("m=", StringComparison.Ordinal)).Select((line, i) =>
                (line.Split(' ')[0], SdpSamples.Section(sdp, i).First(part => part.StartsWith("a=mid:", StringComparison.Ordinal)))),
        ];
    }

    [Theory]
    [InlineData("sendrecv", "sendrecv", "sendonly")]
    [InlineData("recvonly", "sendonly", "sendonly")]
    [InlineData("sendonly", "recvonly", "inactive")]
    [InlineData("inactive", "inactive", "inactive")]
    public void Directions_are_turned_round_and_pictures_are_never_received(string offered, string audio, string video)
    {
        var sdp = SdpSamples.Offer("chromium-recvonly").Replace("a=recvonly", "a=" + offered, StringComparison.Ordinal);
        var answer = SdpSamples.Negotiate(sdp).AnswerSdp;
        Assert.Contains("a=" + audio, SdpSamples.Section(answer, 0), StringComparer.Ordinal);
        Assert.Contains("a=" + video, SdpSamples.Section(answer, 1), StringComparer.Ordinal);
        var sends = audio.StartsWith("send", StringComparison.Ordinal);
        Assert.Equal(sends, SdpSamples.Section(answer, 0).Any(line => line.StartsWith("a=ssrc", StringComparison.Ordinal)));
        Assert.Equal(sends, SdpSamples.Section(answer, 0).Any(line => line.StartsWith("a=msid", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_session_level_direction_holds_where_a_section_has_none()
    {
        var sdp = SdpSamples.Offer("chromium-recvonly")
            .Replace("a=recvonly\r\n", "", StringComparison.Ordinal)
            .Replace("t=0 0\r\n", "t=0 0\r\na=sendonly\r\n", StringComparison.Ordinal);
        Assert.Equal(SdpDirection.RecvOnly, SdpSamples.Negotiate(sdp).Microphone!.Direction);
    }

    [Fact]
    public void A_second_section_of_a_kind_is_refused_and_left_out_of_the_bundle()
    {
        var sdp = SdpSamples.Offer("chromium-recvonly");
        var second = string.Join("\r\n", SdpSamples.Section(sdp, 0)).Replace("a=mid:0", "a=mid:2", StringComparison.Ordinal);
        sdp = sdp.Replace("BUNDLE 0 1", "BUNDLE 0 1 2", StringComparison.Ordinal) + second + "\r\n";

        var answer = SdpSamples.Negotiate(sdp).AnswerSdp;
        Assert.Contains("a=group:BUNDLE 0 1\r\n", answer, StringComparison.Ordinal);
        Assert.StartsWith("m=audio 0 UDP/TLS/RTP/SAVPF 111 63 ", SdpSamples.Section(answer, 2)[0], StringComparison.Ordinal);
        Assert.Contains("a=mid:2", SdpSamples.Section(answer, 2), StringComparer.Ordinal);
    }

    [Fact]
    public void A_section_that_the_offerer_disabled_stays_disabled_and_the_next_of_its_kind_is_taken()
    {
        var sdp = SdpSamples.Offer("chromium-recvonly");
        var audio = string.Join("\r\n", SdpSamples.Section(sdp, 0));
        sdp = sdp.Replace(audio, "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=mid:x\r\na=inactive\r\n" + audio, StringComparison.Ordinal);
        var result = SdpSamples.Negotiate(sdp);
        Assert.Equal(1, result.Sound!.Index);
        Assert.Equal("m=audio 0 UDP/TLS/RTP/SAVPF 0", SdpSamples.Section(result.AnswerSdp, 0)[0]);
    }

    [Fact]
    public void A_bundle_only_section_is_wanted_although_its_port_is_zero()
    {
        // As a browser with bundlePolicy max-bundle writes it: no transport attributes of its own.
        var sdp = SdpSamples.Offer("chromium-recvonly");
        var video = SdpSamples.Section(sdp, 1);
        string[] dropped = ["a=ice-", "a=fingerprint", "a=setup", "a=rtcp-mux", "a=rtcp-rsize", "a=candidate"];
        var bundled = video
            .Where(line => !Array.Exists(dropped, start => line.StartsWith(start, StringComparison.Ordinal)))
            .Append("a=bundle-only")
            .Select((line, i) => i == 0 ? "m=video 0" + line[line.IndexOf(" UDP", StringComparison.Ordinal)..] : line);
        sdp = sdp.Replace(string.Join("\r\n", video), string.Join("\r\n", bundled), StringComparison.Ordinal);

        var result = SdpSamples.Negotiate(sdp);
        Assert.Equal("m=video 8010 UDP/TLS/RTP/SAVPF 96 97", SdpSamples.Section(result.AnswerSdp, 1)[0]);
        Assert.Contains("a=rtcp-rsize", SdpSamples.Section(result.AnswerSdp, 1), StringComparer.Ordinal);
    }

    [Fact]
    public void Sound_alone_and_pictures_alone_are_answered_without_a_bundle_too()
    {
        var sdp = SdpSamples.Offer("chromium-recvonly").Replace("a=group:BUNDLE 0 1\r\n", "", StringComparison.Ordinal);
        var audio = string.Join("\r\n", SdpSamples.Section(sdp, 0)) + "\r\n";
        var video = string.Join("\r\n", SdpSamples.Section(sdp, 1)) + "\r\n";

        var soundOnly = SdpSamples.Negotiate(sdp.Replace(video, "", StringComparison.Ordinal));
        Assert.NotNull(soundOnly.Sound);
        Assert.Null(soundOnly.Pictures);
        Assert.DoesNotContain("BUNDLE", soundOnly.AnswerSdp, StringComparison.Ordinal);

        var picturesOnly = SdpSamples.Negotiate(sdp.Replace(audio, "", StringComparison.Ordinal));
        Assert.Null(picturesOnly.Sound);
        Assert.NotNull(picturesOnly.Pictures);
    }

    [Fact]
    public void Without_RTX_there_is_no_group_of_sources()
    {
        var sdp = SdpSamples.Offer("chromium-recvonly").Replace("apt=96", "apt=98", StringComparison.Ordinal);
        var result = SdpSamples.Negotiate(sdp);
        Assert.Null(result.Pictures!.RtxPayloadType);
        Assert.Equal("m=video 8010 UDP/TLS/RTP/SAVPF 96", SdpSamples.Section(result.AnswerSdp, 1)[0]);
        Assert.DoesNotContain("3333", result.AnswerSdp, StringComparison.Ordinal);
    }

    [Fact]
    public void Feedback_without_its_header_extension_is_not_agreed()
    {
        var sdp = SdpSamples.Offer("chromium-recvonly").Replace("a=extmap:3 ", "a=extmap:15 ", StringComparison.Ordinal);
        var result = SdpSamples.Negotiate(sdp);
        Assert.Null(result.Pictures!.TransportSequenceId);
        Assert.Equal(AllVideoFeedback & ~NegotiatedFeedback.TransportWide, result.Pictures.Feedback);
        Assert.DoesNotContain("transport-cc", result.AnswerSdp, StringComparison.Ordinal);
    }

    [Fact]
    public void Feedback_offered_for_all_payload_types_counts()
    {
        var sdp = SdpSamples.Offer("chromium-recvonly").Replace("a=rtcp-fb:96 nack\r\n", "a=rtcp-fb:* nack\r\n", StringComparison.Ordinal);
        Assert.True(SdpSamples.Negotiate(sdp).Pictures!.Feedback.HasFlag(NegotiatedFeedback.Nack));
    }

    [Fact]
    public void A_mid_too_long_for_a_header_extension_is_not_sent_in_one()
    {
        var sdp = SdpSamples.Offer("chromium-recvonly")
            .Replace("a=mid:1", "a=mid:seventeen-letters", StringComparison.Ordinal)
            .Replace("BUNDLE 0 1", "BUNDLE 0 seventeen-letters", StringComparison.Ordinal);
        var result = SdpSamples.Negotiate(sdp);
        Assert.NotNull(result.Sound!.MidId);
        Assert.Null(result.Pictures!.MidId);
    }

    [Fact]
    public void The_transport_is_that_of_the_bundles_first_accepted_section()
    {
        var sdp = SdpSamples.Offer("chromium-mic").Replace("BUNDLE 0 1 2", "BUNDLE 2 1 0", StringComparison.Ordinal);
        var video = string.Join("\r\n", SdpSamples.Section(sdp, 1));
        sdp = sdp.Replace(video, video.Replace("a=ice-ufrag:GKJo", "a=ice-ufrag:tagged", StringComparison.Ordinal), StringComparison.Ordinal);
        var result = SdpSamples.Negotiate(sdp);
        Assert.Equal("tagged", result.RemoteUfrag);
        Assert.Contains("a=group:BUNDLE 1 0\r\n", result.AnswerSdp, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_candidates_the_default_destination_is_none()
    {
        var answer = SdpSamples.Negotiate(SdpSamples.Offer("chromium-recvonly")).WriteAnswer(SdpSamples.Parameters with { Candidates = [] });
        Assert.Equal(["m=audio 9 UDP/TLS/RTP/SAVPF 111 63", "c=IN IP4 0.0.0.0"], SdpSamples.Section(answer, 0)[..2]);
    }

    [Fact]
    public void An_IPv6_scope_is_not_told_to_others()
    {
        var address = System.Net.IPAddress.Parse("2001:db8::7%3");
        var answer = SdpSamples.Negotiate(SdpSamples.Offer("chromium-recvonly"))
            .WriteAnswer(SdpSamples.Parameters with { Candidates = [new(address, 8010)] });
        Assert.Contains("c=IN IP6 2001:db8::7", SdpSamples.Section(answer, 0), StringComparer.Ordinal);
        Assert.DoesNotContain('%', answer);
    }

    [Theory]
    [InlineData("a=group:BUNDLE 0 1\r\n", "", "does not bundle")]
    [InlineData("a=rtcp-mux\r\n", "", "a=rtcp-mux")]
    [InlineData("a=setup:actpass", "a=setup:passive", "DTLS server")]
    [InlineData("a=setup:actpass", "a=setup:holdconn", "DTLS server")]
    [InlineData("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n", "ICE-lite")]
    [InlineData("a=fingerprint:sha-256", "a=fingerprint:md5", "fingerprint")]
    [InlineData("a=ice-pwd:", "a=ice-nothing:", "ICE credentials")]
    [InlineData("UDP/TLS/RTP/SAVPF", "RTP/AVP", "Opus sound or VP8 pictures")]
    public void What_cannot_be_answered_is_refused_with_a_sentence(string from, string to, string expected)
    {
        var sdp = SdpSamples.Offer("chromium-recvonly");
        Assert.Contains(from, sdp, StringComparison.Ordinal);
        var error = SdpSamples.Refuse(sdp.Replace(from, to, StringComparison.Ordinal));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.EndsWith(".", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Neither_Opus_nor_VP8_is_refused_with_a_sentence()
    {
        var sdp = SdpSamples.Offer("chromium-recvonly")
            .Replace("opus/48000/2", "opus/48000", StringComparison.Ordinal)
            .Replace("VP8/90000", "VP7/90000", StringComparison.Ordinal);
        Assert.Contains("Opus sound or VP8 pictures", SdpSamples.Refuse(sdp), StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_written_again_differs_in_the_ICE_lines_and_the_version_alone()
    {
        var result = SdpSamples.Negotiate(SdpSamples.Offer("chromium-mic"));
        var again = result.WriteAnswer(SdpSamples.Parameters with
        {
            LocalUfrag = "Rk3bQ9xWm2Zt/1",
            LocalPassword = "another-0123456789abcdef",
            SessionVersion = 2,
        });
        var changed = result.AnswerSdp.Split("\r\n").Zip(again.Split("\r\n")).Where(pair => !string.Equals(pair.First, pair.Second, StringComparison.Ordinal));
        Assert.Equal(
            [
                "o=- 4611686018427387905 2 IN IP4 127.0.0.1",
                "a=ice-ufrag:Rk3bQ9xWm2Zt/1", "a=ice-pwd:another-0123456789abcdef",
                "a=ice-ufrag:Rk3bQ9xWm2Zt/1", "a=ice-pwd:another-0123456789abcdef",
            ],
            changed.Select(pair => pair.Second),
            StringComparer.Ordinal);
        Assert.Equal(result.AnswerSdp, result.WriteAnswer(SdpSamples.Parameters));
    }
}
