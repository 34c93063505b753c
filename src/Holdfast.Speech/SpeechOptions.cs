using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Holdfast.Speech;

/// <summary>Settings of the voices, under <c>Holdfast:Speech</c>.</summary>
public sealed class SpeechOptions
{
    /// <summary>The section of the configuration they are read from.</summary>
    public const string Section = "Holdfast:Speech";

    /// <summary>The espeak-ng program: a name found in PATH, or a path. Default: espeak-ng.</summary>
    [Required]
    public string EspeakPath { get; set; } = "espeak-ng";

    /// <summary>How fast is spoken where nothing else is asked for, in words a minute. Default: 160.</summary>
    [Range(80, 450)]
    public int Rate { get; set; } = 160;

    /// <summary>How long a voice may take for a sentence, in seconds. Default: 15.</summary>
    [Range(1, 120)]
    public int TimeoutSeconds { get; set; } = 15;

    /// <summary>
    /// What speaks English where no voice is asked for by name: "flite", "espeak", "festival", or the name of a voice under
    /// <see cref="Piper"/> with "piper/" before it. Where flite's library is missing, espeak-ng does. Default: flite.
    /// </summary>
    [Required]
    public string English { get; set; } = "flite";

    /// <summary>
    /// How long a service, or a voice that is not built in, may take until its first sound, in seconds; after that one of the house speaks in its
    /// place. Default: 3.
    /// </summary>
    [Range(0.1, 60)]
    public double FirstSoundSeconds { get; set; } = 3;

    /// <summary>Festival's program, a name found in PATH or a path; empty for none. Default: none.</summary>
    public string? FestivalPath { get; set; }

    /// <summary>The voice of festival, as its <c>voice_NAME</c> is called. Default: cmu_us_slt_arctic_hts.</summary>
    [RegularExpression("[A-Za-z0-9_]{1,64}", ErrorMessage = "Holdfast:Speech:FestivalVoice must be letters, digits and underscores.")]
    public string FestivalVoice { get; set; } = "cmu_us_slt_arctic_hts";

    /// <summary>
    /// Piper voices by name: the path of the model (<c>.onnx</c>); its settings are beside it, in the file of the same name with
    /// <c>.json</c> added. A voice is asked for as "piper/NAME".
    /// </summary>
    public IDictionary<string, string> Piper { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Services by name; a voice of one is asked for as "NAME/VOICE".</summary>
    public IDictionary<string, SpeechServiceOptions> Services { get; } =
        new Dictionary<string, SpeechServiceOptions>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>Checks <see cref="SpeechOptions"/> when the server starts.</summary>
[OptionsValidator]
internal sealed partial class SpeechOptionsValidator : IValidateOptions<SpeechOptions>;
