using System.Globalization;
using System.Text.RegularExpressions;
using static Holdfast.Speech.EnglishPatterns;

namespace Holdfast.Speech;

/// <content>What numbers and abbreviations look like, the most telling form first.</content>
internal static partial class EnglishReader
{
    /// <summary>The patterns, for the test that holds their bounds.</summary>
    internal static IEnumerable<Regex> Patterns => Rules.Select(static rule => rule.Pattern);

    private static readonly Rule[] Rules =
    [
        // Numbers
        EnglishDates.YearMonth,
        EnglishDates.MonthSlashDay,
        EnglishDates.IsoDate,
        EnglishDates.SlashDate,
        EnglishDates.DotDate,
        .. EnglishCodes.Rules,
        .. EnglishSpans.Rules,
        EnglishDates.DayMonth,
        new(TokenStart.Digit, Phone(), static (m, _) => PhoneWords(m.Value)),
        new(TokenStart.Digit, Version(), static (m, _) => string.Join(" point ", m.Value.Split('.').Select(EnglishNumbers.Cardinal))),
        EnglishDates.Clock,
        EnglishDates.Lap,
        EnglishDates.FrenchHour,
        EnglishDates.Hour,
        new(TokenStart.Digit, Ratio(), static (m, _) => IsNoTime(m) ? EnglishCodes.Groups(m.Value) : $"{EnglishNumbers.Number(m.Groups["a"].Value)} to {EnglishNumbers.Number(m.Groups["b"].Value)}"),
        EnglishAmounts.MoneyBehind,
        EnglishAmounts.Worded,
        EnglishDates.Decade,
        EnglishAbbreviations.Always,
        EnglishAmounts.BloodPressure,
        new(TokenStart.Digit, MixedFraction(), static (m, _) => Fraction(m, Int(m.Groups["w"]))),
        new(TokenStart.Digit, SimpleFraction(), static (m, _) => Fraction(m, whole: null)),
        new(TokenStart.Digit, Range(), static (m, _) => (IsYear(m.Groups["a"].Value, m.Groups["b"].Value) ? EnglishNumbers.Year(Int(m.Groups["a"])) : EnglishNumbers.Number(m.Groups["a"].Value)) + " to"),
        new(TokenStart.Digit, OrdinalNumber(), static (m, _) => EnglishNumbers.Ordinal(m.Groups["n"].Value.Replace(",", "", StringComparison.Ordinal))),
        new(TokenStart.Digit, Dimension(), static (m, _) => EnglishNumbers.Number(m.Groups["a"].Value) + (m.Groups["power"].Success ? " times" : " by")),
        new(TokenStart.Digit, Scientific(), static (m, _) => $"{EnglishNumbers.Number(m.Groups["n"].Value)} times ten to the power of {(m.Groups["sign"].Value is "-" ? "minus " : "")}{EnglishNumbers.Cardinal(m.Groups["e"].Value.TrimStart('0') is { Length: > 0 } power ? power : "0")}"),
        EnglishMeasures.Angle,
        EnglishMeasures.Product,
        EnglishAmounts.FeetAndInches,
        EnglishAmounts.FeetOrInches,
        EnglishAmounts.Measure,
        new(TokenStart.Digit, Grouped(), static (m, _) => EnglishAmounts.IsList(m.Value) ? null : EnglishNumbers.Number(m.Value)),
        new(TokenStart.Digit, WholeBeforeSign(), static (m, _) => EnglishNumbers.Number(m.Groups["n"].Value)),
        EnglishAmounts.Scaled,
        EnglishDates.YearNumber,
        new(TokenStart.Digit, Plain(), static (m, _) => EnglishNumbers.Number(m.Value)),

        // Words
        EnglishDates.MonthDay,
        EnglishDates.ShortMonth,
        EnglishAbbreviations.Short,
        EnglishAbbreviations.Fort,
        EnglishAbbreviations.TitleClose,
        EnglishAbbreviations.Exclaimed,
        EnglishAbbreviations.Street,
        EnglishAbbreviations.Numbering,
        EnglishAbbreviations.Abbreviation,
        EnglishAbbreviations.Title,
        EnglishAbbreviations.Dotted,
        EnglishAbbreviations.Initial,
        EnglishAbbreviations.VersionMark,
        EnglishAmounts.MoneyCode,

        // Signs
        EnglishAmounts.MoneyRange,
        EnglishAmounts.Money,
        new(TokenStart.Sign, PhoneAbroad(), static (m, _) => m.Value.Count(char.IsAsciiDigit) >= 7 ? PhoneWords(m.Value) : null),
        EnglishDates.ShortDecade,
        new(TokenStart.Sign, Point(), static (m, _) => EnglishNumbers.Number(m.Value)),
        new(TokenStart.Sign, Minus(), static (_, _) => "minus"),
        new(TokenStart.Sign, To(), static (_, _) => "to"),
        new(TokenStart.Sign, About(), static (m, text) => IsSaidBefore(m, text) ? "" : "about"),
        new(TokenStart.Sign, Times(), static (_, _) => "times"),
        new(TokenStart.Sign, Raised(), static (m, _) => PowerWords(m.Groups["n"].Value)),
        new(TokenStart.Sign, RaisedTo(), static (m, _) => "to the power of" + (m.Groups["minus"].Success ? " minus" : "")),
        EnglishAmounts.PerUnit,
        new(TokenStart.Sign, Slash(), static (m, _) => m.Groups["over"].Success ? "over" : m.Groups["by"].Success ? "divided by" : "slash"),
        new(TokenStart.Sign, Arrow(), static (m, _) => m.Value switch
        {
            "<=" => "is less than or equal to",
            ">=" => "is greater than or equal to",
            "!=" => "is not equal to",
            "==" or "===" => "equals",
            "&&" => "and",
            "||" => "or",
            "<" => "is less than",
            ">" => "is greater than",
            _ => "to",
        }),
        new(TokenStart.Sign, Sharp(), static (m, _) => m.Groups["sharp"].Success ? "sharp" : m.Groups["number"].Success ? "number" : "hashtag"),
        new(TokenStart.Sign, PlusPlus(), static (_, _) => "plus plus"),
        new(TokenStart.Sign, Dots(), static (m, text) => Rule.IsLast(text, m) ? "." : ", "),
        new(TokenStart.Sign, Dot(), static (_, _) => "dot"),
    ];

    /// <summary>"25:61" is neither a time nor a ratio that anybody uses; "60:40" is one.</summary>
    private static bool IsNoTime(Match m) =>
        m.Groups["a"].Length == 2 && m.Groups["b"].Length == 2 && (Int(m.Groups["a"]) > 24 || Int(m.Groups["b"]) > 59)
        && Int(m.Groups["a"]) + Int(m.Groups["b"]) != 100 && Int(m.Groups["a"]) % 5 + Int(m.Groups["b"]) % 5 > 0;

    /// <summary>"about ~10" is about ten once.</summary>
    private static bool IsSaidBefore(Match m, string text) =>
        Rule.Before(text, m).TrimEnd() is var before && (before.EndsWith("about") || before.EndsWith("around") || before.EndsWith("roughly") || before.EndsWith("approximately"));

    /// <summary>Two numbers with a line between them are years where both look like one: "1990–1995", "1990–95".</summary>
    private static bool IsYear(string from, string to) =>
        from.Length == 4 && from[0] is '1' or '2' && from[1] is '0' or >= '5' && int.TryParse(from, CultureInfo.InvariantCulture, out var a)
        && int.TryParse(to, CultureInfo.InvariantCulture, out var b) && (to.Length == 4 ? b is >= 1500 and < 2200 : to.Length == 2 && b > a % 100);

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

    [GeneratedRegex(@"\G(?:(?:1[-. ])?\(?[0-9]{3}\)?[-. ][0-9]{3}[-. ][0-9]{4}(?![0-9-])|[0-9]{3}-[0-9]{4}(?![0-9-]))", Options)]
    private static partial Regex Phone();

    [GeneratedRegex(@"\G[0-9]{1,9}(?:\.[0-9]{1,9}){2,5}(?![0-9]|,[0-9])", Options)]
    private static partial Regex Version();

    [GeneratedRegex(@"\G(?<a>[0-9]{1,6}(?:\.[0-9]{1,3})?):(?<b>[0-9]{1,6}(?:\.[0-9]{1,3})?)(?![0-9:])", Options)]
    private static partial Regex Ratio();

    [GeneratedRegex(@"\G(?<w>[0-9]{1,4})[ -](?<n>[0-9])[/⁄](?<d>[0-9]{1,2})(?![0-9/])", Options)]
    private static partial Regex MixedFraction();

    [GeneratedRegex(@"\G(?<n>[0-9]{1,4})[/⁄](?<d>[0-9]{1,4})(?![0-9/])", Options)]
    private static partial Regex SimpleFraction();

    [GeneratedRegex($@"\G(?<![=+*/×÷] ?|[A-Za-z]-?)(?<a>{Num})(?:[-–~～]| [–~～] )(?=(?<b>{Num}))(?![0-9]{{1,12}} ?=)", Options)]
    private static partial Regex Range();

    [GeneratedRegex(@"\G(?<n>[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15})(?:st|nd|rd|th)(?![A-Za-z])", Options)]
    private static partial Regex OrdinalNumber();

    [GeneratedRegex($@"\G(?<a>{Num})(?: ?x ?|×)(?=(?<power>10(?:\^|\*\*|[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]))|[0-9]{{1,30}}(?! ?=))", Options)]
    private static partial Regex Dimension();

    [GeneratedRegex(@"\G(?<n>[0-9]{1,3}(?:\.[0-9]{1,12})?)[eE](?<sign>[+-]?)(?<e>[0-9]{1,3})(?![A-Za-z0-9])", Options)]
    private static partial Regex Scientific();

    [GeneratedRegex($@"\G(?<![A-Za-z])(?:[0-9]{{1,3}}(?:\.[0-9]{{3}}){{1,4}},[0-9]{{1,4}}|(?<![0-9.,] ?)[0-9]{{1,3}}(?:(?: [0-9]{{3}}){{1,5}}|(?:['’][0-9]{{3}}){{1,5}}|(?:_[0-9]{{3}}){{1,5}})(?:\.[0-9]{{1,9}})?)(?![0-9]|[ ._,'-][0-9])", Options)]
    private static partial Regex Grouped();

    [GeneratedRegex($@"\G(?<n>[0-9]{{1,4}}) (?=[{Fractions.Class}])", Options)]
    private static partial Regex WholeBeforeSign();

    [GeneratedRegex($@"\G{Num}", Options)]
    private static partial Regex Plain();

    [GeneratedRegex(@"\G(?:\+[0-9]{1,3}(?:[ .-]?\(?[0-9]{1,4}\)?){2,6}(?![0-9])|\([0-9]{3}\) ?[0-9]{3}[-. ][0-9]{4}(?![0-9]))", Options)]
    private static partial Regex PhoneAbroad();

    [GeneratedRegex(@"\G(?<![\p{L}0-9.])\.[0-9]{1,30}", Options)]
    private static partial Regex Point();

    [GeneratedRegex(@"\G(?:(?<![\p{L}0-9)%°])[-−–](?=\.?[0-9])|−|(?<=[0-9)] )-(?= [0-9(])|(?<=[0-9)])-(?=[0-9]{1,12} ?=)|(?<=[=+*/×÷] ?[0-9]{1,12})-(?=[0-9]))", Options)]
    private static partial Regex Minus();

    [GeneratedRegex(@"\G(?:(?<![A-Za-z]-[0-9.]{1,8}|[A-Za-z][0-9]{1,4})(?<=[0-9%°]|°[CF]|[0-9](?:st|nd|rd|th))[-–~～](?=[0-9$€£])|(?<=[0-9] )–(?= [0-9]))", Options)]
    private static partial Regex To();

    [GeneratedRegex(@"\G[~～∼≈≃](?= ?[0-9$€£])", Options)]
    private static partial Regex About();

    [GeneratedRegex(@"\G(?:(?<=[\p{L}0-9)] ?)\*(?= ?[\p{L}0-9(])|(?<=[0-9)] ?)·(?= ?[0-9(]))", Options)]
    private static partial Regex Times();

    [GeneratedRegex(@"\G(?<=[\p{L}0-9)])(?:\^ ?(?:(?<n>-?[0-9]{1,3})(?![0-9A-Za-z])|\{(?<n>-?[0-9]{1,3})\})|\*\*(?<n>-?[0-9]{1,3})|(?<n>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,4}))", Options)]
    private static partial Regex Raised();

    [GeneratedRegex(@"\G(?<=[\p{L}0-9)])\^ ?[{(]?(?<minus>-)?(?=[\p{L}0-9])", Options)]
    private static partial Regex RaisedTo();

    [GeneratedRegex(@"\G(?:(?<over>(?<=[0-9)])[/⁄](?=[0-9(]))|(?<by>(?<=[0-9)] )/(?= [0-9(]))|/(?=[\p{L}0-9]))", Options)]
    private static partial Regex Slash();

    [GeneratedRegex(@"\G(?:<->|<=>|&&|(?<= )\|\|(?= )|<=|>=|!=|={2,3}|-{1,2}>|=>|[<>](?= ?[-\p{L}0-9$€£]))", Options)]
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
