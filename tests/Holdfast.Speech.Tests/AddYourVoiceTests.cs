using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Speech.Tests;

/// <summary>What docs/conversation.md shows compiles and works: it is the text between the two marks in this file.</summary>
public sealed class AddYourVoiceTests
{
    [Fact]
    public async Task A_voice_of_the_apps_own_speaks_and_is_listed()
    {
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationManager())
            .AddLogging()
            .AddHoldfastSpeech()
            .AddHoldfastVoice("mine", _ => new MyVoice(), "anna")
            .BuildServiceProvider();
        var voice = services.GetRequiredService<ITextToSpeechClient>();
        Assert.Contains("mine/anna", ((IVoiceCatalogue)voice).Voices.Select(known => known.Id), StringComparer.Ordinal);
        var (told, sound) = await House.SayAsync(voice, "Hello.", "mine/anna");
        Assert.InRange(sound.Length, 47_000, 49_000);
        Assert.Equal(new TextRange(0, 6), told.OfType<SpokenWords>().Single().Words.Single().Range);
    }

    [Fact]
    public void The_document_shows_this_very_code()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "Holdfast.slnx")))
        {
            root = root.Parent;
        }

        var document = File.ReadAllText(Path.Combine(root.FullName, "docs", "conversation.md"));
        var here = File.ReadAllText(Path.Combine(root.FullName, "tests", "Holdfast.Speech.Tests", "AddYourVoiceTests.cs"));
        var from = here.IndexOf("// >>>\n", StringComparison.Ordinal) + 7;
        var sample = string.Join('\n', here[from..here.IndexOf("    // <<<", from, StringComparison.Ordinal)]
            .Split('\n').Select(line => line.StartsWith("    ", StringComparison.Ordinal) ? line[4..] : line)).Trim();
        Assert.Contains(sample, document, StringComparison.Ordinal);
    }

    // The members that are left out in the document do nothing of interest.
    private sealed class MyVoice : ITextToSpeechClient
    {
        // >>>
        public async IAsyncEnumerable<TextToSpeechResponseUpdate> GetStreamingAudioAsync(
            string text, TextToSpeechOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            byte[] pcm = await SynthesizeAsync(text, options?.VoiceId, cancellationToken);
            yield return new([
                new SpokenWords([new(TimeSpan.Zero, new TextRange(0, text.Length))]),
                new DataContent(pcm, "audio/pcm;rate=24000"),
            ]);
        }

        // <<<
        public async Task<TextToSpeechResponse> GetAudioAsync(
            string text, TextToSpeechOptions? options = null, CancellationToken cancellationToken = default) =>
            new([new DataContent(await SynthesizeAsync(text, options?.VoiceId, cancellationToken), "audio/pcm;rate=24000")]);

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }

        private static Task<byte[]> SynthesizeAsync(string text, string? voice, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var pcm = new byte[48_000];
            for (var i = 0; i < pcm.Length / 2; i++)
            {
                BitConverter.TryWriteBytes(pcm.AsSpan(2 * i), (short)((1 + text.Length + (voice?.Length ?? 0)) % 9_000 * Math.Sin(i)));
            }

            return Task.FromResult(pcm);
        }
    }
}
