namespace Holdfast.Speech;

/// <summary>What a tag of reasoning says.</summary>
internal enum TagKind
{
    /// <summary>Nothing: it is none.</summary>
    None,

    /// <summary>Reasoning begins.</summary>
    Opening,

    /// <summary>Reasoning ends.</summary>
    Closing,

    /// <summary>The head of a message begins, which names its channel.</summary>
    Channel,

    /// <summary>The head ends and the message begins.</summary>
    Message,

    /// <summary>The message ends.</summary>
    EndOfMessage,

    /// <summary>A mark around the reply itself.</summary>
    Mark,
}

/// <summary>How a tag is written. What one family opens, only the same closes.</summary>
internal enum TagFamily
{
    /// <summary><c>&lt;think&gt;</c> and other names.</summary>
    Angle,

    /// <summary><c>[THINK]</c>.</summary>
    Square,

    /// <summary><c>◁think▷</c>.</summary>
    Triangle,

    /// <summary><c>&lt;|begin_of_thought|&gt;</c>.</summary>
    Thought,

    /// <summary><c>&lt;|channel|&gt;analysis&lt;|message|&gt;...&lt;|end|&gt;</c>, the format named Harmony.</summary>
    Channel,
}

/// <summary>A tag of reasoning, as the models of today write them.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Family">How it is written.</param>
/// <param name="Length">In UTF-16 units.</param>
internal readonly record struct ReasoningTag(TagKind Kind, TagFamily Family, int Length)
{
    /// <summary>The longest tag that is looked for, in UTF-16 units.</summary>
    private const int Longest = 64;

    private static readonly string[] Names =
        ["think", "thinking", "thought", "thoughts", "reason", "reasoning", "reflection", "analysis", "scratchpad"];

    private static readonly (string Text, TagKind Kind, TagFamily Family)[] Exact =
    [
        ("[THINK]", TagKind.Opening, TagFamily.Square),
        ("[/THINK]", TagKind.Closing, TagFamily.Square),
        ("◁think▷", TagKind.Opening, TagFamily.Triangle),
        ("◁/think▷", TagKind.Closing, TagFamily.Triangle),
        ("<|begin_of_thought|>", TagKind.Opening, TagFamily.Thought),
        ("<|end_of_thought|>", TagKind.Closing, TagFamily.Thought),
        ("<|begin_of_solution|>", TagKind.Mark, TagFamily.Thought),
        ("<|end_of_solution|>", TagKind.Mark, TagFamily.Thought),
        ("<|start|>", TagKind.Channel, TagFamily.Channel),
        ("<|channel|>", TagKind.Channel, TagFamily.Channel),
        ("<|message|>", TagKind.Message, TagFamily.Channel),
        ("<|end|>", TagKind.EndOfMessage, TagFamily.Channel),
        ("<|return|>", TagKind.EndOfMessage, TagFamily.Channel),
        ("<|call|>", TagKind.EndOfMessage, TagFamily.Channel),
    ];

    /// <summary>Whether a tag may begin with this.</summary>
    public static bool MayBegin(char c) => c is '<' or '[' or '◁';

    /// <summary>Looks whether a tag begins here.</summary>
    /// <param name="text">From its first sign on.</param>
    /// <param name="isEnd">Whether nothing comes after it.</param>
    /// <param name="tag">The tag; <see cref="TagKind.None"/>, of no length, where there is none.</param>
    /// <returns>False where that is only known when more is there.</returns>
    public static bool TryRead(ReadOnlySpan<char> text, bool isEnd, out ReasoningTag tag)
    {
        tag = default;
        var mayBecome = false;
        foreach (var (exact, kind, family) in Exact)
        {
            if (text.StartsWith(exact, StringComparison.Ordinal))
            {
                tag = new ReasoningTag(kind, family, exact.Length);
                return true;
            }

            mayBecome |= exact.AsSpan().StartsWith(text, StringComparison.Ordinal);
        }

        return text[0] == '<' ? TryReadAngle(text, isEnd, mayBecome, out tag) : isEnd || !mayBecome;
    }

    private static bool TryReadAngle(ReadOnlySpan<char> text, bool isEnd, bool mayBecome, out ReasoningTag tag)
    {
        tag = default;
        var name = text.Length > 1 && text[1] == '/' ? 2 : 1;
        var end = name;
        while (end < text.Length && char.IsAsciiLetter(text[end]))
        {
            end++;
        }

        if (end == text.Length)
        {
            return isEnd || !(mayBecome || MayBecomeName(text[name..]));
        }

        if (!IsName(text[name..end]))
        {
            return isEnd || !mayBecome;
        }

        var close = text.Slice(end, Math.Min(Longest, text.Length - end)).IndexOf('>');
        if (close < 0)
        {
            return isEnd || text.Length - end >= Longest;
        }

        if (close == 0 || char.IsWhiteSpace(text[end]) || text[end] == '/')
        {
            tag = new ReasoningTag(name == 2 ? TagKind.Closing : TagKind.Opening, TagFamily.Angle, end + close + 1);
        }

        return true;
    }

    private static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (var name in Names)
        {
            if (text.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
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
}
