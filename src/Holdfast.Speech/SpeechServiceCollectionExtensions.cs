using Holdfast.Media;
using Holdfast.Speech;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the voices.</summary>
public static class SpeechServiceCollectionExtensions
{
    /// <summary>
    /// Adds the voice of the house as <see cref="ITextToSpeechClient"/> unless another one was registered before; with the settings under
    /// <c>Holdfast:Speech</c> in the configuration. Calling it again adds nothing but the settings.
    /// </summary>
    public static IServiceCollection AddHoldfastSpeech(this IServiceCollection services, Action<SpeechOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (!services.Any(static service => service.ServiceType == typeof(HouseEngines)))
        {
            services.AddSpeechOnce();
        }

        if (configure is not null)
        {
            services.Configure(configure);
        }

        return services;
    }

    private static void AddSpeechOnce(this IServiceCollection services)
    {
        services.AddOptions<SpeechOptions>().BindConfiguration(SpeechOptions.Section).ValidateOnStart()
            .Configure<IConfiguration>(static (speech, configuration) => ReadVoices(speech, configuration.GetSection(SpeechOptions.Section + ":Services")));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SpeechOptions>, SpeechOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SpeechOptions>, SpeechServicesValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => new FairTurns(Math.Max(2, Environment.ProcessorCount)));
        services.TryAddSingleton<HouseEngines>();
        services.TryAddSingleton<ITextToSpeechClient>(provider => ActivatorUtilities.CreateInstance<HouseVoice>(
            provider, provider.GetRequiredService<HouseEngines>().Concat(provider.GetServices<VoiceEngine>())));
    }

    /// <inheritdoc cref="AddHoldfastVoice"/>
    public static IHoldfastBuilder AddVoice(
        this IHoldfastBuilder builder, string name, Func<IServiceProvider, ITextToSpeechClient> create, params string[] voices)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddHoldfastVoice(name, create, voices);
        return builder;
    }

    /// <summary>A list may be written as one string, "alloy, nova".</summary>
    private static void ReadVoices(SpeechOptions options, IConfigurationSection services)
    {
        foreach (var (name, service) in options.Services)
        {
            foreach (var voice in (services[$"{name}:Voices"] ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                service.Voices.Add(voice);
            }
        }
    }

    /// <summary>
    /// Adds a voice of the app's own beside those of the house. A session asks for it as "NAME/VOICE"; where it fails, or gives no sound
    /// within <see cref="SpeechOptions.FirstSoundSeconds"/>, the house speaks in its place.
    /// </summary>
    /// <param name="services">Where to.</param>
    /// <param name="name">The name before the slash; one that is used already is replaced.</param>
    /// <param name="create">Makes it, once; it is given whole sentences, and says when words begin with <see cref="SpokenWords"/> if it knows.</param>
    /// <param name="voices">The voices it has.</param>
    public static IServiceCollection AddHoldfastVoice(
        this IServiceCollection services, string name, Func<IServiceProvider, ITextToSpeechClient> create, params string[] voices)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(voices);
        return services.AddSingleton(provider => new VoiceEngine(
            name, create(provider), [.. voices.Select(voice => new VoiceDescription($"{name}/{voice}", name, []))])
        {
            IsBounded = true,
            TakesAllScripts = true,
        });
    }
}
