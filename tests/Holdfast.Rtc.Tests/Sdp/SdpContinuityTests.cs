using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc.Tests.Sdp;

/// <summary>What a further offer on the same connection may change.</summary>
public sealed class SdpContinuityTests
{
    private static readonly string s_first = SdpSamples.Offer("chromium-mic");
    private static readonly SdpNegotiation s_inForce = SdpSamples.Negotiate(s_first);

    [Theory]
    [InlineData("GKJo", "GKJp")]
    [InlineData("3952915823", "1")]
    [InlineData("useinbandfec=1", "useinbandfec=0;maxaveragebitrate=20000")]
    [InlineData("a=rtcp-fb:96 nack pli\r\n", "")]
    [InlineData("a=rtcp-rsize\r\n", "")]
    [InlineData("a=sendrecv", "a=recvonly")]
    [InlineData("a=sendrecv", "a=inactive")]
    [InlineData("a=recvonly", "a=inactive")]
    [InlineData("a=recvonly", "a=sendrecv")]
    [InlineData("a=setup:actpass", "a=setup:active")]
    public void It_may_change_this(string from, string to) => SdpSamples.Negotiate(Changed(s_first, from, to), s_inForce);

    [Theory]
    [InlineData("F0:BA:84", "F0:BA:85", "fingerprint")]
    [InlineData("a=extmap:3 ", "a=extmap:9 ", "header extension ids of the sound")]
    [InlineData("VP8/90000", "VP7/90000", "payload types")]
    [InlineData("a=fmtp:97 apt=96", "a=fmtp:97 apt=98", "of the pictures")]
    [InlineData("a=mid:1", "a=mid:7", "the mid")]
    public void It_may_not_change_that(string from, string to, string expected) =>
        Assert.Contains(expected, SdpSamples.Refuse(Changed(s_first, from, to).Replace("BUNDLE 0 1 2", "BUNDLE 0 1 2 7", StringComparison.Ordinal), s_inForce), StringComparison.Ordinal);

    [Fact]
    public void Candidates_may_come_and_go() =>
        SdpSamples.Negotiate(string.Join("\r\n", s_first.Split("\r\n").Where(line => !line.StartsWith("a=candidate", StringComparison.Ordinal))), s_inForce);

    [Fact]
    public void A_section_for_the_microphone_may_be_added_and_given_up_again()
    {
        var first = SdpSamples.Offer("chromium-recvonly");
        var inForce = SdpSamples.Negotiate(first);
        Assert.Null(inForce.Microphone);

        var with = SdpSamples.Negotiate(WithSection(first, "a=sendonly"), inForce);
        Assert.Equal("9", with.Microphone?.Mid);
        Assert.Equal("BUNDLE 0 1 9\naudio sendonly\nvideo sendonly\naudio recvonly", AnswerShape.Of(with.AnswerSdp));

        var off = SdpSamples.Negotiate(WithSection(first, "a=inactive"), with);
        Assert.Null(off.Microphone);
        Assert.Equal("BUNDLE 0 1 9\naudio sendonly\nvideo sendonly\naudio inactive", AnswerShape.Of(off.AnswerSdp));
    }

    [Fact]
    public void Sound_that_pauses_keeps_its_section_and_goes_on_there()
    {
        var paused = SdpSamples.Negotiate(s_first.Replace("a=sendrecv", "a=inactive", StringComparison.Ordinal), s_inForce);
        Assert.Null(paused.Sound);
        Assert.Equal("0", paused.EstablishedSound?.Mid);

        Assert.NotNull(SdpSamples.Negotiate(s_first, paused).Sound);
        Assert.Contains(
            "of the sound",
            SdpSamples.Refuse(WithSection(s_first.Replace("a=sendrecv", "a=inactive", StringComparison.Ordinal), "a=recvonly"), paused),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Where_several_sections_would_do_the_one_in_force_goes_on()
    {
        var first = WithSection(SdpSamples.Offer("chromium-recvonly"), "a=recvonly");
        var inForce = SdpSamples.Negotiate(OnlySecondAudio(first));
        Assert.Equal("9", inForce.Sound?.Mid);

        Assert.Equal("9", SdpSamples.Negotiate(first, inForce).Sound?.Mid);

        static string OnlySecondAudio(string sdp)
        {
            var section = string.Join("\r\n", SdpSamples.Section(sdp, 0));
            return sdp.Replace(section, section.Replace("a=recvonly", "a=inactive", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_payload_type_in_force_is_taken_again_although_another_stands_first_now()
    {
        var first = SdpSamples.Offer("chromium-recvonly");
        var moved = Changed(first, "SAVPF 96 97", "SAVPF 98 96 97").Replace("a=rtpmap:98 VP9/90000", "a=rtpmap:98 VP8/90000", StringComparison.Ordinal);
        Assert.Equal(98, SdpSamples.Negotiate(moved).Pictures!.PayloadType);

        Assert.Equal(96, SdpSamples.Negotiate(moved, SdpSamples.Negotiate(first)).Pictures!.PayloadType);
    }

    private static string Changed(string sdp, string from, string to)
    {
        Assert.Contains(from, sdp, StringComparison.Ordinal);
        return sdp.Replace(from, to, StringComparison.Ordinal);
    }

    private static string WithSection(string sdp, string direction)
    {
        var section = string.Join("\r\n", SdpSamples.Section(sdp, 0))
            .Replace("a=mid:0", "a=mid:9", StringComparison.Ordinal)
            .Replace("a=recvonly", direction, StringComparison.Ordinal)
            .Replace("a=sendrecv", direction, StringComparison.Ordinal)
            .Replace("a=inactive", direction, StringComparison.Ordinal);
        return sdp.Replace("BUNDLE 0 1", "BUNDLE 0 1 9", StringComparison.Ordinal) + section + "\r\n";
    }
}
