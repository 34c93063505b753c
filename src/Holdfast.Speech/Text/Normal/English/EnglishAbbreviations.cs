using System.Globalization;
using System.Text.RegularExpressions;
using static Holdfast.Speech.EnglishPatterns;

namespace Holdfast.Speech;

/// <summary>What is written short and said in full in English.</summary>
internal static partial class EnglishAbbreviations
{
    private static readonly Dictionary<string, string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mr"] = "Mister",
        ["mrs"] = "Missis",
        ["ms"] = "Miz",
        ["dr"] = "Doctor",
        ["prof"] = "Professor",
        ["jr"] = "Junior",
        ["sr"] = "Senior",
        ["vs"] = "versus",
        ["etc"] = "et cetera",
        ["approx"] = "approximately",
        ["inc"] = "Incorporated",
        ["ltd"] = "Limited",
        ["co"] = "Company",
        ["corp"] = "Corporation",
        ["dept"] = "Department",
        ["est"] = "established",
        ["gen"] = "General",
        ["sen"] = "Senator",
        ["rep"] = "Representative",
        ["gov"] = "Governor",
        ["capt"] = "Captain",
        ["col"] = "Colonel",
        ["lt"] = "Lieutenant",
        ["sgt"] = "Sergeant",
        ["maj"] = "Major",
        ["hon"] = "Honorable",
        ["rev"] = "Reverend",
        ["mt"] = "Mount",
        ["ave"] = "Avenue",
        ["blvd"] = "Boulevard",
        ["rd"] = "Road",
        ["ca"] = "about",
        ["cf"] = "compare",
        ["al"] = "others",
        ["max"] = "maximum",
        ["tel"] = "telephone",
        ["eds"] = "editors",
        ["refs"] = "references",
    };

    private static readonly Dictionary<string, string> BeforeNumber = new(StringComparer.OrdinalIgnoreCase)
    {
        ["no"] = "number",
        ["nos"] = "numbers",
        ["nr"] = "number",
        ["p"] = "page",
        ["pp"] = "pages",
        ["fig"] = "figure",
        ["figs"] = "figures",
        ["vol"] = "volume",
        ["ch"] = "chapter",
        ["sec"] = "section",
        ["eq"] = "equation",
        ["ext"] = "extension",
        ["ed"] = "edition",
        ["ref"] = "reference",
        ["art"] = "article",
    };

    private static readonly Dictionary<string, string> Shortenings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["e.g."] = "for example",
        ["i.e."] = "that is",
        ["a.k.a."] = "also known as",
        ["w/o"] = "without",
        ["w/"] = "with",
        ["n/a"] = "not applicable",
        ["and/or"] = "and or",
        ["c/o"] = "care of",
        ["24/7"] = "twenty-four seven",
    };

    public static Rule Always { get; } = new(TokenStart.Digit, AlwaysPattern(), static (m, _) => Shortenings[m.Value]);

    public static Rule Short { get; } = new(TokenStart.Letter, ShortPattern(), static (m, text) => Abbreviated(m, Shortenings[m.Value], text));

    public static Rule Fort { get; } = new(TokenStart.Letter, FortPattern(), static (_, _) => "Fort");

    public static Rule TitleClose { get; } = new(TokenStart.Letter, TitleClosePattern(), static (m, _) => Abbreviations[m.Groups["w"].Value]);

    public static Rule Exclaimed { get; } = new(TokenStart.Letter, ExclaimedPattern(), static (m, _) => m.Value[..^1]);

    public static Rule Street { get; } = new(TokenStart.Letter, StreetPattern(), static (m, text) => Abbreviated(m, m.Groups["saint"].Success ? "Saint" : "Street", text));

    public static Rule Numbering { get; } = new(TokenStart.Letter, NumberingPattern(), static (m, _) => BeforeNumber.GetValueOrDefault(m.Groups["w"].Value));

    public static Rule Abbreviation { get; } = new(TokenStart.Letter, AbbreviationPattern(), static (m, text) => Abbreviations.TryGetValue(m.Groups["w"].Value, out var words) ? Abbreviated(m, words, text) : null);

    public static Rule Title { get; } = new(TokenStart.Letter, TitlePattern(), static (m, _) => Abbreviations[m.Value]);

    public static Rule Dotted { get; } = new(TokenStart.Letter, DottedPattern(), static (m, text) => Abbreviated(m, string.Join(' ', m.Value.Where(char.IsLetter).Select(char.ToUpperInvariant)), text));

    public static Rule Initial { get; } = new(TokenStart.Letter, InitialPattern(), static (m, _) => m.Value[..1]);

    public static Rule VersionMark { get; } = new(TokenStart.Letter, VersionMarkPattern(), static (_, _) => "version");

    [GeneratedRegex(@"\G24/7(?![0-9/])", Options)]
    private static partial Regex AlwaysPattern();

    [GeneratedRegex(@"\G(?:e\.g\.|i\.e\.|a\.k\.a\.|w/o|w/|n/a|and/or|c/o)(?![A-Za-z])", Options | RegexOptions.IgnoreCase)]
    private static partial Regex ShortPattern();

    [GeneratedRegex(@"\G(?<![0-9] )Ft\.(?= [A-Z])", Options)]
    private static partial Regex FortPattern();

    [GeneratedRegex(@"\G(?<w>Mr|Mrs|Ms|Dr|Prof)\.(?=[A-Z][a-z])", Options)]
    private static partial Regex TitleClosePattern();

    [GeneratedRegex(@"\G[A-Z][a-z]{1,12}!(?= [a-z])", Options)]
    private static partial Regex ExclaimedPattern();

    [GeneratedRegex(@"\GSt\.(?<saint>(?= [A-Z]))?(?![A-Za-z0-9])", Options)]
    private static partial Regex StreetPattern();

    [GeneratedRegex(@"\G(?<w>[A-Za-z]{1,4})\. ?(?=[(#]?[0-9])", Options)]
    private static partial Regex NumberingPattern();

    [GeneratedRegex(@"\G(?<w>[A-Za-z]{2,6})\.(?![A-Za-z0-9])", Options)]
    private static partial Regex AbbreviationPattern();

    [GeneratedRegex(@"\G(?:Mr|Mrs|Ms|Dr|Prof|vs)(?= [A-Za-z])", Options)]
    private static partial Regex TitlePattern();

    [GeneratedRegex(@"\G(?:(?:[A-Za-z]\.){2,6}(?![A-Za-z])|[A-Z][a-z]\.[A-Z]\.(?![A-Za-z]))", Options)]
    private static partial Regex DottedPattern();

    [GeneratedRegex(@"\G[A-Z]\.(?= ?[A-Z])", Options)]
    private static partial Regex InitialPattern();

    [GeneratedRegex(@"\G[vV](?=[0-9])", Options)]
    private static partial Regex VersionMarkPattern();
}
