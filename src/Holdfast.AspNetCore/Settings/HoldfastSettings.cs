using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore;

/// <summary>Holds what is configured under <c>Holdfast</c> against the options that are there.</summary>
public static class HoldfastSettings
{
    /// <summary>
    /// Says that a section of the configuration is bound to <typeparamref name="TOptions"/>, so that <see cref="Check"/> checks it and a test holds
    /// docs/configuration.md against it. Binding it is the caller's.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="section">Such as <c>Holdfast:Avatar</c>.</param>
    public static IServiceCollection AddHoldfastSettings<TOptions>(this IServiceCollection services, string section)
        where TOptions : class, new()
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.AddSingleton(new SettingsSection(section, typeof(TOptions)));
    }

    /// <summary>
    /// Checks every setting of the sections that were added before anything reads one. A directory that is named (a setting whose name
    /// ends in <c>Directory</c>) is made where it is not there, for this user alone, and must be one that can be written to.
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

    internal static IReadOnlyList<SettingsSection> SectionsIn(IServiceCollection services) =>
        [.. services.Select(static service => service.ImplementationInstance).OfType<SettingsSection>()];
}

/// <summary>A section of the configuration and what it is bound to.</summary>
internal sealed record SettingsSection(string Path, Type Options);
