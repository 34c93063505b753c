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
        ['∉'] = "not in",
        ['∪'] = "union",
        ['∩'] = "intersected with",
        ['⊥'] = "is perpendicular to",
        ['∥'] = "is parallel to",
        ['∠'] = "angle",
        ['∴'] = "therefore",
        ['∵'] = "because",
        ['⩽'] = "is less than or equal to",
        ['⩾'] = "is greater than or equal to",
        ['⋅'] = "times",
        ['∗'] = "times",
        ['∫'] = "the integral of",
        ['→'] = "to",
        ['←'] = "from",
        ['↑'] = "up",
        ['↓'] = "down",
        ['⇒'] = "implies",
        ['⇔'] = "if and only if",
        ['↔'] = "to and from",
        ['&'] = "and",
        ['@'] = "at",
        ['%'] = "percent",
        ['‰'] = "per mille",
        ['‱'] = "per ten thousand",
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
}
