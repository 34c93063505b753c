using System.Reflection;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc.Tests.Sdp;

/// <summary>Offers that were answered wrongly once, in the folder Cases, each beside what is right.</summary>
public sealed class SdpCaseTests
{
    private const string Folder = "Cases.";

    public static TheoryData<string> Names =>
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal) && name.EndsWith(".sdp", StringComparison.Ordinal))
            .Select(name => name[Folder.Length..^".sdp".Length]),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_case_is_answered_as_the_text_beside_it_says(string name)
    {
        var answer = SdpSamples.Negotiate(Read(name + ".sdp")).AnswerSdp;

        // A few sentences, an empty line, and then what the answer comes to.
        var expected = Read(name + ".txt").ReplaceLineEndings("\n").Split("\n\n")[1].Trim();
        Assert.Equal(expected, AnswerShape.Of(answer), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void There_are_cases() => Assert.True(Names.Count >= 9);

    private static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Folder + name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>What an answer comes to: its bundle, and a line for each section.</summary>
internal static class AnswerShape
{
    /// <summary>
    /// "BUNDLE mids", then for each m-line its kind with the direction; "kept" with the payload type where it is inactive with a codec that is
    /// not ours, "refused" where its port is 0. What is not refused has one complete transport, the same as the others.
    /// </summary>
    public static string Of(string answer)
    {
        var lines = answer.Split("\r\n");
        var shape = lines.Where(line => line.StartsWith("a=group:", StringComparison.Ordinal)).Select(line => line["a=group:".Length..]).ToList();
        var bundle = shape.SingleOrDefault()?.Split(' ')[1..] ?? [];
        var count = lines.Count(line => line.StartsWith("m=", StringComparison.Ordinal));
        string[]? transport = null;
        for (var i = 0; i < count; i++)
        {
            var section = SdpSamples.Section(answer, i);
            var head = section[0]["m=".Length..].Split(' ');
            var mid = section.SingleOrDefault(line => line.StartsWith("a=mid:", StringComparison.Ordinal))?["a=mid:".Length..];
            var direction = section.Single(line => line is "a=sendrecv" or "a=sendonly" or "a=recvonly" or "a=inactive")["a=".Length..];
            if (string.Equals(head[1], "0", StringComparison.Ordinal))
            {
                shape.Add(head[0] + " refused");
                Assert.DoesNotContain(mid, bundle, StringComparer.Ordinal);
                continue;
            }

            string[] own = [.. section.SkipWhile(line => !line.StartsWith("a=ice-ufrag:", StringComparison.Ordinal))];
            Assert.Equal(["a=ice-ufrag", "a=ice-pwd", "a=fingerprint", "a=setup"], own[..4].Select(line => line.Split(':')[0]), StringComparer.Ordinal);
            Assert.Equal(transport ??= own, own, StringComparer.Ordinal);
            Assert.Contains("a=rtcp-mux", section, StringComparer.Ordinal);
            Assert.True(bundle.Length == 0 || bundle.Contains(mid, StringComparer.Ordinal));
            var isOurs = section.Any(line => line.EndsWith(" opus/48000/2", StringComparison.Ordinal) || line.EndsWith(" VP8/90000", StringComparison.Ordinal));
            shape.Add(isOurs ? $"{head[0]} {direction}" : $"{head[0]} kept {head[3]}");
        }

        return string.Join('\n', shape);
    }
}
