using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue;

/// <summary>Where an embedding app takes part in every conversation. Register any number of them; they are called in that order.</summary>
/// <remarks>A hook that throws is logged and left out: the turn goes on without it.</remarks>
public interface IConversationHook
{
    /// <summary>The person asked something, in writing or by voice.</summary>
    /// <param name="turn">About the turn.</param>
    /// <param name="text">Their words.</param>
    /// <param name="cancellationToken">The turn was given up.</param>
    /// <returns>What is asked in place of their words, mostly the same; null: nothing is asked, and the turn ends.</returns>
    ValueTask<string?> OnHeardAsync(TurnContext turn, string text, CancellationToken cancellationToken) => new(text);

    /// <summary>The model is about to be asked; messages and options may be changed.</summary>
    /// <param name="turn">About the turn.</param>
    /// <param name="messages">Instructions, history and the question.</param>
    /// <param name="options">Tools, temperature and so on.</param>
    /// <param name="cancellationToken">The turn was given up.</param>
    ValueTask OnAskingAsync(TurnContext turn, IList<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken) => default;

    /// <summary>A turn is over.</summary>
    /// <param name="turn">About the turn.</param>
    /// <param name="ended">How.</param>
    ValueTask OnTurnEndedAsync(TurnContext turn, ConversationEvent.TurnEnded ended) => default;
}

/// <summary>About a turn.</summary>
/// <param name="SessionId">Whose.</param>
/// <param name="Avatar">Who answers.</param>
/// <param name="Turn">The number of the turn.</param>
/// <param name="Model">Who is asked.</param>
public sealed record TurnContext(string SessionId, string Avatar, long Turn, string Model);
