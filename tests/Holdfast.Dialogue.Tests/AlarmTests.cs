using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;

namespace Holdfast.Dialogue.Tests;

/// <summary>What takes too long is cancelled on a timer's thread, where whatever an app does about it must not end the process.</summary>
public sealed class AlarmTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_tool_that_takes_too_long_and_throws_when_it_is_told_so_is_only_given_up()
    {
        var tool = new WatchedTool(
            AIFunctionFactory.Create(
                static async (CancellationToken told) =>
                {
                    told.Register(static () => throw new InvalidOperationException("The tool does not like that."));
                    await new TaskCompletionSource().Task;
                },
                "slow"),
            new Watch(),
            Patience,
            maxTokens: 1_000,
            _time);
        var answer = tool.InvokeAsync(new AIFunctionArguments(StringComparer.Ordinal), TestContext.Current.CancellationToken).AsTask();

        // In place of the timer's thread: what surfaces here ends the process there.
        _time.Advance(Patience);

        Assert.Contains("took longer than 5 seconds", (await answer)?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_takes_too_long_and_throws_when_it_is_told_so_has_only_failed()
    {
        using var model = new Model();
        var words = ModelCall.AskAsync(model, [], new ChatOptions(), Patience, _time, static () => false, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = words.MoveNextAsync().AsTask();

        _time.Advance(Patience);

        await Assert.ThrowsAsync<ModelException>(() => next);
    }

    private sealed class Watch : IToolWatch, IDisposable
    {
        public IDisposable OnCalling(string name) => this;

        public void OnFailed(string name, Exception exception)
        {
        }

        public void OnCalled(string name, TimeSpan took, bool failed)
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class Model : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            cancellationToken.Register(static () => throw new InvalidOperationException("The model does not like that."));
            await new TaskCompletionSource().Task;
            yield break;
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
