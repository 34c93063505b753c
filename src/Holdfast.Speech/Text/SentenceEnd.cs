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
        "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "lb", "lbs", "oz", "hr", "hrs", "yd", "yds", "gal", "qt", "tbsp", "tsp",
    };

    /// <summary>Units that are words as well: abbreviations behind a number.</summary>
    private static readonly HashSet<string> BehindNumber = new(StringComparer.Ordinal) { "in", "pt", "mi", "sec", "min", "ft" };

    /// <summary>Words that begin a sentence, and no name.</summary>
    private static readonly HashSet<string> Starters = new(StringComparer.Ordinal)
    {
        "The", "This", "That", "These", "Those", "There", "Then", "They", "It", "It's", "He", "She", "We", "You", "I", "I'm", "Is", "In", "On", "At", "As", "If", "And", "But", "So", "Yet",
        "When", "While", "What", "Where", "Why", "How", "Who", "Now", "Next", "Here", "Also", "However", "After", "Before", "My", "Our", "Your", "His", "Her", "Their", "Its", "Let", "Let's",
        "Yes", "Please", "Thanks", "Both", "Some", "Most", "Many", "Each", "Every", "Nobody", "Nothing", "Everybody", "Everything", "For", "From", "With", "Not",
    };

    /// <summary>What is named by a letter: "plan B", "Vitamin C".</summary>
    private static readonly HashSet<string> Lettered = new(StringComparer.OrdinalIgnoreCase)
    {
        "vitamin", "section", "plan", "option", "class", "type", "grade", "group", "part", "appendix", "figure", "table", "exhibit", "point", "team", "building", "gate", "block", "schedule",
        "hepatitis", "phase", "step", "question", "answer", "item", "unit", "terminal", "platform", "room", "level", "version", "series", "model", "size", "column", "row", "line", "side", "zone",
        "choice", "case", "chapter", "annex", "district", "hall", "wing", "deck", "lot", "area", "category", "tier", "node", "letter", "key", "variant", "sample", "chord", "minor", "major",
    };

    /// <summary>Names that end in an exclamation mark.</summary>
    private static readonly HashSet<string> Exclaimed = new(StringComparer.Ordinal) { "Yahoo", "Jeopardy", "Yum", "Mia", "Oliver", "Airplane", "Toys" };

    /// <summary>Those after which a new sentence may begin, since they often end one.</summary>
    private static readonly HashSet<string> MayEnd = new(StringComparer.OrdinalIgnoreCase)
    {
        "etc", "a.m", "p.m", "u.s", "u.k", "inc", "ltd", "co", "corp", "jr", "sr", "ph.d", "m.d", "min", "max", "ft", "ave", "blvd", "rd",
        "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "lb", "lbs", "oz", "hr", "hrs", "yd", "yds", "gal", "qt", "tbsp", "tsp", "in", "pt", "mi", "sec",
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

    private static bool IsCloser(ReadOnlySpan<char> text, int at) =>
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
        '.' => EndsAtDot(text, first, word, at, isComplete),
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

        // "Yahoo! is a company": a name goes on in small letters; so does any word with a capital inside a sentence.
        return text[at] == '!' && next == ' ' && IsName(text, first, at) ? GoesOnSmall(text, at + 1, isComplete) switch
        {
            true => false,
            false => true,
            null => null,
        } : true;
    }

    private static bool IsName(ReadOnlySpan<char> text, int start, int at)
    {
        var word = at;
        while (word > start && char.IsAsciiLetter(text[word - 1]))
        {
            word--;
        }

        return word < at && char.IsAsciiLetterUpper(text[word]) && (!IsFirst(start, word) || Exclaimed.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text[word..at]));
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

    private static bool? EndsAtDot(ReadOnlySpan<char> text, int start, in WordSoFar soFar, int dot, bool isComplete)
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
                return !IsNumberBefore(text, dot) && !IsInWideAddress(text, start, dot);
            }

            return next == '.' ? false : EndsWithoutSpace(text, start, soFar, dot, isComplete);
        }

        var word = dot;
        while (word > start && !char.IsWhiteSpace(text[word - 1]) && !Closers.Contains(text[word - 1], StringComparison.Ordinal)
            && !Openers.Contains(text[word - 1], StringComparison.Ordinal) && text[word - 1] is not ('(' or '[' or '*' or '_' or '/') && !IsWide(text[word - 1]))
        {
            word--;
        }

        var before = text[word..dot];
        if (before.Length is > 0 and <= 3 && before.IndexOfAnyExceptInRange('0', '9') < 0 && IsFirst(start, word))
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

        if (BehindNumber.GetAlternateLookup<ReadOnlySpan<char>>().Contains(before) && IsBehindNumber(text[start..], word - start))
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
            if (text[after] is '(' or '#' && after + 1 >= text.Length)
            {
                return isComplete ? true : null;
            }

            return !char.IsAsciiDigit(text[text[after] is '(' or '#' ? after + 1 : after]);
        }

        return MayEnd.GetAlternateLookup<ReadOnlySpan<char>>().Contains(before) && (char.IsUpper(text[after]) || IsWide(text[after]));
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
        if (isNumber ? before.ContainsAnyExceptInRange('0', '9') || IsFirst(start, word) || end - dot < 3 || !char.IsLower(text[dot + 2])
            : !char.IsLower(before[0]) && !Starters.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text[(dot + 1)..end]))
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

        return end < text.Length || isComplete ? Starters.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text[from..end]) : null;
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

        return Lettered.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text[from..end]);
    }

    private static bool IsNumberBefore(ReadOnlySpan<char> text, int dot) => dot > 0 && char.IsAsciiDigit(text[dot - 1]);

    private static bool IsFirst(int first, int word) => word <= first;

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

    /// <summary>What is known of the word that is being read, so that none of its signs goes back over it: the cost is linear.</summary>
    private struct WordSoFar(int start)
    {
        private int _address = start;
        private bool _hasSlash;

        /// <summary>Where it begins: behind the last blank.</summary>
        public int Start { get; private set; } = start;

        /// <summary>Whether a sign stands in it that joins names: of a file, a host, a type.</summary>
        public bool IsJoined { get; private set; }

        /// <summary>Whether it is an address, from its beginning or from the last wide character on.</summary>
        public readonly bool IsAddress(ReadOnlySpan<char> text) => _hasSlash || text[_address..].StartsWith("www.", StringComparison.OrdinalIgnoreCase);

        public void Read(char c, int at)
        {
            if (char.IsWhiteSpace(c))
            {
                (Start, _address, _hasSlash, IsJoined) = (at + 1, at + 1, false, false);
                return;
            }

            IsJoined |= c is '.' or '/' or '@' or ':';
            _hasSlash |= c == '/';
            if (IsWide(c))
            {
                (_address, _hasSlash) = (at + 1, false);
            }
        }
    }
}
