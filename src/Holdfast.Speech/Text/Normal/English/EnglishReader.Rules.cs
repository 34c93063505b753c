using System.Globalization;
using System.Text.RegularExpressions;

namespace Holdfast.Speech;

/// <content>What numbers and abbreviations look like, the most telling form first.</content>
internal static partial class EnglishReader
{
    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;
    private const string Num = @"(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}(?![0-9])|[0-9]{1,30})(?:\.[0-9]{1,30})?";
    private const string HalfPattern = @"(?<half> ?(?:[aApP]\.[mM]\.?|[aApP][mM])(?![A-Za-z]))";
    private const string MonthPattern = @"(?<month>January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?)";
    private const string Scale = @"(?: ?(?<scale>thousand|million|billion|trillion|bn|mn|tn|[kKmMbB])(?![A-Za-z0-9]))?";
    private const string Power = @"(?:[²³]|\^?[23](?![0-9.]))?";
    private const string Unit = $@"(?<unit>[%‰″]|[°º] ?[CFK]?(?![A-Za-z])|[A-Za-zμΩ]{{1,5}}{Power}(?:/[A-Za-z]{{1,6}}{Power})?(?![A-Za-z0-9]))";
    private const string Wide = $@"(?:[0-9]{{1,3}}(?:\.[0-9]{{3}}){{1,4}},[0-9]{{2}}(?![0-9])|[0-9]{{1,3}}(?:[ '’_][0-9]{{3}}){{1,5}}(?![0-9])(?:[.,][0-9]{{1,2}}(?![0-9]))?|[0-9]{{1,9}},[0-9]{{2}}(?![0-9]|,[0-9])(?= ?[€£$)]|[. !?]|$)|{Num})";
    private const string Codes = "USD|EUR|GBP|JPY|CNY|RMB|CHF|AUD|CAD|HKD|INR|KRW";

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

    /// <summary>The patterns, for the test that holds their bounds.</summary>
    internal static IEnumerable<Regex> Patterns => Rules.Select(static rule => rule.Pattern);

    private static readonly Rule[] Rules =
    [
        // Numbers
        new(TokenStart.Digit, YearMonth(), static (m, _) => MonthName(Int(m.Groups["m"])) + " " + EnglishNumbers.Year(Int(m.Groups["y"]))),
        new(TokenStart.Digit, MonthSlashDay(), static (m, _) => MonthSlashDayWords(m)),
        new(TokenStart.Digit, IsoDate(), static (m, _) => Date(Int(m.Groups["y"]), Int(m.Groups["m"]), Int(m.Groups["d"]))
            is { } date ? date + (m.Groups["h"].Success ? ", " + Time(Int(m.Groups["h"]), Int(m.Groups["min"]), 0, "") : "") + (m.Groups["z"].Success ? " U T C" : "") : EnglishCodes.Groups(m.Value)),
        new(TokenStart.Digit, SlashDate(), static (m, _) => Int(m.Groups["a"]) > 12
            ? Date(Year(m.Groups["y"]), Int(m.Groups["b"]), Int(m.Groups["a"])) ?? EnglishCodes.Groups(m.Value)
            : Date(Year(m.Groups["y"]), Int(m.Groups["a"]), Int(m.Groups["b"])) ?? EnglishCodes.Groups(m.Value)),
        new(TokenStart.Digit, DotDate(), static (m, _) => Date(Int(m.Groups["y"]), Int(m.Groups["m"]), Int(m.Groups["d"])) ?? EnglishCodes.Groups(m.Value)),
        .. EnglishCodes.Rules,
        .. EnglishSpans.Rules,
        new(TokenStart.Digit, DayMonth(), static (m, text) => DayOfMonth(m, text)),
        new(TokenStart.Digit, Phone(), static (m, _) => PhoneWords(m.Value)),
        new(TokenStart.Digit, Version(), static (m, _) => string.Join(" point ", m.Value.Split('.').Select(EnglishNumbers.Cardinal))),
        new(TokenStart.Digit, Clock(), static (m, text) => Time(Int(m.Groups["h"]), Int(m.Groups["m"]), Int(m.Groups["s"]), m.Groups["half"].Value, m.Groups["f"].Value) is { } time ? Abbreviated(m, time, text) : null),
        new(TokenStart.Digit, Lap(), static (m, _) => $"{EnglishNumbers.Cardinal(m.Groups["m"].Value)} {EnglishNumbers.Number(m.Groups["s"].Value.TrimStart('0') is ['.', ..] none ? "0" + none : m.Groups["s"].Value.TrimStart('0'))}"),
        new(TokenStart.Digit, FrenchHour(), static (m, _) => Time(Int(m.Groups["h"]), Int(m.Groups["m"]), 0, "")),
        new(TokenStart.Digit, Hour(), static (m, text) => Time(Int(m.Groups["h"]), 0, 0, m.Groups["half"].Value) is { } time ? Abbreviated(m, time, text) : null),
        new(TokenStart.Digit, Ratio(), static (m, _) => IsNoTime(m) ? EnglishCodes.Groups(m.Value) : $"{EnglishNumbers.Cardinal(m.Groups["a"].Value)} to {EnglishNumbers.Cardinal(m.Groups["b"].Value)}"),
        new(TokenStart.Digit, MoneyBehind(), static (m, _) => EnglishMoney.Words(m.Groups["cur"].Value, m.Groups["n"].Value, m.Groups["scale"].Value)),
        new(TokenStart.Digit, Worded(), static (m, _) => EnglishMoney.Words(m.Groups["cur"].Value[0] == 'd' ? "$" : "€", m.Groups["n"].Value, "")),
        new(TokenStart.Digit, Decade(), static (m, _) => EnglishNumbers.Decade(m.Groups["n"].Value)),
        new(TokenStart.Digit, Always(), static (m, _) => Shortenings[m.Value]),
        new(TokenStart.Digit, BloodPressure(), static (m, _) => $"{EnglishNumbers.Cardinal(m.Groups["a"].Value)} over {EnglishNumbers.Cardinal(m.Groups["b"].Value)} millimeters of mercury"),
        new(TokenStart.Digit, MixedFraction(), static (m, _) => Fraction(m, Int(m.Groups["w"]))),
        new(TokenStart.Digit, SimpleFraction(), static (m, _) => Fraction(m, whole: null)),
        new(TokenStart.Digit, Range(), static (m, _) => (IsYear(m.Groups["a"].Value, m.Groups["b"].Value) ? EnglishNumbers.Year(Int(m.Groups["a"])) : EnglishNumbers.Number(m.Groups["a"].Value)) + " to"),
        new(TokenStart.Digit, OrdinalNumber(), static (m, _) => EnglishNumbers.Ordinal(m.Groups["n"].Value.Replace(",", "", StringComparison.Ordinal))),
        new(TokenStart.Digit, Dimension(), static (m, _) => EnglishNumbers.Number(m.Groups["a"].Value) + " by"),
        new(TokenStart.Digit, Scientific(), static (m, _) => $"{EnglishNumbers.Number(m.Groups["n"].Value)} times ten to the power of {(m.Groups["sign"].Value is "-" ? "minus " : "")}{EnglishNumbers.Cardinal(m.Groups["e"].Value.TrimStart('0') is { Length: > 0 } power ? power : "0")}"),
        new(TokenStart.Digit, FeetAndInches(), static (m, _) => $"{EnglishNumbers.Cardinal(m.Groups["ft"].Value)} {(m.Groups["ft"].Value is "1" ? "foot" : "feet")} {EnglishNumbers.Cardinal(m.Groups["in"].Value)}"),
        new(TokenStart.Digit, FeetOrInches(), static (m, text) => FeetOrInchesWords(m, text)),
        new(TokenStart.Digit, Measure(), static (m, text) => MeasureWords(m, text)),
        new(TokenStart.Digit, Grouped(), static (m, _) => IsList(m.Value) ? null : EnglishNumbers.Number(m.Value)),
        new(TokenStart.Digit, WholeBeforeSign(), static (m, _) => EnglishNumbers.Number(m.Groups["n"].Value)),
        new(TokenStart.Digit, Scaled(), static (m, _) => $"{EnglishNumbers.Number(m.Groups["n"].Value)} {(m.Groups["s"].Value is "k" ? "thousand" : m.Groups["s"].Value is "M" ? "million" : "billion")}"),
        new(TokenStart.Digit, YearNumber(), static (m, text) => Int(m.Groups["y"]) >= 1900 || m.Groups["near"].Success || StandsAsYear(m, text) ? EnglishNumbers.Year(Int(m.Groups["y"])) : null),
        new(TokenStart.Digit, Plain(), static (m, _) => EnglishNumbers.Number(m.Value)),

        // Words
        new(TokenStart.Letter, MonthDay(), static (m, _) => MonthName(MonthOf(m.Groups["month"].Value)) + " " + EnglishNumbers.Ordinal(m.Groups["d"].Value.TrimStart('0') is { Length: > 0 } day ? day : "0")
            + (m.Groups["d2"].Success ? " to " + EnglishNumbers.Ordinal(m.Groups["d2"].Value.TrimStart('0') is { Length: > 0 } last ? last : "0") : "")
            + (m.Groups["y"].Success ? ", " + EnglishNumbers.Year(Int(m.Groups["y"])) : "")),
        new(TokenStart.Letter, ShortMonth(), static (m, text) => Abbreviated(m, MonthName(MonthOf(m.Value)), text)),
        new(TokenStart.Letter, Short(), static (m, text) => Abbreviated(m, Shortenings[m.Value], text)),
        new(TokenStart.Letter, Fort(), static (_, _) => "Fort"),
        new(TokenStart.Letter, TitleClose(), static (m, _) => Abbreviations[m.Groups["w"].Value]),
        new(TokenStart.Letter, Exclaimed(), static (m, _) => m.Value[..^1]),
        new(TokenStart.Letter, Street(), static (m, text) => Abbreviated(m, m.Groups["saint"].Success ? "Saint" : "Street", text)),
        new(TokenStart.Letter, Numbering(), static (m, _) => BeforeNumber.GetValueOrDefault(m.Groups["w"].Value)),
        new(TokenStart.Letter, Abbreviation(), static (m, text) => Abbreviations.TryGetValue(m.Groups["w"].Value, out var words) ? Abbreviated(m, words, text) : null),
        new(TokenStart.Letter, Title(), static (m, _) => Abbreviations[m.Value]),
        new(TokenStart.Letter, Dotted(), static (m, text) => Abbreviated(m, string.Join(' ', m.Value.Where(char.IsLetter).Select(char.ToUpperInvariant)), text)),
        new(TokenStart.Letter, Initial(), static (m, _) => m.Value[..1]),
        new(TokenStart.Letter, VersionMark(), static (_, _) => "version"),
        new(TokenStart.Letter, MoneyCode(), static (m, _) => EnglishMoney.Words(m.Groups["cur"].Value, m.Groups["n"].Value, m.Groups["scale"].Value)),

        // Signs
        new(TokenStart.Sign, MoneyRange(), static (m, _) => EnglishMoney.Words(m.Groups["cur"].Value, m.Groups["b"].Value, m.Groups["scale"].Value) is { } money
            ? $"{EnglishNumbers.Number(m.Groups["a"].Value)}{(m.Groups["low"].Success && EnglishMoney.Scale(m.Groups["low"].Value) is { } low && !string.Equals(low, EnglishMoney.Scale(m.Groups["scale"].Value), StringComparison.Ordinal) ? " " + low : "")} to {money}" : null),
        new(TokenStart.Sign, Money(), static (m, _) => EnglishMoney.Words(m.Groups["cur"].Value, m.Groups["n"].Value, m.Groups["scale"].Value) is { } money ? (m.Groups["minus"].Success ? "minus " : "") + money : null),
        new(TokenStart.Sign, PhoneAbroad(), static (m, _) => m.Value.Count(char.IsAsciiDigit) >= 7 ? PhoneWords(m.Value) : null),
        new(TokenStart.Sign, ShortDecade(), static (m, _) => EnglishNumbers.Decade(m.Groups["n"].Value)),
        new(TokenStart.Sign, Point(), static (m, _) => EnglishNumbers.Number(m.Value)),
        new(TokenStart.Sign, Minus(), static (_, _) => "minus"),
        new(TokenStart.Sign, To(), static (_, _) => "to"),
        new(TokenStart.Sign, About(), static (_, _) => "about"),
        new(TokenStart.Sign, Times(), static (_, _) => "times"),
        new(TokenStart.Sign, Raised(), static (m, _) => PowerWords(m.Groups["n"].Value)),
        new(TokenStart.Sign, RaisedTo(), static (m, _) => "to the power of" + (m.Groups["minus"].Success ? " minus" : "")),
        new(TokenStart.Sign, PerUnit(), static (m, _) => EnglishSpans.Per(m.Groups["u"].Value) is { } per ? "per " + per : null),
        new(TokenStart.Sign, Slash(), static (m, _) => m.Groups["over"].Success ? "over" : m.Groups["by"].Success ? "divided by" : "slash"),
        new(TokenStart.Sign, Arrow(), static (m, _) => m.Value switch
        {
            "<=" => "is less than or equal to",
            ">=" => "is greater than or equal to",
            "!=" => "is not equal to",
            "==" or "===" => "equals",
            "<" => "is less than",
            ">" => "is greater than",
            _ => "to",
        }),
        new(TokenStart.Sign, Sharp(), static (m, _) => m.Groups["sharp"].Success ? "sharp" : m.Groups["number"].Success ? "number" : "hashtag"),
        new(TokenStart.Sign, PlusPlus(), static (_, _) => "plus plus"),
        new(TokenStart.Sign, Dots(), static (m, text) => Rule.IsLast(text, m) ? "." : ", "),
        new(TokenStart.Sign, Dot(), static (_, _) => "dot"),
    ];

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

    /// <summary>"25:61" is neither a time nor a ratio that anybody uses; "60:40" is one.</summary>
    private static bool IsNoTime(Match m) =>
        m.Groups["a"].Length == 2 && m.Groups["b"].Length == 2 && (Int(m.Groups["a"]) > 24 || Int(m.Groups["b"]) > 59)
        && Int(m.Groups["a"]) + Int(m.Groups["b"]) != 100 && Int(m.Groups["a"]) % 5 + Int(m.Groups["b"]) % 5 > 0;

    /// <summary>A number of four digits by itself, "1066" or "Hastings, 1066": a year, unless it is a round one of a machine.</summary>
    private static bool StandsAsYear(Match m, string text)
    {
        var before = Rule.Before(text, m).TrimEnd();
        var after = text.AsSpan(m.Index + m.Length);
        return Int(m.Groups["y"]) is not (1000 or 1024 or 1080) && (before.IsEmpty || before[^1] is ',' or '(')
            && (after.IsEmpty || after[0] is '.' or ',' or ')' or '!' or '?' or ':' or ';' || after.StartsWith(" was ") || after.StartsWith(" saw ") || after.StartsWith(" is the year"));
    }

    /// <summary>"100 200 300" are three numbers.</summary>
    private static bool IsList(string groups) =>
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
        var isLast = after.IsEmpty || after[0] is '.' or ',' or ';' or ')' or '!' or '?' || (after[0] is ' ' && Measured().IsMatch(text, m.Index + m.Length));
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

    private static int Year(Group year) => year.Length == 2 ? (Int(year) < 70 ? 2000 : 1900) + Int(year) : Int(year);

    /// <summary>Two numbers with a line between them are years where both look like one: "1990–1995", "1990–95".</summary>
    private static bool IsYear(string from, string to) =>
        from.Length == 4 && from[0] is '1' or '2' && from[1] is '0' or >= '5' && int.TryParse(from, CultureInfo.InvariantCulture, out var a)
        && int.TryParse(to, CultureInfo.InvariantCulture, out var b) && (to.Length == 4 ? b is >= 1500 and < 2200 : to.Length == 2 && b > a % 100);

    private static string? DayOfMonth(Match m, string text)
    {
        var day = Int(m.Groups["d"]);
        if (day is < 1 or > 31)
        {
            return null;
        }

        var before = Rule.Before(text, m).TrimEnd();
        return (before.EndsWith("the", StringComparison.OrdinalIgnoreCase) ? "" : "the ") + EnglishNumbers.Ordinal(day.ToString(CultureInfo.InvariantCulture)) + " of "
            + MonthName(MonthOf(m.Groups["month"].Value)) + (m.Groups["y"].Success ? ", " + EnglishNumbers.Year(Int(m.Groups["y"])) : "");
    }

    private static string? Fraction(Match m, int? whole)
    {
        var (numerator, denominator) = (Int(m.Groups["n"]), Int(m.Groups["d"]));
        if (whole is { } number)
        {
            return numerator is 0 || numerator >= denominator ? null
                : EnglishNumbers.Cardinal(number) + " and " + (numerator == 1 ? $"{(denominator is 8 or 11 or 18 ? "an" : "a")} {EnglishNumbers.Part(denominator, isOne: true)}"
                    : $"{EnglishNumbers.Cardinal(numerator)} {EnglishNumbers.Part(denominator, isOne: false)}");
        }

        return numerator == denominator && numerator > 9 ? $"{EnglishNumbers.Cardinal(numerator)}-{EnglishNumbers.Cardinal(numerator)}"
            : numerator is 0 || numerator >= denominator || denominator > 100 ? $"{EnglishNumbers.Cardinal(numerator)} over {EnglishNumbers.Cardinal(denominator)}"
            : $"{EnglishNumbers.Cardinal(numerator)} {EnglishNumbers.Part(denominator, numerator == 1)}";
    }

    private static string PhoneWords(string number)
    {
        var groups = number.Split([' ', '-', '.', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
        return (number.StartsWith('+') ? "plus " : "") + string.Join(", ", groups.Select(static group => EnglishNumbers.Digits(group)).Where(static group => group.Length > 0));
    }

    private static string PowerWords(string power)
    {
        var digits = string.Concat(power.Select(static c => Fractions.SmallDigitOf(c) is >= 0 and var digit ? (char)('0' + digit) : c is '⁻' or '-' ? '-' : c is '⁺' ? '+' : c));
        return digits switch
        {
            "2" => "squared",
            "3" => "cubed",
            _ => "to the power of " + (digits.StartsWith('-') ? "minus " : "") + EnglishNumbers.Cardinal(digits.TrimStart('-', '+') is { Length: > 0 } plain ? plain : "0"),
        };
    }

    [GeneratedRegex(@"\G(?:(?<y>[0-9]{4})-(?<m>[0-9]{1,2})-(?<d>[0-9]{1,2})(?![0-9]|-)(?:[T ](?<h>[0-9]{2}):(?<min>[0-9]{2})(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?<z>Z|\+00:00)?(?![0-9]))?|(?<y>[0-9]{4})/(?<m>[0-9]{1,2})/(?<d>[0-9]{1,2})(?![0-9/]))", Options)]
    private static partial Regex IsoDate();

    [GeneratedRegex(@"\G(?:(?<y>(?:19|20)[0-9]{2})-(?<m>0[1-9]|1[0-2])(?![0-9]|[-/:.,][0-9]| seasons?| school)|(?<m>0?[1-9]|1[0-2])/(?<y>(?:19|20)[0-9]{2})(?![0-9/]))", Options)]
    private static partial Regex YearMonth();

    [GeneratedRegex(@"\G(?<![/.:-])(?<near>(?<=\b(?:[Oo]n|[Bb]y|[Uu]ntil|[Ss]ince|[Dd]ue|[Dd]ated) ))?(?<m>0?[1-9]|1[0-2])/(?<d>[0-2]?[0-9]|3[01])(?![0-9/⁄]|[-.,:][0-9]| ?[=+*×÷-])", Options)]
    private static partial Regex MonthSlashDay();

    [GeneratedRegex(@"\G(?<a>[0-9]{1,2})(?:/(?<b>[0-9]{1,2})/(?<y>[0-9]{4}|[0-9]{2})(?![0-9/])|-(?<b>[0-9]{1,2})-(?<y>[0-9]{4})(?![0-9-]))", Options)]
    private static partial Regex SlashDate();

    [GeneratedRegex(@"\G(?<d>[0-9]{1,2})\.(?<m>[0-9]{1,2})\.(?<y>[0-9]{4})(?![0-9]|\.[0-9])", Options)]
    private static partial Regex DotDate();

    [GeneratedRegex($@"\G(?<d>[0-9]{{1,2}}) {MonthPattern}(?![a-z])(?:,? (?<y>[0-9]{{4}})(?![0-9]))?", Options)]
    private static partial Regex DayMonth();

    [GeneratedRegex(@"\G(?:(?:1[-. ])?\(?[0-9]{3}\)?[-. ][0-9]{3}[-. ][0-9]{4}(?![0-9-])|[0-9]{3}-[0-9]{4}(?![0-9-]))", Options)]
    private static partial Regex Phone();

    [GeneratedRegex(@"\G[0-9]{1,9}(?:\.[0-9]{1,9}){2,5}(?![0-9]|,[0-9])", Options)]
    private static partial Regex Version();

    [GeneratedRegex($@"\G(?<h>[0-9]{{1,2}}):(?<m>[0-9]{{2}})(?::(?<s>[0-9]{{2}})(?:[.,](?<f>[0-9]{{1,6}}))?)?(?![0-9:]|\.[0-9]){HalfPattern}?", Options)]
    private static partial Regex Clock();

    [GeneratedRegex(@"\G(?<m>[0-9]{1,2}):(?<s>[0-5][0-9]\.[0-9]{1,3})(?![0-9:])", Options)]
    private static partial Regex Lap();

    [GeneratedRegex(@"\G(?<![A-Za-z0-9.,])(?<h>[0-9]{1,2})h(?<m>[0-5][0-9])(?![A-Za-z0-9])", Options)]
    private static partial Regex FrenchHour();

    [GeneratedRegex($@"\G(?<h>[0-9]{{1,2}}){HalfPattern}", Options)]
    private static partial Regex Hour();

    [GeneratedRegex(@"\G(?<a>[0-9]{1,6}):(?<b>[0-9]{1,6})(?![0-9:])", Options)]
    private static partial Regex Ratio();

    [GeneratedRegex($@"\G(?<n>{Wide}){Scale} ?(?<cur>[€$£¥₹₩₽₿¢元]|(?:{Codes})(?![A-Za-z]))", Options)]
    private static partial Regex MoneyBehind();

    // "12.25 euros" is said as "€12.25" is.
    [GeneratedRegex(@"\G(?<n>(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,12})\.[0-9]{2}|[0-9]{1,9},[0-9]{2}) (?<cur>dollars?|euros?)(?![A-Za-z0-9-])", Options)]
    private static partial Regex Worded();

    [GeneratedRegex(@"\G(?<n>[0-9]{3}0|[0-9]0)s(?![A-Za-z])", Options)]
    private static partial Regex Decade();

    [GeneratedRegex(@"\G24/7(?![0-9/])", Options)]
    private static partial Regex Always();

    [GeneratedRegex(@"\G(?<w>[0-9]{1,4})[ -](?<n>[0-9])[/⁄](?<d>[0-9]{1,2})(?![0-9/])", Options)]
    private static partial Regex MixedFraction();

    [GeneratedRegex(@"\G(?<n>[0-9]{1,4})[/⁄](?<d>[0-9]{1,4})(?![0-9/])", Options)]
    private static partial Regex SimpleFraction();

    [GeneratedRegex($@"\G(?<![=+*/×÷] ?|[A-Za-z]-?)(?<a>{Num})(?:[-–~～]| [–~～] )(?=(?<b>{Num}))(?![0-9]{{1,12}} ?=)", Options)]
    private static partial Regex Range();

    [GeneratedRegex(@"\G(?<n>[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15})(?:st|nd|rd|th)(?![A-Za-z])", Options)]
    private static partial Regex OrdinalNumber();

    [GeneratedRegex($@"\G(?<a>{Num})(?: ?x ?|×)(?=[0-9]{{1,30}}(?! ?=))", Options)]
    private static partial Regex Dimension();

    [GeneratedRegex(@"\G(?<n>[0-9]{1,3}(?:\.[0-9]{1,12})?)[eE](?<sign>[+-]?)(?<e>[0-9]{1,3})(?![A-Za-z0-9])", Options)]
    private static partial Regex Scientific();

    [GeneratedRegex(@"\G(?<ft>[0-9]{1,2})['′’] ?(?<in>[0-9]{1,2})[""″”]?(?![0-9])", Options)]
    private static partial Regex FeetAndInches();

    [GeneratedRegex(@"\G(?<a>[0-9]{2,3})/(?<b>[0-9]{2,3}) ?mmHg(?![A-Za-z0-9])", Options)]
    private static partial Regex BloodPressure();

    [GeneratedRegex($@"\G(?<![A-Za-z])(?<n>{Num})(?<mark>[""″”'′’])(?![\p{{L}}0-9])", Options)]
    private static partial Regex FeetOrInches();

    [GeneratedRegex(@"\G (?:wide|long|tall|deep|high|thick|across|by|x|fuse|charger|current|circuit|supply|breaker)(?![A-Za-z])", Options)]
    private static partial Regex Measured();

    [GeneratedRegex($@"\G(?<![A-Za-z])(?:[0-9]{{1,3}}(?:\.[0-9]{{3}}){{1,4}},[0-9]{{1,4}}|(?<![0-9.,] ?)[0-9]{{1,3}}(?:(?: [0-9]{{3}}){{1,5}}|(?:['’][0-9]{{3}}){{1,5}}|(?:_[0-9]{{3}}){{1,5}})(?:\.[0-9]{{1,9}})?)(?![0-9]|[ ._,'-][0-9])", Options)]
    private static partial Regex Grouped();

    [GeneratedRegex($@"\G(?<n>[0-9]{{1,4}}) (?=[{Fractions.Class}])", Options)]
    private static partial Regex WholeBeforeSign();

    [GeneratedRegex($@"\G(?<![A-Za-z])(?<n>{Wide})(?<gap> ?){Unit}(?<stop>(?<=ft|in|lbs?|oz|min|hrs?|sec|yds?|mi|gal|pt|qt|tbsp|tsp)\.(?= [0-9a-z(]|$))?", Options)]
    private static partial Regex Measure();

    [GeneratedRegex($@"\G(?<![A-Za-z])(?<n>{Num})(?<s>[kMB])(?![A-Za-z0-9])", Options)]
    private static partial Regex Scaled();

    [GeneratedRegex(@"\G(?<near>(?<=\b(?:[Ii]n|[Ss]ince|[Uu]ntil|[Bb]y|[Ff]rom|[Tt]o|[Oo]f|[Yy]ear|[Bb]efore|[Aa]fter|[Aa]round|[Cc]irca|[Ee]arly|[Ll]ate|[Ss]ummer|[Ss]pring|[Aa]utumn|[Ff]all|[Ww]inter|©|January|February|March|April|May|June|July|August|September|October|November|December) ))?(?<y>1[0-9][0-9][0-9]|20[0-9][0-9])(?![0-9]|[.,][0-9])", Options)]
    private static partial Regex YearNumber();

    [GeneratedRegex($@"\G{Num}", Options)]
    private static partial Regex Plain();

    [GeneratedRegex($@"\G{MonthPattern} (?<d>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:(?:[-–]| [-–] )(?<d2>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9:%/-]|[.,][0-9]|[A-Za-z]| ?[aApP]\.?[mM]))?(?![0-9:%]|[.,][0-9]|[A-Za-z])(?:,? (?<y>[0-9]{{4}})(?![0-9]))?", Options)]
    private static partial Regex MonthDay();

    [GeneratedRegex($@"\G(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)(?:\.(?![A-Za-z0-9])|(?= (?:19|20)[0-9]{{2}}(?![0-9]))|(?<={MonthPattern} ?[-–] ?[A-Z][a-z]{{2,3}})(?![A-Za-z]))", Options)]
    private static partial Regex ShortMonth();

    [GeneratedRegex(@"\G(?:e\.g\.|i\.e\.|a\.k\.a\.|w/o|w/|n/a|and/or|c/o)(?![A-Za-z])", Options | RegexOptions.IgnoreCase)]
    private static partial Regex Short();

    [GeneratedRegex(@"\G(?<![0-9] )Ft\.(?= [A-Z])", Options)]
    private static partial Regex Fort();

    [GeneratedRegex(@"\G(?<w>Mr|Mrs|Ms|Dr|Prof)\.(?=[A-Z][a-z])", Options)]
    private static partial Regex TitleClose();

    [GeneratedRegex(@"\G[A-Z][a-z]{1,12}!(?= [a-z])", Options)]
    private static partial Regex Exclaimed();

    [GeneratedRegex(@"\GSt\.(?<saint>(?= [A-Z]))?(?![A-Za-z0-9])", Options)]
    private static partial Regex Street();

    [GeneratedRegex(@"\G(?<w>[A-Za-z]{1,4})\. ?(?=[(#]?[0-9])", Options)]
    private static partial Regex Numbering();

    [GeneratedRegex(@"\G(?<w>[A-Za-z]{2,6})\.(?![A-Za-z0-9])", Options)]
    private static partial Regex Abbreviation();

    [GeneratedRegex(@"\G(?:Mr|Mrs|Ms|Dr|Prof|vs)(?= [A-Za-z])", Options)]
    private static partial Regex Title();

    [GeneratedRegex(@"\G(?:(?:[A-Za-z]\.){2,6}(?![A-Za-z])|[A-Z][a-z]\.[A-Z]\.(?![A-Za-z]))", Options)]
    private static partial Regex Dotted();

    [GeneratedRegex(@"\G[A-Z]\.(?= ?[A-Z])", Options)]
    private static partial Regex Initial();

    [GeneratedRegex(@"\G[vV](?=[0-9])", Options)]
    private static partial Regex VersionMark();

    [GeneratedRegex($@"\G(?<cur>US\$|A\$|C\$|HK\$|{Codes}) ?(?<n>{Num}){Scale}(?![A-Za-z0-9])", Options)]
    private static partial Regex MoneyCode();

    [GeneratedRegex($@"\G(?<cur>[$€£¥₹₩₽₿]) ?(?<a>{Num})(?<low>[kKmMbB]n?)?[-–~](?<b>{Num}){Scale}(?![A-Za-z0-9])", Options)]
    private static partial Regex MoneyRange();

    [GeneratedRegex($@"\G(?<minus>(?<![\w)])[-−])?(?<cur>[$€£¥₹₩₽₿]) ?(?<n>{Wide}|\.[0-9]{{1,4}}){Scale}", Options)]
    private static partial Regex Money();

    [GeneratedRegex(@"\G(?:\+[0-9]{1,3}(?:[ .-]?\(?[0-9]{1,4}\)?){2,6}(?![0-9])|\([0-9]{3}\) ?[0-9]{3}[-. ][0-9]{4}(?![0-9]))", Options)]
    private static partial Regex PhoneAbroad();

    [GeneratedRegex(@"\G['’](?<n>[0-9]0)s(?![A-Za-z])", Options)]
    private static partial Regex ShortDecade();

    [GeneratedRegex(@"\G(?<![\p{L}0-9.])\.[0-9]{1,30}", Options)]
    private static partial Regex Point();

    [GeneratedRegex(@"\G(?:(?<![\p{L}0-9)%°])[-−–](?=\.?[0-9])|−|(?<=[0-9)] )-(?= [0-9(])|(?<=[0-9)])-(?=[0-9]{1,12} ?=)|(?<=[=+*/×÷] ?[0-9]{1,12})-(?=[0-9]))", Options)]
    private static partial Regex Minus();

    [GeneratedRegex(@"\G(?:(?<![A-Za-z]-[0-9.]{1,8}|[A-Za-z][0-9]{1,4})(?<=[0-9%°]|°[CF])[-–~～](?=[0-9$€£])|(?<=[0-9] )–(?= [0-9]))", Options)]
    private static partial Regex To();

    [GeneratedRegex(@"\G[~～∼≈≃](?= ?[0-9$€£])", Options)]
    private static partial Regex About();

    [GeneratedRegex(@"\G(?<=[\p{L}0-9)] ?)\*(?= ?[\p{L}0-9(])", Options)]
    private static partial Regex Times();

    [GeneratedRegex(@"\G(?<=[\p{L}0-9)])(?:\^ ?(?:(?<n>-?[0-9]{1,3})(?![0-9A-Za-z])|\{(?<n>-?[0-9]{1,3})\})|\*\*(?<n>-?[0-9]{1,3})|(?<n>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,4}))", Options)]
    private static partial Regex Raised();

    [GeneratedRegex(@"\G(?<=[\p{L}0-9)])\^ ?[{(]?(?<minus>-)?(?=[\p{L}0-9])", Options)]
    private static partial Regex RaisedTo();

    [GeneratedRegex(@"\G(?:(?<=(?<![A-Za-z0-9/]|[A-Za-z]-)[0-9][0-9.,]{0,12}(?:[kKMB]|bn|m)?[€£¥¢%]?)|(?<=[0-9] ?[A-Za-z]{1,8})|(?<=[a-z]{3}s)) ?/ ?(?<u>[A-Za-z]{1,9})(?![A-Za-z0-9/])", Options)]
    private static partial Regex PerUnit();

    [GeneratedRegex(@"\G(?:(?<over>(?<=[0-9)])[/⁄](?=[0-9(]))|(?<by>(?<=[0-9)] )/(?= [0-9(]))|/(?=[\p{L}0-9]))", Options)]
    private static partial Regex Slash();

    [GeneratedRegex(@"\G(?:<->|<=>|<=|>=|!=|={2,3}|-{1,2}>|=>|[<>](?= ?[-\p{L}0-9$€£]))", Options)]
    private static partial Regex Arrow();

    [GeneratedRegex(@"\G(?:(?<sharp>(?<=\b[A-G])#(?![\p{L}0-9]))|(?<number>#(?= ?[0-9]))|#(?=\p{L}))", Options)]
    private static partial Regex Sharp();

    [GeneratedRegex(@"\G(?<=\b[A-Za-z])\+\+", Options)]
    private static partial Regex PlusPlus();

    [GeneratedRegex(@"\G(?:\.{2,12}|…{1,6})", Options)]
    private static partial Regex Dots();

    [GeneratedRegex(@"\G(?:(?<=[\p{L}0-9])\.(?=[\p{L}0-9])|(?<![\p{L}0-9.])\.(?=\p{L}))", Options)]
    private static partial Regex Dot();
}
