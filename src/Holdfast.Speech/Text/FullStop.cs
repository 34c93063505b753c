namespace Holdfast.Speech;

/// <summary>Whether a full stop ends a sentence, or belongs to a number, a name, an abbreviation or an address.</summary>
internal static class FullStop
{
    /// <summary>Null where it depends on what comes next.</summary>
    public static bool? EndsAtDot(ReadOnlySpan<char> text, int start, in WordSoFar soFar, int dot, bool isComplete)
    {
        if (dot + 1 >= text.Length)
        {
            return isComplete ? true : null;
        }

        var next = text[dot + 1];
        if (!char.IsWhiteSpace(next) && !SentenceEnd.IsCloser(text, dot + 1))
        {
            // "3.14", "holdfast.dev", "..." (its last dot decides) and "e.g" go on; "好.然后" ends, and so does "one.Two".
            if (SentenceEnd.IsWide(next))
            {
                return !IsNumberBefore(text, dot) && !IsInWideAddress(text, start, dot);
            }

            return next == '.' ? false : EndsWithoutSpace(text, start, soFar, dot, isComplete);
        }

        var word = dot;
        while (word > start && !char.IsWhiteSpace(text[word - 1]) && !SentenceEnd.Closers.Contains(text[word - 1], StringComparison.Ordinal)
            && !SentenceEnd.Openers.Contains(text[word - 1], StringComparison.Ordinal) && text[word - 1] is not ('(' or '[' or '*' or '_' or '/') && !SentenceEnd.IsWide(text[word - 1]))
        {
            word--;
        }

        var before = text[word..dot];
        if (before.Length is > 0 and <= 3 && before.IndexOfAnyExceptInRange('0', '9') < 0 && SentenceEnd.IsFirst(start, word))
        {
            // "1. First": a number in a list is spoken with what it numbers.
            return isComplete && text[(dot + 1)..].IsWhiteSpace();
        }

        if (before.Length == 1 && char.IsUpper(before[0]) && IsBeforeInitial(text, dot, isComplete) is not false and var isInitial)
        {
            return isInitial is null ? null : false;
        }

        if (before.Length == 1 && char.IsUpper(before[0]) && IsInitial(text[start..], word - start))
        {
            return IsLettered(text[start..], word - start) ? true : NextIsStarter(text, dot, isComplete) switch
            {
                true => true,
                false => EndsAfterAbbreviation(text, dot, before, isComplete),
                null => null,
            };
        }

        if (IsInitialism(before))
        {
            // "The U.S. Army" goes on, "the U.S. The end." does not.
            return EndsAfterAbbreviation(text, dot, "u.s", isComplete) is not { } may ? null
                : may && before.Length == 3 && char.IsUpper(before[0]) && dot + 2 < text.Length && text[dot + 1] == ' ' && char.IsAsciiLetterUpper(text[dot + 2]) ? NextIsStarter(text, dot, isComplete) : may;
        }

        if (SentenceWords.BehindNumber.Contains(before) && IsBehindNumber(text[start..], word - start))
        {
            return EndsAfterAbbreviation(text, dot, "ft", isComplete);
        }

        // "Ft. Knox", "Ave. B": a name follows.
        if (before is "Ft" && dot + 2 < text.Length && char.IsUpper(text[dot + 2]))
        {
            return false;
        }

        if (before is "Ave" or "St" or "Rd" or "Blvd" && dot + 1 < text.Length && text[dot + 1] == ' ')
        {
            if (dot + 3 >= text.Length && !isComplete)
            {
                return null;
            }

            if (dot + 2 < text.Length && char.IsAsciiLetterUpper(text[dot + 2]) && (dot + 3 >= text.Length || !char.IsLetter(text[dot + 3])) && !(text[dot + 2] is 'A' or 'I' && dot + 4 < text.Length && char.IsLower(text[dot + 4])))
            {
                return false;
            }
        }

        // "The cat sat." is no Saturday.
        if (before is "sat" or "sun" or "wed" or "mon" or "fri")
        {
            return true;
        }

        if (!SentenceWords.Abbreviations.Contains(before))
        {
            return true;
        }

        return EndsAfterAbbreviation(text, dot, before, isComplete);
    }

    private static bool? EndsAfterAbbreviation(ReadOnlySpan<char> text, int dot, ReadOnlySpan<char> before, bool isComplete)
    {
        var after = dot + 1;
        while (after < text.Length && (char.IsWhiteSpace(text[after]) || SentenceEnd.Closers.Contains(text[after], StringComparison.Ordinal)))
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

        if (SentenceWords.BeforeNumber.Contains(before))
        {
            if (text[after] is '(' or '#' && after + 1 >= text.Length)
            {
                return isComplete ? true : null;
            }

            return !char.IsAsciiDigit(text[text[after] is '(' or '#' ? after + 1 : after]);
        }

        return SentenceWords.MayEnd.Contains(before) && (char.IsUpper(text[after]) || SentenceEnd.IsWide(text[after]));
    }

    /// <summary>"one.Two" is two sentences; "System.Text", "v1.0" and "holdfast.dev" are names.</summary>
    private static bool? EndsWithoutSpace(ReadOnlySpan<char> text, int start, in WordSoFar soFar, int dot, bool isComplete)
    {
        var isNumber = dot > start && char.IsAsciiDigit(text[dot - 1]);
        if (!char.IsUpper(text[dot + 1]) || dot == start || !(char.IsLower(text[dot - 1]) || isNumber))
        {
            return false;
        }

        var word = soFar.Start;
        var before = text[word..dot];
        if ((!isNumber && before.Length < 2) || soFar.IsJoined)
        {
            return false;
        }

        var end = dot + 1;
        while (end < text.Length && char.IsLetterOrDigit(text[end]))
        {
            end++;
        }

        if (end >= text.Length && !isComplete)
        {
            return null;
        }

        // "System.Text" is a name; "London.The" is none, nor is "5.They", but "1.First" is an item of a list.
        if (isNumber ? before.ContainsAnyExceptInRange('0', '9') || SentenceEnd.IsFirst(start, word) || end - dot < 3 || !char.IsLower(text[dot + 2])
            : !char.IsLower(before[0]) && !SentenceWords.Starters.Contains(text[(dot + 1)..end]))
        {
            return false;
        }

        // "one.Two.three" and "one.Two()" are names as well.
        return end >= text.Length || char.IsWhiteSpace(text[end]) || text[end] is ',' or '!' or '?' or ';' or '\'' or '’' || (text[end] == '.' && (end + 1 >= text.Length || char.IsWhiteSpace(text[end + 1])));
    }

    /// <summary>Whether the next word begins a sentence. Null where it is not known yet.</summary>
    private static bool? NextIsStarter(ReadOnlySpan<char> text, int dot, bool isComplete)
    {
        var from = dot + 1;
        while (from < text.Length && text[from] == ' ')
        {
            from++;
        }

        var end = from;
        while (end < text.Length && (char.IsAsciiLetter(text[end]) || text[end] is '\''))
        {
            end++;
        }

        return end < text.Length || isComplete ? SentenceWords.Starters.Contains(text[from..end]) : null;
    }

    /// <summary>The names of "https://例子.中国" are wide.</summary>
    private static bool IsInWideAddress(ReadOnlySpan<char> text, int start, int at)
    {
        var word = at;
        while (word > start && at - word < 80 && (char.IsLetterOrDigit(text[word - 1]) || text[word - 1] is '.' or '-'))
        {
            word--;
        }

        return text[..word].EndsWith("://", StringComparison.Ordinal);
    }

    /// <summary>"D.C", "U.S.A": letters with stops between them.</summary>
    private static bool IsInitialism(ReadOnlySpan<char> word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (i % 2 == 0 ? !char.IsAsciiLetterUpper(word[i]) : word[i] != '.')
            {
                return false;
            }
        }

        return word.Length >= 3 && word.Length % 2 == 1;
    }

    private static bool IsBehindNumber(ReadOnlySpan<char> text, int word) =>
        word > 0 && (char.IsAsciiDigit(text[word - 1]) || (word > 1 && text[word - 1] == ' ' && char.IsAsciiDigit(text[word - 2])));

    /// <summary>Whether the word before names things by letters.</summary>
    private static bool IsLettered(ReadOnlySpan<char> text, int word)
    {
        var end = word > 0 && text[word - 1] == ' ' ? word - 1 : word;
        var from = end;
        while (from > 0 && char.IsAsciiLetter(text[from - 1]))
        {
            from--;
        }

        return SentenceWords.Lettered.Contains(text[from..end]);
    }

    private static bool IsNumberBefore(ReadOnlySpan<char> text, int dot) => dot > 0 && char.IsAsciiDigit(text[dot - 1]);

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
