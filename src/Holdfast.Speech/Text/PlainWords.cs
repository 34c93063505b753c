namespace Holdfast.Speech;

/// <summary>
/// Makes of a written piece what a person would read aloud of it: markup becomes words or goes, emoji are shown and not said.
/// Numbers, signs and units are left as they are: they are the normaliser's.
/// </summary>
internal static class PlainWords
{
    private const string CodeInEnglish = "code on your screen";
    private const string CodeInChinese = "代码见屏幕";

    /// <summary>What of a piece is to be said.</summary>
    /// <param name="text">A piece of a reply, a sentence or more, with Markdown or HTML in it.</param>
    /// <param name="isChinese">Which language is spoken: for what has no words of its own.</param>
    /// <returns>What to say; nothing in it can be said where its text is blank.</returns>
    public static MappedText Of(string text, bool isChinese = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        var output = new MappedText.Builder();
        new Reader(text, isChinese, hasCode: true, output).ReadLines();
        return output.Build(text.Length);
    }

    /// <summary>The same without any code: what tells in which language a piece is written.</summary>
    public static string WithoutCode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var output = new MappedText.Builder();

        // In Chinese no word is added to those that are written.
        new Reader(text, isChinese: true, hasCode: false, output).ReadLines();
        return output.Build(text.Length).Text;
    }

    private readonly ref struct Reader(string text, bool isChinese, bool hasCode, MappedText.Builder output)
    {
        private readonly ReadOnlySpan<char> _text = text;
        private readonly InlineWords _inline = new(text, isChinese, hasCode, output);

        public void ReadLines()
        {
            var at = 0;
            while (at < _text.Length)
            {
                var length = _text[at..].IndexOf('\n');
                var end = length < 0 ? _text.Length : at + length;
                at = IsFence(at, end, out var mark) ? ReadFence(at, end, mark) : ReadLine(at, end);
            }
        }

        private bool IsFence(int at, int end, out ReadOnlySpan<char> mark)
        {
            var line = _text[at..end].TrimStart(" \t");
            var count = line.IndexOfAnyExcept(line.Length > 0 && line[0] == '~' ? '~' : '`');
            count = count < 0 ? line.Length : count;
            mark = line[..count];

            // "```git push``` does it." is a line of words.
            return count >= 3 && !(mark[0] == '`' && line[count..].Contains('`'));
        }

        private int ReadFence(int at, int end, ReadOnlySpan<char> mark)
        {
            var start = at;
            while (end < _text.Length)
            {
                var begin = end + 1;
                var length = _text[begin..].IndexOf('\n');
                end = length < 0 ? _text.Length : begin + length;
                if (_text[begin..end].TrimStart(" \t").StartsWith(mark, StringComparison.Ordinal))
                {
                    break;
                }
            }

            end = Math.Min(end + 1, _text.Length);
            _inline.Space(start);
            if (hasCode)
            {
                output.Put(isChinese ? CodeInChinese : CodeInEnglish, start, end - start);
                output.Put(isChinese ? "。" : ".", start, end - start);
            }

            return end;
        }

        private int ReadLine(int at, int end)
        {
            var line = _text[at..end];
            var start = at + (line.Length - line.TrimStart().Length);
            var last = at + line.TrimEnd().Length;
            if (start >= last || IsRule(_text[start..last]) || IsTableRule(_text[start..last]))
            {
                _inline.Space(at);
                return end + 1;
            }

            _inline.Space(at);
            var from = output.Length;
            var reached = 0;
            if (_text[start] == '|')
            {
                reached = ReadRow(start, last);
            }
            else
            {
                start = SkipMarks(start, last);
                reached = _inline.Read(start, last);
            }

            if (reached > last)
            {
                // A comment, a style or a script goes on over lines.
                return reached;
            }

            // A line that ends without a stop is one all the same, when another follows.
            if (end + 1 < _text.Length && output.Length > from && !_text[(end + 1)..].IsWhiteSpace() && char.IsLetterOrDigit(output.Last) && StandsAlone(at, end))
            {
                Stop(last - 1, IsWide(output.Last));
            }

            return end + 1;
        }

        /// <summary>A heading, an item or a row is a sentence of its own; a line that was only wrapped is not.</summary>
        private bool StandsAlone(int at, int end)
        {
            var next = _text[(end + 1)..];
            return IsMarked(_text[at..end].TrimStart()) || next[0] is '\n' or '\r' || IsMarked(next.TrimStart(" \t"));
        }

        private static bool IsMarked(ReadOnlySpan<char> line) => line.Length > 0 && (line[0] is '#' or '|' or '>' || ItemMark(line) > 0 || IsNumbered(line));

        /// <summary>How long the mark of a list's item is, with the blank behind it; 0 where the line is none. A number is said, and is no mark.</summary>
        private static int ItemMark(ReadOnlySpan<char> line)
        {
            if (line.Length >= 2 && line[0] is '-' or '*' or '+' or '•' or '·' or '◦' or '▪' && line.Length >= 2 && line[1] is ' ' or '\t')
            {
                return 2;
            }

            return 0;
        }

        /// <summary>"1. ", "2) " and "3、" number an item.</summary>
        private static bool IsNumbered(ReadOnlySpan<char> line)
        {
            var digits = line.IndexOfAnyExceptInRange('0', '9');
            return digits is >= 1 and <= 3 && (line[digits] is '、' || (line[digits] is '.' or ')' && digits + 1 < line.Length && line[digits + 1] is ' ' or '\t'));
        }

        private int SkipMarks(int start, int last)
        {
            // "> 5 and < 9": a sign before a number is no quotation's mark. What stands behind a row of signs is the same for each of them.
            var (signs, isComparison) = (start, false);
            while (start < last)
            {
                var line = _text[start..last];
                if (line[0] == '>' && start >= signs)
                {
                    signs = last - line.TrimStart(">= ").Length;
                    isComparison = signs < last && char.IsAsciiDigit(_text[signs]);
                }

                if (line[0] == '>' && !isComparison)
                {
                    start++;
                }
                else if (line[0] == '#' && line.IndexOfAnyExcept('#') is > 0 and <= 6 and var level && line[level] == ' ')
                {
                    start += level + 1;
                }
                else if (ItemMark(line) is > 0 and var mark)
                {
                    start += mark;
                    if (_text[start..last].StartsWith("[ ]", StringComparison.Ordinal) || _text[start..last].StartsWith("[x]", StringComparison.OrdinalIgnoreCase))
                    {
                        start += 3;
                    }
                }
                else if (char.IsWhiteSpace(line[0]))
                {
                    start++;
                }
                else
                {
                    break;
                }
            }

            return start;
        }

        private int ReadRow(int start, int last)
        {
            var reached = 0;
            var cell = start + 1;
            while (cell < last)
            {
                var length = _text[cell..last].IndexOf('|');
                var end = length < 0 ? last : cell + length;
                var content = _text[cell..end];
                if (!content.IsWhiteSpace())
                {
                    if (char.IsLetterOrDigit(output.Last))
                    {
                        output.Put(IsWide(output.Last) ? "，" : ", ", cell - 1, 1);
                    }

                    reached = _inline.Read(cell + (content.Length - content.TrimStart().Length), cell + content.TrimEnd().Length);
                }

                cell = Math.Max(end + 1, reached);
            }

            return reached;
        }

        private void Stop(int at, bool wide) => output.Put(wide ? "。" : ".", at, 1);
    }

    private static bool IsWide(char c) => SentenceEnd.IsWide(c);

    private static bool IsRule(ReadOnlySpan<char> line) => line.Length >= 3 && line[0] is '-' or '*' or '_' or '=' && line.Length >= 3 && line.IndexOfAnyExcept(line[0], ' ') < 0;

    private static bool IsTableRule(ReadOnlySpan<char> line) => line.Length >= 3 && line.Contains('-') && line.Contains('|') && line.IndexOfAnyExcept("|-: ") < 0;
}
