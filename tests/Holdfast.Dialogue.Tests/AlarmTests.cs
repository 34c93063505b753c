using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Holdfast.Speech;
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
        var answer = Call(static async told =>
        {
            told.Register(static () => throw new InvalidOperationException("The tool does not like that."));
            await new TaskCompletionSource().Task;
        });

        // In place of the timer's thread: what surfaces here ends the process there.
        _time.Advance(Patience);

        Assert.Contains("took longer than 5 seconds", (await answer)?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_that_ends_with_an_error_of_its_own_when_it_is_told_took_too_long_and_did_not_fail()
    {
        var (begin, waits) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var answer = Call(async told =>
        {
            var end = new TaskCompletionSource();
            await begin.Task;

            // The last to register is the first to be called: the tool has ended before anybody gives it up.
            told.Register(() => end.SetException(new IOException("The line was cut.")));
            waits.SetResult();
            await end.Task;
        });
        begin.SetResult();
        await waits.Task;

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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_recogniser_that_takes_too_long_is_given_up_whether_it_ends_with_an_error_of_its_own_or_never(bool ends)
    {
        var client = new Ears(ends);
        using var recogniser = new Recogniser(client, new ListeningOptions { MaxAtOnce = 1 }, _time);
        for (var i = 0; i < 2; i++)
        {
            // The second finds its place free.
            var words = recogniser.RecogniseAsync(new short[160], isFinal: false, onPartial: null, TestContext.Current.CancellationToken);
            await client.Waits.Reader.ReadAsync(TestContext.Current.CancellationToken);

            _time.Advance(TimeSpan.FromSeconds(new ListeningOptions().TimeoutSeconds));

            Assert.Equal(RecognitionFault.Timeout, (await Assert.ThrowsAsync<RecognitionException>(() => words)).Fault);
        }
    }

    private Task<object?> Call(Func<CancellationToken, Task> tool) =>
        new WatchedTool(AIFunctionFactory.Create(tool, "slow"), new Watch(), Patience, maxTokens: 1_000, _time)
            .InvokeAsync(new AIFunctionArguments(StringComparer.Ordinal), TestContext.Current.CancellationToken).AsTask();

    private sealed class Ears(bool ends) : ISpeechToTextClient
    {
        public Channel<bool> Waits { get; } = Channel.CreateUnbounded<bool>();

        public Task<SpeechToTextResponse> GetTextAsync(Stream audioSpeechStream, SpeechToTextOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public async IAsyncEnumerable<SpeechToTextResponseUpdate> GetStreamingTextAsync(
            Stream audioSpeechStream, SpeechToTextOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var end = new TaskCompletionSource();
            if (ends)
            {
                cancellationToken.Register(() => end.SetException(new IOException("The line was cut.")));
            }

            Waits.Writer.TryWrite(true);
            await end.Task;
            yield break;
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
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
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
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
