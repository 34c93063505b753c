using Holdfast.AspNetCore.Http;
using Holdfast.Media;
using Holdfast.Rtc;
using Holdfast.Sessions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore;

/// <summary>Adds Holdfast to an ASP.NET Core app.</summary>
public static class HoldfastServiceCollectionExtensions
{
    /// <summary>
    /// Adds sessions and the wire, with the settings under <c>Holdfast</c> in the configuration. What sessions show must
    /// be added too: an <see cref="IShowFactory"/>, such as the avatar's.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Changes settings after the configuration was read.</param>
    public static IHoldfastBuilder AddHoldfast(this IServiceCollection services, Action<HoldfastOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions(configure);
        services.AddWire();
        services.AddSessions();
        services.AddKeeping();
        services.AddProblemDetails();
        services.AddHealthChecks().AddCheck<WireHealth>("wire").AddCheck<CapacityHealth>("capacity").AddCheck<StoreHealth>("store");
        services.AddSingleton(static provider => provider.GetRequiredService<SessionDirectory>().Feed);
        services.AddHostedService<SessionListeners>();
        services.AddHostedService<HoldfastHost>();
        return new HoldfastBuilder(services);
    }

    private static void AddOptions(this IServiceCollection services, Action<HoldfastOptions>? configure)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<HoldfastOptions>, HoldfastOptionsValidator>();
        var options = services.AddOptions<HoldfastOptions>()
            .BindConfiguration(HoldfastOptions.Section)
            .Configure<IConfiguration>(static (options, configuration) =>
            {
                var section = configuration.GetSection(HoldfastOptions.Section);
                SettingLists.Read(section, $"{nameof(options.Rtc)}:{nameof(options.Rtc.AnnouncedAddresses)}", options.Rtc.AnnouncedAddresses);
                SettingLists.Read(section, $"{nameof(options.Proxy)}:{nameof(options.Proxy.Trusted)}", options.Proxy.Trusted);
            })
            .ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }
    }

    private static void AddWire(this IServiceCollection services) => services.AddSingleton(provider => new RtcEndpoint(
        provider.GetRequiredService<IOptions<HoldfastOptions>>().Value.Rtc.ToEndpointOptions(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<RtcEndpoint>>()));

    private static void AddSessions(this IServiceCollection services)
    {
        services.AddSingleton(provider => new MediaPacer(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<MediaPacer>>()));
        services.AddSingleton(provider => new EventStreamSlots(
            provider.GetRequiredService<IOptions<HoldfastOptions>>().Value.MaxEventStreams));
        services.AddSingleton(provider => new SessionDirectory(
            provider.GetRequiredService<IOptions<HoldfastOptions>>().Value.ToSessionSettings(),
            provider.GetRequiredService<RtcEndpoint>(),
            provider.GetRequiredService<MediaPacer>(),
            provider.GetRequiredService<IShowFactory>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Session>>(),
            provider.GetService<ISessionCompanions>()));
    }

    /// <summary>A store that the app has registered goes before the database.</summary>
    private static void AddKeeping(this IServiceCollection services)
    {
        services.AddSingleton(CreateKeeper);
        services.AddSingleton<StopDeadline>();
    }

    private static SessionKeeper CreateKeeper(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<HoldfastOptions>>().Value;
        var userData = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        var path = StoreLocation.Resolve(options, Environment.GetEnvironmentVariable, userData);
        var store = provider.GetService<ISessionStore>();
        var keys = string.IsNullOrEmpty(options.Store.KeyDirectory) ? StoreLocation.KeysBeside(path) : options.Store.KeyDirectory;
        return new SessionKeeper(
            provider.GetRequiredService<SessionDirectory>(),
            provider.GetRequiredService<RtcEndpoint>(),
            store ?? (path is null ? null : new SqliteSessionStore(path, StoreLocation.Owner())),
            keys is null ? null : new KeyRingProtection(keys),
            options.Store.KeepConnections && options.Rtc.Port != 0, // the next process takes another port: nothing could reach it
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SessionKeeper>>());
    }

    private sealed record HoldfastBuilder(IServiceCollection Services) : IHoldfastBuilder;
}

/// <summary>What further parts of Holdfast are added to.</summary>
public interface IHoldfastBuilder
{
    /// <summary>The app's services.</summary>
    IServiceCollection Services { get; }
}
