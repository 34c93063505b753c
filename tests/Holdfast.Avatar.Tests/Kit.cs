using System.Diagnostics;
using System.Threading.Channels;
using Holdfast.Media;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Holdfast.Avatar.Tests;

/// <summary>Real speech of espeak-ng, from its own phoneme notation.</summary>
internal static class Espeak
{
    public static EspeakTextToSpeechClient Client(Action<AvatarOptions>? configure = null)
    {
        var options = new AvatarOptions();
        configure?.Invoke(options);
        return new EspeakTextToSpeechClient(Options.Create(options));
    }

    /// <summary>Speech at 48 kHz.</summary>
    public static async Task<short[]> SayAsync(string text, string voice = "female")
    {
        var response = await Client().GetAudioAsync(text, new TextToSpeechOptions { VoiceId = voice }, TestContext.Current.CancellationToken);
        return Decode(response.Contents);
    }

    public static async Task<short[]> PhonemesAsync(string phonemes, string voice)
    {
        // The client says texts, not phonemes (it takes away what looks like notation), so the program is asked itself.
        using var process = Process.Start(new ProcessStartInfo("espeak-ng", ["-v", voice, "-s", "110", "-z", $"[[{phonemes}]]", "--stdout"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        using var wav = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(wav, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return Decode([new DataContent(wav.ToArray(), "audio/wav")]);
    }

    public static short[] Decode(IEnumerable<AIContent> contents)
    {
        var samples = new List<short>();
        var decoder = new SpeechDecoder(block => samples.AddRange(block));
        foreach (var content in contents.OfType<DataContent>())
        {
            decoder.Push(content);
        }

        decoder.Flush();
        return [.. samples];
    }

    public static double Rms(ReadOnlySpan<short> samples)
    {
        var sum = 0.0;
        foreach (var sample in samples)
        {
            sum += (double)sample * sample;
        }

        return samples.IsEmpty ? 0 : Math.Sqrt(sum / samples.Length);
    }
}

/// <summary>A voice the test plays: each text is a tone whose end, and failure, the test decides.</summary>
internal sealed class ScriptedVoice : ITextToSpeechClient
{
    private readonly Func<string, CancellationToken, IAsyncEnumerable<TextToSpeechResponseUpdate>> _speak;

    public ScriptedVoice(Func<string, CancellationToken, IAsyncEnumerable<TextToSpeechResponseUpdate>> speak) => _speak = speak;

    public List<string> Asked { get; } = [];

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
        }

        return _speak(text, cancellationToken);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private static async IAsyncEnumerable<TextToSpeechResponseUpdate> One(int milliseconds)
    {
        yield return Tone(milliseconds);
        await Task.CompletedTask;
    }
}

/// <summary>Writes down what a show tells.</summary>
internal sealed class Diary : IShowObserver
{
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();

    public List<string> Lines { get; } = [];

    public void UtteranceStarted(string utteranceId) => Write($"started {utteranceId}");

    public void WordReached(string utteranceId, int textOffset, int textLength) => Write($"word {utteranceId} {textOffset}+{textLength}");

    public void UtteranceEnded(string utteranceId, UtteranceEnd end) => Write($"{end} {utteranceId}");

    public void UtteranceFailed(string utteranceId, UtteranceFault fault) => Write($"failed {utteranceId}: {fault}");

    public bool Has(string line)
    {
        lock (Lines)
        {
            return Lines.Contains(line, StringComparer.Ordinal);
        }
    }

    private void Write(string line)
    {
        lock (Lines)
        {
            Lines.Add(line);
        }

        _told.Writer.TryWrite(line);
    }
}
