using System.Globalization;
using System.Text;

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
    /// <param name="isChinese">Which language is spoken around it: for what has no words of its own.</param>
    /// <returns>What to say; nothing in it can be said where its text is blank.</returns>
    public static MappedText Of(string text, bool isChinese = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        var output = new MappedText.Builder();
        var reader = new Reader(text, isChinese || HasHan(text), output);
        reader.ReadLines();
        return output.Build(text.Length);
    }

    private static bool HasHan(string text)
    {
        foreach (var c in text)
        {
            if (c is >= '\u4E00' and <= '\u9FFF')
            {
                return true;
            }
        }

        return false;
    }

    private ref struct Reader(string text, bool isChinese, MappedText.Builder output)
    {
        private readonly ReadOnlySpan<char> _text = text;

        public readonly void ReadLines()
        {
            var at = 0;
            while (at < _text.Length)
            {
                var length = _text[at..].IndexOf('\n');
                var end = length < 0 ? _text.Length : at + length;
                at = IsFence(at, end, out var mark) ? ReadFence(at, end, mark) : ReadLine(at, end);
            }
        }

        private readonly bool IsFence(int at, int end, out ReadOnlySpan<char> mark)
        {
            var line = _text[at..end].TrimStart(" \t");
            var count = line.IndexOfAnyExcept(line.Length > 0 && line[0] == '~' ? '~' : '`');
            count = count < 0 ? line.Length : count;
            mark = line[..count];
            return count >= 3;
        }

        private readonly int ReadFence(int at, int end, ReadOnlySpan<char> mark)
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
            Space(start);
            output.Put(isChinese ? CodeInChinese : CodeInEnglish, start, end - start);
            output.Put(isChinese ? "。" : ".", start, end - start);
            return end;
        }

        private readonly int ReadLine(int at, int end)
        {
            var line = _text[at..end];
            var start = at + (line.Length - line.TrimStart().Length);
            var last = at + line.TrimEnd().Length;
            if (start >= last || IsRule(_text[start..last]) || IsTableRule(_text[start..last]))
            {
                Space(at);
                return end + 1;
            }

            Space(at);
            var from = output.Length;
            var reached = 0;
            if (_text[start] == '|')
            {
                ReadRow(start, last);
            }
            else
            {
                start = SkipMarks(start, last);
                reached = ReadInline(start, last);
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
        private readonly bool StandsAlone(int at, int end)
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

        /// <summary>"&gt; 5 and &lt; 9": a sign before a number is no quotation's mark.</summary>
        private static bool IsComparison(ReadOnlySpan<char> line) => line.TrimStart(">= ") is { Length: > 0 } rest && char.IsAsciiDigit(rest[0]);

        private readonly int SkipMarks(int start, int last)
        {
            while (start < last)
            {
                var line = _text[start..last];
                if (line[0] == '>' && !IsComparison(line))
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

        private readonly void ReadRow(int start, int last)
        {
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

                    ReadInline(cell + (content.Length - content.TrimStart().Length), cell + content.TrimEnd().Length);
                }

                cell = end + 1;
            }
        }

        /// <summary>How far was read: beyond the end where something unseen goes on over lines.</summary>
        private readonly int ReadInline(int at, int end)
        {
            while (at < end)
            {
                at = ReadOne(at, end);
            }

            return at;
        }

        private readonly int ReadOne(int at, int end)
        {
            var c = _text[at];
            if (Emoticons.LengthAt(_text[..end], at) is > 0 and var face)
            {
                Space(at);
                return at + face;
            }

            switch (c)
            {
                case '\\' when at + 1 < end && char.IsPunctuation(_text[at + 1]) | char.IsSymbol(_text[at + 1]):
                    output.Keep(_text[at + 1], at + 1);
                    return at + 2;
                case '`':
                    return ReadCode(at, end);
                case '!' when at + 1 < end && _text[at + 1] == '[' && ReadLink(at + 1, end) is > 0 and var image:
                    return image;
                case '[' when ReadLink(at, end) is > 0 and var link:
                    return link;
                case '<' when Markup.EndOfUnseen(_text, at) is > 0 and var unseen:
                    Space(at);
                    return unseen;
                case '=' or '+' when Markup.IsPair(LineTo(end), at - LineStart(end)):
                    return at + 2;
                case '$' when Markup.Dollars(LineTo(end), at - LineStart(end)) is > 0 and var dollars:
                    return at + dollars;
                case '<' when ReadArguments(at, end) is > 0 and var arguments:
                    return arguments;
                case '<' when ReadTag(at, end) is > 0 and var tag:
                    return tag;
                case '&' when ReadEntity(at, end) is > 0 and var entity:
                    return entity;
                case '*' when Markup.IsPower(LineTo(end), at - LineStart(end)):
                    output.Keep('*', at);
                    output.Keep('*', at + 1);
                    return at + 2;
                case '*' or '_' or '~' when IsEmphasis(at, end, out var marks):
                    return at + marks;
            }

            var isWhole = Rune.DecodeFromUtf16(_text[at..end], out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (!isWhole || (!IsSaid(rune) && !(IsJoiner(rune) && output.Last > '\u02FF' && char.IsLetter(output.Last))))
            {
                // Shown, not said: a pause between words, nothing inside one.
                if (Emoji.Is(rune))
                {
                    Space(at);
                    if (rune.Value == Emoji.KeycapTen)
                    {
                        output.Put("10 ", at, length);
                    }
                }

                return at + length;
            }

            for (var i = 0; i < length; i++)
            {
                if (char.IsWhiteSpace(c))
                {
                    Space(at);
                }
                else
                {
                    output.Keep(_text[at + i], at + i);
                }
            }

            return at + length;
        }

        private readonly int ReadCode(int at, int end)
        {
            var marks = _text[at..end].IndexOfAnyExcept('`');
            marks = marks < 0 ? end - at : marks;
            var rest = at + marks;
            var close = _text[rest..end].IndexOf(_text[at..rest], StringComparison.Ordinal);
            if (close < 0)
            {
                return rest;
            }

            for (var i = rest; i < rest + close; i++)
            {
                output.Keep(_text[i], i);
            }

            return rest + close + marks;
        }

        /// <summary>[words](address), [words][name] and ![words](address): the words are said. [^1] is a footnote's sign. 0 where it is none.</summary>
        private readonly int ReadLink(int at, int end)
        {
            var close = FindClose(at, end, '[', ']');
            if (close < 0)
            {
                return 0;
            }

            if (close > at + 1 && _text[at + 1] == '^')
            {
                return close + 1;
            }

            var after = close + 1;
            if (after >= end || _text[after] is not ('(' or '['))
            {
                return 0;
            }

            var target = FindClose(after, end, _text[after], _text[after] == '(' ? ')' : ']');
            if (target < 0)
            {
                return 0;
            }

            ReadInline(at + 1, close);
            return target + 1;
        }

        private readonly int FindClose(int at, int end, char opens, char closes)
        {
            var depth = 0;
            for (var i = at; i < end; i++)
            {
                if (_text[i] == '\\')
                {
                    i++;
                }
                else if (_text[i] == opens)
                {
                    depth++;
                }
                else if (_text[i] == closes && --depth == 0)
                {
                    return i;
                }
            }

            return -1;
        }

        /// <summary>The arguments of a type: "List&lt;int&gt;" is a list of int. 0 where it is none.</summary>
        private readonly int ReadArguments(int at, int end)
        {
            var line = LineTo(end);
            if (Markup.EndOfArguments(line, at - LineStart(end)) is not (> 0 and var length))
            {
                return 0;
            }

            output.Put(isChinese ? " " : " of ", at, 1);
            ReadInline(at + 1, at + length - 1);
            return at + length;
        }

        /// <summary>A tag of HTML goes; an address in angle brackets is said without them. 0 where it is neither, as in "a &lt; b".</summary>
        private readonly int ReadTag(int at, int end)
        {
            var close = _text[at..end].IndexOf('>');
            if (close < 2)
            {
                return 0;
            }

            var inside = _text.Slice(at + 1, close - 1);
            if (inside.Contains("://", StringComparison.Ordinal) || (inside.Contains('@') && !inside.Contains(' ')))
            {
                for (var i = 0; i < inside.Length; i++)
                {
                    output.Keep(inside[i], at + 1 + i);
                }

                return at + close + 1;
            }

            if (!Markup.IsTag(inside))
            {
                return 0;
            }

            Space(at);
            return at + close + 1;
        }

        private readonly int ReadEntity(int at, int end)
        {
            var close = _text[at..Math.Min(end, at + 10)].IndexOf(';');
            if (close < 2)
            {
                return 0;
            }

            var entity = _text.Slice(at, close + 1).ToString();
            var decoded = System.Net.WebUtility.HtmlDecode(entity);
            if (string.Equals(decoded, entity, StringComparison.Ordinal))
            {
                return 0;
            }

            output.Put(decoded, at, entity.Length);
            return at + close + 1;
        }

        /// <summary>Stars, lines below and waves that mark words go; between digits, inside a name or alone they are signs.</summary>
        private readonly bool IsEmphasis(int at, int end, out int marks)
        {
            var c = _text[at];
            marks = _text[at..end].IndexOfAnyExcept(c);
            marks = marks < 0 ? end - at : marks;
            var before = at == 0 ? ' ' : _text[at - 1];
            var after = at + marks >= end ? ' ' : _text[at + marks];
            if (c == '~')
            {
                return marks == 2;
            }

            if (marks > 3 || (char.IsWhiteSpace(before) && char.IsWhiteSpace(after)))
            {
                return marks > 3;
            }

            if (c == '_')
            {
                // What follows a letter can only close: "C_(language)" has nothing to close.
                return char.IsLetterOrDigit(before) ? !char.IsLetterOrDigit(after) && IsOpen(at) : true;
            }

            // "5*3" is arithmetic; "**5**" is not.
            return marks > 1 || !(char.IsLetterOrDigit(before) && char.IsLetterOrDigit(after) && !IsPaired(at, end));
        }

        /// <summary>Whether a star inside a word has another one in the same line that closes or opens it: "un*believ*able".</summary>
        private readonly bool IsPaired(int at, int end)
        {
            var isBesideWide = IsWide(_text[at - 1]) || (at + 1 < end && IsWide(_text[at + 1]));
            if (!isBesideWide && (char.IsAsciiDigit(_text[at - 1]) || (at + 1 < end && char.IsAsciiDigit(_text[at + 1]))))
            {
                return false;
            }

            var stars = 0;
            for (var i = 0; i < end; i++)
            {
                stars += _text[i] == '*' ? 1 : 0;
            }

            return stars % 2 == 0;
        }

        private readonly bool IsOpen(int at)
        {
            for (var i = at - 1; i >= 0 && _text[i] != '\n'; i--)
            {
                if (_text[i] == '_' && (i == 0 || !char.IsLetterOrDigit(_text[i - 1])))
                {
                    return true;
                }
            }

            return false;
        }

        private readonly int LineStart(int end) => _text[..end].LastIndexOf('\n') + 1;

        private readonly ReadOnlySpan<char> LineTo(int end) => _text[LineStart(end)..end];

        private readonly void Space(int at)
        {
            if (output.Length > 0 && output.Last != ' ')
            {
                output.Keep(' ', at);
            }
        }

        private readonly void Stop(int at, bool wide) => output.Put(wide ? "。" : ".", at, 1);
    }

    private static bool IsWide(char c) => SentenceEnd.IsWide(c);

    private static bool IsRule(ReadOnlySpan<char> line) => line.Length >= 3 && line[0] is '-' or '*' or '_' or '=' && line.Length >= 3 && line.IndexOfAnyExcept(line[0], ' ') < 0;

    private static bool IsTableRule(ReadOnlySpan<char> line) => line.Length >= 3 && line.Contains('-') && line.Contains('|') && line.IndexOfAnyExcept("|-: ") < 0;

    /// <summary>Joiners shape the letters of some scripts; in emoji, and between Latin letters, they say nothing.</summary>
    private static bool IsJoiner(Rune rune) => rune.Value is 0x200C or 0x200D;

    private static bool IsSaid(Rune rune)
    {
        if (rune.IsAscii)
        {
            return !Rune.IsControl(rune) || Rune.IsWhiteSpace(rune);
        }

        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned => false,

            UnicodeCategory.Format => false,
            _ => !Emoji.Is(rune),
        };
    }
}
