using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue;

/// <summary>
/// Answers where no model is configured: who it is, what this product does, the time, a guessing game, and what the session survived. In
/// English and Chinese, by the language of the question. It says that it is no language model.
/// </summary>
internal sealed class CompanionChatClient : IChatClient
{
    private readonly TimeProvider _time;

    public CompanionChatClient(TimeProvider time) => _time = time;

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, Answer([.. messages], options))));

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        yield return new ChatResponseUpdate(ChatRole.Assistant, Answer([.. messages], options));
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private string Answer(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        var question = messages.LastOrDefault(static message => message.Role == ChatRole.User)?.Text.Trim() ?? "";
        var facts = ConversationFacts.Of(options);
        var words = CompanionWords.For(question, facts.IsChinese);
        var game = GuessingGame.Find(messages, facts.Seed);
        if (game?.Answer(question, words) is { } move)
        {
            return move;
        }

        return CompanionTopics.Of(question) switch
        {
            CompanionTopic.Outage => words.Survived(facts.Outages),
            CompanionTopic.Game => words.GameBegins(GuessingGame.RoundAfter(messages)),
            CompanionTopic.Time => words.Now(_time.GetLocalNow()),
            CompanionTopic.Who => words.Who(facts.Avatar),
            CompanionTopic.Product => words.Product,
            CompanionTopic.Thanks => words.YouAreWelcome,
            CompanionTopic.Bye => words.Bye,
            CompanionTopic.Hello => words.Hello(facts.Avatar, facts.Outages.Count > 0 ? facts.Outages[^1] : null),
            CompanionTopic.Unknown => words.NotKnown,
        };
    }
}
