using System.Text;

namespace Holdfast.Speech;

/// <summary>What a piece of a reply is.</summary>
internal enum PieceKind
{
    /// <summary>A sentence, a heading, an item of a list, a row of a table.</summary>
    Sentence,

    /// <summary>A block of code with its fences: shown, and said to be on the screen.</summary>
    Code,

    /// <summary>The next part of a block of code that is longer than a piece may be: shown, and nothing is said of it again.</summary>
    MoreCode,
}

/// <summary>A piece of a reply that can be said by itself.</summary>
/// <param name="Text">As it was written, with its markup; the pieces of a reply, one behind the other, are the reply.</param>
/// <param name="Kind">What it is.</param>
internal readonly record struct SpeechPiece(string Text, PieceKind Kind);

/// <summary>
/// Cuts a reply that is still being written into what can be said already: a sentence leaves as soon as it is known to be whole, wherever the
/// tokens are cut.
/// </summary>
/// <remarks>Nothing is lost: the pieces, one behind the other, are what was pushed, blanks included.</remarks>
internal sealed class SentenceStream
{
    /// <summary>The longest piece of a reply without any end of a sentence, in UTF-16 units.</summary>
    public const int MaxPiece = 600;

    /// <summary>The longest block of code that is kept together, in UTF-16 units; of a longer one the rest follows as <see cref="PieceKind.MoreCode"/>.</summary>
    public const int MaxCode = 64 * 1024;

    private readonly StringBuilder _text = new();
    private string? _fence;
    private Unseen? _unseen;

    // How far into a block of code the first line begins that was not looked at; 0 outside.
    private int _line;

    // Whether what comes is the rest of a block of code whose beginning left already.
    private bool _isRest;
    private bool _isFenceClosed;

    /// <summary>Takes the next part of the reply, and gives the pieces that are whole by now.</summary>
    public IEnumerable<SpeechPiece> Push(string part)
    {
        ArgumentNullException.ThrowIfNull(part);
        _text.Append(part);

        // Nothing ends inside a line of code: a long block costs a look at each line, and none at what is before it.
        return _fence is not null && !MayEndFence(part) ? [] : Drain(isComplete: false);
    }

    /// <summary>Looks at the lines of a block of code that are whole by now, and at each of them once.</summary>
    private bool MayEndFence(string part)
    {
        if (_text.Length > MaxCode || !part.Contains('\n', StringComparison.Ordinal))
        {
            return _text.Length > MaxCode;
        }

        var rest = _text.ToString(_line, _text.Length - _line);
        var line = _line > 0 || _isRest ? 0 : LineAfter(rest, rest.IndexOf(_fence!, StringComparison.Ordinal));
        while (line >= 0 && LineAfter(rest, line) is >= 0 and var next)
        {
            if (ClosesFence(rest.AsSpan(line)))
            {
                _line += line;
                return true;
            }

            line = next;
        }

        _line += Math.Max(0, line);
        return false;
    }

    /// <summary>The reply is over: gives what is left of it.</summary>
    public IEnumerable<SpeechPiece> End() => Drain(isComplete: true);

    private List<SpeechPiece> Drain(bool isComplete)
    {
        var pieces = new List<SpeechPiece>();
        var text = _text.ToString();
        _unseen = null;
        var at = 0;
        while (at < text.Length)
        {
            var isCode = _fence is not null || OpensFence(text.AsSpan(at), isComplete, out _fence);
            var end = isCode && _fence is null ? -1
                : isCode ? EndOfFence(text, at, isComplete)
                : EndOfSentence(text, at, isComplete);
            if (end < 0)
            {
                break;
            }

            pieces.Add(new SpeechPiece(text[at..end], !isCode ? PieceKind.Sentence : _isRest ? PieceKind.MoreCode : PieceKind.Code));
            _isRest = isCode && !_isFenceClosed;
            (_fence, _line) = (_isRest ? _fence : null, 0);
            at = end;
        }

        _text.Remove(0, at);
        return pieces;
    }

    private int EndOfSentence(string text, int at, bool isComplete)
    {
        // Blanks before a sentence go with it; an empty line is no sentence.
        var start = at;
        while (start < text.Length && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        if (start == text.Length)
        {
            return isComplete || start - at >= MaxPiece ? text.Length : -1;
        }

        // A fence at the beginning of the next line begins a piece of its own.
        if (start > at && text.AsSpan(at, start - at).ContainsAny('\n', '\r') && OpensFence(text.AsSpan(start), isComplete, out _))
        {
            return start;
        }

        var from = start;
        var end = FindEnd(text, from, isComplete);
        while (end >= 0 && EndOfWhole(text, from, end, isComplete) is not 0 and var whole)
        {
            if (whole < 0)
            {
                return -1;
            }

            (from, end) = (whole, FindEnd(text, whole, isComplete));
        }

        if (end >= 0)
        {
            while (end < text.Length && text[end] is ' ' or '\t' && end - at < MaxPiece)
            {
                end++;
            }

            return end;
        }

        return text.Length - from >= MaxPiece ? CutLong(text, from) : -1;
    }

    /// <summary>Looks no further than a piece may be long, however much was pushed at once.</summary>
    private static int FindEnd(string text, int from, bool isComplete) => text.Length - from <= MaxPiece
        ? SentenceEnd.Find(text, from, isComplete)
        : SentenceEnd.Find(text.AsSpan(0, from + MaxPiece), from, isComplete: false);

    /// <summary>
    /// No sentence ends inside a comment, a style or a script of HTML, nor inside a formula: just behind what goes on over a place. 0 where nothing
    /// does, or it never ends; -1 where it may still end.
    /// </summary>
    private int EndOfWhole(string text, int from, int end, bool isComplete)
    {
        if (text.AsSpan(from, end - from).Contains('<') && (_unseen ??= new Unseen(text)).Across(from, end) is >= 0 and var unseen)
        {
            return _unseen.EndAt(unseen) is > 0 and var behind ? behind : isComplete || text.Length - from >= MaxPiece ? 0 : -1;
        }

        return FormulaPlace.Across(text, from, end, isComplete);
    }

    private static int CutLong(string text, int start)
    {
        var limit = start + MaxPiece;
        for (var i = limit - 1; i > start + (MaxPiece / 4); i--)
        {
            if ("，、：,:—– \t".Contains(text[i], StringComparison.Ordinal))
            {
                return i + 1;
            }
        }

        return char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit;
    }

    /// <summary>Whether a block of code begins here. Where that cannot be told yet it says yes, with no fence.</summary>
    private static bool OpensFence(ReadOnlySpan<char> text, bool isComplete, out string? fence)
    {
        fence = null;
        var at = 0;
        while (at < text.Length && text[at] is ' ' or '\t' or '\n' or '\r')
        {
            at++;
        }

        if (at == text.Length || text[at] is not ('`' or '~'))
        {
            return false;
        }

        var mark = text[at];
        var end = at;
        while (end < text.Length && text[end] == mark && end - at < MaxPiece)
        {
            end++;
        }

        if (end - at is < 3 or MaxPiece)
        {
            return end - at < 3 && end == text.Length && !isComplete && at == 0;
        }

        if (end == text.Length && !isComplete)
        {
            return at == 0;
        }

        if (mark == '`')
        {
            // "```git push``` does it." is a line of words: the rest of the line tells.
            var rest = text.Slice(end, Math.Min(MaxPiece, text.Length - end));
            var tells = rest.IndexOfAny('`', '\n');
            if (tells >= 0 ? rest[tells] == '`' : rest.Length < MaxPiece && !isComplete)
            {
                return tells < 0 && at == 0;
            }
        }

        fence = new string(mark, end - at);
        return true;
    }

    private int EndOfFence(string text, int at, bool isComplete)
    {
        _isFenceClosed = false;
        var line = _line > 0 ? at + _line : _isRest ? at : LineAfter(text, text.IndexOf(_fence!, at, StringComparison.Ordinal));
        while (line >= 0)
        {
            var next = LineAfter(text, line);
            if (ClosesFence(text.AsSpan(line)) && (next >= 0 || isComplete))
            {
                _isFenceClosed = true;
                return next >= 0 ? next : text.Length;
            }

            if (next < 0)
            {
                _line = line - at;
                break;
            }

            if (next - at > MaxCode)
            {
                return next;
            }

            line = next;
        }

        return isComplete || text.Length - at > MaxCode ? text.Length : -1;
    }

    private bool ClosesFence(ReadOnlySpan<char> line) => line.TrimStart(" \t").StartsWith(_fence, StringComparison.Ordinal);

    private static int LineAfter(string text, int at) => text.IndexOf('\n', at) is >= 0 and var end ? end + 1 : -1;
}
