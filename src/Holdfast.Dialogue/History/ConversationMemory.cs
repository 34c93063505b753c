using Holdfast.Speech;
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
    public bool IsChinese => LanguageTag.IsChinese(LanguageOf(""));

    /// <summary>
    /// In which language a question is answered, as a tag: the avatar's own, or what the letters of the question tell, or of what was said before it ("50"). Null
    /// where nothing tells.
    /// </summary>
    public string? LanguageOf(string question) => options.LanguageOf(identity.Avatar) ?? LanguageTag.Of(question)
        ?? History.Lines.Where(static line => line.Who != SaidBy.Note).Reverse().Select(static line => LanguageTag.Of(line.Text)).FirstOrDefault(static tag => tag is not null);

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
        var isChinese = LanguageTag.IsChinese(LanguageOf(question));
        History.Add(new SaidLine(SaidBy.Person, question));
        return (
            [new(ChatRole.System, Instructions.For(options, identity.Avatar)), .. History.ToMessages()],
            new ConversationFacts(identity.Avatar, isChinese, identity.Seed, [.. _outages]));
    }
}
