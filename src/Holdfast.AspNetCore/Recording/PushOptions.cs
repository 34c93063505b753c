using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore;

/// <summary>Where sessions can be streamed to, under <c>Holdfast:Push</c>.</summary>
public sealed class PushOptions
{
    /// <summary>The section of the configuration they are read from.</summary>
    public const string Section = "Holdfast:Push";

    /// <summary>
    /// The addresses by name, such as <c>rtmp://live.example/app/KEY</c>. Sessions name one; the address, which mostly holds a secret, is told to nobody. None by default.
    /// </summary>
    public IDictionary<string, string> Targets { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The program that streams. <c>ffmpeg</c> by default.</summary>
    public string Ffmpeg { get; set; } = "ffmpeg";

    /// <summary>The picture's bitrate on the way to a target, in kilobits a second. 1,500 by default.</summary>
    [Range(100, 20_000)]
    public int VideoKilobits { get; set; } = 1_500;
}

[OptionsValidator]
internal sealed partial class PushOptionsValidator : IValidateOptions<PushOptions>;

/// <summary>Addresses that ffmpeg would take for something else are refused at the start.</summary>
internal sealed class PushTargetsValidator : IValidateOptions<PushOptions>
{
    public ValidateOptionsResult Validate(string? name, PushOptions options)
    {
        var wrong = options.Targets
            .Where(static target => !Uri.TryCreate(target.Value, UriKind.Absolute, out var address) || address.Scheme is not ("rtmp" or "rtmps"))
            .Select(static target => $"{PushOptions.Section}:Targets:{target.Key} must be an address that begins with rtmp:// or rtmps://.")
            .ToArray();
        return wrong.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
