using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore.Access;

/// <summary>What attributes cannot say of keys and origins.</summary>
internal sealed class AccessKeysValidator : IValidateOptions<AccessOptions>
{
    private const int ShortestKey = 20;

    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        string[] failures = [.. options.Keys.Select(static pair => FaultOf(pair.Key, pair.Value)).OfType<string>(), .. options.Origins.Select(FaultOf).OfType<string>(), .. FaultsOf(options.Jwt)];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static string? FaultOf(string name, AccessKeyOptions options)
    {
        var path = $"{AccessOptions.Section}:Keys:{name}";
        if (!string.IsNullOrEmpty(options.Key) && !string.IsNullOrEmpty(options.KeyVariable))
        {
            return $"{path} has both Key and KeyVariable; keep one.";
        }

        return AccessKeys.KeyOf(options, Environment.GetEnvironmentVariable) switch
        {
            null when string.IsNullOrEmpty(options.KeyVariable) => $"{path} has no Key; write one of {ShortestKey} characters or more, or name an environment variable with KeyVariable.",
            null => $"{path}:KeyVariable names the environment variable {options.KeyVariable}, which is not set.",
            { Length: < ShortestKey } => $"{path} is shorter than {ShortestKey} characters and could be guessed.",
            _ => null,
        };
    }

    private static IEnumerable<string> FaultsOf(AccessJwtOptions jwt)
    {
        const string Path = $"{AccessOptions.Section}:Jwt";
        if (jwt is { Authority.Length: > 0, Key.Length: > 0 })
        {
            yield return $"{Path} has both an Authority and a Key; keep one: tokens are a provider's, or made with a secret.";
        }

        if (jwt.Authority is { Length: > 0 } authority && !IsProvider(authority, jwt.AllowHttp))
        {
            yield return $"{Path}:Authority must be a whole URL that begins with https://, not '{authority}'; http:// needs {Path}:AllowHttp.";
        }

        if (!jwt.IsOn && (jwt.Audience ?? jwt.Issuer) is { Length: > 0 })
        {
            yield return $"{Path}:{(string.IsNullOrEmpty(jwt.Audience) ? nameof(jwt.Issuer) : nameof(jwt.Audience))} is of tokens, and there are none without an Authority or a Key.";
        }
    }

    private static bool IsProvider(string authority, bool allowHttp) =>
        Uri.TryCreate(authority, UriKind.Absolute, out var url) && url.Host.Length > 0 && (url.Scheme is "https" || (allowHttp && url.Scheme is "http"));

    private static string? FaultOf(string origin) =>
        origin is "*" || (Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https" && string.Equals(uri.GetLeftPart(UriPartial.Authority), origin, StringComparison.OrdinalIgnoreCase))
            ? null
            : $"{AccessOptions.Section}:Origins must hold origins such as https://shop.example, without a path or a slash at the end, not '{origin}'.";
}
