using System.Text;

namespace Holdfast.Speech;

/// <summary>
/// Reads a formula in LaTeX as a person would say it. Numbers and Greek letters stay: the normaliser of the language says them. What nobody would
/// follow by ear, such as a matrix or a fraction of fractions of fractions, is only shown.
/// </summary>
/// <param name="latex">What stands between the marks of the formula.</param>
/// <param name="isChinese">In whose words.</param>
internal ref struct Formula(ReadOnlySpan<char> latex, bool isChinese)
{
    private const string ShownInEnglish = "formula on your screen";
    private const string ShownInChinese = "公式见屏幕";

    /// <summary>What is longer nobody follows by ear.</summary>
    private const int Longest = 160;

    private const int Deepest = 3;
    private const int End = -1;

    private readonly ReadOnlySpan<char> _latex = latex;
    private int _at;

    // Whether something to count with was read last: a minus behind it takes away, and makes negative elsewhere.
    private bool _isBehindOperand;

    /// <summary>What is said of a formula.</summary>
    public static string Words(ReadOnlySpan<char> latex, bool isChinese) =>
        (latex.Length <= Longest ? new Formula(latex, isChinese).ReadUntil(End, depth: 0) : null) is { Length: > 0 } words ? words
        : isChinese ? ShownInChinese : ShownInEnglish;

    /// <summary>What is said of a command that stands in a text without the marks of a formula, such as "\frac{1}{2}"; null where it is none.</summary>
    /// <param name="text">From the command on.</param>
    /// <param name="isChinese">In whose words.</param>
    /// <param name="length">How long the command is, with its arguments.</param>
    public static string? Command(ReadOnlySpan<char> text, bool isChinese, out int length)
    {
        var formula = new Formula(text[..Math.Min(Longest, text.Length)], isChinese);
        var words = formula.ReadCommand(depth: 0);
        length = formula._at;
        return words is { Length: > 0 } ? words : null;
    }

    /// <summary>Null where it is too much, or is not closed.</summary>
    private string? ReadUntil(int close, int depth)
    {
        if (depth > Deepest)
        {
            return null;
        }

        _isBehindOperand = false;
        var words = new StringBuilder();
        while (true)
        {
            SkipBlanks();
            if (_at >= _latex.Length)
            {
                return close == End ? words.ToString() : null;
            }

            if (_latex[_at] == close)
            {
                _at++;
                return words.ToString();
            }

            var first = _latex[_at];
            if (ReadOne(depth) is not { } next)
            {
                return null;
            }

            _isBehindOperand = first == '\\' ? _isBehindOperand : char.IsLetterOrDigit(first) || first is ')' or ']' or '}' or '{' or '^' or '_' or '|' or '!' or '\'' or '%';
            Join(words, next);
        }
    }

    private string? ReadOne(int depth)
    {
        var c = _latex[_at];
        if (char.IsAsciiDigit(c))
        {
            return ReadNumber();
        }

        if (char.IsAsciiLetter(c))
        {
            return ReadLetters(depth);
        }

        switch (c)
        {
            case '\\':
                return ReadCommand(depth);
            case '{':
                _at++;
                return ReadUntil('}', depth + 1);
            case '^':
                _at++;
                return FormulaParts.Raised(ReadArgument(depth, isNumber: true), isChinese);
            case '_':
                _at++;
                return ReadArgument(depth, isNumber: true) is { Length: > 0 } below ? (isChinese ? "下标" : "sub ") + below : null;
            case '|' when !_latex[(_at + 1)..].Contains('|'):
                _at++;
                _isBehindOperand = false;
                return isChinese ? "，给定" : "given";
            case '|':
                _at++;
                return ReadUntil('|', depth + 1) is { Length: > 0 } inside ? isChinese ? inside + "的绝对值" : "the absolute value of " + inside : null;
            case '&' or '}' or '#' or '"' or '`':
                return null;
            case '.' when _at + 1 == _latex.Length:
                _at++;
                return "";
        }

        _at++;
        return FormulaWords.Of(c, isChinese, _isBehindOperand) ?? c.ToString();
    }

    /// <summary>"12.5", and "1/2". In front of a letter it counts it, and is said as a word: "2m" are no meters.</summary>
    private string ReadNumber()
    {
        var number = TakeNumber();
        if (_at + 1 < _latex.Length && _latex[_at] == '/' && char.IsAsciiDigit(_latex[_at + 1]))
        {
            _at++;
            number = $"{number}/{TakeNumber()}";
            return number;
        }

        return _at < _latex.Length && char.IsAsciiLetter(_latex[_at]) ? isChinese ? ChineseNumbers.Number(number) : EnglishNumbers.Number(number) : number;
    }

    private string TakeNumber()
    {
        var start = _at;
        while (_at < _latex.Length && (char.IsAsciiDigit(_latex[_at])
            || (_latex[_at] is '.' or ',' && _at > start && _at + 1 < _latex.Length && char.IsAsciiDigit(_latex[_at + 1]))))
        {
            _at++;
        }

        return _latex[start.._at].ToString();
    }

    /// <summary>"ab" is a times b, and "speed" a word; f(x) is f of x.</summary>
    private string? ReadLetters(int depth)
    {
        var start = _at;
        while (_at < _latex.Length && char.IsAsciiLetter(_latex[_at]))
        {
            _at++;
        }

        var letters = _latex[start.._at];
        if (letters.Length == 1 && letters[0] is 'f' or 'g' or 'h' or 'F' or 'G' or 'P' && _at < _latex.Length && _latex[_at] == '(')
        {
            _at++;
            return ReadUntil(')', depth + 1) is { } of ? letters.ToString() + (isChinese ? " " : " of ") + of : null;
        }

        return letters.Length == 2 ? $"{letters[0]} {letters[1]}" : letters.ToString();
    }

    private string? ReadCommand(int depth)
    {
        var start = ++_at;
        while (_at < _latex.Length && char.IsAsciiLetter(_latex[_at]))
        {
            _at++;
        }

        if (_at == start)
        {
            // A blank, or a sign that is meant as it is.
            return _at >= _latex.Length ? null : _latex[_at++] switch
            {
                ',' or ';' or ':' or '!' or ' ' or '{' or '}' => "",
                '%' => "%",
                '$' => "$",
                _ => null,
            };
        }

        var name = _latex[start.._at].ToString();
        var words = ReadCommand(name, depth);
        _isBehindOperand = FormulaWords.IsOperand(name);
        return words;
    }

    private string? ReadCommand(string name, int depth)
    {
        switch (name)
        {
            case "frac" or "dfrac" or "tfrac" or "cfrac":
                return ReadArgument(depth, isNumber: false) is { Length: > 0 } above && ReadArgument(depth, isNumber: false) is { Length: > 0 } below ? FormulaParts.Fraction(above, below, isChinese) : null;
            case "binom":
                return ReadArgument(depth, isNumber: false) is { Length: > 0 } all && ReadArgument(depth, isNumber: false) is { Length: > 0 } some
                    ? isChinese ? $"从{all}中选{some}" : $"{all} choose {some}" : null;
            case "sqrt":
                return ReadRoot(depth);
            case "sum" or "prod" or "int" or "lim" or "log" or "max" or "min":
                return ReadOver(name, depth);
            case "hat" or "bar" or "overline" or "tilde" or "vec" or "dot":
                return ReadArgument(depth, isNumber: false) is { Length: > 0 } marked ? FormulaParts.Marked(name, marked, isChinese) : null;
            case "boxed" or "mathbf" or "mathbb" or "mathcal" or "boldsymbol" or "bm" or "mathit":
                return ReadArgument(depth, isNumber: false);
            case "text" or "mathrm" or "operatorname" or "mbox" or "textbf" or "textit":
                return ReadText();
        }

        if (name is "left" or "right" && _at < _latex.Length && _latex[_at] == '.')
        {
            _at++;
        }

        return FormulaWords.Of(name, isChinese);
    }

    /// <summary>What a command or a sign is about: what is in braces, or the next sign.</summary>
    private string? ReadArgument(int depth, bool isNumber)
    {
        SkipBlanks();
        if (_at >= _latex.Length)
        {
            return null;
        }

        var c = _latex[_at];
        if (c == '{')
        {
            _at++;
            return ReadUntil('}', depth + 1);
        }

        if (c == '\\')
        {
            return depth >= Deepest ? null : ReadCommand(depth + 1);
        }

        if (char.IsAsciiDigit(c) && isNumber)
        {
            return TakeNumber();
        }

        if (c == '-' && isNumber && _at + 1 < _latex.Length && char.IsAsciiLetterOrDigit(_latex[_at + 1]))
        {
            _at++;
            return ReadArgument(depth, isNumber) is { } rest ? (isChinese ? "负" : "minus ") + rest : null;
        }

        _at++;
        return char.IsLetterOrDigit(c) || c is '*' or '\'' or '+' or '-' ? c.ToString() : null;
    }

    private string? ReadText()
    {
        if (_at >= _latex.Length || _latex[_at] != '{' || _latex[_at..].IndexOf('}') is not (> 0 and var close))
        {
            return null;
        }

        var text = _latex.Slice(_at + 1, close - 1);
        _at += close + 1;
        return text.ContainsAny('\\', '{', '$') ? null : text.Trim().ToString();
    }

    private string? ReadRoot(int depth)
    {
        SkipBlanks();
        string? degree = null;
        if (_at < _latex.Length && _latex[_at] == '[')
        {
            _at++;
            degree = ReadUntil(']', depth + 1);
            if (degree is not { Length: > 0 })
            {
                return null;
            }
        }

        return ReadArgument(depth, isNumber: false) is { Length: > 0 } of ? FormulaParts.Root(degree, of, isChinese) : null;
    }

    /// <summary>Sums, products, integrals and limits, with what stands below and above them.</summary>
    private string? ReadOver(string name, int depth)
    {
        string? below = null, above = null;
        for (SkipBlanks(); _at < _latex.Length && _latex[_at] is '_' or '^'; SkipBlanks())
        {
            var isBelow = _latex[_at++] == '_';
            if (ReadArgument(depth, isNumber: true) is not { Length: > 0 } limit)
            {
                return null;
            }

            (below, above) = isBelow ? (limit, above) : (below, limit);
        }

        return FormulaParts.Over(name, below, above, isChinese);
    }

    private void SkipBlanks()
    {
        while (_at < _latex.Length && char.IsWhiteSpace(_latex[_at]))
        {
            _at++;
        }
    }

    /// <summary>A blank between words; none around Chinese, before a pause and behind a bracket.</summary>
    private readonly void Join(StringBuilder words, string next)
    {
        if (next.Length == 0)
        {
            return;
        }

        var isClose = words.Length == 0 || words[^1] == '(' || next[0] is ',' or ')' or '%' or '°' or ';' or ':' or '.' or '，'
            || (isChinese && !(char.IsAsciiLetterOrDigit(words[^1]) && char.IsAsciiLetterOrDigit(next[0])));
        words.Append(isClose ? "" : " ").Append(next);
    }
}
