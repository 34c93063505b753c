using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore;

/// <summary>Holds what is configured under <c>Holdfast</c> against the options that are there.</summary>
public static class HoldfastSettings
{
    /// <summary>
    /// Checks every setting before anything reads one: of all options that are bound to the configuration and have a constant
    /// <c>Section</c> under <c>Holdfast</c>, as <see cref="HoldfastOptions.Section"/> is one. A directory that is named (a setting whose name
    /// ends in <c>Directory</c>) is made where it is not there, for this user alone, and must be one that can be written to; a program or folder that is
    /// only read from and is named by its path must be there.
    /// </summary>
    /// <returns>What is not wrong and yet has no effect: a sentence for each key that no option is read from.</returns>
    /// <exception cref="OptionsValidationException">A value is wrong; each failure is a sentence that names the setting.</exception>
    public static IReadOnlyList<string> Check(IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        var check = new SettingsCheck(SectionsIn(services), configuration);
        return check.Failures.Count == 0
            ? check.Warnings
            : throw new OptionsValidationException(HoldfastOptions.Section, typeof(HoldfastOptions), check.Failures);
    }

    /// <summary>Whatever is bound tells it by the token of its changes; so a new part of Holdfast has its settings checked without saying so.</summary>
    internal static IReadOnlyList<SettingsSection> SectionsIn(IServiceCollection services) => [.. services
        .Select(static service => service.ServiceType)
        .Where(static type => type.IsConstructedGenericType && type.GetGenericTypeDefinition() == typeof(IOptionsChangeTokenSource<>))
        .Select(static type => type.GenericTypeArguments[0])
        .Distinct()
        .Select(static options => (Path: SectionOf(options), Options: options))
        .Where(static section => section.Path is not null && $"{section.Path}:".StartsWith(HoldfastOptions.Section + ":", StringComparison.OrdinalIgnoreCase))
        .Select(static section => new SettingsSection(section.Path!, section.Options))];

    private static string? SectionOf(Type options) =>
        options.GetField(nameof(HoldfastOptions.Section), BindingFlags.Public | BindingFlags.Static) is { IsLiteral: true } constant
            ? constant.GetRawConstantValue() as string
            : null;
}

/// <summary>A section of the configuration and what it is bound to.</summary>
internal sealed record SettingsSection(string Path, Type Options);
