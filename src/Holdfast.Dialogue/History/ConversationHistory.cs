using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue;

/// <summary>Who said something.</summary>
internal enum SaidBy
{
    /// <summary>The person.</summary>
    Person,

    /// <summary>The avatar.</summary>
    Avatar,

    /// <summary>Nobody: something that both should know, such as a lost connection.</summary>
    Note,
}

/// <summary>Something that was said, as it was heard.</summary>
/// <param name="Who">Who said it.</param>
/// <param name="Text">What was heard of it.</param>
/// <param name="IsBrokenOff">Whether there was more, which nobody heard.</param>
internal sealed record SaidLine(SaidBy Who, string Text, bool IsBrokenOff = false);

/// <summary>
/// What was said and heard so far, bounded in tokens: the oldest is forgotten first, a question together with its answer.
/// </summary>
/// <remarks>Not thread-safe: a conversation calls it under its own lock.</remarks>
internal sealed class ConversationHistory
{
    /// <summary>What a model is told behind an answer that was not heard to its end.</summary>
    public const string BrokenOff = "Your answer was broken off after these words. The person heard nothing of the rest.";

    private readonly int _maxTokens;
    private readonly LinkedList<SaidLine> _lines;
    private int _tokens;

    /// <param name="maxTokens">How much is remembered, by <see cref="TokenEstimate"/>.</param>
    /// <param name="lines">What was said before, the oldest first.</param>
    public ConversationHistory(int maxTokens, IEnumerable<SaidLine>? lines = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxTokens);
        _maxTokens = maxTokens;
        _lines = new LinkedList<SaidLine>(lines ?? []);
        _tokens = _lines.Sum(CostOf);
        Forget();
    }

    /// <summary>What is remembered, the oldest first.</summary>
    public IReadOnlyCollection<SaidLine> Lines => _lines;

    /// <summary>How many tokens that is, about.</summary>
    public int Tokens => _tokens;

    /// <summary>Adds what was said last.</summary>
    public void Add(SaidLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (line.Who != SaidBy.Person && string.IsNullOrWhiteSpace(line.Text))
        {
            return;
        }

        _lines.AddLast(line);
        _tokens += CostOf(line);
        Forget();
    }

    /// <summary>What a model is told, after its instructions.</summary>
    public IEnumerable<ChatMessage> ToMessages()
    {
        foreach (var line in _lines)
        {
            switch (line.Who)
            {
                case SaidBy.Person:
                    yield return new ChatMessage(ChatRole.User, line.Text);
                    break;
                case SaidBy.Avatar:
                    yield return new ChatMessage(ChatRole.Assistant, line.Text);
                    if (line.IsBrokenOff)
                    {
                        yield return new ChatMessage(ChatRole.System, BrokenOff);
                    }

                    break;
                case SaidBy.Note:
                    yield return new ChatMessage(ChatRole.System, line.Text);
                    break;
            }
        }
    }

    /// <summary>An answer without its question tells a model nothing: what is left begins with the person, or with a note.</summary>
    private void Forget()
    {
        while (_tokens > _maxTokens && _lines.Count > 1)
        {
            RemoveFirst();
            while (_lines.Count > 1 && _lines.First!.Value.Who == SaidBy.Avatar)
            {
                RemoveFirst();
            }
        }
    }

    /// <summary>What a model is told of a line: also that it was broken off.</summary>
    private static int CostOf(SaidLine line) => TokenEstimate.Of(line.Text) + (line.IsBrokenOff ? TokenEstimate.Of(BrokenOff) : 0);

    private void RemoveFirst()
    {
        _tokens -= CostOf(_lines.First!.Value);
        _lines.RemoveFirst();
    }
}
