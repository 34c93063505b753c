namespace Holdfast.Dialogue;

/// <summary>What a conversation is doing.</summary>
/// <param name="Phase">Where it is.</param>
/// <param name="Turn">The number of the turn; 0 before the first.</param>
/// <param name="Model">Who is asked.</param>
/// <param name="IsOffline">Whether that is only the companion.</param>
/// <param name="Waiting">Questions that wait.</param>
internal sealed record ConversationSnapshot(TurnPhase Phase, long Turn, string Model, bool IsOffline, int Waiting);
