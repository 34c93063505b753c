using System.Runtime.CompilerServices;
using Holdfast.Speech;
using Microsoft.Extensions.AI;

namespace OwnVoice;

/// <summary>A voice that whistles: a tone for each word. In its place: a call of your speech service.</summary>
internal sealed class Whistle : ITextToSpeechClient
{
    private const int Rate = 24_000;
    private const int SamplesPerWord = Rate / 4;

    public async IAsyncEnumerable<TextToSpeechResponseUpdate> GetStreamingAudioAsync(
        string text, TextToSpeechOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (words, at) = (new List<SpokenWord>(), 0);
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            at = text.IndexOf(word, at, StringComparison.Ordinal);
            words.Add(new SpokenWord(TimeSpan.FromSeconds(0.25 * words.Count), new TextRange(at, word.Length)));
            at += word.Length;
        }

        // When words begin is told before their sound; a voice that does not know leaves it out.
        yield return new([new SpokenWords(words)]);
        for (var i = 0; i < words.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return new([new DataContent(Tone(IsHigh(options) ? 880 : 440), $"audio/pcm;rate={Rate}")]);
        }
    }

    public async Task<TextToSpeechResponse> GetAudioAsync(
        string text, TextToSpeechOptions? options = null, CancellationToken cancellationToken = default)
    {
        var contents = new List<AIContent>();
        await foreach (var update in GetStreamingAudioAsync(text, options, cancellationToken))
        {
            contents.AddRange(update.Contents);
        }

        return new(contents);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private static bool IsHigh(TextToSpeechOptions? options) => options?.VoiceId?.EndsWith("high", StringComparison.Ordinal) is true;

    /// <summary>16 bit, little endian; it fades in and out, so that it does not click.</summary>
    private static byte[] Tone(double pitch)
    {
        var pcm = new byte[2 * SamplesPerWord];
        for (var i = 0; i < SamplesPerWord; i++)
        {
            var loudness = 8_000 * Math.Sin(Math.PI * i / SamplesPerWord);
            BitConverter.TryWriteBytes(pcm.AsSpan(2 * i), (short)(loudness * Math.Sin(2 * Math.PI * pitch * i / Rate)));
        }

        return pcm;
    }
}
