using System.Text.RegularExpressions;

namespace Holdfast.Speech;

/// <summary>What the first character of a token is.</summary>
internal enum TokenStart
{
    Digit,
    Letter,
    Sign,
}

/// <summary>One way of reading a part of a sentence aloud.</summary>
/// <param name="Start">With what such a part begins.</param>
/// <param name="Pattern">What it looks like, from the place where it is tried; bounded, so that a try costs no more than a number.</param>
/// <param name="Say">The words for it, given the sentence as well; null where it is something else after all.</param>
internal sealed record Rule(TokenStart Start, Regex Pattern, Func<Match, string, string?> Say)
{
    /// <summary>No pattern looks at more characters than this, or goes back over more.</summary>
    public const int MaxReach = 512;

    /// <summary>Tries the rules in their order, and says the first that fits.</summary>
    public static bool TryAny(Rule[] rules, TokenStart start, Reading reading)
    {
        foreach (var rule in rules)
        {
            if (rule.Start != start)
            {
                continue;
            }

            reading.Tries++;
            if (rule.Pattern.Match(reading.Text, reading.At) is { Success: true, Length: > 0 } match && rule.Say(match, reading.Text) is { } words)
            {
                reading.Say(words, match.Length);
                return true;
            }
        }

        return false;
    }

    /// <summary>What stands before a match, as far as a rule looks back.</summary>
    public static ReadOnlySpan<char> Before(string text, Match match) => text.AsSpan(Math.Max(0, match.Index - MaxReach)..match.Index);

    /// <summary>What stands around a match, as far as a rule looks.</summary>
    public static ReadOnlySpan<char> Around(string text, Match match) =>
        text.AsSpan(Math.Max(0, match.Index - MaxReach)..Math.Min(text.Length, match.Index + match.Length + MaxReach));

    /// <summary>Whether nothing but blanks stands behind a match.</summary>
    public static bool IsLast(string text, Match match) => text.AsSpan(match.Index + match.Length).IsWhiteSpace();

    public static TokenStart StartOf(char c) => char.IsAsciiDigit(c) ? TokenStart.Digit : char.IsLetter(c) ? TokenStart.Letter : TokenStart.Sign;
}
