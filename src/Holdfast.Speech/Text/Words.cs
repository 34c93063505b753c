using System.Globalization;
using System.Text;

namespace Holdfast.Speech;

/// <summary>A part of a text.</summary>
/// <param name="Offset">Where it begins, in UTF-16 units.</param>
/// <param name="Length">How long it is, in UTF-16 units; 0 for nothing.</param>
public readonly record struct TextRange(int Offset, int Length);

/// <summary>Finds what a reader would follow with the finger: words between spaces, single characters of Chinese and Japanese.</summary>
internal static class Words
{
    /// <summary>The words in their order, without the punctuation around them.</summary>
    public static List<TextRange> In(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new List<TextRange>();
        var (start, end) = (-1, 0);
        for (var i = 0; i < text.Length;)
        {
            var length = Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var consumed) == System.Buffers.OperationStatus.Done ? consumed : 1;
            if (IsCharacter(rune))
            {
                Close();
                words.Add(new TextRange(i, length));
            }
            else if (Rune.IsLetterOrDigit(rune) || (start >= 0 && end == i && IsMark(rune)))
            {
                start = start < 0 ? i : start;
                end = i + length;
            }
            else if (!Joins(text, i))
            {
                Close();
            }

            i += length;
        }

        Close();
        return words;

        void Close()
        {
            if (start >= 0)
            {
                words.Add(new TextRange(start, end - start));
            }

            start = -1;
        }
    }

    /// <summary>Where a word begins for the voice: with its currency sign, its opening quote or bracket.</summary>
    /// <param name="text">The text.</param>
    /// <param name="word">The word in it.</param>
    /// <param name="notBefore">The end of the word before.</param>
    public static int SpokenStart(string text, TextRange word, int notBefore)
    {
        var start = word.Offset;
        while (start > notBefore && char.GetUnicodeCategory(text[start - 1]) is UnicodeCategory.CurrencySymbol
            or UnicodeCategory.OpenPunctuation or UnicodeCategory.InitialQuotePunctuation)
        {
            start--;
        }

        return start;
    }

    /// <summary>A character that is a word, or as good as one.</summary>
    private static bool IsCharacter(Rune rune) => ScriptRuns.Of(rune) is Script.Han or Script.Kana;

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>"it's", "twenty-three", "3.50", "10:30" and "1,000" are one word; "one,two" are two.</summary>
    private static bool Joins(string text, int at)
    {
        if (at == 0 || at + 1 >= text.Length || !char.IsLetterOrDigit(text[at - 1]) || !char.IsLetterOrDigit(text[at + 1]))
        {
            return false;
        }

        return text[at] is '.' or '\'' or '’' or '-' or ':' or '/' or '@' or '&' or '+'
            || (text[at] == ',' && char.IsAsciiDigit(text[at - 1]) && char.IsAsciiDigit(text[at + 1]));
    }
}
