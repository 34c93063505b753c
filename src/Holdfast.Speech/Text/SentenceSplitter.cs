using System.Globalization;
using System.Text;

namespace Holdfast.Speech;

/// <summary>
/// Cuts a text into what is spoken in one breath: sentences, and parts of sentences where those get too long. Nothing that
/// could be spoken gets lost.
/// </summary>
internal static class SentenceSplitter
{
    /// <summary>The longest piece, in UTF-16 units: some 20 s of speech.</summary>
    public const int MaxLength = 240;

    /// <summary>The same where each character is a syllable (Chinese, Japanese, Korean).</summary>
    public const int MaxWideLength = 90;

    private const string Closers = "\"'”’»)]}）】》」』";

    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "e.g", "i.e", "no", "fig", "inc", "ltd", "co", "approx",
        "dept", "est", "gen", "sen", "rep", "capt", "col", "lt", "ca", "z.b", "bzw", "usw", "d.h", "nr", "cf", "al", "a.m", "p.m", "u.s", "u.k",
    };

    /// <summary>The pieces in order, trimmed; none is without a letter or a digit.</summary>
    public static IEnumerable<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var start = 0;
        while (start < text.Length)
        {
            var end = FindEnd(text, start);
            foreach (var piece in Shorten(text, start, end))
            {
                yield return piece;
            }

            start = end;
        }
    }

    /// <summary>Whether there is anything in a text that could be spoken.</summary>
    public static bool HasSpeech(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                return true;
            }
        }

        return false;
    }

    private static int FindEnd(string text, int start)
    {
        for (var i = start; i < text.Length; i++)
        {
            var ends = text[i] switch
            {
                '。' or '！' or '？' or '；' or '…' or '!' or '?' or '\n' or '\r' or '\u2029' or '؟' or '।' or '۔' => true,
                ';' => i + 1 >= text.Length || char.IsWhiteSpace(text[i + 1]),
                '.' => EndsSentence(text, start, i),
                _ => false,
            };

            if (!ends)
            {
                continue;
            }

            // What belongs to the end goes with it: "?!", "...", a closing quote.
            i++;
            while (i < text.Length && ("。！？…!?.".Contains(text[i], StringComparison.Ordinal) || Closers.Contains(text[i], StringComparison.Ordinal)))
            {
                i++;
            }

            return i;
        }

        return text.Length;
    }

    private static bool EndsSentence(string text, int start, int dot)
    {
        var next = dot + 1 < text.Length ? text[dot + 1] : ' ';
        if (!char.IsWhiteSpace(next) && !Closers.Contains(next, StringComparison.Ordinal))
        {
            // "3.14", "holdfast.dev", "..." (its last dot decides) and "e.g"; but "好.然后" ends.
            return next != '.' && IsWide(next);
        }

        var word = dot;
        while (word > start && !char.IsWhiteSpace(text[word - 1]) && !Closers.Contains(text[word - 1], StringComparison.Ordinal) && text[word - 1] != '(')
        {
            word--;
        }

        var before = text.AsSpan(word, dot - word);
        if (before.Length == 1 && char.IsUpper(before[0]) && dot + 1 < text.Length)
        {
            // An initial, as in "J. Smith".
            return false;
        }

        if (Abbreviations.GetAlternateLookup<ReadOnlySpan<char>>().Contains(before))
        {
            // "etc. The" may end a sentence, "e.g. the" does not; a title never does.
            var after = dot + 1;
            while (after < text.Length && char.IsWhiteSpace(text[after]))
            {
                after++;
            }

            return after >= text.Length
                || (char.IsUpper(text[after]) && (before.Equals("etc", StringComparison.OrdinalIgnoreCase) || before.Equals("p.m", StringComparison.OrdinalIgnoreCase) || before.Equals("a.m", StringComparison.OrdinalIgnoreCase)));
        }

        // "1. First": a number in a list is spoken with what it numbers.
        return !(before.Length is > 0 and <= 3 && before.IndexOfAnyExceptInRange('0', '9') < 0 && word == start + LeadingSpace(text, start) && dot + 1 < text.Length);
    }

    private static int LeadingSpace(string text, int start)
    {
        var i = start;
        while (i < text.Length && char.IsWhiteSpace(text[i]))
        {
            i++;
        }

        return i - start;
    }

    /// <summary>Cuts what is too long at the best place before the bound: a comma, else a space, else anywhere.</summary>
    private static IEnumerable<string> Shorten(string text, int start, int end)
    {
        while (start < end)
        {
            var limit = Limit(text, start, end);
            var cut = end - start <= limit ? end : FindCut(text, start, start + limit);
            var piece = text.AsSpan(start, cut - start).Trim();
            if (HasSpeech(piece))
            {
                yield return piece.ToString();
            }

            start = cut;
        }
    }

    private static int Limit(string text, int start, int end)
    {
        var wide = 0;
        var seen = Math.Min(end - start, MaxLength);
        for (var i = start; i < start + seen; i++)
        {
            wide += IsWide(text[i]) ? 1 : 0;
        }

        return wide * 3 > seen ? MaxWideLength : MaxLength;
    }

    private static int FindCut(string text, int start, int limit)
    {
        var space = -1;
        for (var i = limit - 1; i > start + ((limit - start) / 4); i--)
        {
            if ("，、：,:—–".Contains(text[i], StringComparison.Ordinal)
                && !(i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]) && char.IsAsciiDigit(text[i - 1])))
            {
                return i + 1;
            }

            if (space < 0 && char.IsWhiteSpace(text[i]))
            {
                space = i + 1;
            }
        }

        if (space > 0)
        {
            return space;
        }

        // Never between a character and what combines with it.
        var cut = limit;
        while (cut > start + 1 && (char.IsLowSurrogate(text[cut])
            || CharUnicodeInfo.GetUnicodeCategory(text, cut) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark))
        {
            cut--;
        }

        return cut > start + 1 ? cut : limit;
    }

    private static bool IsWide(char c) => c is >= '\u2E80' and <= '\u9FFF' or >= '\uAC00' and <= '\uD7A3' or >= '\uF900' and <= '\uFAFF' or >= '\uFF00' and <= '\uFFEF';
}
