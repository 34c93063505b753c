using System.Globalization;
using System.Text;

namespace Holdfast.Speech;

/// <summary>Where sentences end, in a text that is complete or still being written.</summary>
internal static class SentenceEnd
{
    private const string Closers = "\"'”’»)]}）】》」』";
    private const string Openers = "“‘«（【《「『";

    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "e.g", "i.e", "no", "nos", "fig", "figs", "inc", "ltd", "co", "corp", "approx", "p", "pp", "vol", "ch",
        "sec", "eq", "ed", "eds", "ref", "dept", "est", "gen", "sen", "rep", "gov", "capt", "col", "lt", "sgt", "maj", "hon", "rev", "ca", "z.b", "bzw", "usw", "d.h", "nr", "cf",
        "al", "a.m", "p.m", "a.k.a", "u.s", "u.k", "ph.d", "m.d", "b.sc", "m.sc", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mt", "ave", "blvd", "rd", "ft", "min", "max", "tel", "ext",
    };

    /// <summary>Those after which a new sentence may begin, since they often end one.</summary>
    private static readonly HashSet<string> MayEnd = new(StringComparer.OrdinalIgnoreCase)
    {
        "etc", "a.m", "p.m", "u.s", "u.k", "inc", "ltd", "co", "corp", "jr", "sr", "ph.d", "m.d", "min", "max", "ft", "ave", "blvd", "rd",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    };

    /// <summary>Those that are words as well, and abbreviations only before a number.</summary>
    private static readonly HashSet<string> BeforeNumber = new(StringComparer.OrdinalIgnoreCase)
    {
        "no", "nos", "fig", "figs", "p", "pp", "vol", "ch", "sec", "eq", "tel", "ext", "ed", "ref",
    };

    /// <summary>Finds the end of the sentence that begins at a place.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where the sentence begins.</param>
    /// <param name="isComplete">Whether nothing comes after the text.</param>
    /// <returns>Just behind the sentence; -1 where what is there does not tell yet. The end of a complete text.</returns>
    public static int Find(ReadOnlySpan<char> text, int start, bool isComplete)
    {
        var open = 0;
        var isCode = false;
        for (var i = start; i < text.Length; i++)
        {
            var c = text[i];
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
            switch (Ends(text, start, i, isComplete))
            {
                case null:
                    return -1;
                case false:
                    continue;
            }

            var end = i + 1;
            while (end < text.Length && ("。！？…!?.".Contains(text[end], StringComparison.Ordinal) || IsCloser(text, end)))
            {
                end++;
            }

            // What belongs to the end may still come: "?!", "...", a closing quote. A wide full stop without an open quote is followed by none.
            return end < text.Length || isComplete || (open == 0 && c is '。' && end == i + 1) ? end : -1;
        }

        return isComplete ? text.Length : -1;
    }

    /// <summary>Whether a character is as wide as two: Chinese, Japanese, Korean.</summary>
    public static bool IsWide(char c) => c is >= '\u2E80' and <= '\u9FFF' or >= '\uAC00' and <= '\uD7A3' or >= '\uF900' and <= '\uFAFF' or >= '\uFF00' and <= '\uFFEF';

    private static bool IsCloser(ReadOnlySpan<char> text, int at) =>
        Closers.Contains(text[at], StringComparison.Ordinal)
        && (text[at] is not ('"' or '\'') || at + 1 >= text.Length || char.IsWhiteSpace(text[at + 1]) || char.IsPunctuation(text[at + 1]) || IsWide(text[at + 1]));

    /// <summary>Null where it depends on what comes next.</summary>
    private static bool? Ends(ReadOnlySpan<char> text, int start, int at, bool isComplete) => text[at] switch
    {
        '。' or '！' or '？' or '；' or '…' or '؟' or '।' or '۔' => true,
        '!' or '?' => EndsUnlessInside(text, at, isComplete),
        ';' => at + 1 < text.Length ? char.IsWhiteSpace(text[at + 1]) : isComplete ? true : null,
        '.' => EndsAtDot(text, start, at, isComplete),
        _ => false,
    };

    /// <summary>A question mark inside an address ("page?id=3") or code ("!=") ends nothing.</summary>
    private static bool? EndsUnlessInside(ReadOnlySpan<char> text, int at, bool isComplete)
    {
        if (at + 1 >= text.Length)
        {
            return isComplete ? true : null;
        }

        var next = text[at + 1];
        if (next is '=' or '/' || (char.IsAsciiLetterOrDigit(next) && IsInAddress(text, at)))
        {
            return false;
        }

        return true;
    }

    private static bool IsInAddress(ReadOnlySpan<char> text, int at)
    {
        var word = at;
        while (word > 0 && !char.IsWhiteSpace(text[word - 1]) && !IsWide(text[word - 1]))
        {
            word--;
        }

        var before = text[word..at];
        return before.Contains("://", StringComparison.Ordinal) || before.StartsWith("www.", StringComparison.OrdinalIgnoreCase) || before.Contains('/');
    }

    private static bool? EndsAtDot(ReadOnlySpan<char> text, int start, int dot, bool isComplete)
    {
        if (dot + 1 >= text.Length)
        {
            return isComplete ? true : null;
        }

        var next = text[dot + 1];
        if (!char.IsWhiteSpace(next) && !IsCloser(text, dot + 1))
        {
            // "3.14", "holdfast.dev", "..." (its last dot decides) and "e.g" go on; "好.然后" ends, and so does "one.Two".
            if (IsWide(next))
            {
                return !IsNumberBefore(text, dot);
            }

            return next == '.' ? false : EndsWithoutSpace(text, start, dot, isComplete);
        }

        var word = dot;
        while (word > start && !char.IsWhiteSpace(text[word - 1]) && !Closers.Contains(text[word - 1], StringComparison.Ordinal)
            && !Openers.Contains(text[word - 1], StringComparison.Ordinal) && text[word - 1] is not ('(' or '[' or '*' or '_' or '/') && !IsWide(text[word - 1]))
        {
            word--;
        }

        var before = text[word..dot];
        if (before.Length is > 0 and <= 3 && before.IndexOfAnyExceptInRange('0', '9') < 0 && IsFirst(text, start, word))
        {
            // "1. First": a number in a list is spoken with what it numbers.
            return isComplete && text[(dot + 1)..].IsWhiteSpace();
        }

        if (before.Length == 1 && char.IsUpper(before[0]) && IsBeforeInitial(text, dot, isComplete) is not false and var isInitial)
        {
            return isInitial is null ? null : false;
        }

        if (before.Length == 1 && char.IsUpper(before[0]) && IsInitial(text, word))
        {
            return EndsAfterAbbreviation(text, dot, before, isComplete);
        }

        if (!Abbreviations.GetAlternateLookup<ReadOnlySpan<char>>().Contains(before))
        {
            return true;
        }

        return EndsAfterAbbreviation(text, dot, before, isComplete);
    }

    private static bool? EndsAfterAbbreviation(ReadOnlySpan<char> text, int dot, ReadOnlySpan<char> before, bool isComplete)
    {
        var after = dot + 1;
        while (after < text.Length && (char.IsWhiteSpace(text[after]) || Closers.Contains(text[after], StringComparison.Ordinal)))
        {
            if (text[after] is '\n' or '\r')
            {
                return true;
            }

            after++;
        }

        if (after >= text.Length)
        {
            return isComplete ? true : null;
        }

        if (BeforeNumber.GetAlternateLookup<ReadOnlySpan<char>>().Contains(before))
        {
            return !char.IsAsciiDigit(text[after]);
        }

        return MayEnd.GetAlternateLookup<ReadOnlySpan<char>>().Contains(before) && (char.IsUpper(text[after]) || IsWide(text[after]));
    }

    /// <summary>"one.Two" is two sentences; "System.Text", "v1.0" and "holdfast.dev" are names.</summary>
    private static bool? EndsWithoutSpace(ReadOnlySpan<char> text, int start, int dot, bool isComplete)
    {
        if (!char.IsUpper(text[dot + 1]) || dot == start || !char.IsLower(text[dot - 1]))
        {
            return false;
        }

        var word = dot;
        while (word > start && !char.IsWhiteSpace(text[word - 1]))
        {
            word--;
        }

        var before = text[word..dot];
        if (before.Length < 2 || !char.IsLower(before[0]) || before.ContainsAny('.', '/', '@') || before.Contains(':'))
        {
            return false;
        }

        var end = dot + 1;
        while (end < text.Length && char.IsLetterOrDigit(text[end]))
        {
            end++;
        }

        if (end >= text.Length)
        {
            return isComplete ? true : null;
        }

        // "one.Two.three" and "one.Two()" are names as well.
        return char.IsWhiteSpace(text[end]) || text[end] is ',' or '!' or '?' or ';' or '\'' or '’' || (text[end] == '.' && (end + 1 >= text.Length || char.IsWhiteSpace(text[end + 1])));
    }

    private static bool IsNumberBefore(ReadOnlySpan<char> text, int dot) => dot > 0 && char.IsAsciiDigit(text[dot - 1]);

    private static bool IsFirst(ReadOnlySpan<char> text, int start, int word) => text[start..word].IsWhiteSpace();

    /// <summary>Whether another initial follows, as in "R. A. Miller". Null where that is not known yet.</summary>
    private static bool? IsBeforeInitial(ReadOnlySpan<char> text, int dot, bool isComplete)
    {
        var next = dot + 1;
        if (text[next] != ' ')
        {
            return false;
        }

        if (next + 2 >= text.Length)
        {
            return isComplete || (next + 1 < text.Length && !char.IsUpper(text[next + 1])) ? false : null;
        }

        return char.IsUpper(text[next + 1]) && text[next + 2] == '.';
    }

    /// <summary>"J. Smith" is a name; "plan B. Yes." is not, and "I" is a word.</summary>
    private static bool IsInitial(ReadOnlySpan<char> text, int word)
    {
        if (text[word] == 'I')
        {
            return false;
        }

        var end = word;
        while (end > 0 && text[end - 1] == ' ')
        {
            end--;
        }

        if (end == 0)
        {
            return true;
        }

        // Behind a name, a title or another initial it belongs to a name; behind an ordinary word it names a thing.
        var from = end;
        while (from > 0 && !char.IsWhiteSpace(text[from - 1]))
        {
            from--;
        }

        var previous = text[from..end].TrimStart("\"'“‘(");
        return previous.Length > 0 && (char.IsUpper(previous[0]) || previous[^1] is ',' or '.' or '!' or '?' or ':');
    }
}
