using Microsoft.Extensions.AI;

namespace Holdfast.Speech;

/// <summary>Reads what a voice gives, and waits for each piece only so long, even for a voice that does not stop when it is told to.</summary>
internal sealed class BoundedSound : IAsyncDisposable
{
    private readonly CancellationTokenSource _given;
    private readonly CancellationToken _asked;
    private readonly Func<CancellationToken, IAsyncEnumerable<TextToSpeechResponseUpdate>> _speak;
    private readonly TimeProvider _time;
    private IAsyncEnumerator<TextToSpeechResponseUpdate>? _sound;
    private Task<bool>? _pending;

    public BoundedSound(
        Func<CancellationToken, IAsyncEnumerable<TextToSpeechResponseUpdate>> speak, TimeProvider time, CancellationToken cancellationToken)
    {
        _time = time;
        _asked = cancellationToken;
        _given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _speak = speak;
    }

    /// <summary>The next piece; null after the last, or with what went wrong.</summary>
    /// <exception cref="OperationCanceledException">Nobody wants it any more.</exception>
    public async ValueTask<(TextToSpeechResponseUpdate? Update, Exception? Failure)> NextAsync(TimeSpan bound)
    {
        try
        {
            // A voice may fail before it gives anything to wait for.
            _sound ??= _speak(_given.Token).GetAsyncEnumerator(_given.Token);
            _pending = _sound.MoveNextAsync().AsTask();
            var isMore = await _pending.WaitAsync(bound, _time, _asked);
            return (isMore ? _sound.Current : null, null);
        }
        catch (Exception e) when (!_asked.IsCancellationRequested)
        {
            return (null, e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_pending is { IsCompleted: false } pending)
        {
            // It is told to stop, and cleaned up after whenever it does.
            await _given.CancelAsync();
            _ = pending.ContinueWith(_ => CleanUpAsync(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return;
        }

        await CleanUpAsync();
    }

    private async Task CleanUpAsync()
    {
        try
        {
            _ = _pending?.Exception;
            await (_sound?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // What it gave is used or given up already.
        }

        _given.Dispose();
    }
}
