using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore;

/// <summary>Where sessions can be streamed to, under <c>Holdfast:Push</c>.</summary>
public sealed class PushOptions
{
    /// <summary>The section of the configuration they are read from.</summary>
    public const string Section = "Holdfast:Push";

    /// <summary>
    /// The addresses by name: <c>rtmp://live.example/app/KEY</c>, or <c>https://live.example/whip</c> for WHIP (RFC 9725). Sessions name one; the address, which mostly holds a
    /// secret, is told to nobody. None by default.
    /// </summary>
    public IDictionary<string, string> Targets { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>By a target's name, the bearer token that its WHIP server asks for. None by default.</summary>
    public IDictionary<string, string> Tokens { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The program that streams over RTMP. <c>ffmpeg</c> by default.</summary>
    public string Ffmpeg { get; set; } = "ffmpeg";

    /// <summary>The picture's bitrate on the way to an RTMP target, in kilobits a second. 1,500 by default.</summary>
    [Range(100, 20_000)]
    public int VideoKilobits { get; set; } = 1_500;
}

[OptionsValidator]
internal sealed partial class PushOptionsValidator : IValidateOptions<PushOptions>;

/// <summary>Addresses that ffmpeg would take for something else, and tokens that nobody would be shown, are refused at the start.</summary>
internal sealed class PushTargetsValidator : IValidateOptions<PushOptions>
{
    public ValidateOptionsResult Validate(string? name, PushOptions options)
    {
        var wrong = options.Targets
            .Where(static target => !Uri.TryCreate(target.Value, UriKind.Absolute, out var address) || address.Host.Length == 0 || !(IsRtmp(address) || IsWhip(address)))
            .Select(static target => $"{PushOptions.Section}:Targets:{target.Key} must be an address that begins with rtmp://, rtmps://, http:// or https:// and names a host.")
            .Concat(options.Tokens.Keys.Where(name => !IsOfWhip(options, name)).Select(static name => $"{PushOptions.Section}:Tokens:{name} is a token for no target: {PushOptions.Section}:Targets:{name} is not there, or not a WHIP address."))
            .Concat(options.Tokens.Where(static token => !IsToken(token.Value)).Select(static token => $"{PushOptions.Section}:Tokens:{token.Key} must be a bearer token: letters, digits and -._~+/=, 4,096 at the most."))
            .ToArray();
        return wrong.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    public static bool IsWhip(Uri address) => address.Scheme is "http" or "https";

    private static bool IsRtmp(Uri address) => address.Scheme is "rtmp" or "rtmps";

    private static bool IsOfWhip(PushOptions options, string name) =>
        options.Targets.TryGetValue(name, out var target) && Uri.TryCreate(target, UriKind.Absolute, out var address) && IsWhip(address);

    // RFC 6750 section 2.1.
    private static bool IsToken(string token) =>
        token.Length is > 0 and <= 4096 && !token.AsSpan().ContainsAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");
}
