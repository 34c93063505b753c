using System.Globalization;
using System.Text;

namespace Holdfast.Speech;

/// <summary>
/// What of a line is to be said: emphasis, links, code, tags and entities become words or go, emoji are shown and not said. What makes a line a heading,
/// an item or a row is <see cref="PlainWords"/>'.
/// </summary>
/// <param name="text">All of the text; places are in it.</param>
/// <param name="isChinese">Which language is spoken.</param>
/// <param name="hasCode">Whether code is said as well.</param>
/// <param name="output">What is said.</param>
internal readonly ref struct InlineWords(string text, bool isChinese, bool hasCode, MappedText.Builder output)
{
    /// <summary>A link around a picture is as deep as anybody writes; what is deeper inside is read as it is.</summary>
    private const int DeepestLink = 3;

    private readonly ReadOnlySpan<char> _text = text;
    private readonly LineMarks _marks = new(text);
    private readonly Unseen _unseen = new(text);

    /// <summary>How far was read: beyond the end where something unseen goes on over lines.</summary>
    public int Read(int at, int end)
    {
        _marks.Begin(at, end);
        return Read(at, end, depth: 0);
    }

    private int Read(int at, int end, int depth)
    {
        while (at < end)
        {
            at = ReadOne(at, end, depth);
        }

        return at;
    }

    private int ReadOne(int at, int end, int depth)
    {
        var c = _text[at];
        if (Emoticons.LengthAt(_text[..end], at) is > 0 and var face)
        {
            Space(at);
            return at + face;
        }

        switch (c)
        {
            case '$' or '\\' when ReadFormula(at, end, depth) is > 0 and var formula:
                return formula;
            case '\\' when at + 1 < end && char.IsPunctuation(_text[at + 1]) | char.IsSymbol(_text[at + 1]):
                output.Keep(_text[at + 1], at + 1);
                return at + 2;
            case '`':
                return ReadCode(at, end);
            case '!' when at + 1 < end && _text[at + 1] == '[' && ReadLink(at + 1, end, depth) is > 0 and var image:
                return image;
            case '[' when ReadLink(at, end, depth) is > 0 and var link:
                return link;
            case '<' when _unseen.EndAt(at) is > 0 and var unseen:
                Space(at);
                return unseen;
            case '=' or '+' when _marks.IsPair(at):
                return at + 2;
            case '<' when ReadArguments(at, end, depth) is > 0 and var arguments:
                return arguments;
            case '<' when ReadTag(at, end) is > 0 and var tag:
                return tag;
            case '&' when ReadEntity(at, end) is > 0 and var entity:
                return entity;
            case '*' when Markup.IsPower(_marks.Line, at - _marks.Start):
                output.Keep('*', at);
                output.Keep('*', at + 1);
                return at + 2;
            case '*' or '_' or '~' when Markup.IsEmphasis(_text[..end], at, _marks, out var marks):
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

    /// <summary>A formula in LaTeX, and a command of LaTeX that stands by itself. 0 where it is neither.</summary>
    private int ReadFormula(int at, int end, int depth)
    {
        var behind = FormulaPlace.EndAt(_text, at, out var content);
        if (behind > 0 && (behind <= end || (depth == 0 && FormulaPlace.MarkAt(_text, at) >= 2)))
        {
            SayFormula(Formula.Words(content, isChinese), at, behind);
            return behind;
        }

        if (_text[at..end] is ['$', '$', ..] && (at == 0 || char.IsWhiteSpace(_text[at - 1])) && (at + 2 == end || char.IsWhiteSpace(_text[at + 2])))
        {
            // One end of a formula whose other end is somewhere else.
            Space(at);
            return at + 2;
        }

        if (_text[at..end] is not ['\\', >= 'A' and <= 'z', ..] || IsInPath(at) || Formula.Command(_text[at..end], isChinese, out var length) is not { } words)
        {
            return 0;
        }

        SayFormula(words, at, at + length);
        return at + length;
    }

    private void SayFormula(string words, int at, int behind)
    {
        if (!hasCode || (char.IsLetterOrDigit(output.Last) && !IsWide(output.Last)))
        {
            Space(at);
        }

        if (hasCode)
        {
            output.Put(words, at, behind - at);
            if (behind < _text.Length && char.IsAsciiLetterOrDigit(_text[behind]))
            {
                output.Put(" ", at, behind - at);
            }
        }
    }

    /// <summary>"C:\times" and "src\in" are paths; "x\le 5" is none.</summary>
    private bool IsInPath(int at) => at > 0
        && (_text[at - 1] is ':' or '\\' or '/' or '.' || (char.IsAsciiLetter(_text[at - 1]) && at > 1 && (char.IsAsciiLetterOrDigit(_text[at - 2]) || _text[at - 2] == '\\')));

    private int ReadCode(int at, int end)
    {
        var marks = _text[at..end].IndexOfAnyExcept('`');
        marks = marks < 0 ? end - at : marks;
        var rest = at + marks;
        var close = _marks.CloseOf(at);
        if (close < 0 || close + marks > end)
        {
            return rest;
        }

        for (var i = rest; hasCode && i < close; i++)
        {
            output.Keep(_text[i], i);
        }

        if (!hasCode)
        {
            Space(at);
        }

        return close + marks;
    }

    /// <summary>[words](address), [words][name] and ![words](address): the words are said. [^1] is a footnote's sign. 0 where it is none.</summary>
    private int ReadLink(int at, int end, int depth)
    {
        var close = _marks.CloseOf(at);
        if (close < 0 || close >= end || depth >= DeepestLink)
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

        var target = _marks.CloseOf(after);
        if (target < 0 || target >= end)
        {
            return 0;
        }

        Read(at + 1, close, depth + 1);
        return target + 1;
    }

    /// <summary>The arguments of a type: "List&lt;int&gt;" is a list of int. 0 where it is none.</summary>
    private int ReadArguments(int at, int end, int depth)
    {
        if (Markup.EndOfArguments(_text[..end], at) is not (> 0 and var length))
        {
            return 0;
        }

        output.Put(isChinese ? " " : " of ", at, 1);
        Read(at + 1, at + length - 1, depth);
        return at + length;
    }

    /// <summary>A tag of HTML goes; an address in angle brackets is said without them. 0 where it is neither, as in "a &lt; b".</summary>
    private int ReadTag(int at, int end)
    {
        // A tag has no other one in it.
        var close = _text[(at + 1)..end].IndexOfAny('<', '>') + 1;
        if (close < 2 || _text[at + close] == '<')
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
