namespace Holdfast.Lab.Fuzz;

/// <summary>Offers that were read once, with lines gone, doubled, moved, changed and put together.</summary>
internal sealed class SdpForge(FuzzDice dice, string offer)
{
    private static readonly string[] s_lines =
    [
        "m=audio 9 UDP/TLS/RTP/SAVPF 111", "m=video 0 UDP/TLS/RTP/SAVPF 96 97", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=group:BUNDLE 0 1 2 0",
        "a=mid:0", "a=mid:", "a=sendonly", "a=inactive", "a=ice-lite", "a=setup:holdconn", "a=rtpmap:96 VP8/90000/1/1", "a=fmtp:97 apt=", "a=rtcp-fb:* nack",
        "a=extmap:0/sendonly urn:x", "a=fingerprint:sha-256 ", "a=ssrc:4294967296 cname:x", "v=0", "", " ", "=", "a", "a=", "\uFEFFv=0", "a=candidate:1 1 udp",
        "a=group:BUNDLE 1 0", "a=group:BUNDLE 1", "a=mid:1", "a=mid:2", "a=bundle-only", "a=recvonly", "a=sendrecv", "m=audio 9 UDP/TLS/RTP/SAVPF 0", "m=video 9 UDP/TLS/RTP/SAVPF 102",
        "a=rtpmap:102 H264/90000", "a=rtpmap:111 opus/48000/2", "a=rtpmap:96 VP8/90000", "a=ice-ufrag:abcd", "a=ice-pwd:abcdabcdabcdabcdabcdab", "a=rtcp-mux", "a=setup:actpass",
    ];

    public string Write()
    {
        List<string> lines = [.. offer.Split("\r\n")];
        for (var changes = 1 + dice.Next(8); changes > 0 && lines.Count > 0; changes--)
        {
            var at = dice.Next(lines.Count);
            switch (dice.Next(8))
            {
                case 0:
                    lines.RemoveAt(at);
                    break;
                case 1:
                    lines.Insert(dice.Next(lines.Count), lines[at]);
                    break;
                case 2:
                    lines[at] = dice.Pick<string>(s_lines);
                    break;
                case 3:
                    lines.InsertRange(at, Enumerable.Repeat(dice.Pick<string>(s_lines), dice.OneIn(10) ? 400 : 3));
                    break;
                case 4:
                    lines[at] = Break(lines[at]);
                    break;
                case 5 or 6:
                    MoveSection(lines);
                    break;
                default:
                    (lines[at], lines[^1]) = (lines[^1], lines[at]);
                    break;
            }
        }

        return string.Join(dice.OneIn(4) ? "\n" : "\r\n", lines);
    }

    /// <summary>Puts a section, or what was doubled of it, elsewhere among them; in one of two cases the other stays.</summary>
    private void MoveSection(List<string> lines)
    {
        int[] heads = [.. lines.Index().Where(static line => line.Item.StartsWith("m=", StringComparison.Ordinal)).Select(static line => line.Index), lines.Count];
        if (heads.Length < 2)
        {
            return;
        }

        var which = dice.Next(heads.Length - 1);
        var section = lines.GetRange(heads[which], heads[which + 1] - heads[which]);
        lines.InsertRange(heads[dice.Next(heads.Length)], section);
        if (dice.OneIn(2))
        {
            lines.RemoveRange(heads[which], section.Count);
        }
    }

    private string Break(string line)
    {
        if (line.Length == 0)
        {
            return "\0";
        }

        var characters = line.ToCharArray();
        characters[dice.Next(characters.Length)] = dice.OneIn(3) ? (char)dice.Word() : (char)dice.Byte();
        var text = new string(characters);
        return dice.OneIn(3) ? text[..dice.Next(text.Length)] : dice.OneIn(20) ? string.Concat(Enumerable.Repeat(text, 200)) : text;
    }
}
