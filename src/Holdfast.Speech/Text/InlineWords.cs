using System.Globalization;
using System.Text;

namespace Holdfast.Speech;

/// <summary>
/// What of a line is to be said: emphasis, links, code, tags and entities become words or go, emoji are shown and not said. What makes a line a heading,
/// an item or a row is <see cref="PlainWords"/>'.
/// </summary>
/// <param name="text">All of the text; places are in it.</param>
/// <param name="isChinese">Which language is spoken around it.</param>
/// <param name="output">What is said.</param>
internal readonly ref struct InlineWords(string text, bool isChinese, MappedText.Builder output)
{
    private readonly ReadOnlySpan<char> _text = text;

    /// <summary>How far was read: beyond the end where something unseen goes on over lines.</summary>
    public int Read(int at, int end)
    {
        while (at < end)
        {
            at = ReadOne(at, end);
        }

        return at;
    }

    private int ReadOne(int at, int end)
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

    private int ReadCode(int at, int end)
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
    private int ReadLink(int at, int end)
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

        Read(at + 1, close);
        return target + 1;
    }

    private int FindClose(int at, int end, char opens, char closes)
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
    private int ReadArguments(int at, int end)
    {
        var line = LineTo(end);
        if (Markup.EndOfArguments(line, at - LineStart(end)) is not (> 0 and var length))
        {
            return 0;
        }

        output.Put(isChinese ? " " : " of ", at, 1);
        Read(at + 1, at + length - 1);
        return at + length;
    }

    /// <summary>A tag of HTML goes; an address in angle brackets is said without them. 0 where it is neither, as in "a &lt; b".</summary>
    private int ReadTag(int at, int end)
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

    private int ReadEntity(int at, int end)
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
    private bool IsEmphasis(int at, int end, out int marks)
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
    private bool IsPaired(int at, int end)
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

    private bool IsOpen(int at)
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

    private int LineStart(int end) => _text[..end].LastIndexOf('\n') + 1;

    private ReadOnlySpan<char> LineTo(int end) => _text[LineStart(end)..end];

    /// <summary>A blank, where there is none yet.</summary>
    public void Space(int at)
    {
        if (output.Length > 0 && output.Last != ' ')
        {
            output.Keep(' ', at);
        }
    }

    private static bool IsWide(char c) => SentenceEnd.IsWide(c);

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
