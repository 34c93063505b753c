using System.Text;

namespace Holdfast.Server.Pages;

/// <summary>
/// A script without what only its readers need: comments, and the blanks at the beginnings of lines. Strings, templates and regular expressions
/// stay as they are.
/// </summary>
/// <remarks>
/// It reads just enough of ECMAScript (ECMA-262, clause 12) to know where a comment is one. Whether a slash begins a regular expression is told by
/// what stands before it, which is right for all but a regular expression straight behind the head of an <c>if</c> or <c>while</c>.
/// </remarks>
internal sealed class ScriptText
{
    private static readonly HashSet<string> WordsBeforeRegex = new(StringComparer.Ordinal)
    {
        "return", "typeof", "case", "in", "of", "delete", "void", "instanceof", "new", "throw", "do", "else", "yield", "await",
    };

    private readonly string _source;
    private readonly StringBuilder _text = new();

    /// <summary>Of each character of the text: whether it is code, and not within a string, template or regular expression.</summary>
    private readonly List<bool> _isCode = [];

    private int _at;

    private ScriptText(string source) => _source = source;

    /// <summary>The text, and for each of its characters whether it is code.</summary>
    public static (string Text, IReadOnlyList<bool> IsCode) Strip(string source)
    {
        var script = new ScriptText(source.ReplaceLineEndings("\n"));
        script.Read(closing: null);
        return (script._text.ToString(), script._isCode);
    }

    /// <summary>Reads code up to the end, or to the brace that closes a template's substitution.</summary>
    private void Read(char? closing)
    {
        var depth = 0;
        while (_at < _source.Length)
        {
            var c = _source[_at];
            if (closing == c && depth == 0)
            {
                return;
            }

            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            switch (c)
            {
                case '/' when Next is '/':
                    SkipTo(IndexOrEnd('\n'));
                    break;
                case '/' when Next is '*':
                    SkipBlockComment();
                    break;
                case '/' when IsRegex():
                    CopyRegex();
                    break;
                case '\'' or '"':
                    CopyString(c);
                    break;
                case '`':
                    CopyTemplate();
                    break;
                case ' ' or '\t' or '\n':
                    CopyBlank(c);
                    break;
                default:
                    Copy(isCode: true);
                    break;
            }
        }
    }

    private char Next => _at + 1 < _source.Length ? _source[_at + 1] : '\0';

    private void SkipTo(int end) => _at = end;

    private int IndexOrEnd(char c) => _source.IndexOf(c, _at) is >= 0 and var found ? found : _source.Length;

    /// <summary>A comment over several lines ends a statement as a line break does.</summary>
    private void SkipBlockComment()
    {
        var end = _source.IndexOf("*/", _at + 2, StringComparison.Ordinal);
        var length = (end < 0 ? _source.Length : end + 2) - _at;
        var separator = _source.AsSpan(_at, length).Contains('\n') ? '\n' : ' ';
        _at += length;
        Put(separator);
    }

    private void CopyBlank(char c)
    {
        _at++;
        Put(c == '\n' ? '\n' : ' ');
    }

    /// <summary>One blank is as good as many, and none is needed at the beginning or end of a line.</summary>
    private void Put(char blank)
    {
        if (_text.Length == 0)
        {
            return;
        }

        var last = _text[^1];
        if (_isCode[^1] && last is '\n' or ' ')
        {
            if (blank == '\n' && last == ' ')
            {
                _text[^1] = '\n';
            }

            return;
        }

        _text.Append(blank);
        _isCode.Add(true);
    }

    private void Copy(bool isCode)
    {
        var c = _source[_at++];
        if (_text.Length >= 2 && _isCode[^1] && _text[^1] is ' ' or '\n' && IsNotNeeded(_text[^2], _text[^1], c, isCode) && !(_text[^2] == '/' && !_isCode[^2]))
        {
            _text.Length--;
            _isCode.RemoveAt(_isCode.Count - 1);
        }

        _text.Append(c);
        _isCode.Add(isCode);
    }

    /// <summary>
    /// Whether a blank may go. A line break may end a statement, so it goes only where a statement neither ends before it nor begins behind it; an
    /// import or export keeps its line, by which it is found. Behind a regular expression a name would become its flags.
    /// </summary>
    private static bool IsNotNeeded(char before, char blank, char behind, bool isCode) => blank == '\n'
        ? before is ',' or '(' or '[' || (isCode && behind is ')' or ']' or ',' or '.')
        : !(IsPartOfName(before) && IsPartOfName(behind)) && !(before == behind && before is '+' or '-' or '/');

    /// <summary>Whether a character is a part of a name, or of a private one with its sign.</summary>
    internal static bool IsPartOfName(char c) => char.IsLetterOrDigit(c) || c is '_' or '$' or '#' or '\\';

    private void CopyString(char quote)
    {
        Copy(isCode: false);
        while (_at < _source.Length)
        {
            var c = _source[_at];
            if (c == '\\' && _at + 1 < _source.Length)
            {
                Copy(isCode: false);
            }

            Copy(isCode: false);
            if (c == quote)
            {
                return;
            }
        }
    }

    private void CopyTemplate()
    {
        Copy(isCode: false);
        while (_at < _source.Length)
        {
            var c = _source[_at];
            if (c == '$' && Next == '{')
            {
                Copy(isCode: false);
                Copy(isCode: false);
                Read(closing: '}');
                continue; // the brace itself is a part of the template
            }

            if (c == '\\' && _at + 1 < _source.Length)
            {
                Copy(isCode: false);
            }

            Copy(isCode: false);
            if (c == '`')
            {
                return;
            }
        }
    }

    private void CopyRegex()
    {
        var isInClass = false;
        Copy(isCode: false);
        while (_at < _source.Length && _source[_at] != '\n')
        {
            var c = _source[_at];
            if (c == '\\' && _at + 1 < _source.Length)
            {
                Copy(isCode: false);
            }

            Copy(isCode: false);
            isInClass = c == '[' || (isInClass && c != ']');
            if (c == '/' && !isInClass)
            {
                return;
            }
        }
    }

    private bool IsRegex()
    {
        var end = _text.Length;
        while (end > 0 && _text[end - 1] is ' ' or '\n')
        {
            end--;
        }

        if (end == 0)
        {
            return true;
        }

        var last = _text[end - 1];
        if (!_isCode[end - 1])
        {
            // Behind a string, a template or a regular expression there is none; at the beginning of a template's substitution there may be.
            return last == '{' && end > 1 && _text[end - 2] == '$' && !_isCode[end - 2];
        }

        if (!IsPartOfName(last))
        {
            return last is not ')' and not ']' and not '}' and not '.';
        }

        var start = end;
        while (start > 0 && IsPartOfName(_text[start - 1]))
        {
            start--;
        }

        return WordsBeforeRegex.Contains(_text.ToString(start, end - start));
    }
}
