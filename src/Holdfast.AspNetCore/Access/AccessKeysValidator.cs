using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore.Access;

/// <summary>What attributes cannot say of keys and origins.</summary>
internal sealed class AccessKeysValidator : IValidateOptions<AccessOptions>
{
    private const int ShortestKey = 20;

    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        string[] failures = [.. options.Keys.Select(static pair => FaultOf(pair.Key, pair.Value)).OfType<string>(), .. options.Origins.Select(FaultOf).OfType<string>()];
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

    private static string? FaultOf(string origin) =>
        origin is "*" || (Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https" && string.Equals(uri.GetLeftPart(UriPartial.Authority), origin, StringComparison.OrdinalIgnoreCase))
            ? null
            : $"{AccessOptions.Section}:Origins must hold origins such as https://shop.example, without a path or a slash at the end, not '{origin}'.";
}
