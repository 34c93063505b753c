using System.Text;

namespace Holdfast.Speech;

/// <summary>
/// Cuts a model's reasoning (<c>&lt;think&gt;...&lt;/think&gt;</c> and its kind) out of a reply that comes in pieces, wherever the pieces are cut.
/// The reply itself is never swallowed.
/// </summary>
/// <remarks>
/// <para>A tag counts at the beginning of a line only, so that a reply which speaks of such tags stays whole.</para>
/// <para>
/// Reasoning that is never closed is kept until the end. Where nothing else was said, its last paragraph is taken for the reply.
/// A closing tag without an opening one says that all that came before it was reasoning (<see cref="IsRetracted"/>): some models' prompts
/// contain the opening tag already.
/// </para>
/// </remarks>
internal sealed class ReasoningFilter
{
    /// <summary>What is kept of reasoning that may turn out to be the reply, in UTF-16 units.</summary>
    public const int MaxKept = 64 * 1024;

    /// <summary>The longest tag that is looked for, in UTF-16 units.</summary>
    private const int LongestTag = 64;

    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "think", "thinking", "thought", "thoughts", "reason", "reasoning", "reflection", "analysis", "scratchpad",
    };

    private readonly StringBuilder _held = new();
    private readonly StringBuilder _reasoning = new();
    private int _depth;
    private bool _hasReply;
    private bool _hadOpening;
    private bool _isLineStart = true;
    private char _last = '\n';

    /// <summary>Whether what was passed on so far was reasoning, as the last piece showed. Whoever reads it sets it back.</summary>
    public bool IsRetracted { get; private set; }

    /// <summary>Says that what was retracted is dealt with.</summary>
    public void Acknowledge() => IsRetracted = false;

    /// <summary>Takes the next piece of the reply.</summary>
    /// <returns>What of it, and of what was held back before, is to be shown and said. May be empty.</returns>
    public string Push(ReadOnlySpan<char> piece)
    {
        _held.Append(piece);
        return Drain(isEnd: false);
    }

    /// <summary>The reply is over.</summary>
    /// <returns>What is still to be shown and said.</returns>
    public string End()
    {
        var rest = Drain(isEnd: true);
        if (_depth > 0 && !_hasReply && rest.Length == 0)
        {
            rest = LastParagraph(_reasoning.ToString());
        }

        _reasoning.Clear();
        _depth = 0;
        return rest;
    }

    private string Drain(bool isEnd)
    {
        var text = _held.ToString();
        var output = new StringBuilder();
        var at = 0;
        while (at < text.Length)
        {
            if (text[at] != '<')
            {
                Pass(text[at++], output);
                continue;
            }

            var tag = ReadTag(text, at, isEnd, out var length);
            if (tag == Tag.Unfinished)
            {
                break;
            }

            at += Take(tag, text, at, length, output);
        }

        _held.Clear().Append(text, at, text.Length - at);
        return output.ToString();
    }

    private int Take(Tag tag, string text, int at, int length, StringBuilder output)
    {
        switch (tag)
        {
            case Tag.Opening when _depth > 0 || _isLineStart:
                _depth++;
                _hadOpening = true;
                return length;
            case Tag.Closing when _depth > 0:
                _depth--;
                if (_depth == 0)
                {
                    _reasoning.Clear();
                    _isLineStart = true;
                }

                return length;
            case Tag.Closing when _last != '`' && !_hadOpening:
                // The opening tag was in the prompt.
                IsRetracted |= _hasReply;
                (_hasReply, _hadOpening, _isLineStart) = (false, true, true);
                output.Clear();
                return length;
            default:
                Pass(text[at], output);
                return 1;
        }
    }

    private void Pass(char c, StringBuilder output)
    {
        if (_depth > 0)
        {
            if (_reasoning.Length < MaxKept)
            {
                _reasoning.Append(c);
            }

            return;
        }

        output.Append(c);
        _last = c;
        _hasReply |= !char.IsWhiteSpace(c);
        _isLineStart = c is '\n' or '\r' || (_isLineStart && char.IsWhiteSpace(c));
    }

    /// <summary>Looks whether a tag of reasoning begins here.</summary>
    private static Tag ReadTag(string text, int at, bool isEnd, out int length)
    {
        length = 0;
        var name = at + 1;
        var isClosing = name < text.Length && text[name] == '/';
        name += isClosing ? 1 : 0;
        var end = name;
        while (end < text.Length && char.IsAsciiLetter(text[end]))
        {
            end++;
        }

        if (end == text.Length)
        {
            return isEnd || !MayBecomeName(text.AsSpan(name)) ? Tag.None : Tag.Unfinished;
        }

        if (!Names.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text.AsSpan(name, end - name)))
        {
            return Tag.None;
        }

        var close = text.AsSpan(end, Math.Min(LongestTag, text.Length - end)).IndexOf('>');
        if (close < 0)
        {
            return isEnd || text.Length - end >= LongestTag ? Tag.None : Tag.Unfinished;
        }

        if (close > 0 && !char.IsWhiteSpace(text[end]) && text[end] != '/')
        {
            return Tag.None;
        }

        length = end + close + 1 - at;
        return isClosing ? Tag.Closing : Tag.Opening;
    }

    private static bool MayBecomeName(ReadOnlySpan<char> beginning)
    {
        foreach (var name in Names)
        {
            if (name.AsSpan().StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static string LastParagraph(string reasoning)
    {
        var text = reasoning.Trim();
        var blank = text.LastIndexOf("\n\n", StringComparison.Ordinal);
        return blank < 0 ? text : text[(blank + 2)..].TrimStart();
    }

    private enum Tag
    {
        None,
        Unfinished,
        Opening,
        Closing,
    }
}
