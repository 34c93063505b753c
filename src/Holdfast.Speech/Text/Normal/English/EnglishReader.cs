using System.Globalization;
using System.Text.RegularExpressions;

namespace Holdfast.Speech;

/// <summary>Reads numbers, signs and abbreviations aloud in English.</summary>
internal static partial class EnglishReader
{
    private static readonly Dictionary<char, string> Greek = new()
    {
        ['α'] = "alpha",
        ['β'] = "beta",
        ['γ'] = "gamma",
        ['δ'] = "delta",
        ['ε'] = "epsilon",
        ['ζ'] = "zeta",
        ['η'] = "eta",
        ['θ'] = "theta",
        ['ι'] = "iota",
        ['κ'] = "kappa",
        ['λ'] = "lambda",
        ['μ'] = "mu",
        ['ν'] = "nu",
        ['ξ'] = "xi",
        ['ο'] = "omicron",
        ['π'] = "pi",
        ['ρ'] = "rho",
        ['σ'] = "sigma",
        ['τ'] = "tau",
        ['υ'] = "upsilon",
        ['φ'] = "phi",
        ['χ'] = "chi",
        ['ψ'] = "psi",
        ['ω'] = "omega",
    };

    private static readonly Dictionary<char, string> Signs = new()
    {
        ['+'] = "plus",
        ['='] = "equals",
        ['×'] = "times",
        ['÷'] = "divided by",
        ['±'] = "plus or minus",
        ['≠'] = "is not equal to",
        ['≈'] = "is about",
        ['≤'] = "is less than or equal to",
        ['≥'] = "is greater than or equal to",
        ['∞'] = "infinity",
        ['√'] = "the square root of",
        ['∑'] = "the sum of",
        ['∏'] = "the product of",
        ['∀'] = "for all",
        ['∃'] = "there is",
        ['∅'] = "the empty set",
        ['∈'] = "in",
        ['∫'] = "the integral of",
        ['→'] = "to",
        ['←'] = "from",
        ['↑'] = "up",
        ['↓'] = "down",
        ['⇒'] = "implies",
        ['↔'] = "to and from",
        ['&'] = "and",
        ['@'] = "at",
        ['%'] = "percent",
        ['‰'] = "per mille",
        ['°'] = "degrees",
        ['º'] = "degrees",
        ['§'] = "section",
        ['¶'] = "paragraph",
        ['©'] = "copyright",
        ['®'] = "registered",
        ['™'] = "trademark",
        ['℠'] = "service mark",
        ['№'] = "number",
        ['$'] = "dollars",
        ['€'] = "euros",
        ['£'] = "pounds",
        ['¥'] = "yen",
        ['¢'] = "cents",
        ['₹'] = "rupees",
        ['₩'] = "won",
        ['₿'] = "bitcoin",
        ['♀'] = "female",
        ['♂'] = "male",
        ['♯'] = "sharp",
        ['♭'] = "flat",
        ['\\'] = "backslash",
    };

    /// <summary>Pauses, and how they are written for every voice.</summary>
    private static readonly Dictionary<char, string> Pauses = new()
    {
        ['，'] = ",",
        ['、'] = ",",
        ['；'] = ";",
        ['：'] = ":",
        ['。'] = ".",
        ['！'] = "!",
        ['？'] = "?",
        ['…'] = ",",
        ['‥'] = ",",
        ['—'] = ",",
        ['–'] = ",",
        ['―'] = ",",
        ['('] = ",",
        [')'] = ",",
        ['（'] = ",",
        ['）'] = ",",
        ['['] = ",",
        [']'] = ",",
        ['|'] = ",",
        ['•'] = ",",
        ['·'] = ",",
        ['/'] = " ",
        [','] = ",",
        [';'] = ";",
        [':'] = ":",
        ['.'] = ".",
        ['!'] = "!",
        ['?'] = "?",
    };

    /// <summary>Says what begins here, and goes on behind it.</summary>
    public static void ReadOne(Reading reading)
    {
        var c = reading.Here;
        var start = Rule.StartOf(c);
        if ((start != TokenStart.Letter || !IsInsideWord(reading)) && Rule.TryAny(Rules, start, reading))
        {
            return;
        }

        if (Greek.TryGetValue(char.ToLowerInvariant(c), out var letter) && !IsGreek(reading.Look(-1)) && !IsGreek(reading.Look(1)))
        {
            reading.Say(letter, 1);
        }
        else if (start == TokenStart.Letter || char.IsSurrogate(c) || char.IsDigit(c) && !char.IsAsciiDigit(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark)
        {
            reading.KeepLetter(static digit => EnglishNumbers.Cardinal(digit));
        }
        else if (start == TokenStart.Digit)
        {
            reading.Say(EnglishNumbers.Digit(c), 1);
        }
        else
        {
            ReadSign(reading, c);
        }
    }

    private static bool IsInsideWord(Reading reading) => char.IsLetter(reading.Look(-1)) || (reading.Look(-1) is '\'' or '’' && char.IsLetter(reading.Look(-2)));

    private static bool IsGreek(char c) => c is >= '\u0370' and <= '\u03FF';

    private static void ReadSign(Reading reading, char c)
    {
        if (c is '\'' or '’' && char.IsLetter(reading.Look(-1)) && char.IsLetter(reading.Look(1)))
        {
            reading.Say("'", 1);
        }
        else if (c is '-' or '\u2010' && char.IsLetter(reading.Look(-1)) && char.IsLetter(reading.Look(1)))
        {
            reading.Say("-", 1);
        }
        else if (Signs.TryGetValue(c, out var words))
        {
            reading.Say(" " + words + " ", 1);
        }
        else if (Pauses.TryGetValue(c, out var pause))
        {
            reading.Pause(pause);
        }
        else if (Fractions.TryRead(c, out var numerator, out var denominator))
        {
            var part = EnglishNumbers.Part(denominator, numerator == 1);
            reading.Say(char.IsAsciiDigit(reading.Look(-1)) || (reading.Look(-1) is ' ' && char.IsAsciiDigit(reading.Look(-2)))
                ? numerator == 1 ? $"and {(denominator == 8 ? "an" : "a")} {part}" : $"and {EnglishNumbers.Cardinal(numerator)} {part}"
                : $"{EnglishNumbers.Cardinal(numerator)} {part}", 1);
        }
        else if (Fractions.RomanOf(c) is > 0 and var roman)
        {
            reading.Say(EnglishNumbers.Cardinal(roman), 1);
        }
        else if (Fractions.SmallDigitOf(c) is >= 0 and var small)
        {
            reading.Say(EnglishNumbers.Cardinal(small), 1);
        }
        else
        {
            reading.Blank();
        }
    }

    internal static string MonthName(int month) => CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month);

    internal static int MonthOf(string name)
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

    /// <summary>A word, and the full stop that its abbreviation took from the end of the sentence.</summary>
    private static string Abbreviated(Match match, string words, string text) =>
        match.Value.EndsWith('.') && match.Index + match.Length >= text.Length ? words + "." : words;

    private static int Int(Group group) => group.Success && group.Length > 0 ? int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
}
