using Microsoft.Extensions.AI;

namespace Holdfast.Speech.Tests;

/// <summary>A voice the test plays: each text is a tone whose end, and failure, the test decides.</summary>
internal sealed class ScriptedVoice : ITextToSpeechClient
{
    private readonly Func<string, CancellationToken, IAsyncEnumerable<TextToSpeechResponseUpdate>> _speak;

    public ScriptedVoice(Func<string, CancellationToken, IAsyncEnumerable<TextToSpeechResponseUpdate>> speak) => _speak = speak;

    public List<string> Asked { get; } = [];

    /// <summary>How the last text was to be spoken.</summary>
    public TextToSpeechOptions? Options { get; private set; }

    /// <summary>A tone of 440 Hz at 48 kHz.</summary>
    public static TextToSpeechResponseUpdate Tone(int milliseconds)
    {
        var samples = new short[48 * milliseconds];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = (short)(9000 * Math.Sin(2 * Math.PI * 440 * i / 48_000));
        }

        return new TextToSpeechResponseUpdate([new DataContent(WavFile.Write(samples, 48_000), "audio/wav")]);
    }

    public static ScriptedVoice OfTones(int milliseconds) => new((_, _) => One(milliseconds));

    public Task<TextToSpeechResponse> GetAudioAsync(string text, TextToSpeechOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<TextToSpeechResponseUpdate> GetStreamingAudioAsync(
        string text, TextToSpeechOptions? options = null, CancellationToken cancellationToken = default)
    {
        lock (Asked)
        {
            Asked.Add(text);
            Options = options;
        }

        return _speak(text, cancellationToken);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    public static async IAsyncEnumerable<TextToSpeechResponseUpdate> One(int milliseconds)
    {
        yield return Tone(milliseconds);
        await Task.CompletedTask;
    }
}
