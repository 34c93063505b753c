using Holdfast.Media;
using Microsoft.Extensions.AI;

namespace Holdfast.Speech;

/// <summary>
/// What one kind of speech service wants to be asked, and what its answer is. What all have in common, such as an answer that is handed on while it comes, and one that
/// breaks off, is <see cref="ServiceTextToSpeechClient"/>'s.
/// </summary>
/// <param name="options">Where the service is.</param>
internal abstract class SpeechProtocol(SpeechServiceOptions options)
{
    /// <summary>The kinds there are, as settings name them.</summary>
    public const string Kinds = "openai|gpt-sovits|cosyvoice|fish|xtts|indextts2|azure";

    protected SpeechServiceOptions Options => options;

    /// <summary>Where it is, for the log and for whoever asks.</summary>
    public Uri Address { get; } = new(options.BaseUrl.TrimEnd('/') + "/");

    /// <summary>What samples without a header are.</summary>
    public virtual string PcmType => "audio/pcm;rate=24000";

    /// <summary>Makes the request whose answer is the sound.</summary>
    /// <param name="text">One sentence.</param>
    /// <param name="voice">As it was asked for.</param>
    /// <param name="http">For what has to be asked before.</param>
    /// <param name="cancellationToken">Nobody waits any more.</param>
    /// <exception cref="SpeechException">What has to be there is not.</exception>
    public abstract ValueTask<HttpRequestMessage> RequestAsync(string text, RequestedVoice voice, HttpClient http, CancellationToken cancellationToken);

    /// <summary>The protocol of a service.</summary>
    public static SpeechProtocol Of(SpeechServiceOptions options) => options.Kind switch
    {
        "gpt-sovits" => new SovitsProtocol(options),
        "cosyvoice" => new CosyVoiceProtocol(options),
        "fish" => new FishProtocol(options),
        "xtts" => new XttsProtocol(options),
        "indextts2" => new IndexTtsProtocol(options),
        "azure" => new AzureProtocol(options),
        _ => new OpenAiProtocol(options),
    };

    /// <summary>The recording that the voice is to be like; a sentence for the log where there must be one and is none.</summary>
    protected static VoiceReference Needed(RequestedVoice voice, string kind) => voice.Reference ?? throw new SpeechException(
        $"{kind} speaks like a recording, and none is configured: set References, a folder with NAME.wav and NAME.txt, and ask for the voice NAME.")
    {
        Fault = UtteranceFault.VoiceMissing,
    };

    /// <summary>The language of a text, as a tag without a region: Chinese where there is any, else what is asked for, else English.</summary>
    protected static string LanguageOf(string text, RequestedVoice voice) =>
        IsChinese(text) ? LanguageTag.Chinese : voice.Language is { } language && !LanguageTag.IsChinese(language) ? LanguageTag.PrimaryOf(language) : LanguageTag.English;

    protected static bool IsChinese(string text) => text.Any(static letter => letter is >= '\u4e00' and <= '\u9fff');
}

/// <summary>A voice as it was asked for.</summary>
/// <param name="Name">What stood after the slash; null where none was named.</param>
/// <param name="Reference">The recording of that name; null where there is none.</param>
/// <param name="Speed">1 is usual.</param>
/// <param name="Language">What it is to speak; null where only the letters tell.</param>
internal readonly record struct RequestedVoice(string? Name, VoiceReference? Reference, float? Speed, string? Language);

/// <summary>A recording that a voice is to be like.</summary>
/// <param name="Path">The file.</param>
/// <param name="Text">What is said in it; empty where nobody wrote it down.</param>
internal sealed record VoiceReference(string Path, string Text)
{
    /// <summary>Those in a folder, by name: NAME.wav (or .mp3, .flac, .ogg), and NAME.txt with what is said in it.</summary>
    public static IReadOnlyDictionary<string, VoiceReference> In(string? folder)
    {
        var found = new Dictionary<string, VoiceReference>(StringComparer.OrdinalIgnoreCase);
        if (string.IsNullOrEmpty(folder) || !Directory.Exists(folder))
        {
            return found;
        }

        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            if (System.IO.Path.GetExtension(path).ToLowerInvariant() is ".wav" or ".mp3" or ".flac" or ".ogg")
            {
                var words = System.IO.Path.ChangeExtension(path, ".txt");
                found[System.IO.Path.GetFileNameWithoutExtension(path)] = new VoiceReference(System.IO.Path.GetFullPath(path), File.Exists(words) ? File.ReadAllText(words).Trim() : "");
            }
        }

        return found;
    }
}
