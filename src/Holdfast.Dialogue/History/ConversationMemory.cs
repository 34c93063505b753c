using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue;

/// <summary>What a model is told of a conversation: what was said and heard in it, and the outages it survived.</summary>
/// <remarks>Not thread-safe: a conversation calls it in its own order.</remarks>
internal sealed class ConversationMemory(ConversationIdentity identity, DialogueOptions options, ConversationRecord? kept)
{
    private const int OutagesKept = 8;

    /// <summary>A shorter one was not noticed, and is not worth telling a model of.</summary>
    private static readonly TimeSpan ShortestOutage = TimeSpan.FromSeconds(1);

    private readonly List<SurvivedOutage> _outages = [.. kept?.Outages ?? []];

    /// <summary>What was said and heard.</summary>
    public ConversationHistory History { get; } = new(options.HistoryTokens, kept?.History);

    /// <summary>The outages so far, the oldest first.</summary>
    public IReadOnlyList<SurvivedOutage> Outages => _outages;

    /// <summary>Whether it is held in Chinese, as far as is known.</summary>
    public bool IsChinese => Own ?? (History.Lines.LastOrDefault(static line => line.Who != SaidBy.Note) is { } last && Sentences.IsChinese(last.Text));

    /// <summary>The same where the avatar has a language of its own; null where it speaks the person's.</summary>
    private bool? Own => options.LanguageOf(identity.Avatar)?.StartsWith("zh", StringComparison.OrdinalIgnoreCase);

    /// <summary>Nobody heard anything for a while.</summary>
    /// <param name="away">How long.</param>
    /// <param name="saying">What was being said when it began; empty where nothing.</param>
    public void NoteOutage(TimeSpan away, string saying)
    {
        if (away < ShortestOutage)
        {
            return;
        }

        _outages.Add(new SurvivedOutage(away, saying));
        if (_outages.Count > OutagesKept)
        {
            _outages.RemoveAt(0);
        }

        var lost = saying.Length == 0 ? "" : $" You were saying: \"{saying}\" and went on from there.";
        History.Add(new SaidLine(SaidBy.Note, $"The connection was lost for {away.TotalSeconds:0} seconds; the conversation goes on.{lost}"));
    }

    /// <summary>Notes a question, and gives all that a model is told with it, the instructions first.</summary>
    public (List<ChatMessage> Messages, ConversationFacts Facts) Ask(string question)
    {
        // A question without a letter ("50") is in the language that was spoken before it.
        var isChinese = Own ?? (question.Any(char.IsLetter) ? Sentences.IsChinese(question) : IsChinese);
        History.Add(new SaidLine(SaidBy.Person, question));
        return (
            [new(ChatRole.System, Instructions.For(options, identity.Avatar)), .. History.ToMessages()],
            new ConversationFacts(identity.Avatar, isChinese, identity.Seed, [.. _outages]));
    }
}
