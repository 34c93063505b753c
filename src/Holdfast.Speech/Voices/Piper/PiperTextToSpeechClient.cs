using Holdfast.Media;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Holdfast.Speech;

/// <summary>
/// Speaks with a Piper voice (VITS as ONNX), in this process; its phonemes come from espeak-ng, which stays a program of its own. The model
/// is loaded with the first text, once for all sessions.
/// </summary>
internal sealed class PiperTextToSpeechClient : SentenceVoice
{
    private const float LoudestSample = 32_767;

    private static readonly char[] Stops = ['.', ',', '!', '?', ';', ':', '。', '，', '！', '？', '；', '：', '、'];

    private readonly Lazy<(PiperVoice Voice, InferenceSession Model)> _loaded;
    private readonly EspeakProcess _espeak;
    private readonly FairTurns _turns;

    /// <param name="path">The model; its settings are beside it.</param>
    /// <param name="options">Settings.</param>
    /// <param name="time">Measures how long espeak-ng takes.</param>
    /// <param name="turns">When it may compute.</param>
    public PiperTextToSpeechClient(string path, IOptions<SpeechOptions> options, TimeProvider time, FairTurns turns)
    {
        _turns = turns;
        _espeak = new EspeakProcess(options.Value.EspeakPath, TimeSpan.FromSeconds(options.Value.TimeoutSeconds), time);

        // One that could not be loaded is tried again the next time: its files may have been put right.
        _loaded = new(() => (PiperVoice.Read(path + ".json"), Load(path)), LazyThreadSafetyMode.PublicationOnly);
    }

    protected override string Engine => "piper";

    public override void Dispose()
    {
        if (_loaded.IsValueCreated)
        {
            _loaded.Value.Model.Dispose();
        }
    }

    private static InferenceSession Load(string path)
    {
        try
        {
            // Sessions take turns already; a model that takes all processors for itself makes everybody's sound late.
            using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
            return new InferenceSession(path, options);
        }
        catch (Exception e) when (e is OnnxRuntimeException or DllNotFoundException or TypeInitializationException)
        {
            throw new SpeechException($"The Piper voice {path} cannot be loaded.", e) { Fault = UtteranceFault.VoiceMissing };
        }
    }

    protected override async Task<AIContent[]> SpeakAsync(string text, TextToSpeechOptions? asked, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        var speaker = VoiceRequest.SpeakerOf(asked);
        float[] samples;
        int rate;
        using (await _turns.TakeAsync(speaker, cancellationToken))
        {
            var (voice, model) = await Task.Run(() => _loaded.Value, cancellationToken);
            var phonemes = await PhonemesAsync(text, voice, cancellationToken);
            rate = voice.Audio.SampleRate;
            samples = await Task.Run(() => Run(model, voice, voice.NumbersOf(phonemes), asked?.Speed ?? 1), cancellationToken);
        }

        var speech = Silence.Trim(ToPcm(samples, asked?.Volume ?? 1), rate);
        if (speech.IsEmpty)
        {
            throw new SpeechException("The Piper voice gave no sound for this text.") { Fault = UtteranceFault.NoSound };
        }

        return Aligned(text, speech.Span, rate);
    }

    /// <summary>The phonemes of a text, with its punctuation, which such voices know how to say: espeak-ng gives a line for each part between.</summary>
    private async Task<string> PhonemesAsync(string text, PiperVoice voice, CancellationToken cancellationToken)
    {
        var plain = text.ReplaceLineEndings(" ");
        var stops = plain.Where((c, i) => Stops.Contains(c) && !IsWithinWord(plain, i)).ToArray();
        var parts = string.Concat(plain.Select((c, i) => Stops.Contains(c) && !IsWithinWord(plain, i) ? '\n' : c));
        var lines = (await _espeak.PhonemesAsync(parts, voice.Espeak.Voice, cancellationToken))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length <= stops.Length + 1
            ? string.Join(' ', lines.Select((line, i) => i < stops.Length ? line + Ascii(stops[i]) : line))
            : string.Join(", ", lines);

        // "3.14" and "5:30" are words.
        static bool IsWithinWord(string all, int at) =>
            at > 0 && at + 1 < all.Length && char.IsAsciiLetterOrDigit(all[at - 1]) && char.IsAsciiLetterOrDigit(all[at + 1]);

        static char Ascii(char stop) => stop switch
        {
            '。' => '.',
            '，' or '、' => ',',
            '！' => '!',
            '？' => '?',
            '；' => ';',
            '：' => ':',
            _ => stop,
        };
    }

    private static float[] Run(InferenceSession model, PiperVoice voice, long[] numbers, float speed)
    {
        var inference = voice.Inference;
        var inputs = new List<NamedOnnxValue>
        {
            NamedOnnxValue.CreateFromTensor("input", new DenseTensor<long>(numbers, [1, numbers.Length])),
            NamedOnnxValue.CreateFromTensor("input_lengths", new DenseTensor<long>(new long[] { numbers.Length }, [1])),
            NamedOnnxValue.CreateFromTensor(
                "scales",
                new DenseTensor<float>(new[] { inference.NoiseScale, inference.LengthScale / Math.Clamp(speed, 0.4f, 3), inference.NoiseW }, [3])),
        };
        if (model.InputMetadata.ContainsKey("sid"))
        {
            inputs.Add(NamedOnnxValue.CreateFromTensor("sid", new DenseTensor<long>(new long[] { 0 }, [1])));
        }

        try
        {
            using var outputs = model.Run(inputs);
            return [.. outputs[0].AsEnumerable<float>()];
        }
        catch (OnnxRuntimeException e)
        {
            throw new SpeechException("The Piper voice failed.", e);
        }
    }

    /// <summary>As loud as it can be without being torn, as Piper itself does it.</summary>
    private static short[] ToPcm(float[] samples, float volume)
    {
        var loudest = samples.Length == 0 ? 0 : samples.Max(MathF.Abs);
        var scale = LoudestSample / Math.Max(0.01f, loudest) * Math.Clamp(volume, 0, 1);
        return Array.ConvertAll(samples, sample => float.IsFinite(sample) ? (short)Math.Clamp(sample * scale, short.MinValue, short.MaxValue) : (short)0);
    }
}
