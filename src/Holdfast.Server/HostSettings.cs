using Holdfast.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Holdfast.Server;

/// <summary>Checks the settings that are ASP.NET Core's own and would otherwise fail late, as a stack trace, or not at all.</summary>
internal static class HostSettings
{
    /// <summary>Everything that is set, checked before anything is built from it.</summary>
    /// <returns>Sentences about what has no effect.</returns>
    /// <exception cref="OptionsValidationException">Something is wrong; each failure is a sentence that names the setting.</exception>
    public static IReadOnlyList<string> Check(WebApplicationBuilder builder, string[] args)
    {
        string[] failures = [.. WithoutValue(args), .. WrongUrls(builder.Configuration), .. WrongLevels(builder.Configuration)];
        return failures.Length == 0
            ? HoldfastSettings.Check(builder.Services, builder.Configuration)
            : throw new OptionsValidationException(Options.DefaultName, typeof(HostSettings), failures);
    }

    /// <summary>A last argument that is only a name, which is otherwise passed over.</summary>
    private static IEnumerable<string> WithoutValue(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || args[i].Contains('=', StringComparison.Ordinal))
            {
                continue;
            }

            if (++i == args.Length)
            {
                yield return $"{args[^1][2..]} has no value; write {args[^1]}=VALUE.";
            }
        }
    }

    private static IEnumerable<string> WrongUrls(ConfigurationManager configuration)
    {
        var urls = (configuration[WebHostDefaults.ServerUrlsKey] ?? string.Empty)
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(static url => (Setting: WebHostDefaults.ServerUrlsKey, Url: url));
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren()
            .Select(static endpoint => (Setting: endpoint.Path + ":Url", Url: endpoint["Url"] ?? string.Empty));
        return urls.Concat(endpoints).Where(static given => !IsUrl(given.Url)).Select(static given =>
            $"{given.Setting} must be the addresses where HTTP is served, such as http://localhost:8010, not '{given.Url}'.");
    }

    private static bool IsUrl(string url)
    {
        if (!url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && !url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        try
        {
            var address = BindingAddress.Parse(url);
            return address.IsUnixPipe || address.IsNamedPipe || (IsHost(address.Host) && address.Port is >= 0 and <= 65_535 && address.PathBase.Length == 0);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>A port that is no number is otherwise taken for a part of the name, and port 80 for the one that was meant.</summary>
    private static bool IsHost(string host) => host.Length > 0 && (!host.Contains(':', StringComparison.Ordinal) || (host[0] == '[' && host[^1] == ']'));

    private static IEnumerable<string> WrongLevels(ConfigurationManager configuration)
    {
        var logging = configuration.GetSection("Logging");
        return logging.GetChildren().Select(static provider => provider.GetSection("LogLevel"))
            .Prepend(logging.GetSection("LogLevel"))
            .SelectMany(static levels => levels.GetChildren())
            .Where(static level => !Enum.TryParse<LogLevel>(level.Value, ignoreCase: true, out var known) || !Enum.IsDefined(known))
            .Select(static level => $"{level.Path} must be {string.Join(", ", Enum.GetNames<LogLevel>())}, not '{level.Value}'.");
    }
}
