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

    /// <summary>Where the pieces are, in their order and without blanks around them; none is without a letter or a number.</summary>
    public static IEnumerable<TextRange> PlacesIn(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var start = 0;
        while (start < text.Length)
        {
            var end = SentenceEnd.Find(text, start, isComplete: true);
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
            if (Rune.IsLetterOrDigit(rune) || Rune.IsNumber(rune) || rune.Value is '∞' or '∑' or '∏' or '∫' or '√' or '∀' or '∃' or '∅')
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Cuts what is too long at the best place before the bound: a comma, else a space, else anywhere.</summary>
    private static IEnumerable<TextRange> Shorten(string text, int start, int end)
    {
        while (start < end)
        {
            var limit = Limit(text, start, end);
            var cut = end - start <= limit ? end : FindCut(text, start, start + limit);
            var from = start;
            var to = cut;
            while (from < to && char.IsWhiteSpace(text[from]))
            {
                from++;
            }

            while (to > from && char.IsWhiteSpace(text[to - 1]))
            {
                to--;
            }

            if (HasSpeech(text.AsSpan(from, to - from)))
            {
                yield return new TextRange(from, to - from);
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
            wide += SentenceEnd.IsWide(text[i]) ? 1 : 0;
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
}
