using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Holdfast.Speech;

/// <summary>Registers what listens.</summary>
public static class ListeningServiceCollectionExtensions
{
    /// <summary>
    /// Lets sessions hear people, with the settings under <c>Holdfast:Listening</c> in the configuration: speech is recognised by the
    /// <see cref="ISpeechToTextClient"/> that the app has registered, or else by the one that the settings name. With neither nothing listens.
    /// </summary>
    public static IServiceCollection AddHoldfastListening(this IServiceCollection services, Action<ListeningOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<ListeningOptions>().BindConfiguration(ListeningOptions.Section).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ListeningOptions>, ListeningOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ListeningOptions>, RecogniserSettingsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IEndOfTurn>(static provider =>
        {
            var settings = provider.GetRequiredService<IOptions<ListeningOptions>>().Value;
            return new SilenceEndOfTurn(TimeSpan.FromMilliseconds(settings.EndOfTurnMilliseconds), TimeSpan.FromMilliseconds(settings.OpenEndMilliseconds));
        });
        services.TryAddSingleton<HouseRecogniser>();
        services.TryAddSingleton<Hearing>();
        return services;
    }
}
