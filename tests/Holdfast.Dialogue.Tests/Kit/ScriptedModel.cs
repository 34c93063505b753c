using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue.Tests;

/// <summary>A model that says what a test has it say, when the test has it say it.</summary>
internal sealed class ScriptedModel : IChatClient
{
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();

    public int Asked { get; private set; }

    /// <summary>Waits for the next time it is asked.</summary>
    public async Task<Call> NextCallAsync() => await _calls.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Asked++;
        var call = new Call([.. messages], options);
        using var cancelled = cancellationToken.Register(() => call.IsCancelled.TrySetResult());
        _calls.Writer.TryWrite(call);
        try
        {
            await foreach (var update in call.Updates.Reader.ReadAllAsync(cancellationToken))
            {
                yield return update;
            }
        }
        finally
        {
            // The reader may be told of the end first, and what was registered above is gone before it is called.
            if (cancellationToken.IsCancellationRequested)
            {
                call.IsCancelled.TrySetResult();
            }
        }
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    internal sealed record Call(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options)
    {
        public Channel<ChatResponseUpdate> Updates { get; } = Channel.CreateUnbounded<ChatResponseUpdate>();

        public TaskCompletionSource IsCancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Call Say(string text)
        {
            Updates.Writer.TryWrite(new ChatResponseUpdate(ChatRole.Assistant, text));
            return this;
        }

        public void CallTool(string name, IDictionary<string, object?>? arguments = null)
        {
            Updates.Writer.TryWrite(new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("call-1", name, arguments)]));
            End();
        }

        /// <summary>Calls several tools at once.</summary>
        public void CallTools(params string[] names)
        {
            var calls = names.Select(static AIContent (name) => new FunctionCallContent("call-" + Guid.NewGuid().ToString("N"), name, null));
            Updates.Writer.TryWrite(new ChatResponseUpdate(ChatRole.Assistant, [.. calls]));
            End();
        }

        public void End(Exception? failure = null) => Updates.Writer.Complete(failure);
    }
}
