using System.Text;

namespace Holdfast.Speech;

/// <summary>
/// Cuts a model's reasoning (<c>&lt;think&gt;...&lt;/think&gt;</c> and its kind, see <see cref="ReasoningTag"/>) out of a reply that comes in pieces,
/// wherever the pieces are cut. The reply itself is never swallowed.
/// </summary>
/// <remarks>
/// <para>
/// A tag in code or after a quotation mark is a word of the reply, and the reply speaks of such tags from then on. An opening tag in the middle of
/// a line is kept until it is known: with its closing tag it was reasoning, without one it was a word.
/// </para>
/// <para>
/// Reasoning that is never closed is kept until the end. Where nothing else was said, all but its first paragraph is taken for the reply; of what is
/// longer than anybody says at a time, its last paragraph is.
/// A closing tag without an opening one says that all that came before it was reasoning (<see cref="IsRetracted"/>): some models' prompts
/// contain the opening tag already.
/// </para>
/// </remarks>
internal sealed class ReasoningFilter
{
    /// <summary>What is kept of reasoning that may turn out to be the reply, in UTF-16 units.</summary>
    public const int MaxKept = 64 * 1024;

    /// <summary>Reasoning that is longer has its reply at its end, in UTF-16 units.</summary>
    public const int LongestReply = 8 * 1024;

    /// <summary>The longest head of a message that names its channel, in UTF-16 units.</summary>
    private const int LongestHead = 128;

    private readonly StringBuilder _held = new();
    private readonly StringBuilder _kept = new();
    private readonly CodeMarks _code = new();
    private Place _place;
    private TagFamily _family;
    private int _depth;
    private bool _hasReply;
    private bool _hadOpening;
    private bool _hadLiteral;
    private bool _hasChannels;
    private bool _isLineStart = true;
    private char _last = '\n';

    private enum Place
    {
        /// <summary>What is passed on.</summary>
        Reply,

        /// <summary>What is cut out.</summary>
        Reasoning,

        /// <summary>After an opening tag in the middle of a line: cut out if it is closed.</summary>
        Doubtful,

        /// <summary>Between the sign of a channel and its message.</summary>
        Head,
    }

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
        if (_place == Place.Doubtful || (_place == Place.Head && !_hasChannels))
        {
            rest += _kept;
        }
        else if (_place == Place.Reasoning && !_hasReply && rest.Length == 0 && !_hasChannels)
        {
            rest = AfterFirstParagraph(_kept.ToString());
        }

        _kept.Clear();
        _place = Place.Reply;
        return rest;
    }

    private string Drain(bool isEnd)
    {
        var text = _held.ToString();
        var output = new StringBuilder();
        var at = 0;
        while (at < text.Length)
        {
            if (!ReasoningTag.MayBegin(text[at]))
            {
                Pass(text[at++], output);
                continue;
            }

            if (!ReasoningTag.TryRead(text.AsSpan(at), isEnd, out var tag))
            {
                break;
            }

            if (tag.Length > 0 && Take(tag, text.AsSpan(at, tag.Length), output))
            {
                at += tag.Length;
                continue;
            }

            Pass(text[at++], output);
        }

        _held.Clear().Append(text, at, text.Length - at);
        return output.ToString();
    }

    /// <returns>False where the tag is nothing but its letters.</returns>
    private bool Take(ReasoningTag tag, ReadOnlySpan<char> raw, StringBuilder output) => _place switch
    {
        Place.Reply when _code.IsInside || IsQuotation(_last) => TakeLiteral(),
        Place.Reply => TakeInReply(tag, raw, output),
        Place.Head => TakeInHead(tag),
        _ => TakeInReasoning(tag, raw),
    };

    private bool TakeLiteral()
    {
        _hadLiteral = true;
        return false;
    }

    private bool TakeInReply(ReasoningTag tag, ReadOnlySpan<char> raw, StringBuilder output)
    {
        switch (tag.Kind)
        {
            case TagKind.Opening:
                (_place, _family, _depth) = (_isLineStart ? Place.Reasoning : Place.Doubtful, tag.Family, 1);
                _hadOpening |= _isLineStart;
                if (_place == Place.Doubtful)
                {
                    _kept.Append(raw);
                }

                return true;
            case TagKind.Closing when !_hadOpening && !_hadLiteral:
                // The opening tag was in the prompt.
                IsRetracted |= _hasReply;
                (_hasReply, _hadOpening, _isLineStart) = (false, true, true);
                output.Clear();
                return true;
            case TagKind.Channel:
                _place = Place.Head;
                _kept.Append(raw);
                return true;
            case TagKind.Mark:
                return true;
            default:
                return _hasChannels && tag.Kind is TagKind.Message or TagKind.EndOfMessage;
        }
    }

    private bool TakeInHead(ReasoningTag tag)
    {
        switch (tag.Kind)
        {
            case TagKind.Message:
                var head = _kept.ToString();
                var isReply = head.Contains("final", StringComparison.OrdinalIgnoreCase)
                    || !(head.Contains("analysis", StringComparison.OrdinalIgnoreCase) || head.Contains("commentary", StringComparison.OrdinalIgnoreCase));
                (_place, _family, _depth, _hasChannels, _isLineStart) = (isReply ? Place.Reply : Place.Reasoning, TagFamily.Channel, 1, true, true);
                _hadOpening = true;
                _kept.Clear();
                return true;
            case TagKind.Channel or TagKind.EndOfMessage:
                return true;
            default:
                return false;
        }
    }

    private bool TakeInReasoning(ReasoningTag tag, ReadOnlySpan<char> raw)
    {
        if (_family == TagFamily.Channel)
        {
            switch (tag.Kind)
            {
                case TagKind.EndOfMessage:
                    Leave();
                    return true;
                case TagKind.Channel:
                    _kept.Clear();
                    _place = Place.Head;
                    return true;
                default:
                    return false;
            }
        }

        if (tag.Family != _family || tag.Kind is not (TagKind.Opening or TagKind.Closing))
        {
            return false;
        }

        _depth += tag.Kind == TagKind.Opening ? 1 : -1;
        if (_depth == 0)
        {
            _hadOpening = true;
            Leave();
        }
        else if (_place == Place.Doubtful)
        {
            _kept.Append(raw);
        }

        return true;
    }

    private void Leave()
    {
        _kept.Clear();
        (_place, _isLineStart) = (Place.Reply, true);
    }

    private void Pass(char c, StringBuilder output)
    {
        if (_place == Place.Reply)
        {
            Write(c, output);
            return;
        }

        var most = _place == Place.Head ? LongestHead : MaxKept;
        if (_place == Place.Reasoning && _kept.Length >= most)
        {
            // What comes last is the most likely to be the reply.
            _kept.Remove(0, most / 2);
        }

        if (_kept.Length < most)
        {
            _kept.Append(c);
        }
        else if (_place != Place.Reasoning)
        {
            // It was no tag after all: nobody reasons or names a channel for so long.
            var words = _kept.ToString();
            _kept.Clear();
            (_place, _hadLiteral) = (Place.Reply, true);
            foreach (var word in words)
            {
                Write(word, output);
            }

            Write(c, output);
        }
    }

    private void Write(char c, StringBuilder output)
    {
        output.Append(c);
        _last = c;
        _code.Read(c);
        _hasReply |= !char.IsWhiteSpace(c);
        _isLineStart = c is '\n' or '\r' || (_isLineStart && char.IsWhiteSpace(c));
    }

    private static bool IsQuotation(char c) => c is '"' or '\'' or '“' or '‘' or '«' or '「' or '『' or '《' or '\\';

    private static string AfterFirstParagraph(string reasoning)
    {
        var text = reasoning.Trim();
        if (text.Length > LongestReply)
        {
            var last = text[text.LastIndexOf("\n\n", StringComparison.Ordinal) is >= 0 and var behind ? (behind + 2).. : ..].TrimStart();
            return last.Length > LongestReply ? string.Empty : last;
        }

        var blank = text.IndexOf("\n\n", StringComparison.Ordinal);
        return blank < 0 ? text : text[(blank + 2)..].TrimStart();
    }

    /// <summary>Knows whether the text is inside of backticks: a word of code on a line, or a block of it.</summary>
    private sealed class CodeMarks
    {
        private int _open;
        private int _run;

        /// <summary>Whether what comes next is code. A run of backticks that may still go on counts.</summary>
        public bool IsInside => _run == 0 ? _open > 0 : AfterRun() > 0;

        public void Read(char c)
        {
            if (c == '`')
            {
                _run++;
                return;
            }

            _open = AfterRun();
            _run = 0;
            if (c == '\n' && _open < 3)
            {
                _open = 0;
            }
        }

        private int AfterRun()
        {
            if (_run == 0)
            {
                return _open;
            }

            return _open == 0 ? _run : _run == _open || (_open >= 3 && _run >= _open) ? 0 : _open;
        }
    }
}
