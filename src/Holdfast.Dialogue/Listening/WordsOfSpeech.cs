using Holdfast.Speech;

namespace Holdfast.Dialogue;

/// <summary>
/// Asks the recogniser for the words of what a person is saying, one question at a time for each; what answers an older one counts for nothing.
/// </summary>
/// <remarks>It is called, and goes on, in the ear's order; the recogniser works elsewhere.</remarks>
internal sealed class WordsOfSpeech
{
    private readonly Hearing _hearing;
    private readonly Ear _ear;
    private readonly IListenerHost _host;
    private readonly Action _onNews;

    /// <param name="hearing">Has the recogniser.</param>
    /// <param name="ear">In whose order it goes on.</param>
    /// <param name="host">Is told what failed.</param>
    /// <param name="onNews">Something is known that was not known before.</param>
    public WordsOfSpeech(Hearing hearing, Ear ear, IListenerHost host, Action onNews)
    {
        (_hearing, _ear, _host, _onNews) = (hearing, ear, host, onNews);
    }

    /// <summary>Asks for the words of all that was voiced so far; the question before is taken back.</summary>
    public void Ask(PersonSpeech speech)
    {
        if (speech.VoicedUpTo == 0)
        {
            // A button was held and nobody spoke.
            speech.RecognisedUpTo = 0;
            return;
        }

        var (number, token) = speech.BeginRecognition();
        _ = AskAsync(speech, number, speech.VoicedUpTo, speech.Sound.Span.ToArray(), speech.HasEnded, token);
    }

    /// <summary>What was said wholly in a gap: a question of its own; empty where there were no words.</summary>
    public Task<string> OfAsync(short[] sound) => Task.Run(() => _hearing.Recogniser!.RecogniseAsync(sound, isFinal: true, onPartial: null, CancellationToken.None, _host.Language));

    private async Task AskAsync(PersonSpeech speech, int number, int upTo, short[] sound, bool isFinal, CancellationToken token)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // not on the listening thread
        try
        {
            var began = _hearing.Time.GetTimestamp();
            var text = await _hearing.Recogniser!.RecogniseAsync(
                sound, isFinal, partial => _ear.Post(() => OnPartial(speech, number, partial)), token, _host.Language).ConfigureAwait(false);
            var known = _hearing.Time.GetTimestamp();
            _ear.Post(() => OnRecognised(speech, number, upTo, text, (known, _hearing.Time.GetElapsedTime(began, known))));
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // A newer one was begun, or it is not wanted any more.
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _ear.Post(() => OnFailed(speech, number, upTo, isFinal, exception));
        }
    }

    private void OnPartial(PersonSpeech speech, int number, string text)
    {
        if (speech.IsCurrent(number) && text.Length > (speech.Text?.Length ?? 0))
        {
            speech.Text = text;
            _onNews();
        }
    }

    private void OnRecognised(PersonSpeech speech, int number, int upTo, string text, (long At, TimeSpan Took) times)
    {
        if (!speech.IsCurrent(number))
        {
            return;
        }

        speech.EndRecognition();
        (speech.RecognisedUpTo, speech.Recognised) = (upTo, times);
        speech.Text = text;
        AskForTheRest(speech);
        _onNews();
    }

    private void OnFailed(PersonSpeech speech, int number, int upTo, bool isFinal, Exception exception)
    {
        if (!speech.IsCurrent(number))
        {
            return;
        }

        speech.EndRecognition();
        if (isFinal)
        {
            // What was understood before is all that is known.
            speech.RecognisedUpTo = upTo;
            _host.OnNotHeard(speech.Told.Turn, exception);
        }
        else
        {
            _host.OnFault(exception);
        }

        AskForTheRest(speech);
        _onNews();
    }

    /// <summary>What was said after the words were asked for, where nothing more will be said.</summary>
    private void AskForTheRest(PersonSpeech speech)
    {
        if (speech is { HasEnded: true, IsRecognised: false, RecognisingUpTo: < 0, IsWaiting: false })
        {
            Ask(speech);
        }
    }
}
