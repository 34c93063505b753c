using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Holdfast.Avatar;

/// <summary>Settings of the avatars, under <c>Holdfast:Avatar</c>.</summary>
public sealed class AvatarOptions
{
    /// <summary>The section of the configuration they are read from.</summary>
    public const string Section = "Holdfast:Avatar";

    /// <summary>The character of a session that asks for none: "lin" or "kai". Default: lin.</summary>
    [Required]
    [RegularExpression("lin|kai", ErrorMessage = "Holdfast:Avatar:DefaultCharacter must be lin or kai.")]
    public string DefaultCharacter { get; set; } = "lin";

    /// <summary>Width and height of the pictures in pixels, a multiple of 16, 128 to 1080. Default: 512.</summary>
    [Range(128, 1080)]
    public int PictureSize { get; set; } = 512;

    /// <summary>
    /// No larger pictures than this, for those whose page tells of a large stage (<c>PUT /api/sessions/{id}/stage</c>) and whose line carries them. There are sizes of 256, 384,
    /// 512, 768 and 1024 above <see cref="PictureSize"/>. Where it is not above that, all get the one size. Default: 1024.
    /// </summary>
    [Range(128, 1080)]
    public int MaxPictureSize { get; set; } = 1024;

    /// <summary>Target bitrate of the shared idle loops, bits a second; larger pictures take more. Default: 600,000.</summary>
    [Range(50_000, 10_000_000)]
    public int IdleLoopBitrate { get; set; } = 600_000;

    /// <summary>
    /// Voice ids for the text-to-speech client by character, where its default does not fit: for lin "female" and for kai
    /// "male" are what espeak-ng gets; another service has its own names.
    /// </summary>
    public IDictionary<string, string> Voices { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Utterances that may wait in one session, the one being said included. Default: 32.</summary>
    [Range(1, 1_000)]
    public int MaxUtterances { get; set; } = 32;

    /// <summary>UTF-16 units of text that may wait in one session, the text being said included. Default: 20,000.</summary>
    [Range(100, 1_000_000)]
    public int MaxWaitingText { get; set; } = 20_000;

    /// <summary>How far speech is made ahead of being heard, in seconds. Default: 4.</summary>
    [Range(1, 60)]
    public int RunAheadSeconds { get; set; } = 4;

    /// <summary>
    /// Where the sound that a held session has still to say is put aside, in files of up to 2 MB or so that nobody else can open and that are
    /// gone with the session or the server. Best on a disk: in a file system that lives in memory nothing is saved. Where it cannot
    /// be written to, the sound stays in memory. Default: the directory for temporary files.
    /// </summary>
    public string? AsideDirectory { get; set; }

    /// <summary>
    /// Where encoded idle loops are kept between starts, some megabytes: a start then takes them in a moment, where drawing them takes the first seconds of a
    /// processor. Empty: nowhere. Default: the directory for caches of the service (systemd) or of the user. What cannot be read or written is made anew.
    /// </summary>
    public string? LoopCache { get; set; }

    /// <summary>
    /// Where the avatars' actions are: for each avatar that has some a folder of its name with a manifest, <c>actions.json</c>, and what it names. Default: none.
    /// </summary>
    public string? ActionsDirectory { get; set; }

    /// <summary>The longest action, in seconds. Default: 60.</summary>
    [Range(1, 600)]
    public int ActionSeconds { get; set; } = 60;

    /// <summary>Memory that all actions may take together, in megabytes: a second of 512 x 512 takes half of one or so. One that would take more is not played. Default: 256.</summary>
    [Range(1, 16_384)]
    public int ActionMegabytes { get; set; } = 256;

    /// <summary>The program that reads actions which are videos. Default: ffmpeg.</summary>
    [Required]
    public string Ffmpeg { get; set; } = "ffmpeg";
}

/// <summary>Checks <see cref="AvatarOptions"/> when the server starts.</summary>
[OptionsValidator]
internal sealed partial class AvatarOptionsValidator : IValidateOptions<AvatarOptions>;

/// <summary>A folder that is not there is a mistake; what is wrong in it ends no start.</summary>
internal sealed class ActionsDirectoryValidator : IValidateOptions<AvatarOptions>
{
    public ValidateOptionsResult Validate(string? name, AvatarOptions options) => options.ActionsDirectory is not { Length: > 0 } directory || Directory.Exists(directory)
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"{AvatarOptions.Section}:{nameof(options.ActionsDirectory)} is {directory}, and there is no such folder.");
}
