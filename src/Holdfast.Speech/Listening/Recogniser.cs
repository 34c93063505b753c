using Microsoft.Extensions.AI;

namespace Holdfast.Speech;

/// <summary>
/// Asks a recogniser what was said: bounded in time and number, once more where it is worth it, with the words as they come. For all sessions; from any
/// thread.
/// </summary>
/// <param name="client">The recogniser.</param>
/// <param name="options">Settings.</param>
/// <param name="time">The clock.</param>
internal sealed class Recogniser(ISpeechToTextClient client, ListeningOptions options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan UsualPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _places = new(options.MaxAtOnce);

    /// <summary>Recognises a sound.</summary>
    /// <param name="sound">16 kHz mono.</param>
    /// <param name="isFinal">Whether it is asked again where it failed: for what is only words so far, the next time is soon enough.</param>
    /// <param name="onPartial">Is told of the words so far.</param>
    /// <param name="cancellationToken">It is not wanted any more.</param>
    /// <param name="language">What is spoken, where that is known; else as the settings say.</param>
    /// <returns>The words; empty where there are none.</returns>
    /// <exception cref="RecognitionException">It failed.</exception>
    public async Task<string> RecogniseAsync(ReadOnlyMemory<short> sound, bool isFinal, Action<string>? onPartial, CancellationToken cancellationToken, string? language = null)
    {
        var file = WavFile.Write(sound.Span, HearingFormat.SampleRate);
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            try
            {
                return await AskAsync(file, language, onPartial, cancellationToken).ConfigureAwait(false);
            }
            catch (RecognitionException failure) when (isFinal && failure.MayPass && !(failure.RetryAfter > LongestPause))
            {
                await Task.Delay(failure.RetryAfter ?? UsualPause, time, cancellationToken).ConfigureAwait(false);
                return await AskAsync(file, language, onPartial, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose()
    {
        _places.Dispose();
        client.Dispose();
    }

    private async Task<string> AskAsync(byte[] file, string? language, Action<string>? onPartial, CancellationToken cancellationToken)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var alarm = Alarm.Set(bounded, TimeSpan.FromSeconds(options.TimeoutSeconds), time);
        try
        {
            // A client that does not listen to its token is not waited for, nor one that never gives its thread back.
            var until = bounded.Token;
            return await Task.Run(() => HearAsync(file, language, onPartial, until), CancellationToken.None).WaitAsync(until).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && bounded.IsCancellationRequested)
        {
            // Also where the client answers its token with an error of its own: why it ended is the time.
            throw new RecognitionException(RecognitionFault.Timeout, $"The recogniser took longer than {options.TimeoutSeconds} s.", exception);
        }
        catch (Exception exception) when (exception is not (RecognitionException or OutOfMemoryException))
        {
            throw new RecognitionException(RecognitionFault.Protocol, "The recogniser failed: " + exception.Message, exception);
        }
    }

    private async Task<string> HearAsync(byte[] file, string? language, Action<string>? onPartial, CancellationToken cancellationToken)
    {
        var (words, coming) = (string.Empty, string.Empty);
        using var stream = new MemoryStream(file, writable: false);
        var asked = new SpeechToTextOptions { SpeechLanguage = language ?? options.Language, SpeechSampleRate = HearingFormat.SampleRate };
        await foreach (var update in client.GetStreamingTextAsync(stream, asked, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (update.Kind == SpeechToTextResponseUpdateKind.Error)
            {
                throw new RecognitionException(RecognitionFault.Protocol, "The recogniser told of an error: " + update.Text);
            }

            if (update.Kind == SpeechToTextResponseUpdateKind.TextUpdating)
            {
                // Some send what is new, some all that there is of a segment.
                coming = coming.Length > 0 && update.Text.StartsWith(coming, StringComparison.Ordinal) ? update.Text : coming + update.Text;
                onPartial?.Invoke(HeardText.Clean(words + coming));
            }
            else if (update.Text is { Length: > 0 } whole)
            {
                (words, coming) = (words + whole, string.Empty);
            }
        }

        return HeardText.Clean(words + coming);
    }
}
