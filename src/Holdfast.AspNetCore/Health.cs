using System.Globalization;
using Holdfast.Rtc;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Holdfast.AspNetCore;

/// <summary>
/// The tags of Holdfast's health checks, for an app that maps health endpoints of its own:
/// <c>app.MapHealthChecks("/ready", new() { Predicate = check => check.Tags.Contains(HoldfastHealthTags.Ready) })</c>.
/// </summary>
public static class HoldfastHealthTags
{
    /// <summary>All of Holdfast's checks.</summary>
    public const string All = "holdfast";

    /// <summary>Fails where only a new start of the process helps.</summary>
    public const string Live = "holdfast-live";

    /// <summary>Fails while no new person should be sent here: before the start is over, and from the beginning of the stop.</summary>
    public const string Ready = "holdfast-ready";
}

/// <summary>Whether the one UDP socket is open and its loop runs: without it nobody sees anything.</summary>
internal sealed class WireHealth : IHealthCheck
{
    private readonly RtcEndpoint _endpoint;

    public WireHealth(RtcEndpoint endpoint) => _endpoint = endpoint;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_endpoint.IsRunning
            ? HealthCheckResult.Healthy($"listening on UDP port {_endpoint.Port}")
            : HealthCheckResult.Unhealthy("the UDP socket is not open"));
}

/// <summary>Whether there is room for another session; a full server is degraded, for load balancers, and not ill.</summary>
internal sealed class CapacityHealth : IHealthCheck
{
    private readonly SessionDirectory _sessions;

    public CapacityHealth(SessionDirectory sessions) => _sessions = sessions;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var count = _sessions.Settled;
        var description = $"{count} of {_sessions.Capacity} sessions";
        return Task.FromResult(count < _sessions.Capacity
            ? HealthCheckResult.Healthy(description)
            : HealthCheckResult.Degraded(description));
    }
}

/// <summary>
/// Whether the machine has time for one more session; where it has none, a load balancer is told to send nobody new (<c>/readyz</c>), and people that the server is degraded.
/// </summary>
internal sealed class LoadHealth : IHealthCheck
{
    private readonly SessionDirectory _sessions;

    public LoadHealth(SessionDirectory sessions) => _sessions = sessions;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_sessions.Load switch
        {
            null => HealthCheckResult.Healthy("not measured"),
            { Level: LoadLevel.Full } full => new HealthCheckResult(context.Registration.FailureStatus, $"nobody new is let in: {Why(full)}"),
            { Level: LoadLevel.SpeechWaits } waits => HealthCheckResult.Healthy($"new speech waits its turn: {Why(waits)}"),
            { Level: LoadLevel.FewerPictures } fewer => HealthCheckResult.Healthy($"fewer pictures for everybody: {Why(fewer)}"),
            { } free => HealthCheckResult.Healthy(string.Create(CultureInfo.InvariantCulture, $"there is head room (strain {free.Strain:F2} of 1)")),
        });

    private static string Why(LoadState state) => state.Reason switch
    {
        LoadReason.Lateness => string.Create(CultureInfo.InvariantCulture, $"the media clock is late (strain {state.Strain:F2} of 1)"),
        LoadReason.Ticking => string.Create(CultureInfo.InvariantCulture, $"sound and pictures take nearly all the time there is (strain {state.Strain:F2} of 1)"),
        LoadReason.Waiting => "speech waits for its turn already",
        LoadReason.Setting => "a setting says so (Holdfast:HeadRoom:AtLeast)",
        _ => "it was so a moment ago",
    };
}

/// <summary>Whether what happens in sessions is safe from a crash; a server whose disk is full serves on, and is degraded.</summary>
internal sealed class StoreHealth : IHealthCheck
{
    private readonly SessionKeeper _keeper;

    public StoreHealth(SessionKeeper keeper) => _keeper = keeper;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_keeper.Problem is { } problem
            ? HealthCheckResult.Degraded($"a crash would lose what happens now: {problem}")
            : HealthCheckResult.Healthy("what happens in sessions is safe"));
}

/// <summary>Whether the server has come up and does not go down yet.</summary>
internal sealed class ReadyHealth : IHealthCheck
{
    private readonly IHostApplicationLifetime _lifetime;

    public ReadyHealth(IHostApplicationLifetime lifetime) => _lifetime = lifetime;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("the server is stopping")
            : _lifetime.ApplicationStarted.IsCancellationRequested ? HealthCheckResult.Healthy("started")
            : HealthCheckResult.Unhealthy("the server is starting"));
}

/// <summary>
/// Maps <c>/livez</c>, <c>/readyz</c> and <c>/healthz</c>: 200 where all is well (also when all places are taken), 503 where not, and <c>/readyz</c> also where there is no head room. They look at
/// Holdfast's own checks only, and can be left to the app (<see cref="HoldfastOptions.Health"/>).
/// </summary>
internal static class HealthEndpoints
{
    private const string Prefix = "holdfast-";

    public static void AddHoldfastHealth(this IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<WireHealth>(Prefix + "wire", tags: [HoldfastHealthTags.All, HoldfastHealthTags.Live, HoldfastHealthTags.Ready])
        .AddCheck<CapacityHealth>(Prefix + "capacity", tags: [HoldfastHealthTags.All])
        .AddCheck<LoadHealth>(Prefix + "load", HealthStatus.Degraded, tags: [HoldfastHealthTags.All])
        .AddCheck<LoadHealth>(Prefix + "headRoom", HealthStatus.Unhealthy, tags: [HoldfastHealthTags.Ready])
        .AddCheck<StoreHealth>(Prefix + "store", tags: [HoldfastHealthTags.All])
        .AddCheck<ReadyHealth>(Prefix + "ready", tags: [HoldfastHealthTags.Ready]);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        if (!routes.ServiceProvider.GetRequiredService<IOptions<HoldfastOptions>>().Value.Health)
        {
            return;
        }

        routes.MapHealth("/livez", HoldfastHealthTags.Live);
        routes.MapHealth("/readyz", HoldfastHealthTags.Ready);
        routes.MapHealth("/healthz", HoldfastHealthTags.All);
    }

    private static void MapHealth(this IEndpointRouteBuilder routes, string path, string tag) => routes.MapHealthChecks(
        path, new HealthCheckOptions { Predicate = check => check.Tags.Contains(tag), ResponseWriter = WriteAsync }).DisableHttpMetrics();

    private static Task WriteAsync(HttpContext http, HealthReport report) => http.Response.WriteAsJsonAsync(
        new
        {
            Status = report.Status switch
            {
                HealthStatus.Healthy => "ok",
                HealthStatus.Degraded => "degraded",
                HealthStatus.Unhealthy => "unhealthy",
            },
            Checks = report.Entries.ToDictionary(entry => entry.Key[Prefix.Length..], entry => entry.Value.Description, StringComparer.Ordinal),
        },
        http.RequestAborted);
}
