namespace Holdfast.Dialogue;

/// <summary>Whose conversation it is.</summary>
/// <param name="sessionId">The session.</param>
/// <param name="avatar">Tells who answers now; it may be another one at any time. Any thread asks it.</param>
internal sealed class ConversationIdentity(string sessionId, Func<string> avatar)
{
    /// <summary>The session.</summary>
    public string SessionId { get; } = sessionId;

    /// <summary>Who answers.</summary>
    public string Avatar => avatar();

    /// <summary>What hears the person, where anything does.</summary>
    public IEars? Ears { get; init; }

    internal long Seed { get; } = SeedOf(sessionId);

    private static long SeedOf(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text)
        {
            hash = unchecked((hash ^ c) * 1099511628211UL);
        }

        return unchecked((long)hash);
    }
}
