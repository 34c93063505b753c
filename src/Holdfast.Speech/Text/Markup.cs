namespace Holdfast.Speech;

/// <summary>Which signs of a line are markup, where the same signs may be meant as they are.</summary>
internal static class Markup
{
    /// <summary>Longer ones are no types that anybody says.</summary>
    private const int LongestArguments = 120;

    /// <summary>Types that languages write small; all others begin with a capital, as elements of HTML and cues like "&lt;laugh&gt;" do not.</summary>
    private static readonly HashSet<string> SmallTypes = new(
        [
            "any", "auto", "bool", "boolean", "byte", "char", "decimal", "double", "dynamic", "f32", "f64", "float", "i128", "i16", "i32", "i64", "i8", "int", "long",
            "never", "nint", "number", "object", "short", "size_t", "str", "string", "u128", "u16", "u32", "u64", "u8", "uint", "ulong", "unknown", "usize", "void",
        ],
        StringComparer.Ordinal);

    /// <summary>Whether the inside of angle brackets is a tag: "b", "/b", "br /", "a href=x"; "b and c" is none.</summary>
    public static bool IsTag(ReadOnlySpan<char> inside)
    {
        var name = inside[0] == '/' ? inside[1..] : inside;
        if (name.Length == 0 || !char.IsAsciiLetter(name[0]))
        {
            return false;
        }

        var blank = name.IndexOfAny(' ', '\t');
        var rest = blank < 0 ? [] : name[blank..].Trim();
        return rest.Length == 0 || rest.Contains('=') || rest is "/" or "hidden" or "disabled" or "checked" or "open" or "controls" or "async" or "defer";
    }

    /// <summary>Stars, lines below and waves that mark words go; between digits, inside a name or alone they are signs.</summary>
    public static bool IsEmphasis(ReadOnlySpan<char> text, int at, LineMarks line, out int marks)
    {
        var c = text[at];
        var before = at == 0 ? ' ' : text[at - 1];
        if (c == '~')
        {
            marks = 2;
            return before != c && text[at..].StartsWith("~~") && (at + 2 >= text.Length || text[at + 2] != c);
        }

        marks = text[at..].IndexOfAnyExcept(c);
        marks = marks < 0 ? text.Length - at : marks;
        var after = at + marks >= text.Length ? ' ' : text[at + marks];
        if (marks > 3 || (char.IsWhiteSpace(before) && char.IsWhiteSpace(after)))
        {
            return marks > 3;
        }

        if (c == '_')
        {
            // What follows a letter can only close: "C_(language)" has nothing to close.
            return char.IsLetterOrDigit(before) ? !char.IsLetterOrDigit(after) && line.IsUnderscoreOpenBefore(at) : true;
        }

        // "5*3" is arithmetic; "**5**" is not.
        return marks > 1 || !(char.IsLetterOrDigit(before) && char.IsLetterOrDigit(after) && !IsPaired(text, at, line));
    }

    /// <summary>Whether a star inside a word has another one in the same line that closes or opens it: "un*believ*able".</summary>
    private static bool IsPaired(ReadOnlySpan<char> text, int at, LineMarks line)
    {
        var isBesideWide = SentenceEnd.IsWide(text[at - 1]) || (at + 1 < text.Length && SentenceEnd.IsWide(text[at + 1]));
        if (!isBesideWide && (char.IsAsciiDigit(text[at - 1]) || (at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))))
        {
            return false;
        }

        return line.HasPairsOfStars;
    }

    /// <summary>Whether two stars here raise to a power: "3**2", "x**-1"; a word in "**n**2" was made bold.</summary>
    public static bool IsPower(ReadOnlySpan<char> line, int at)
    {
        if (!line[at..].StartsWith("**", StringComparison.Ordinal))
        {
            return false;
        }

        var after = line[(at + 2)..];
        after = after.StartsWith("-") ? after[1..] : after;
        if (at == 0 || !IsRaised(line[at - 1]) || after.Length == 0 || !char.IsAsciiDigit(after[0]))
        {
            return false;
        }

        var open = line[..at].LastIndexOf("**", StringComparison.Ordinal);
        return open < 0 || (open > 0 && IsRaised(line[open - 1]));

        static bool IsRaised(char c) => char.IsAsciiLetterOrDigit(c) || c == ')';
    }

    /// <summary>
    /// How long the arguments of a type are, with their brackets: "&lt;int&gt;" behind "List". 0 where they are none, as a tag of HTML
    /// and as a comparison.
    /// </summary>
    public static int EndOfArguments(ReadOnlySpan<char> line, int at)
    {
        if (at == 0 || !char.IsAsciiLetterOrDigit(line[at - 1]))
        {
            return 0;
        }

        var rest = line[at..Math.Min(line.Length, at + LongestArguments)];
        var depth = 0;
        var begins = 0;
        for (var i = 0; i < rest.Length; i++)
        {
            var c = rest[i];
            if (char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or ':')
            {
                continue;
            }

            // A name ends here, or what stands behind one.
            var name = rest[begins..i];
            if (name.Length > 0 && !IsType(name, rest[i..]))
            {
                return 0;
            }

            switch (c)
            {
                case '<' when i == 0 || name.Length > 0:
                    depth++;
                    break;
                case '>' when name.Length > 0 || rest[i - 1] is '>' or ']' or '?' or '*' or '&':
                    if (--depth == 0)
                    {
                        return i + 1;
                    }

                    break;
                case ',' when name.Length > 0 || rest[i - 1] is '>' or ']' or '?' or '*' or '&':
                case ' ' when i > 0 && rest[i - 1] == ',':
                case '[' or '?' or '*' or '&' when name.Length > 0 || rest[i - 1] == '>':
                case ']' when i > 0 && rest[i - 1] == '[':
                    break;
                default:
                    return 0;
            }

            begins = i + 1;
        }

        return 0;
    }

    /// <summary>Whether it is a type, and no element that is closed behind it: "word&lt;B&gt;bold&lt;/B&gt;".</summary>
    private static bool IsType(ReadOnlySpan<char> name, ReadOnlySpan<char> behind) =>
        (char.IsAsciiLetterUpper(name[0]) || name.Contains("::", StringComparison.Ordinal) || SmallTypes.Contains(name.ToString()))
        && name is not ("BR" or "HR" or "WBR") && !behind.Contains($"</{name}>", StringComparison.Ordinal);
}
