namespace Holdfast.Speech;

/// <summary>Where sentences end, in a text that is complete or still being written.</summary>
internal static class SentenceEnd
{
    internal const string Closers = "\"'”’»)]}）】》」』";
    /// <summary>The longest name in the query of an address that is looked at.</summary>
    private const int LongestName = 40;

    internal const string Openers = "“‘«（【《「『";

    /// <summary>Finds the end of the sentence that begins at a place.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where the sentence begins.</param>
    /// <param name="isComplete">Whether nothing comes after the text.</param>
    /// <returns>Just behind the sentence; -1 where what is there does not tell yet. The end of a complete text.</returns>
    public static int Find(ReadOnlySpan<char> text, int start, bool isComplete)
    {
        var open = 0;
        var isCode = false;
        var first = start;
        var word = new WordSoFar(start);
        for (var i = start; i < text.Length; i++)
        {
            var c = text[i];
            if (i > start)
            {
                word.Read(text[i - 1], i - 1);
            }

            first += first == i && char.IsWhiteSpace(c) ? 1 : 0;
            if (c == '`')
            {
                isCode = !isCode;
            }
            else if (c is '\n' or '\r' or '\u2028' or '\u2029')
            {
                return i + 1;
            }

            if (isCode)
            {
                continue;
            }

            open += Openers.Contains(c, StringComparison.Ordinal) ? 1 : Closers.Contains(c, StringComparison.Ordinal) && c > 0xFF && open > 0 ? -1 : 0;
            switch (Ends(text, first, word, i, isComplete))
            {
                case null:
                    return -1;
                case false:
                    continue;
            }

            // A wide full stop without an open quote is followed by nothing that belongs to it.
            if (c is '。' && open == 0)
            {
                return i + 1;
            }

            var end = i + 1;
            while (end < text.Length && ("。！？…!?.".Contains(text[end], StringComparison.Ordinal) || IsCloser(text, end)))
            {
                end++;
            }

            // “"Stop!" and left”: what goes on in small letters behind a quotation is the same sentence.
            if (IsCloser(text, end - 1) && GoesOnSmall(text, end, isComplete) is not false and var goesOn)
            {
                if (goesOn is null)
                {
                    return -1;
                }

                // Each sign of the end is looked at once.
                for (; i < end - 1; i++)
                {
                    word.Read(text[i], i);
                    open -= Closers.Contains(text[i + 1], StringComparison.Ordinal) && text[i + 1] > 0xFF && open > 0 ? 1 : 0;
                }

                continue;
            }

            // What belongs to the end may still come: "?!", "...", a closing quote.
            return end < text.Length || isComplete ? end : -1;
        }

        return isComplete ? text.Length : -1;
    }

    /// <summary>Whether a character is as wide as two: Chinese, Japanese, Korean.</summary>
    public static bool IsWide(char c) => c is >= '\u2E80' and <= '\u9FFF' or >= '\uAC00' and <= '\uD7A3' or >= '\uF900' and <= '\uFAFF' or >= '\uFF00' and <= '\uFFEF';

    internal static bool IsCloser(ReadOnlySpan<char> text, int at) =>
        Closers.Contains(text[at], StringComparison.Ordinal)
        && (text[at] is not ('"' or '\'') || at + 1 >= text.Length || char.IsWhiteSpace(text[at + 1]) || char.IsPunctuation(text[at + 1]) || IsWide(text[at + 1]));

    /// <summary>Whether a blank and a small letter follow. Null where that is not known yet.</summary>
    private static bool? GoesOnSmall(ReadOnlySpan<char> text, int at, bool isComplete)
    {
        if (at < text.Length && text[at] != ' ')
        {
            return false;
        }

        return at + 1 < text.Length ? char.IsAsciiLetterLower(text[at + 1]) : isComplete ? false : null;
    }

    /// <summary>Null where it depends on what comes next.</summary>
    private static bool? Ends(ReadOnlySpan<char> text, int first, in WordSoFar word, int at, bool isComplete) => text[at] switch
    {
        '。' or '！' or '？' or '；' or '…' or '؟' or '।' or '۔' => true,
        '!' or '?' => EndsUnlessInside(text, first, word, at, isComplete),
        ';' => at + 1 < text.Length ? char.IsWhiteSpace(text[at + 1]) : isComplete ? true : null,
        '.' => FullStop.EndsAtDot(text, first, word, at, isComplete),
        _ => false,
    };

    /// <summary>A question mark inside an address ("page?id=3") or code ("!=") ends nothing.</summary>
    private static bool? EndsUnlessInside(ReadOnlySpan<char> text, int first, in WordSoFar word, int at, bool isComplete)
    {
        if (at + 1 >= text.Length)
        {
            return isComplete ? true : null;
        }

        var next = text[at + 1];
        if (next is '=' or '/' || (char.IsAsciiLetterOrDigit(next) && word.IsAddress(text)))
        {
            return false;
        }

        // "example.org?id=3" has no other sign of an address than its query.
        if (text[at] == '?' && word.IsJoined && char.IsAsciiLetterOrDigit(next))
        {
            return BeginsQuery(text, at + 1, isComplete) is { } isQuery ? !isQuery : null;
        }

        // "Yahoo! is a company": a name goes on in small letters; so does any word with a capital inside a sentence.
        return text[at] == '!' && next == ' ' && IsName(text, first, at) ? GoesOnSmall(text, at + 1, isComplete) switch
        {
            true => false,
            false => true,
            null => null,
        } : true;
    }

    /// <summary>Whether a name and "=" follow, as in the query of an address. Null where that is not known yet.</summary>
    private static bool? BeginsQuery(ReadOnlySpan<char> text, int at, bool isComplete)
    {
        var end = at;
        while (end < text.Length && end - at < LongestName && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-'))
        {
            end++;
        }

        return end < text.Length ? text[end] == '=' : isComplete ? false : null;
    }

    private static bool IsName(ReadOnlySpan<char> text, int start, int at)
    {
        var word = at;
        while (word > start && char.IsAsciiLetter(text[word - 1]))
        {
            word--;
        }

        return word < at && char.IsAsciiLetterUpper(text[word]) && (!IsFirst(start, word) || SentenceWords.Exclaimed.Contains(text[word..at]));
    }

    internal static bool IsFirst(int first, int word) => word <= first;
}
