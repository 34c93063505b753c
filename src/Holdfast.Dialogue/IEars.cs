namespace Holdfast.Dialogue;

/// <summary>What hears the person for a conversation, and tells it by <see cref="Conversation.OnVoice"/>.</summary>
internal interface IEars
{
    /// <summary>Does what the turn wants of it: <see cref="TurnEffect.Listen"/>, <see cref="TurnEffect.Recognise"/>, <see cref="TurnEffect.StopListening"/> or <see cref="TurnEffect.TakeForNoise"/>. Returns at once.</summary>
    void Do(TurnEffect effect);
}
