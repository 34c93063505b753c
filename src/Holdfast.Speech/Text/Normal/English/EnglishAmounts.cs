using System.Globalization;
using System.Text.RegularExpressions;
using static Holdfast.Speech.EnglishPatterns;

namespace Holdfast.Speech;

/// <summary>Sums of money and measures in English: a number and what it counts.</summary>
internal static partial class EnglishAmounts
{
    public static Rule MoneyBehind { get; } = new(TokenStart.Digit, MoneyBehindPattern(), static (m, _) => EnglishMoney.Words(m.Groups["cur"].Value, m.Groups["n"].Value, m.Groups["scale"].Value));

    public static Rule Worded { get; } = new(TokenStart.Digit, WordedPattern(), static (m, _) => EnglishMoney.Words(m.Groups["cur"].Value[0] == 'd' ? "$" : "€", m.Groups["n"].Value, ""));

    public static Rule BloodPressure { get; } = new(TokenStart.Digit, BloodPressurePattern(), static (m, _) => $"{EnglishNumbers.Cardinal(m.Groups["a"].Value)} over {EnglishNumbers.Cardinal(m.Groups["b"].Value)} millimeters of mercury");

    public static Rule FeetAndInches { get; } = new(TokenStart.Digit, FeetAndInchesPattern(), static (m, _) => $"{EnglishNumbers.Cardinal(m.Groups["ft"].Value)} {(m.Groups["ft"].Value is "1" ? "foot" : "feet")} {EnglishNumbers.Cardinal(m.Groups["in"].Value)}");

    public static Rule FeetOrInches { get; } = new(TokenStart.Digit, FeetOrInchesPattern(), static (m, text) => FeetOrInchesWords(m, text));

    public static Rule Measure { get; } = new(TokenStart.Digit, MeasurePattern(), static (m, text) => MeasureWords(m, text));

    public static Rule Scaled { get; } = new(TokenStart.Digit, ScaledPattern(), static (m, _) => $"{EnglishNumbers.Number(m.Groups["n"].Value)} {(m.Groups["s"].Value is "k" ? "thousand" : m.Groups["s"].Value is "M" ? "million" : "billion")}");

    public static Rule MoneyCode { get; } = new(TokenStart.Letter, MoneyCodePattern(), static (m, _) => EnglishMoney.Words(m.Groups["cur"].Value, m.Groups["n"].Value, m.Groups["scale"].Value));

    public static Rule MoneyRange { get; } = new(TokenStart.Sign, MoneyRangePattern(), static (m, _) => EnglishMoney.Words(m.Groups["cur"].Value, m.Groups["b"].Value, m.Groups["scale"].Value) is { } money
        ? $"{EnglishNumbers.Number(m.Groups["a"].Value)}{(m.Groups["low"].Success && EnglishMoney.Scale(m.Groups["low"].Value) is { } low && !string.Equals(low, EnglishMoney.Scale(m.Groups["scale"].Value), StringComparison.Ordinal) ? " " + low : "")} to {money}" : null);

    public static Rule Money { get; } = new(TokenStart.Sign, MoneyPattern(), static (m, _) => EnglishMoney.Words(m.Groups["cur"].Value, m.Groups["n"].Value, m.Groups["scale"].Value) is { } money ? (m.Groups["minus"].Success ? "minus " : "") + money : null);

    public static Rule PerUnit { get; } = new(TokenStart.Sign, PerUnitPattern(), static (m, _) => EnglishSpans.Per(m.Groups["u"].Value) is { } per ? "per " + per : null);

    /// <summary>"100 200 300" are three numbers.</summary>
    public static bool IsList(string groups) =>
        groups.Split(' ') is { Length: > 1 } parts && parts[0].Length == 3 && !parts.Contains("000", StringComparer.Ordinal);

    private static string? MeasureWords(Match m, string text)
    {
        var (written, isClose) = (m.Groups["unit"].Value.Replace(" ", "", StringComparison.Ordinal), m.Groups["gap"].Length == 0);
        if (IsList(m.Groups["n"].Value))
        {
            return null;
        }

        // "12 in" and "3 A" are measures where nothing follows that makes a word of them; "Gate 3A" is none.
        var after = text.AsSpan(m.Index + m.Length);
        var isLast = after.IsEmpty || after[0] is '.' or ',' or ';' or ')' or '!' or '?' || (after[0] is ' ' && MeasuredPattern().IsMatch(text, m.Index + m.Length));
        if (written is "A")
        {
            return isLast && (!isClose || (after.Length > 0 && after[0] is ' ')) ? $"{EnglishNumbers.Number(m.Groups["n"].Value)} {(m.Groups["n"].Value is "1" ? "amp" : "amps")}" : null;
        }

        if (EnglishUnits.Words(written, m.Groups["n"].Value is "1", isClose || (written is "in" && (isLast || m.Groups["stop"].Success))) is not { } unit)
        {
            return null;
        }

        // The stop of "5 ft. 3 in." goes with the unit; at the end of all it is the sentence's as well.
        return Abbreviated(m, $"{EnglishNumbers.Number(m.Groups["n"].Value)} {unit}", text);
    }

    /// <summary>A sign behind a number closes a quotation where one is open.</summary>
    private static string? FeetOrInchesWords(Match m, string text)
    {
        var mark = m.Groups["mark"].Value[0];
        var before = Rule.Before(text, m);
        var isOpen = mark is '"' ? before.Count('"') % 2 == 1 : mark is '”' ? before.Contains('“') : mark is '\'' or '’' && (before.Contains(" '", StringComparison.Ordinal) || before.StartsWith("'") || before.Contains('‘'));
        var isOne = m.Groups["n"].Value is "1";
        return isOpen ? null : EnglishNumbers.Number(m.Groups["n"].Value) + (mark is '"' or '”' or '″' ? isOne ? " inch" : " inches" : isOne ? " foot" : " feet");
    }

    [GeneratedRegex($@"\G(?<n>{Wide}){Scale} ?(?<cur>[€$£¥₹₩₽₿¢元]|(?:{Codes}|kr|zł)(?![\p{{L}}]))", Options)]
    private static partial Regex MoneyBehindPattern();

    // "12.25 euros" is said as "€12.25" is.
    [GeneratedRegex(@"\G(?<n>(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,12})\.[0-9]{2}|[0-9]{1,9},[0-9]{2}) (?<cur>dollars?|euros?)(?![A-Za-z0-9-])", Options)]
    private static partial Regex WordedPattern();

    [GeneratedRegex(@"\G(?<ft>[0-9]{1,2})['′’] ?(?<in>[0-9]{1,2})[""″”]?(?![0-9])", Options)]
    private static partial Regex FeetAndInchesPattern();

    [GeneratedRegex(@"\G(?<a>[0-9]{2,3})/(?<b>[0-9]{2,3}) ?mmHg(?![A-Za-z0-9])", Options)]
    private static partial Regex BloodPressurePattern();

    [GeneratedRegex($@"\G(?<![A-Za-z])(?<n>{Num})(?<mark>[""″”'′’])(?![\p{{L}}0-9])", Options)]
    private static partial Regex FeetOrInchesPattern();

    [GeneratedRegex(@"\G (?:wide|long|tall|deep|high|thick|across|by|x|fuse|charger|current|circuit|supply|breaker)(?![A-Za-z])", Options)]
    private static partial Regex MeasuredPattern();

    [GeneratedRegex($@"\G(?<![A-Za-z])(?<n>{Wide})(?<gap> ?){Unit}(?<stop>(?<=ft|in|lbs?|oz|min|hrs?|sec|yds?|mi|gal|pt|qt|tbsp|tsp)\.(?= [0-9a-z(]|$))?", Options)]
    private static partial Regex MeasurePattern();

    [GeneratedRegex($@"\G(?<![A-Za-z])(?<n>{Num})(?<s>[kMB])(?![A-Za-z0-9])", Options)]
    private static partial Regex ScaledPattern();

    [GeneratedRegex($@"\G(?<cur>(?:US|HK|CA|AU|NZ|NT|MX|A|C|R|S)\$|(?:JP|CN)¥|{Codes}) ?(?<n>{Num}){Scale}(?![A-Za-z0-9])", Options)]
    private static partial Regex MoneyCodePattern();

    [GeneratedRegex($@"\G(?<cur>[$€£¥₹₩₽₿]) ?(?<a>{Num})(?<low>[kKmMbB]n?)?[-–~](?<b>{Num}){Scale}(?![A-Za-z0-9])", Options)]
    private static partial Regex MoneyRangePattern();

    [GeneratedRegex($@"\G(?<minus>(?<![\w)])[-−])?(?<cur>[$€£¥₹₩₽₿]) ?(?<minus>[-−](?=[0-9]))?(?<n>{Wide}|\.[0-9]{{1,4}}){Scale}", Options)]
    private static partial Regex MoneyPattern();

    [GeneratedRegex(@"\G(?:(?<=(?<![A-Za-z0-9/]|[A-Za-z]-)[0-9][0-9.,]{0,12}(?:[kKMB]|bn|m)?[€£¥¢%]?)|(?<=[0-9] ?[A-Za-z]{1,8})|(?<=[a-z]{3}s)) ?/ ?(?<u>[A-Za-z]{1,9})(?![A-Za-z0-9/])", Options)]
    private static partial Regex PerUnitPattern();
}
