using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Holdfast.Speech.Tests;

/// <summary>Real speech of espeak-ng, from its own phoneme notation.</summary>
internal static class Espeak
{
    public static EspeakTextToSpeechClient Client(Action<SpeechOptions>? configure = null)
    {
        var options = new SpeechOptions();
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
