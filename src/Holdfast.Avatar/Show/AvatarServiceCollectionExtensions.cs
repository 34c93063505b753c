using Holdfast.Avatar;
using Holdfast.Media;
using Holdfast.Speech;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the avatars.</summary>
public static class AvatarServiceCollectionExtensions
{
    /// <inheritdoc cref="AddHoldfastAvatar"/>
    public static IHoldfastBuilder AddAvatar(this IHoldfastBuilder builder, Action<AvatarOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHoldfastAvatar(configure);
        return builder;
    }

    /// <summary>
    /// Adds <see cref="AvatarShowFactory"/>, also as <see cref="IShowFactory"/>, and the voices
    /// (<see cref="SpeechServiceCollectionExtensions.AddHoldfastSpeech"/>); with the settings under <c>Holdfast:Avatar</c> in the configuration.
    /// </summary>
    public static IServiceCollection AddHoldfastAvatar(this IServiceCollection services, Action<AvatarOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<AvatarOptions>().BindConfiguration(AvatarOptions.Section).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AvatarOptions>, AvatarOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AvatarOptions>, ActionsDirectoryValidator>());
        services.AddHoldfastSpeech();
        services.TryAddSingleton<AvatarShowFactory>();
        services.TryAddSingleton<IShowFactory>(provider => provider.GetRequiredService<AvatarShowFactory>());
        return services;
    }
}
