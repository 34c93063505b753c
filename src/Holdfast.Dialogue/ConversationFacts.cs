using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue;

/// <summary>An outage that the session survived.</summary>
/// <param name="Away">How long nobody was there.</param>
/// <param name="Saying">What the avatar was saying when it began; empty where nothing.</param>
internal sealed record SurvivedOutage(TimeSpan Away, string Saying);

/// <summary>
/// What a model may want to know of the session, in <see cref="ChatOptions.AdditionalProperties"/> under <see cref="Key"/>. A model on the network is told
/// the same in words.
/// </summary>
/// <param name="Avatar">Who answers.</param>
/// <param name="IsChinese">Whether the conversation is in Chinese, as far as is known.</param>
/// <param name="Seed">The same for all of the session.</param>
/// <param name="Outages">The oldest first; the last few.</param>
internal sealed record ConversationFacts(string Avatar, bool IsChinese, long Seed, IReadOnlyList<SurvivedOutage> Outages)
{
    /// <summary>Where it is found.</summary>
    public const string Key = "holdfast.facts";

    /// <summary>The facts in a call's options; empty ones where there are none.</summary>
    public static ConversationFacts Of(ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(Key, out var value) == true && value is ConversationFacts facts ? facts : new ConversationFacts("", false, 0, []);
}
