using System.Runtime.CompilerServices;
using Holdfast.Speech;
using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue;

/// <summary>Why a model gave no answer, or not all of it.</summary>
internal enum ModelFault
{
    /// <summary>It took too long.</summary>
    Timeout,

    /// <summary>It cannot be reached.</summary>
    Unreachable,

    /// <summary>It answered with an HTTP status that is none of success.</summary>
    Status,

    /// <summary>It told of an error in the place of an answer, or in the middle of one.</summary>
    Error,

    /// <summary>What it sent is none of its protocol.</summary>
    Protocol,

    /// <summary>Its answer has no words.</summary>
    Empty,

    /// <summary>It broke off.</summary>
    Broken,

    /// <summary>Its answer was longer than it may be, and was cut.</summary>
    Length,

    /// <summary>A filter of the service held its answer back, or the rest of it.</summary>
    Filtered,
}

/// <summary>A model failed.</summary>
internal sealed class ModelException(ModelFault fault, int? status, TimeSpan? retryAfter, Exception? inner)
    : Exception("The model gave no answer: " + fault, inner)
{
    public ModelFault Fault { get; } = fault;

    /// <summary>The HTTP status, where it answered with one.</summary>
    public int? Status { get; } = status;

    /// <summary>How long it asks to be left alone.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>Asks a model once, and gives its words as they come. Whatever goes wrong becomes a <see cref="ModelException"/>.</summary>
internal static class ModelCall
{
    public static async IAsyncEnumerable<string> AskAsync(
        IChatClient client,
        IEnumerable<ChatMessage> messages,
        ChatOptions options,
        TimeSpan timeout,
        TimeProvider time,
        Func<bool> isToolRunning,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // While a tool runs the model is not the one that is slow.
        using var alarm = Alarm.Set(bounded, timeout, time, period: timeout, isDue: () => !isToolRunning());
        await using var updates = new Abandonable(client.GetStreamingResponseAsync(messages, options, bounded.Token).GetAsyncEnumerator(bounded.Token));
        var isFirst = true;
        ChatFinishReason? finish = null;
        while (true)
        {
            string? text;
            try
            {
                alarm.Change(timeout, timeout);
                if (!await updates.MoveNextAsync(bounded.Token).ConfigureAwait(false))
                {
                    break;
                }

                text = updates.Current.Text;
                finish = updates.Current.FinishReason ?? finish;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                throw Explain(exception, isFirst, bounded.IsCancellationRequested);
            }

            if (text.Length > 0)
            {
                isFirst = false;
                yield return text;
            }
        }

        if (finish == ChatFinishReason.Length)
        {
            throw new ModelException(ModelFault.Length, null, null, null);
        }

        if (finish == ChatFinishReason.ContentFilter)
        {
            throw new ModelException(ModelFault.Filtered, null, null, null);
        }

        if (isFirst)
        {
            throw new ModelException(ModelFault.Empty, null, null, null);
        }
    }

    private static ModelException Explain(Exception exception, bool isFirst, bool isLate) => exception switch
    {
        ModelException known => known,
        _ when isLate => new ModelException(ModelFault.Timeout, null, null, exception),
        System.ClientModel.ClientResultException { Status: > 0 } refused => new ModelException(ModelFault.Status, refused.Status, RetryAfter(refused), exception),
        HttpRequestException { StatusCode: { } status } => new ModelException(ModelFault.Status, (int)status, null, exception),
        _ when !isFirst => new ModelException(ModelFault.Broken, null, null, exception),
        _ when IsUnreachable(exception) => new ModelException(ModelFault.Unreachable, null, null, exception),
        System.Text.Json.JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException or NotSupportedException =>
            new ModelException(ModelFault.Protocol, null, null, exception),
        _ => new ModelException(ModelFault.Broken, null, null, exception),
    };

    private static bool IsUnreachable(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError })
            {
                return true;
            }
        }

        return false;
    }

    private static TimeSpan? RetryAfter(System.ClientModel.ClientResultException exception) =>
        exception.GetRawResponse() is { } response && response.Headers.TryGetValue("Retry-After", out var value)
        && double.TryParse(value, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds >= 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, 86_400))
            : null;

    /// <summary>A stream that need not be waited for: one that does not listen to its token is disposed of when it comes back.</summary>
    private sealed class Abandonable(IAsyncEnumerator<ChatResponseUpdate> updates) : IAsyncDisposable
    {
        private Task<bool> _move = Task.FromResult(true);

        public ChatResponseUpdate Current => updates.Current;

        public Task<bool> MoveNextAsync(CancellationToken cancellationToken)
        {
            _move = updates.MoveNextAsync().AsTask();
            return _move.WaitAsync(cancellationToken);
        }

        public ValueTask DisposeAsync()
        {
            if (_move.IsCompleted)
            {
                return updates.DisposeAsync();
            }

            _ = DisposeLateAsync();
            return default;
        }

        private async Task DisposeLateAsync()
        {
            await ((Task)_move).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await updates.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // Nobody waits for it any more.
            }
        }
    }
}
