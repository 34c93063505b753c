using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Holdfast.Speech;

/// <summary>A voice that makes a sentence as a whole, and then has all of its sound.</summary>
internal abstract class SentenceVoice : ITextToSpeechClient
{
    /// <summary>What its engine is called.</summary>
    protected abstract string Engine { get; }

    public async Task<TextToSpeechResponse> GetAudioAsync(
        string text, TextToSpeechOptions? options = null, CancellationToken cancellationToken = default) =>
        new([.. await SpeakAsync(text, options, cancellationToken)]);

    public async IAsyncEnumerable<TextToSpeechResponseUpdate> GetStreamingAudioAsync(
        string text, TextToSpeechOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return new TextToSpeechResponseUpdate([.. await SpeakAsync(text, options, cancellationToken)])
        {
            Kind = TextToSpeechResponseUpdateKind.AudioUpdating,
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(TextToSpeechClientMetadata) ? new TextToSpeechClientMetadata(Engine)
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public abstract void Dispose();

    /// <summary>Makes the sound of a sentence, with when its words begin.</summary>
    protected abstract Task<AIContent[]> SpeakAsync(string text, TextToSpeechOptions? asked, CancellationToken cancellationToken);

    /// <summary>A sound whose words are where its shape lets them be, since the engine does not say.</summary>
    /// <param name="text">What is said.</param>
    /// <param name="speech">Its sound, without silence around it.</param>
    /// <param name="rate">Samples a second.</param>
    protected static AIContent[] Aligned(string text, ReadOnlySpan<short> speech, int rate)
    {
        var words = Words.In(text);
        var starts = WordTiming.Locate(speech, [], rate, words);
        return
        [
            new SpokenWords([.. words.Select((word, i) => new SpokenWord(TimeSpan.FromSeconds((double)starts[i] / rate), word))]),
            new DataContent(WavFile.Write(speech, rate), WavFile.MediaType),
        ];
    }
}
