using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Speech;

/// <summary>What the settings beside a Piper model say of it (<c>MODEL.onnx.json</c>).</summary>
internal sealed record PiperVoice
{
    /// <summary>The beginning of a text, its end, and what stands between any two phonemes.</summary>
    private const string Begin = "^", End = "$", Pad = "_";

    [JsonPropertyName("audio")]
    public PiperAudio Audio { get; init; } = new();

    [JsonPropertyName("espeak")]
    public PiperEspeak Espeak { get; init; } = new();

    [JsonPropertyName("inference")]
    public PiperInference Inference { get; init; } = new();

    [JsonPropertyName("num_speakers")]
    public int Speakers { get; init; } = 1;

    [JsonPropertyName("phoneme_id_map")]
    public IReadOnlyDictionary<string, long[]> Ids { get; init; } = new Dictionary<string, long[]>(StringComparer.Ordinal);

    /// <summary>The language of a model, by the settings beside it; none where they cannot be read.</summary>
    public static string[] LanguagesOf(string model)
    {
        try
        {
            return [Read(model + ".json").Espeak.Voice];
        }
        catch (SpeechException)
        {
            // Whoever asks for the voice is told why.
            return [];
        }
    }

    /// <exception cref="SpeechException">The file is missing, or says nothing of use.</exception>
    public static PiperVoice Read(string path)
    {
        PiperVoice? voice;
        try
        {
            voice = JsonSerializer.Deserialize(File.ReadAllBytes(path), PiperJson.Default.PiperVoice);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new SpeechException($"The settings of a Piper voice, {path}, cannot be read.", e);
        }

        return voice is { Audio.SampleRate: >= 8_000 and <= 96_000, Ids.Count: > 0 } && voice.Ids.ContainsKey(Begin) && voice.Ids.ContainsKey(End)
            ? voice
            : throw new SpeechException($"{path} is not the settings of a Piper voice.");
    }

    /// <summary>The numbers that the model takes: each phoneme's, with the pad's after each; what the voice does not know is left out.</summary>
    /// <param name="phonemes">IPA, and the punctuation that a voice may know.</param>
    public long[] NumbersOf(string phonemes)
    {
        var pad = Ids.GetValueOrDefault(Pad, [0]);
        var numbers = new List<long>();
        Add(Begin);
        foreach (var rune in phonemes.EnumerateRunes())
        {
            Add(rune.ToString());
        }

        numbers.AddRange(Ids[End]);
        return [.. numbers];

        void Add(string symbol)
        {
            if (Ids.TryGetValue(symbol, out var known))
            {
                numbers.AddRange(known);
                numbers.AddRange(pad);
            }
        }
    }
}

/// <param name="SampleRate">Samples a second.</param>
internal sealed record PiperAudio([property: JsonPropertyName("sample_rate")] int SampleRate = 22_050);

/// <param name="Voice">The voice of espeak-ng that gives its phonemes.</param>
internal sealed record PiperEspeak([property: JsonPropertyName("voice")] string Voice = "en-us");

/// <param name="NoiseScale">How much the sound varies.</param>
/// <param name="LengthScale">How long it takes; 1 as usual.</param>
/// <param name="NoiseW">How much the lengths of phonemes vary.</param>
internal sealed record PiperInference(
    [property: JsonPropertyName("noise_scale")] float NoiseScale = 0.667f,
    [property: JsonPropertyName("length_scale")] float LengthScale = 1,
    [property: JsonPropertyName("noise_w")] float NoiseW = 0.8f);

[JsonSerializable(typeof(PiperVoice))]
internal sealed partial class PiperJson : JsonSerializerContext;
