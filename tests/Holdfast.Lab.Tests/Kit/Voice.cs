using Holdfast.Avatar;
using Holdfast.Lab.Words;
using Holdfast.Media;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Tests.Kit;

/// <summary>The server's own voice, made with the same program and options and sent through the same codec, but over no network.</summary>
internal static class Voice
{
    /// <param name="sentences">Words that differ from each other; after each there is a pause.</param>
    /// <returns>The passage as a client hears it, and the same sound before the codec, 48 kHz mono.</returns>
    public static async Task<(SpokenPassage Passage, short[] Original)> SpeakAsync(params string[][] sentences)
    {
        var original = await SynthesizeAsync(SpokenPassage.Write(sentences), TestContext.Current.CancellationToken);
        return (SpokenPassage.From(sentences, ThroughTheCodec(original)), original);
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

    private static async Task<short[]> SynthesizeAsync(string text, CancellationToken cancellationToken)
    {
        // What the server registers, with the settings it has when nobody gives any.
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationManager())
            .AddLogging()
            .AddHoldfastAvatar()
            .BuildServiceProvider();
        var voice = services.GetRequiredService<ITextToSpeechClient>();
        var sound = new List<short>();
        var samples = new short[64 * 1024];
        await foreach (var update in voice.GetStreamingAudioAsync(text, new TextToSpeechOptions { VoiceId = "female" }, cancellationToken))
        {
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

        return [.. sound];
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
