using Holdfast.Media;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Holdfast.Avatar;

/// <summary>Registers the avatars.</summary>
public static class AvatarServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="AvatarShowFactory"/>, also as <see cref="IShowFactory"/>, and espeak-ng as <see cref="ITextToSpeechClient"/> unless another
    /// one was registered before; with the settings under <c>Holdfast:Avatar</c> in the configuration.
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
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ITextToSpeechClient, EspeakTextToSpeechClient>();
        services.TryAddSingleton<AvatarShowFactory>();
        services.TryAddSingleton<IShowFactory>(provider => provider.GetRequiredService<AvatarShowFactory>());
        return services;
    }
}
