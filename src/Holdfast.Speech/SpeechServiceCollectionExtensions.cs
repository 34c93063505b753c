using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Holdfast.Speech;

/// <summary>Registers the voices.</summary>
public static class SpeechServiceCollectionExtensions
{
    /// <summary>
    /// Adds espeak-ng as <see cref="ITextToSpeechClient"/> unless another one was registered before; with the settings under
    /// <c>Holdfast:Speech</c> in the configuration. Calling it again adds nothing but the settings.
    /// </summary>
    public static IServiceCollection AddHoldfastSpeech(this IServiceCollection services, Action<SpeechOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<SpeechOptions>().BindConfiguration(SpeechOptions.Section).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SpeechOptions>, SpeechOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ITextToSpeechClient, EspeakTextToSpeechClient>();
        return services;
    }
}
