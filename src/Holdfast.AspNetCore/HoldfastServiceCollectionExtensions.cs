using Holdfast.AspNetCore;
using Holdfast.AspNetCore.Http;
using Holdfast.AspNetCore.Recording;
using Holdfast.Media;
using Holdfast.Rtc;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Holdfast to an ASP.NET Core app.</summary>
public static class HoldfastServiceCollectionExtensions
{
    /// <summary>
    /// Adds sessions and the wire, with the settings under <c>Holdfast</c> in the configuration. What sessions show must
    /// be added too: the avatar (<c>AddAvatar</c>, package Holdfast.Avatar), or an <see cref="IShowFactory"/> of the app's own. Calling it again
    /// adds nothing but the settings.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Changes settings after the configuration was read.</param>
    public static IHoldfastBuilder AddHoldfast(this IServiceCollection services, Action<HoldfastOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (!services.Any(static service => service.ServiceType == typeof(HoldfastBuilder)))
        {
            services.AddHoldfastOptions();
            services.AddWire();
            services.AddSessions();
            services.AddKeeping();
            services.AddRecording();
            services.AddProblemDetails();
            services.AddHoldfastHealth();
            services.AddSingleton(static provider => provider.GetRequiredService<SessionDirectory>().Feed);
            services.AddHostedService<SessionListeners>();
            services.AddHostedService<HoldfastHost>();
            services.AddSingleton(new HoldfastBuilder(services));
        }

        if (configure is not null)
        {
            services.Configure(configure);
        }

        return new HoldfastBuilder(services);
    }

    /// <summary>What the server shows.</summary>
    /// <exception cref="InvalidOperationException">There is nothing.</exception>
    internal static IShowFactory ShowsOf(IServiceProvider provider) => provider.GetService<IShowFactory>() ?? throw new InvalidOperationException(
        "Holdfast has nothing to show: add the avatar, services.AddHoldfast().AddAvatar() (package Holdfast.Avatar), or register an IShowFactory of your own.");

    private static void AddHoldfastOptions(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<HoldfastOptions>, HoldfastOptionsValidator>();
        services.AddOptions<HoldfastOptions>()
            .BindConfiguration(HoldfastOptions.Section)
            .Configure<IConfiguration>(static (options, configuration) =>
            {
                var section = configuration.GetSection(HoldfastOptions.Section);
                SettingLists.Read(section, $"{nameof(options.Rtc)}:{nameof(options.Rtc.AnnouncedAddresses)}", options.Rtc.AnnouncedAddresses);
                SettingLists.Read(section, nameof(options.Elsewhere), options.Elsewhere);
                SettingLists.Read(section, $"{nameof(options.Proxy)}:{nameof(options.Proxy.Trusted)}", options.Proxy.Trusted);
            })
            .ValidateOnStart();
    }

    private static void AddWire(this IServiceCollection services) => services.AddSingleton(provider => new RtcEndpoint(
        provider.GetRequiredService<IOptions<HoldfastOptions>>().Value.Rtc.ToEndpointOptions(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<RtcEndpoint>>()));

    private static void AddSessions(this IServiceCollection services)
    {
        services.AddSingleton(provider => new MediaPacer(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<MediaPacer>>(),
            new MediaPacerOptions { Output = new WireOutput(provider.GetRequiredService<RtcEndpoint>()) }));
        services.AddSingleton(provider => new EventStreamSlots(
            provider.GetRequiredService<IOptions<HoldfastOptions>>().Value.MaxEventStreams));
        services.AddSingleton(provider => new SessionDirectory(
            provider.GetRequiredService<IOptions<HoldfastOptions>>().Value.ToSessionSettings(),
            provider.GetRequiredService<RtcEndpoint>(),
            provider.GetRequiredService<MediaPacer>(),
            ShowsOf(provider),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Session>>(),
            provider.GetService<ISessionCompanions>()));
        services.TryAddSingleton<ISessionPlaces>(static provider => provider.GetRequiredService<SessionDirectory>());
        services.AddSingleton<SessionWhereabouts>();
    }

    /// <summary>A store that the app has registered goes before the database.</summary>
    private static void AddKeeping(this IServiceCollection services)
    {
        services.AddSingleton(CreateKeeper);
        services.AddSingleton(static provider => new StoreOfSessions(
            provider.GetService<ISessionStore>()
            ?? (PathOf(provider.GetRequiredService<IOptions<HoldfastOptions>>().Value) is { } path ? new SqliteSessionStore(path, StoreLocation.Owner()) : null)));
        services.AddSingleton(static provider => new Takeover(
            provider.GetRequiredService<IOptions<HoldfastOptions>>().Value is { Store.TakeOver: true } options && provider.GetService<ISessionStore>() is null ? PathOf(options) : null,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Takeover>>()));
        services.AddSingleton<TakeoverGate>();
        services.AddSingleton<IStartupFilter>(static provider => provider.GetRequiredService<TakeoverGate>());
        services.AddSingleton<SharedPorts>();
        services.AddSingleton<IConfigureOptions<SocketTransportOptions>>(static provider => provider.GetRequiredService<SharedPorts>());
        services.AddSingleton<StopDeadline>();
    }

    private static void AddRecording(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<RecordingOptions>, RecordingOptionsValidator>();
        services.AddOptions<RecordingOptions>().BindConfiguration(RecordingOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PushOptions>, PushOptionsValidator>();
        services.AddSingleton<IValidateOptions<PushOptions>, PushTargetsValidator>();
        services.AddOptions<PushOptions>().BindConfiguration(PushOptions.Section).ValidateOnStart();
        services.AddSingleton<RecordingStore>();
        services.AddSingleton<PushStore>();
        services.AddSingleton<Mp4Maker>();
    }

    private static string? PathOf(HoldfastOptions options) => StoreLocation.Resolve(
        options,
        Environment.GetEnvironmentVariable,
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify));

    private static SessionKeeper CreateKeeper(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<HoldfastOptions>>().Value;
        var path = PathOf(options);
        var keys = string.IsNullOrEmpty(options.Store.KeyDirectory) ? StoreLocation.KeysBeside(path) : options.Store.KeyDirectory;
        return new SessionKeeper(
            provider.GetRequiredService<SessionDirectory>(),
            provider.GetRequiredService<RtcEndpoint>(),
            provider.GetRequiredService<StoreOfSessions>().Store,
            keys is null ? null : new KeyRingProtection(keys),
            options.Store.KeepConnections && options.Rtc.Port != 0, // the next process takes another port: nothing could reach it
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SessionKeeper>>());
    }
}

/// <summary>Where sessions are kept; nowhere where it is null. By itself, since it gets ready before anything else is made.</summary>
internal sealed record StoreOfSessions(ISessionStore? Store);

/// <summary>Says that Holdfast was added.</summary>
internal sealed record HoldfastBuilder(IServiceCollection Services) : IHoldfastBuilder;
