using System.ComponentModel.DataAnnotations;

namespace Holdfast.Speech;

/// <summary>A service that speaks; under <c>Holdfast:Speech:Services:NAME</c>.</summary>
public sealed class SpeechServiceOptions
{
    /// <summary>
    /// Its protocol: "openai" (<c>/v1/audio/speech</c>), "gpt-sovits", "cosyvoice", "fish", "xtts", "indextts2" or "azure". Default: openai.
    /// </summary>
    [RegularExpression(SpeechProtocol.Kinds, ErrorMessage = "{0} must be one of " + SpeechProtocol.Kinds + ".")]
    public string Kind { get; set; } = "openai";

    /// <summary>
    /// A folder with recordings that the voice is to be like: NAME.wav, and NAME.txt with what is said in it. Each is a voice of that name. Read at the start. Default: none.
    /// </summary>
    public string? References { get; set; }

    /// <summary>The address; of OpenAI's protocol up to and with the version: "https://api.openai.com/v1". Required.</summary>
    [Required]
    public string BaseUrl { get; set; } = string.Empty;

    /// <summary>The model's name. Default: gpt-4o-mini-tts.</summary>
    [Required]
    public string Model { get; set; } = "gpt-4o-mini-tts";

    /// <summary>The key, sent as a bearer token; empty for none. Best given by the environment.</summary>
    public string? Key { get; set; }

    /// <summary>In which form the sound is asked for: "pcm" (16 bit, 24 kHz) or "wav". Default: pcm.</summary>
    [RegularExpression("pcm|wav", ErrorMessage = "{0} must be pcm or wav.")]
    public string Format { get; set; } = "pcm";

    /// <summary>The voices it is known to have, the first of which speaks where none is named.</summary>
    public IList<string> Voices { get; } = [];
}
