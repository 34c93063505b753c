namespace Holdfast.Speech;

/// <summary>Which signs of a line are markup, where the same signs may be meant as they are.</summary>
internal static class Markup
{
    private static readonly (string Opens, string Closes)[] Unseen = [("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>")];

    /// <summary>Just behind what HTML never shows: a comment, a style, a script. 0 where none begins here, or where it does not end.</summary>
    public static int EndOfUnseen(ReadOnlySpan<char> text, int at)
    {
        foreach (var (opens, closes) in Unseen)
        {
            if (Opens(text[at..], opens))
            {
                var close = text[(at + opens.Length)..].IndexOf(closes, StringComparison.OrdinalIgnoreCase);
                return close < 0 ? 0 : at + opens.Length + close + closes.Length;
            }
        }

        return 0;
    }

    /// <summary>Where something that HTML never shows begins before a place and goes on beyond it; -1 where nothing does.</summary>
    public static int UnseenAcross(ReadOnlySpan<char> text, int start, int place)
    {
        var isCode = false;
        for (var at = start; at < place; at++)
        {
            isCode ^= text[at] == '`';
            if (isCode || text[at] != '<')
            {
                continue;
            }

            if (EndOfUnseen(text, at) is > 0 and var end)
            {
                if (end > place)
                {
                    return at;
                }

                at = end - 1;
            }
            else if (Array.Exists(Unseen, StartsAt(text[at..])))
            {
                return at;
            }
        }

        return -1;
    }

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

    /// <summary>Whether two equal signs or pluses here are one end of ==marked== or ++inserted++ words.</summary>
    public static bool IsPair(ReadOnlySpan<char> line, int at)
    {
        if (CanOpen(line, at))
        {
            for (var i = at + 3; i + 1 < line.Length; i++)
            {
                if (line[i] == line[at] && CanClose(line, i))
                {
                    return true;
                }
            }
        }

        if (CanClose(line, at))
        {
            for (var i = at - 3; i >= 0; i--)
            {
                if (line[i] == line[at] && CanOpen(line, i))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>How many dollar signs here stand around a formula; 0 where they are money.</summary>
    public static int Dollars(ReadOnlySpan<char> line, int at)
    {
        var count = at + 1 < line.Length && line[at + 1] == '$' ? 2 : 1;
        var mark = line.Slice(at, count);
        var before = at == 0 ? ' ' : line[at - 1];
        var rest = line[(at + count)..];
        if (!char.IsAsciiLetterOrDigit(before) && before != '$' && rest.Length > 1 && IsFormula(rest, count)
            && rest[1..].IndexOf(mark, StringComparison.Ordinal) is >= 0 and var close && !char.IsWhiteSpace(rest[close]) && !Continues(rest, close + 1 + count))
        {
            return count;
        }

        // The other end of one.
        if (!char.IsWhiteSpace(before) && !Continues(line, at + count))
        {
            var open = line[..at].LastIndexOf(mark, StringComparison.Ordinal);
            return open >= 0 && open + count < at && (open == 0 || !char.IsAsciiLetterOrDigit(line[open - 1])) && IsFormula(line[(open + count)..], count) ? count : 0;
        }

        return 0;
    }

    private static bool IsFormula(ReadOnlySpan<char> rest, int count) => char.IsAsciiLetter(rest[0]) || rest[0] is '\\' or '(' || (count == 2 && !char.IsWhiteSpace(rest[0]) && rest[0] != '$');

    private static bool Continues(ReadOnlySpan<char> line, int at) => at < line.Length && (char.IsAsciiLetterOrDigit(line[at]) || line[at] == '$');

    private static bool CanOpen(ReadOnlySpan<char> line, int at) =>
        IsTwo(line, at) && at + 2 < line.Length && !char.IsWhiteSpace(line[at + 2]) && (at == 0 || !char.IsAsciiLetterOrDigit(line[at - 1]));

    private static bool CanClose(ReadOnlySpan<char> line, int at) =>
        IsTwo(line, at) && at > 0 && !char.IsWhiteSpace(line[at - 1]) && (at + 2 >= line.Length || !char.IsAsciiLetterOrDigit(line[at + 2]));

    private static bool IsTwo(ReadOnlySpan<char> line, int at) =>
        at + 1 < line.Length && line[at + 1] == line[at] && (at == 0 || line[at - 1] != line[at]) && (at + 2 >= line.Length || line[at + 2] != line[at]);

    private static Predicate<(string Opens, string Closes)> StartsAt(ReadOnlySpan<char> text)
    {
        var begin = text[..Math.Min(8, text.Length)].ToString();
        return unseen => Opens(begin, unseen.Opens);
    }

    private static bool Opens(ReadOnlySpan<char> text, string opens) =>
        text.StartsWith(opens, StringComparison.OrdinalIgnoreCase) && (opens[^1] == '-' || (text.Length > opens.Length && (text[opens.Length] == '>' || char.IsWhiteSpace(text[opens.Length]))));
}
