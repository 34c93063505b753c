using Holdfast.Lab.Peer;
using Holdfast.Rtc.Ice;

namespace Holdfast.Lab.Tests.Peer;

public sealed class ServerAnswerTests
{
    private const string Fingerprint =
        "sha-256 1F:6C:39:9B:5E:2A:70:4D:11:E8:C2:90:A4:5B:37:D6:08:FE:63:1B:9A:CC:47:72:E0:15:88:3D:B9:56:21:AF";

    private static readonly string[] Lines =
    [
        "v=0",
        "o=- 1 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0 1",
        "m=audio 5000 UDP/TLS/RTP/SAVPF 111",
        "a=mid:0",
        "a=candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host",
        "a=candidate:2 1 udp 2130706175 2001:db8::1 5000 typ host",
        "a=candidate:3 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active",
        "a=candidate:4 1 udp 2130706175 5f0c.local 5000 typ host",
        "a=candidate:5 2 udp 2130706430 192.0.2.1 5001 typ host",
        "a=ice-ufrag:abcd/7",
        "a=ice-pwd:0123456789012345678901",
        $"a=fingerprint:{Fingerprint}",
        "a=setup:active",
        "m=video 0 UDP/TLS/RTP/SAVPF 96",
        "a=mid:1",
        "",
    ];

    private static readonly string Sdp = string.Join("\r\n", Lines);

    [Fact]
    public void It_reads_what_another_stack_writes()
    {
        Assert.True(ServerAnswer.TryParse(Sdp, out var answer, out _));

        Assert.Equal(new IceCredentials("abcd/7", "0123456789012345678901"), answer.Credentials);
        Assert.Equal(7, answer.Generation);
        Assert.False(answer.IsDtlsServer);
        Assert.Equal(["192.0.2.1:5000", "[2001:db8::1]:5000"], answer.Candidates.Select(candidate => candidate.ToString()), StringComparer.Ordinal);
        Assert.Null(answer.TransportSequenceId);
        Assert.True(answer.HasAudio);
        Assert.False(answer.HasVideo);
    }

    [Fact]
    public void It_reads_what_Chromium_answers_that_sends()
    {
        string[] transport =
        [
            "a=ice-ufrag:P+fJ",
            "a=ice-pwd:BgXPTgVnVkN+gJiTJ5G2jACi",
            "a=ice-options:trickle",
            $"a=fingerprint:{Fingerprint}",
            "a=setup:active",
        ];
        string[] lines =
        [
            "v=0",
            "o=- 3149616973481283976 2 IN IP4 127.0.0.1",
            "s=-",
            "t=0 0",
            "a=group:BUNDLE 0 1",
            "a=msid-semantic: WMS 109d779c-ba1a-4ec9-a0a0-c1ca5db295d6",
            "m=audio 48207 UDP/TLS/RTP/SAVPF 111 63",
            "c=IN IP4 192.0.2.2",
            "a=rtcp:9 IN IP4 0.0.0.0",
            "a=candidate:987243090 1 udp 2113937151 192.0.2.2 48207 typ host generation 0 network-cost 999",
            "a=candidate:4055819186 1 udp 2113942271 fd00::2 39856 typ host generation 0 network-cost 999",
            .. transport,
            "a=mid:0",
            "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
            "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
            "a=sendonly",
            "a=rtcp-mux",
            "a=rtpmap:111 opus/48000/2",
            "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
            "c=IN IP4 0.0.0.0",
            .. transport,
            "a=mid:1",
            "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
            "a=sendonly",
            "a=rtpmap:96 VP8/90000",
            "a=ssrc-group:FID 1987040142 1134571446",
            "",
        ];

        Assert.True(ServerAnswer.TryParse(string.Join("\r\n", lines), out var answer, out _));

        Assert.Equal(new IceCredentials("P+fJ", "BgXPTgVnVkN+gJiTJ5G2jACi"), answer.Credentials);
        Assert.False(answer.IsDtlsServer);
        Assert.Equal(["192.0.2.2:48207", "[fd00::2]:39856"], answer.Candidates.Select(candidate => candidate.ToString()), StringComparer.Ordinal);
        Assert.Equal((byte)3, answer.TransportSequenceId);
        Assert.Equal((0, true, true), (answer.Generation, answer.HasAudio, answer.HasVideo));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("v=0\r\nm=audio\r\na=candidate:\r\na=extmap:\r\na=fingerprint:x")]
    public void What_is_no_answer_is_refused_with_a_sentence(string? sdp)
    {
        Assert.False(ServerAnswer.TryParse(sdp, out _, out var error));
        Assert.EndsWith(".", error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_damaged_answer_throws()
    {
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            var text = Sdp.ToCharArray();
            for (var j = random.Next(1, 20); j > 0; j--)
            {
                text[random.Next(text.Length)] = (char)random.Next(1, 128);
            }

            var understood = ServerAnswer.TryParse(new string(text, 0, random.Next(text.Length)), out var answer, out var error);
            Assert.Equal(understood, answer is not null);
            Assert.Equal(understood, error is null);
        }
    }
}
