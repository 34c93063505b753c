using System.Globalization;
using System.Text.RegularExpressions;

namespace Holdfast.Speech;

/// <summary>From one thing to another: spans of numbers, hours, dates and sums; and how long something takes.</summary>
internal static partial class EnglishSpans
{
    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;
    private const string Num = @"(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}(?![0-9])|[0-9]{1,15})(?:\.[0-9]{1,9})?";
    private const string MonthName = @"(?:January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?)";
    private const string DayName = "(?:Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun)";

    private static readonly string[] Days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    /// <summary>Tried before what numbers and signs look like that stand alone.</summary>
    public static Rule[] Rules { get; } =
    [
        new(TokenStart.Digit, DaysOfMonth(), static (m, _) => IsDay(m.Groups["a"]) && IsDay(m.Groups["b"])
            ? $"the {EnglishNumbers.Ordinal(Plain(m.Groups["a"]))} to the {EnglishNumbers.Ordinal(Plain(m.Groups["b"]))} of {EnglishDates.MonthName(EnglishDates.MonthOf(m.Groups["month"].Value))}"
                + (m.Groups["y"].Success ? ", " + EnglishNumbers.Year(Int(m.Groups["y"])) : "") : null),
        new(TokenStart.Digit, Duration(), static (m, _) => DurationWords(m)),
        new(TokenStart.Digit, HoursAndMinutes(), static (m, _) => $"{Count(m.Groups["h"], "hour")} {Count(m.Groups["m"], "minute")}"),
        new(TokenStart.Digit, Spaced(), static (m, _) => Value(m.Groups["a"].Value) < Value(m.Groups["b"].Value) ? EnglishNumbers.Number(m.Groups["a"].Value) + " to" : null),
        new(TokenStart.Letter, Months(), static (m, _) => EnglishDates.MonthName(EnglishDates.MonthOf(m.Groups["month"].Value)) + " to"),
        new(TokenStart.Letter, Weekdays(), static (m, _) => DayOf(m.Groups["a"].Value) + " to " + DayOf(m.Groups["b"].Value)),
        new(TokenStart.Letter, Weekday(), static (m, _) => DayOf(m.Value)),
        new(TokenStart.Sign, Hours(), static (_, _) => "to"),
        new(TokenStart.Sign, Parts(), static (m, _) => PartOf(m.Groups["a"].Value) < PartOf(m.Groups["b"].Value) ? "to" : null),
        new(TokenStart.Sign, Measures(), static (m, _) => IsMeasure(m.Groups["u"].Value) ? "to" : null),
        new(TokenStart.Sign, Dates(), static (_, _) => "to"),
    ];

    /// <summary>"h", "day", "kg" as it is said behind "per".</summary>
    public static string? Per(string unit) => unit switch
    {
        "s" or "sec" => "second",
        "min" => "minute",
        "h" or "hr" => "hour",
        "d" => "day",
        "wk" => "week",
        "m" or "mo" => "month",
        "y" or "yr" => "year",
        "mi" => "mile",
        "ea" or "each" => "piece",
        "pp" or "p" => "person",
        _ => EnglishUnits.Words(unit, isOne: true, isClose: true) ?? (unit.Length >= 3 && unit.All(char.IsAsciiLetterLower) ? unit : null),
    };

    private static string DayOf(string name) => Days.First(day => day.StartsWith(name[..3], StringComparison.Ordinal));

    /// <summary>Nothing stands for a sum of money with its sign before it.</summary>
    private static bool IsMeasure(string unit) => unit is "" or "k" or "K" or "M" or "B" or "bn" or "mn" or "million" or "billion" or "thousand" or "A"
        || EnglishUnits.Words(unit, isOne: false, isClose: true) is not null || unit[0] is '€' or '£' or '¢' or '¥' || Fractions.TryRead(unit[0], out _, out _);

    private static decimal Value(string number) => decimal.Parse(number.Replace(",", "", StringComparison.Ordinal), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    private static decimal PartOf(string part)
    {
        var slash = part.IndexOf('/', StringComparison.Ordinal);
        return Value(part[..slash]) / Math.Max(1, Value(part[(slash + 1)..]));
    }

    private static string? DurationWords(Match m)
    {
        var parts = new[] { (m.Groups["d"], "day"), (m.Groups["h"], "hour"), (m.Groups["m"], "minute"), (m.Groups["s"], "second") }
            .Where(static part => part.Item1.Success).Select(static part => Count(part.Item1, part.Item2)).ToArray();
        return parts.Length >= 2 ? string.Join(' ', parts) : null;
    }

    private static string Count(Group number, string what) => $"{EnglishNumbers.Cardinal(Plain(number))} {what}{(Plain(number) is "1" ? "" : "s")}";

    private static bool IsDay(Group day) => Int(day) is >= 1 and <= 31;

    private static string Plain(Group number) => Int(number).ToString(CultureInfo.InvariantCulture);

    private static int Int(Group number) => int.Parse(number.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex($@"\G(?<a>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:[-–]| [-–] )(?<b>[0-9]{{1,2}})(?:st|nd|rd|th)? (?<month>{MonthName})(?![a-z])(?:,? (?<y>[0-9]{{4}})(?![0-9]))?", Options)]
    private static partial Regex DaysOfMonth();

    [GeneratedRegex(@"\G(?<![A-Za-z.])(?:(?<d>[0-9]{1,3}) ?d ?)?(?:(?<h>[0-9]{1,3}) ?(?:h|hrs?) ?)?(?:(?<m>[0-9]{1,3}) ?(?:m|min) ?)?(?:(?<s>[0-9]{1,3}) ?(?:s|sec))?(?<=[a-z])(?![A-Za-z0-9/²³])", Options)]
    private static partial Regex Duration();

    [GeneratedRegex(@"\G(?<h>[0-9]{1,2}):(?<m>[0-5][0-9]) ?(?:h|hrs?)(?![A-Za-z0-9])", Options)]
    private static partial Regex HoursAndMinutes();

    // "5 - 10 people" is a span, "5 - 3" and "5 - 10 = -5" are sums: up it goes, and nothing is asked for.
    [GeneratedRegex($@"\G(?<![=+*/×÷-] ?|[Ww]hat is |[Ww]hat['’]s |[Cc]alculate |[Cc]ompute |[Ss]olve |[0-9] - )(?<a>{Num}) - (?=(?<b>{Num})(?! ?[=+*/×÷?]| - ))", Options)]
    private static partial Regex Spaced();

    [GeneratedRegex($@"\G(?<month>{MonthName})(?:[-–]| [-–] )(?={MonthName}(?![a-z]))", Options)]
    private static partial Regex Months();

    [GeneratedRegex($@"\G(?<a>{DayName})\.?(?: ?[-–] ?)(?<b>{DayName})\.?(?![A-Za-z])", Options)]
    private static partial Regex Weekdays();

    [GeneratedRegex($@"\G(?:Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun)(?:\.(?=,| (?:[0-9]|at |from |to |and |morning|afternoon|evening|night))|(?=,? [0-9]{{1,2}}(?:st|nd|rd|th)? {MonthName}(?![a-z])|, {MonthName} [0-9]))", Options)]
    private static partial Regex Weekday();

    [GeneratedRegex(@"\G(?:(?<=[0-9] ?[aApP]\.?[mM]\.? ?)|(?<=[0-9]:[0-9]{2} )|(?<=\b(?:noon|midnight) ?))[-–~](?= ?(?:[0-9]|noon|midnight))", Options)]
    private static partial Regex Hours();

    [GeneratedRegex($@"\G(?<=(?<![0-9/])(?<a>[0-9]{{1,3}}/[0-9]{{1,3}}) ?)[-–](?= ?(?<b>[0-9]{{1,3}}/[0-9]{{1,3}})(?! ?[=/]))", Options)]
    private static partial Regex Parts();

    [GeneratedRegex($@"\G(?<=[0-9] ?(?<u>[A-Za-z]{{1,8}}|%|°[CF]?|[€£¢¥]) ?|[$€£¥][0-9.,]{{1,12}}(?<u>) |(?<u>[{Fractions.Class}]))[-–~](?= ?[$€£¥]?[0-9{Fractions.Class}])", Options)]
    private static partial Regex Measures();

    [GeneratedRegex($@"\G(?<=\b{MonthName} [0-9]{{1,2}}(?:st|nd|rd|th)?(?:, [0-9]{{4}})? ?|[0-9] {MonthName} ?|{MonthName} [0-9]{{4}} ?)[-–](?= ?(?:{MonthName} [0-9]|[0-9]{{1,2}} {MonthName}))", Options)]
    private static partial Regex Dates();
}
