using System.Globalization;
using System.Text.RegularExpressions;
using static Holdfast.Speech.EnglishPatterns;

namespace Holdfast.Speech;

/// <summary>Dates, years and times of day in English.</summary>
internal static partial class EnglishDates
{
    public static Rule YearMonth { get; } = new(TokenStart.Digit, YearMonthPattern(), static (m, _) => MonthName(Int(m.Groups["m"])) + " " + EnglishNumbers.Year(Int(m.Groups["y"])));

    public static Rule MonthSlashDay { get; } = new(TokenStart.Digit, MonthSlashDayPattern(), static (m, _) => MonthSlashDayWords(m));

    public static Rule IsoDate { get; } = new(TokenStart.Digit, IsoDatePattern(), static (m, _) => Date(Int(m.Groups["y"]), Int(m.Groups["m"]), Int(m.Groups["d"]))
        is { } date ? date + (m.Groups["h"].Success ? ", " + Time(Int(m.Groups["h"]), Int(m.Groups["min"]), 0, "") : "") + Zone(m.Groups["z"].ValueSpan) : EnglishCodes.Groups(m.Value));

    public static Rule SlashDate { get; } = new(TokenStart.Digit, SlashDatePattern(), static (m, _) => Int(m.Groups["a"]) > 12
        ? Date(Year(m.Groups["y"]), Int(m.Groups["b"]), Int(m.Groups["a"])) ?? EnglishCodes.Groups(m.Value)
        : Date(Year(m.Groups["y"]), Int(m.Groups["a"]), Int(m.Groups["b"])) ?? EnglishCodes.Groups(m.Value));

    public static Rule DotDate { get; } = new(TokenStart.Digit, DotDatePattern(), static (m, _) => Date(Int(m.Groups["y"]), Int(m.Groups["m"]), Int(m.Groups["d"])) ?? EnglishCodes.Groups(m.Value));

    public static Rule DayMonth { get; } = new(TokenStart.Digit, DayMonthPattern(), static (m, text) => DayOfMonth(m, text));

    public static Rule Clock { get; } = new(TokenStart.Digit, ClockPattern(), static (m, text) => Time(Int(m.Groups["h"]), Int(m.Groups["m"]), Int(m.Groups["s"]), m.Groups["half"].Value, m.Groups["f"].Value) is { } time ? Abbreviated(m, time, text) : null);

    public static Rule Lap { get; } = new(TokenStart.Digit, LapPattern(), static (m, _) => $"{EnglishNumbers.Cardinal(m.Groups["m"].Value)} {EnglishNumbers.Number(m.Groups["s"].Value.TrimStart('0') is ['.', ..] none ? "0" + none : m.Groups["s"].Value.TrimStart('0'))}");

    public static Rule FrenchHour { get; } = new(TokenStart.Digit, FrenchHourPattern(), static (m, _) => Time(Int(m.Groups["h"]), Int(m.Groups["m"]), 0, ""));

    public static Rule Hour { get; } = new(TokenStart.Digit, HourPattern(), static (m, text) => Time(Int(m.Groups["h"]), 0, 0, m.Groups["half"].Value) is { } time ? Abbreviated(m, time, text) : null);

    public static Rule Decade { get; } = new(TokenStart.Digit, DecadePattern(), static (m, _) => EnglishNumbers.Decade(m.Groups["n"].Value));

    public static Rule YearNumber { get; } = new(TokenStart.Digit, YearNumberPattern(), static (m, text) => Int(m.Groups["y"]) >= 1900 || m.Groups["near"].Success || StandsAsYear(m, text) ? EnglishNumbers.Year(Int(m.Groups["y"])) : null);

    public static Rule MonthDay { get; } = new(TokenStart.Letter, MonthDayPattern(), static (m, _) => MonthName(MonthOf(m.Groups["month"].Value)) + " " + EnglishNumbers.Ordinal(m.Groups["d"].Value.TrimStart('0') is { Length: > 0 } day ? day : "0")
        + (m.Groups["d2"].Success ? " to " + EnglishNumbers.Ordinal(m.Groups["d2"].Value.TrimStart('0') is { Length: > 0 } last ? last : "0") : "")
        + (m.Groups["y"].Success ? ", " + EnglishNumbers.Year(Int(m.Groups["y"])) : ""));

    public static Rule ShortMonth { get; } = new(TokenStart.Letter, ShortMonthPattern(), static (m, text) => Abbreviated(m, MonthName(MonthOf(m.Value)), text));

    public static Rule ShortDecade { get; } = new(TokenStart.Sign, ShortDecadePattern(), static (m, _) => EnglishNumbers.Decade(m.Groups["n"].Value));

    /// <summary>"9/11" is a name; where the second number is a day and no usual part, "12/25" is a date, as it is behind "on".</summary>
    private static string? MonthSlashDayWords(Match m)
    {
        var (month, day) = (Int(m.Groups["m"]), Int(m.Groups["d"]));
        if ((month, day) is (9, 11))
        {
            return "nine eleven";
        }

        return m.Groups["near"].Success || (month >= 2 && day is >= 13 and not 16 and not 20) ? Date(2000, month, day, hasYear: false) : null;
    }

    /// <summary>A number of four digits by itself, "1066" or "Hastings, 1066": a year, unless it is a round one of a machine.</summary>
    private static bool StandsAsYear(Match m, string text)
    {
        var before = Rule.Before(text, m).TrimEnd();
        var after = text.AsSpan(m.Index + m.Length);
        return Int(m.Groups["y"]) is not (1000 or 1024 or 1080) && (before.IsEmpty || before[^1] is ',' or '(')
            && (after.IsEmpty || after[0] is '.' or ',' or ')' or '!' or '?' or ':' or ';' || after.StartsWith(" was ") || after.StartsWith(" saw ") || after.StartsWith(" is the year"));
    }

    private static int Year(Group year) => year.Length == 2 ? (Int(year) < 70 ? 2000 : 1900) + Int(year) : Int(year);

    private static string? DayOfMonth(Match m, string text)
    {
        var day = Int(m.Groups["d"]);
        if (day is < 1 or > 31)
        {
            return null;
        }

        var before = Rule.Before(text, m).TrimEnd();
        return (before.EndsWith("the", StringComparison.OrdinalIgnoreCase) ? "" : "the ") + EnglishNumbers.Ordinal(day.ToString(CultureInfo.InvariantCulture)) + " of "
            + MonthName(MonthOf(m.Groups["month"].Value)) + (m.Groups["y"].Success ? ", " + EnglishNumbers.Year(Year(m.Groups["y"])) : "");
    }

    /// <summary>"Z" and "+01:00" behind a time of day.</summary>
    private static string Zone(ReadOnlySpan<char> zone)
    {
        if (zone.Length < 5)
        {
            return zone.IsEmpty ? "" : " U T C";
        }

        var (hours, minutes) = (int.Parse(zone[1..3], CultureInfo.InvariantCulture), int.Parse(zone[^2..], CultureInfo.InvariantCulture));
        return (hours, minutes) is (0, 0) ? " U T C"
            : $" U T C {(zone[0] == '-' ? "minus" : "plus")} {EnglishNumbers.Cardinal(hours)}{(minutes > 0 ? " " + EnglishNumbers.Cardinal(minutes) : "")}";
    }

    public static string MonthName(int month) => CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month);

    public static int MonthOf(string name)
    {
        for (var month = 1; month <= 12; month++)
        {
            if (MonthName(month).StartsWith(name[..3], StringComparison.OrdinalIgnoreCase))
            {
                return month;
            }
        }

        return 0;
    }

    private static string? Date(int year, int month, int day, bool hasYear = true) =>
        month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(hasYear && year is >= 1 and <= 9999 ? year : 2000, month) ? null
        : MonthName(month) + " " + EnglishNumbers.Ordinal(day.ToString(CultureInfo.InvariantCulture)) + (hasYear ? ", " + EnglishNumbers.Year(year) : "");

    private static string? Time(int hour, int minute, int second, string half, string fraction = "")
    {
        if (hour > 24 || minute > 59 || second > 59)
        {
            return null;
        }

        var words = EnglishNumbers.Cardinal(hour) + (minute, second, half.Length) switch
        {
            (0, 0, 0) when hour is > 0 and <= 12 => " o'clock",
            (0, 0, 0) => " hundred",
            (0, 0, _) => "",
            (0, _, _) => " hundred",
            ( < 10, _, _) => " oh " + EnglishNumbers.Cardinal(minute),
            _ => " " + EnglishNumbers.Cardinal(minute),
        };
        return words + (second > 0 || fraction.Length > 0 ? $" and {EnglishNumbers.Cardinal(second)}{(fraction.Length > 0 ? " point " + EnglishNumbers.Digits(fraction) : "")} {(second == 1 && fraction.Length == 0 ? "second" : "seconds")}" : "") + Half(half);
    }

    private static string Half(string half) => half.Trim() is not { Length: > 0 } trimmed ? "" : char.ToUpperInvariant(trimmed[0]) == 'A' ? " A M" : " P M";

    [GeneratedRegex(@"\G(?:(?<y>[0-9]{4})-(?<m>[0-9]{1,2})-(?<d>[0-9]{1,2})(?![0-9]|-)(?:[T ](?<h>[0-9]{2}):(?<min>[0-9]{2})(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?<z>Z|[+-][0-9]{2}:?[0-9]{2})?(?![0-9]))?|(?<y>[0-9]{4})/(?<m>[0-9]{1,2})/(?<d>[0-9]{1,2})(?![0-9/])|(?<y>(?:19|20)[0-9]{2})\.(?<m>0[1-9]|1[0-2])\.(?<d>0[1-9]|[12][0-9]|3[01])(?![0-9]|\.[0-9]))", Options)]
    private static partial Regex IsoDatePattern();

    [GeneratedRegex(@"\G(?:(?<y>(?:19|20)[0-9]{2})-(?<m>0[1-9]|1[0-2])(?![0-9]|[-/:.,][0-9]| seasons?| school)|(?<m>0?[1-9]|1[0-2])/(?<y>(?:19|20)[0-9]{2})(?![0-9/]))", Options)]
    private static partial Regex YearMonthPattern();

    [GeneratedRegex(@"\G(?<![/.:-])(?<near>(?<=\b(?:[Oo]n|[Bb]y|[Uu]ntil|[Ss]ince|[Dd]ue|[Dd]ated) ))?(?<m>0?[1-9]|1[0-2])/(?<d>[0-2]?[0-9]|3[01])(?![0-9/⁄]|[-.,:][0-9]| ?[=+*×÷-])", Options)]
    private static partial Regex MonthSlashDayPattern();

    [GeneratedRegex(@"\G(?<a>[0-9]{1,2})(?:/(?<b>[0-9]{1,2})/(?<y>[0-9]{4}|[0-9]{2})(?![0-9/])|-(?<b>[0-9]{1,2})-(?<y>[0-9]{4})(?![0-9-]))", Options)]
    private static partial Regex SlashDatePattern();

    [GeneratedRegex(@"\G(?<d>[0-9]{1,2})\.(?<m>[0-9]{1,2})\.(?<y>[0-9]{4})(?![0-9]|\.[0-9])", Options)]
    private static partial Regex DotDatePattern();

    [GeneratedRegex($@"\G(?<d>[0-9]{{1,2}})(?: {MonthPattern}(?![a-z])(?:,? (?<y>[0-9]{{4}})(?![0-9]))?|[-/.]{MonthPattern}[-/.](?<y>[0-9]{{4}}|[0-9]{{2}})(?![0-9]))", Options)]
    private static partial Regex DayMonthPattern();

    [GeneratedRegex($@"\G(?<h>[0-9]{{1,2}}):(?<m>[0-9]{{2}})(?::(?<s>[0-9]{{2}})(?:[.,](?<f>[0-9]{{1,6}}))?)?(?![0-9:]|\.[0-9]){HalfPattern}?", Options)]
    private static partial Regex ClockPattern();

    [GeneratedRegex(@"\G(?<m>[0-9]{1,2}):(?<s>[0-5][0-9]\.[0-9]{1,3})(?![0-9:])", Options)]
    private static partial Regex LapPattern();

    [GeneratedRegex(@"\G(?<![A-Za-z0-9.,])(?<h>[0-9]{1,2})h(?<m>[0-5][0-9])(?![A-Za-z0-9])", Options)]
    private static partial Regex FrenchHourPattern();

    [GeneratedRegex($@"\G(?<h>[0-9]{{1,2}}){HalfPattern}", Options)]
    private static partial Regex HourPattern();

    [GeneratedRegex(@"\G(?<n>[0-9]{3}0|[0-9]0)s(?![A-Za-z])", Options)]
    private static partial Regex DecadePattern();

    [GeneratedRegex(@"\G(?<near>(?<=\b(?:[Ii]n|[Ss]ince|[Uu]ntil|[Bb]y|[Ff]rom|[Tt]o|[Oo]f|[Yy]ear|[Bb]efore|[Aa]fter|[Aa]round|[Cc]irca|[Ee]arly|[Ll]ate|[Ss]ummer|[Ss]pring|[Aa]utumn|[Ff]all|[Ww]inter|©|January|February|March|April|May|June|July|August|September|October|November|December) ))?(?<y>1[0-9][0-9][0-9]|20[0-9][0-9])(?![0-9]|[.,][0-9])", Options)]
    private static partial Regex YearNumberPattern();

    [GeneratedRegex($@"\G{MonthPattern} (?<d>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:(?:[-–]| [-–] )(?<d2>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9:%/-]|[.,][0-9]|[A-Za-z]| ?[aApP]\.?[mM]))?(?![0-9:%]|[.,][0-9]|[A-Za-z])(?:,? (?<y>[0-9]{{4}})(?![0-9]))?", Options)]
    private static partial Regex MonthDayPattern();

    [GeneratedRegex($@"\G(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)(?:\.(?![A-Za-z0-9])|(?= (?:19|20)[0-9]{{2}}(?![0-9]))|(?<={MonthPattern} ?[-–] ?[A-Z][a-z]{{2,3}})(?![A-Za-z]))", Options)]
    private static partial Regex ShortMonthPattern();

    [GeneratedRegex(@"\G['’](?<n>[0-9]0)s(?![A-Za-z])", Options)]
    private static partial Regex ShortDecadePattern();
}
