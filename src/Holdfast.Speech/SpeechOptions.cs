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
}

/// <summary>Checks <see cref="SpeechOptions"/> when the server starts.</summary>
[OptionsValidator]
internal sealed partial class SpeechOptionsValidator : IValidateOptions<SpeechOptions>;
