using System.Globalization;
using System.Text.RegularExpressions;

namespace Holdfast.Speech;

/// <summary>What the rules of English are made of.</summary>
internal static class EnglishPatterns
{
    public const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;
    public const string Num = @"(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}(?![0-9])|[0-9]{1,30})(?:\.[0-9]{1,30})?";
    public const string HalfPattern = @"(?<half> ?(?:[aApP]\.[mM]\.?|[aApP][mM])(?![A-Za-z]))";
    public const string MonthPattern = @"(?<month>January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?)";
    public const string Scale = @"(?: ?(?<scale>thousand|million|billion|trillion|bn|mn|tn|[kKmMbB])(?![A-Za-z0-9]))?";
    public const string Power = @"(?:[²³]|\^?[23](?![0-9.]))?";
    public const string Unit = $@"(?<unit>[%‰″]|[°º] ?[CFK]?(?![A-Za-z])|[A-Za-zμΩ]{{1,5}}{Power}(?:/[A-Za-z]{{1,6}}{Power})?(?![A-Za-z0-9]))";
    public const string Wide = $@"(?:[0-9]{{1,3}}(?:\.[0-9]{{3}}){{1,4}},[0-9]{{2}}(?![0-9])|[0-9]{{1,3}}(?:[ '’_][0-9]{{3}}){{1,5}}(?![0-9])(?:[.,][0-9]{{1,2}}(?![0-9]))?|[0-9]{{1,9}},[0-9]{{2}}(?![0-9]|,[0-9])(?= ?[€£$)]|[. !?]|$)|[0-9]{{1,9}},[0-9]{{1,2}}(?= ?(?:[kcm]?m|[km]?g|[cm]?l|k[mW]/?h|[°º] ?[CF]|%|GB|MB|TB)(?![A-Za-z0-9]))|{Num})";
    public const string Codes = "USD|EUR|GBP|JPY|CNY|RMB|CHF|AUD|CAD|HKD|INR|KRW|NZD|SGD|TWD|MXN|BRL|SEK|NOK|DKK|PLN";

    /// <summary>A word, and the full stop that its abbreviation took from the end of the sentence.</summary>
    public static string Abbreviated(Match match, string words, string text) =>
        match.Value.EndsWith('.') && match.Index + match.Length >= text.Length ? words + "." : words;

    public static int Int(Group group) => group.Success && group.Length > 0 ? int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
}
