using System.Net.WebSockets;
using Holdfast.LiveTalking.Http;

namespace Holdfast.LiveTalking.Tests;

/// <summary>What no server needs for it: a program that goes in the middle of a conversation.</summary>
public sealed class FunAsrConversationTests
{
    [Fact]
    public async Task A_program_that_goes_without_a_word_ends_the_conversation_and_is_no_error()
    {
        using var nobody = new MemoryStream();
        using var socket = WebSocket.CreateFromStream(nobody, new WebSocketCreationOptions { IsServer = true });

        // It is gone before anything could be recognised: the recogniser is not asked.
        await new FunAsrConversation(socket, recogniser: null!).RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(WebSocketState.Aborted, socket.State);
    }
}
