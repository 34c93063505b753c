namespace Holdfast.Speech;

/// <summary>Where a formula in LaTeX begins and ends in a text: between $, $$, \( \), \[ \], or in an environment of its own. Sums of money have dollar signs as well, and are none.</summary>
internal static class FormulaPlace
{
    /// <summary>The longest formula that is looked for, in UTF-16 units.</summary>
    private const int Longest = 1_000;

    /// <summary>How much of a reply waits for the end of what looks like a formula, on a line or over lines.</summary>
    private const int LongestWait = 80;
    private const int LongestWaitForLines = 500;

    /// <summary>How long the mark is that opens a formula here; 0 where none does.</summary>
    public static int MarkAt(ReadOnlySpan<char> text, int at)
    {
        if (at + 1 >= text.Length)
        {
            return 0;
        }

        return text[at] switch
        {
            '$' when at > 0 && (char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] is '$' or '\\') => 0,
            '$' => text[at + 1] == '$' ? 2 : 1,
            '\\' when text[at + 1] is '(' or '[' && !(at > 0 && text[at - 1] == '\\') => 2,
            '\\' when text[at + 1] == 'b' && FormulaEnvironments.ClosesAt(text, at, out var length) is not null => length,
            _ => 0,
        };
    }

    /// <summary>Just behind the formula that begins here; 0 where none does.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where its mark is.</param>
    /// <param name="content">What stands between its marks.</param>
    public static int EndAt(ReadOnlySpan<char> text, int at, out ReadOnlySpan<char> content)
    {
        content = [];
        var mark = MarkAt(text, at);
        if (mark == 0)
        {
            return 0;
        }

        var rest = text.Slice(at + mark, Math.Min(Longest, text.Length - at - mark));
        var closes = Closes(text, at, mark);
        var close = rest.IndexOf(closes, StringComparison.Ordinal);
        if (close <= 0 || (mark == 1 && !IsClosed(rest, close)))
        {
            return 0;
        }

        content = rest[..close].Trim();
        return IsFormula(content) ? at + mark + close + closes.Length : 0;
    }

    /// <summary>Just behind the formula that begins before a place and goes on over it. 0 where none does; -1 where that is not known yet.</summary>
    public static int Across(ReadOnlySpan<char> text, int from, int place, bool isComplete)
    {
        var isCode = false;
        for (var at = from; at < place; at++)
        {
            isCode ^= text[at] == '`';
            if (isCode || text[at] is not ('$' or '\\') || WaitOf(text, at) is not (> 0 and var wait))
            {
                continue;
            }

            var end = EndAt(text, at, out _);
            if (end > place && end - at <= wait)
            {
                // A number behind it would make money of it.
                return end == text.Length && !isComplete ? -1 : end;
            }

            if (end == 0 && !isComplete && IsOpen(text, at, wait))
            {
                return -1;
            }

            at = Math.Max(at, Math.Min(end, place) - 1);
        }

        return 0;
    }

    /// <summary>How long a reply waits for the end of what begins here. What begins with a number is money for as long as nobody knows better.</summary>
    private static int WaitOf(ReadOnlySpan<char> text, int at) => MarkAt(text, at) switch
    {
        0 => 0,
        1 when char.IsAsciiLetter(text[at + 1]) || text[at + 1] is '\\' or '(' or '{' => LongestWait,
        1 => 0,
        _ => LongestWaitForLines,
    };

    /// <summary>Whether a formula begins here, as far as it is written, and has no end.</summary>
    private static bool IsOpen(ReadOnlySpan<char> text, int at, int wait)
    {
        var mark = MarkAt(text, at);
        var rest = text[(at + mark)..];
        return rest.Length < wait && !rest.Contains(Closes(text, at, mark), StringComparison.Ordinal)
            && !(mark == 1 && rest.Contains('\n')) && (rest.IsWhiteSpace() || IsFormula(rest.Trim()));
    }

    private static string Closes(ReadOnlySpan<char> text, int at, int mark) => (text[at], text[at + 1], mark) switch
    {
        ('$', _, 1) => "$",
        ('$', _, _) => "$$",
        (_, '(', _) => @"\)",
        (_, '[', _) => @"\]",
        _ => FormulaEnvironments.ClosesAt(text, at, out _)!,
    };

    /// <summary>"$5 and $6" and "$5-$6" are sums: a formula has no blank inside of its marks, and no number behind them.</summary>
    private static bool IsClosed(ReadOnlySpan<char> rest, int close) =>
        !char.IsWhiteSpace(rest[0]) && !char.IsWhiteSpace(rest[close - 1]) && rest[close - 1] is not ('\\' or '-' or '–' or ',' or '/' or ';' or ':' or '+' or '~')
        && !rest[..close].Contains('\n') && (close + 1 == rest.Length || !(char.IsAsciiLetterOrDigit(rest[close + 1]) || rest[close + 1] == '$'));

    /// <summary>Words one behind the other are prose, and so are numbers.</summary>
    private static bool IsFormula(ReadOnlySpan<char> content)
    {
        var (isOperand, isWord) = (false, false);
        for (var at = 0; at < content.Length;)
        {
            var c = content[at];
            var end = at + 1;
            if (c > '\u2E7F')
            {
                return false;
            }

            if (c == '\\')
            {
                at = EndOfCommand(content, at);
                isOperand = false;
                continue;
            }

            if (char.IsWhiteSpace(c))
            {
                at++;
                continue;
            }

            if (char.IsAsciiLetterOrDigit(c))
            {
                while (end < content.Length && (char.IsAsciiDigit(c) ? char.IsAsciiDigit(content[end]) || content[end] is '.' or ',' : char.IsAsciiLetter(content[end])))
                {
                    end++;
                }

                // "x dx" is no prose.
                var isNow = char.IsAsciiLetter(c) && end - at > 1 && !(end - at == 2 && c == 'd');
                if (isOperand && at > 0 && char.IsWhiteSpace(content[at - 1]) && (isWord || isNow || char.IsAsciiDigit(content[0])))
                {
                    return false;
                }

                (isOperand, isWord) = (true, isNow);
            }
            else
            {
                isOperand = false;
            }

            at = end;
        }

        return content.Length > 0;
    }

    /// <summary>A command, and the words of one that has words in it.</summary>
    private static int EndOfCommand(ReadOnlySpan<char> content, int at)
    {
        var end = at + 1;
        while (end < content.Length && char.IsAsciiLetter(content[end]))
        {
            end++;
        }

        if (content[(at + 1)..end] is "text" or "mathrm" or "operatorname" or "mbox" or "textbf" or "textit" && end < content.Length && content[end] == '{')
        {
            var close = content[end..].IndexOf('}');
            return close < 0 ? content.Length : end + close + 1;
        }

        return Math.Min(content.Length, Math.Max(end, at + 2));
    }
}
