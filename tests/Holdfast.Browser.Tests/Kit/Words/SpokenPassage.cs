using Holdfast.Avatar;
using Holdfast.Media;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Browser.Kit.Words;

/// <summary>A word of a passage as it sounds.</summary>
/// <param name="Text">As it is written.</param>
/// <param name="Start">Its first frame in the passage (<see cref="MelSpectrum"/>).</param>
/// <param name="Frames">Its sound.</param>
internal sealed record SpokenWord(string Text, int Start, float[][] Frames)
{
    public int End => Start + Frames.Length;
}

/// <summary>
/// A known passage as the server's own voice speaks it: made with the same program and options, sent through the same codec, and cut
/// into its words at its pauses.
/// </summary>
internal sealed class SpokenPassage
{
    private SpokenPassage(string text, short[] original, short[] decoded, SpokenWord[] words)
    {
        Text = text;
        Original = original;
        Decoded = decoded;
        Words = words;
    }

    /// <summary>What is said.</summary>
    public string Text { get; }

    /// <summary>48 kHz mono, before the codec.</summary>
    public short[] Original { get; }

    /// <summary>The same after the codec, on a network that loses nothing.</summary>
    public short[] Decoded { get; }

    public IReadOnlyList<SpokenWord> Words { get; }

    /// <param name="sentences">Words that differ from each other; after each there is a pause.</param>
    public static async Task<SpokenPassage> SpeakAsync(params string[][] sentences)
    {
        var text = string.Join(' ', sentences.Select(static words => string.Join(", ", words) + "."));
        var original = await SynthesizeAsync(text, TestContext.Current.CancellationToken);
        var decoded = ThroughTheCodec(original);
        return new SpokenPassage(text, original, decoded, Cut(decoded, [.. sentences.SelectMany(static words => words)]));
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

    /// <summary>Cuts within the longest pauses, of which there must be one fewer than words, where it is quietest.</summary>
    private static SpokenWord[] Cut(short[] pcm, string[] texts)
    {
        var frames = MelSpectrum.Of(pcm);
        var levels = frames.Select(static (_, index) => index * MelSpectrum.Hop).Select(at => LevelOf(pcm.AsSpan(at, MelSpectrum.Hop))).ToArray();

        // What is heard of a voice, 30 dB: a last consonant that fades is part of the pause here.
        var quiet = levels.Max() - 30;
        var pauses = new List<Range>();
        for (var i = Array.FindIndex(levels, level => level > quiet); i <= Array.FindLastIndex(levels, level => level > quiet); i++)
        {
            var start = i;
            while (levels[i] <= quiet)
            {
                i++;
            }

            if (i > start)
            {
                pauses.Add(start..i);
            }
        }

        static int Length(Range pause) => pause.End.Value - pause.Start.Value;
        var longest = pauses.OrderByDescending(Length).ToArray();
        var between = longest.Take(texts.Length - 1).OrderBy(static pause => pause.Start.Value).ToArray();
        if (between.Length < texts.Length - 1 || (longest.Length > between.Length && Length(longest[between.Length]) * 1.3 > between.Min(Length)))
        {
            throw new InvalidOperationException(
                $"The {texts.Length} words cannot be told apart by their pauses, which last {string.Join(", ", longest.Select(Length))} times 10 ms.");
        }

        int[] cuts = [0, .. between.Select(pause => Quietest(levels, pause)), frames.Length];
        return [.. texts.Select((text, i) => WordOf(text, frames, cuts[i], cuts[i + 1]))];
    }

    private static SpokenWord WordOf(string text, float[][] frames, int start, int end)
    {
        while (!IsHeard(frames[start]))
        {
            start++;
        }

        while (!IsHeard(frames[end - 1]))
        {
            end--;
        }

        return new SpokenWord(text, start, frames[start..end]);
    }

    /// <summary>The middle of what is as quiet as anything in the pause, but for 3 dB.</summary>
    private static int Quietest(float[] levels, Range pause)
    {
        var least = levels[pause].Min();
        var candidates = Enumerable.Range(pause.Start.Value, pause.End.Value - pause.Start.Value).Where(i => levels[i] <= least + 3).ToArray();
        return candidates[candidates.Length / 2];
    }

    /// <summary>In dB of full scale; silence is -90.</summary>
    private static float LevelOf(ReadOnlySpan<short> pcm)
    {
        var sum = 0.0;
        foreach (var sample in pcm)
        {
            sum += (double)sample * sample;
        }

        return (float)(10 * Math.Log10(sum / pcm.Length / 1_073_741_824 + 1e-9));
    }

    private static bool IsHeard(float[] frame) => frame.Average() > MelSpectrum.Floor + 3;
}
