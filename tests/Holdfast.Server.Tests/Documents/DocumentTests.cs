using System.Text.RegularExpressions;

namespace Holdfast.Server.Tests.Documents;

/// <summary>Links of the documents lead somewhere, and what is told in Chinese is what is told in English.</summary>
public sealed partial class DocumentTests
{
    private const int LongestLine = 120;

    public static TheoryData<string> Documents => new(
        from file in Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(((string[])["docs", "deploy", "samples", "src"]).SelectMany(static folder => Directory.EnumerateFiles(
                Path.Combine(Repository.Root, folder), "*.md", SearchOption.AllDirectories)))
        let name = Path.GetRelativePath(Repository.Root, file)
        where !name.Split(Path.DirectorySeparatorChar).Any(static part => part is "bin" or "obj" or "node_modules")
        select name);

    public static TheoryData<string> Translations => new(
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs", "zh"), "*.md").Select(static file => Path.GetFileName(file)));

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_of_a_document_leads_to_a_file_and_to_a_heading_in_it(string document)
    {
        var path = Path.Combine(Repository.Root, document);
        foreach (var link in Link.Matches(WithoutCode(File.ReadAllText(path))).Select(static match => match.Groups["to"].Value).Where(static link => !link.Contains("://", StringComparison.Ordinal)))
        {
            var (file, heading) = link.Split('#') is [var before, var after] ? (before, after) : (link, null);
            var target = file.Length == 0 ? path : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, file));
            Assert.True(File.Exists(target) || Directory.Exists(target), $"{document}: nothing is at {link}");
            if (heading is not null && target.EndsWith(".md", StringComparison.Ordinal))
            {
                Assert.True(
                    Headings(File.ReadAllText(target)).Contains(heading, StringComparer.Ordinal), $"{document}: {link} names no heading");
            }
        }
    }

    /// <summary>A translation that lags behind tells people what is no longer so.</summary>
    [Theory]
    [MemberData(nameof(Translations))]
    public void The_Chinese_document_has_the_sections_the_code_and_the_settings_of_the_English_one(string name)
    {
        var english = File.ReadAllText(Path.Combine(Repository.Root, "docs", name));
        var chinese = File.ReadAllText(Path.Combine(Repository.Root, "docs", "zh", name));

        Assert.Equal(Levels(english), Levels(chinese), StringComparer.Ordinal);
        Assert.Equal(Code(english), Code(chinese), StringComparer.Ordinal);
        Assert.Equal(Names(english), Names(chinese), StringComparer.Ordinal);
        Assert.Equal(Statuses(english), Statuses(chinese), StringComparer.Ordinal);
    }

    /// <summary>Prose is read in narrow windows and beside code. What cannot be broken may be longer: code, tables, pictures and long addresses.</summary>
    [Theory]
    [MemberData(nameof(Documents))]
    public void No_line_of_prose_is_longer_than_120_characters(string document)
    {
        var lines = WithoutCode(File.ReadAllText(Path.Combine(Repository.Root, document))).Split('\n');
        Assert.DoesNotContain(lines, static line => line.Length > LongestLine && !Unbroken.IsMatch(line));
    }

    [Fact]
    public void The_results_are_one_page()
    {
        Assert.InRange(File.ReadAllLines(Path.Combine(Repository.Root, "docs", "performance.md")).Length, 1, 150);
    }

    private static string WithoutCode(string text) => Fence.Replace(text, "");

    private static IEnumerable<string> Levels(string text) => Heading.Matches(WithoutCode(text)).Select(static match => match.Groups["level"].Value);

    private static IEnumerable<string> Code(string text) => Fence.Matches(text).Select(static match => match.Value);

    /// <summary>Settings, paths and members, as they stand in the text: each is named in both.</summary>
    private static IEnumerable<string> Names(string text) => Name.Matches(WithoutCode(text))
        .Select(static match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>The rows of tables that hold nothing but a call and its statuses: they are the same in every language.</summary>
    private static IEnumerable<string> Statuses(string text) => CallRow.Matches(text).Select(static match => match.Value);

    /// <summary>As the well-known hosts make them: small letters, no signs, blanks as hyphens.</summary>
    private static IEnumerable<string> Headings(string text) => Heading.Matches(WithoutCode(text)).Select(static match =>
        Sign.Replace(LinkInHeading.Replace(match.Groups["text"].Value.Trim().ToLowerInvariant(), "${text}"), "").Replace(' ', '-'));

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline, 1_000)]
    private static partial Regex Fence { get; }

    [GeneratedRegex(@"^\s*(\||!\[|\S+$)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Unbroken { get; }

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Link { get; }

    [GeneratedRegex("^(?<level>#+) (?<text>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Heading { get; }

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex LinkInHeading { get; }

    [GeneratedRegex(@"^\| `[A-Z]+ /[^`]+` \| [\d ]+ \|$", RegexOptions.Multiline, 1_000)]
    private static partial Regex CallRow { get; }

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.None, 1_000)]
    private static partial Regex Sign { get; }

    [GeneratedRegex("`(?<name>(--)?Holdfast[:_][A-Za-z0-9:_]+|/[a-z][a-z0-9/{}_.-]+|[A-Z]+ /[^` ]+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Name { get; }
}
