using Holdfast.Avatar;
using Holdfast.Lab.Words;
using Holdfast.Media;
using Holdfast.Speech;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Tests.Kit;

/// <summary>The server's own voice, made with the same program and options and sent through the same codec, but over no network.</summary>
internal static class Voice
{
    /// <summary>The engine whose words nobody takes for each other, in whole or in part: for tests that ask whether all of a word was heard.</summary>
    public const string Distinct = "espeak";

    /// <param name="sentences">Words that differ from each other; after each there is a pause.</param>
    /// <returns>The passage as a client hears it, and the same sound before the codec, 48 kHz mono.</returns>
    public static Task<(SpokenPassage Passage, short[] Original)> SpeakAsync(params string[][] sentences) => SpeakAsync(engine: null, sentences);

    /// <param name="engine">What speaks English; null: what does where nobody says anything else.</param>
    /// <param name="sentences">Words that differ from each other; after each there is a pause.</param>
    public static async Task<(SpokenPassage Passage, short[] Original)> SpeakAsync(string? engine, string[][] sentences)
    {
        var (original, words) = await SynthesizeAsync(engine, SpokenPassage.Write(sentences), TestContext.Current.CancellationToken);
        return (SpokenPassage.From(sentences, ThroughTheCodec(original), words), original);
    }

    /// <summary>Encodes as the server does and decodes as a client does, 20 ms at a time; the codec's delay is taken out.</summary>
    public static short[] ThroughTheCodec(ReadOnlySpan<short> pcm)
    {
        // The encoder looks ahead 6.5 ms.
        const int Delay = 312;
        using var encoder = new OpusEncoder();
        using var decoder = new OpusDecoder();
        var result = new List<short>(pcm.Length);
        var frame = new short[SoundFormat.SamplesPerFrame];
        var heard = new short[OpusDecoder.MaxSamplesPerPacket];
        for (var at = 0; at < pcm.Length + Delay; at += frame.Length)
        {
            var rest = pcm[Math.Min(at, pcm.Length)..];
            frame.AsSpan().Clear();
            rest[..Math.Min(frame.Length, rest.Length)].CopyTo(frame);
            var count = decoder.Decode(encoder.Encode(frame), heard);
            result.AddRange(heard.AsSpan(0, count));
        }

        return [.. result.Skip(Delay).Take(pcm.Length)];
    }

    private static async Task<(short[] Sound, IReadOnlyList<ToldWord> Words)> SynthesizeAsync(
        string? engine, string text, CancellationToken cancellationToken)
    {
        using var settings = new ConfigurationManager();
        if (engine is not null)
        {
            settings["Holdfast:Speech:English"] = engine;
        }


        // What the server registers, with the settings it has when nobody gives any.
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(settings)
            .AddLogging()
            .AddHoldfastAvatar()
            .BuildServiceProvider();
        var voice = services.GetRequiredService<ITextToSpeechClient>();
        var (sound, words) = (new List<short>(), new List<ToldWord>());
        var samples = new short[64 * 1024];
        await foreach (var update in voice.GetStreamingAudioAsync(text, new TextToSpeechOptions { VoiceId = "female" }, cancellationToken))
        {
            // Words are told from the beginning of the sound that comes with them.
            var begin = sound.Count / (double)SoundFormat.SampleRate;
            words.AddRange(update.Contents.OfType<SpokenWords>().SelectMany(static spoken => spoken.Words)
                .Select(word => new ToldWord(word.Range.Offset, begin + word.Start.TotalSeconds)));
            foreach (var content in update.Contents.OfType<DataContent>())
            {
                var reader = new WavReader();
                var wav = content.Data;
                while (!wav.IsEmpty)
                {
                    var part = wav[..Math.Min(wav.Length, 32 * 1024)];
                    var count = reader.Read(part.Span, samples);
                    Resample(samples.AsSpan(0, count), reader.SampleRate, sound);
                    wav = wav[part.Length..];
                }
            }
        }

        return ([.. sound], words);
    }

    private static void Resample(ReadOnlySpan<short> input, int rate, List<short> output)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var resampler = new Resampler(rate);
        var room = new short[resampler.GetMaxOutputLength(input.Length)];
        output.AddRange(room.AsSpan(0, resampler.Process(input, room)));
        output.AddRange(room.AsSpan(0, resampler.Flush(room)));
    }
}
