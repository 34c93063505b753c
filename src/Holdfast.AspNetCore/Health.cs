using Holdfast.Rtc;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Holdfast.AspNetCore;

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

/// <summary>Maps <c>/healthz</c>: 200 while the server can serve (also when full), 503 when it cannot.</summary>
internal static class HealthEndpoint
{
    public static IEndpointConventionBuilder MapHealth(this IEndpointRouteBuilder routes) =>
        routes.MapHealthChecks("/healthz", new HealthCheckOptions { ResponseWriter = WriteAsync });

    private static Task WriteAsync(HttpContext http, HealthReport report) => http.Response.WriteAsJsonAsync(
        new
        {
            Status = report.Status switch
            {
                HealthStatus.Healthy => "ok",
                HealthStatus.Degraded => "degraded",
                HealthStatus.Unhealthy => "unhealthy",
            },
            Checks = report.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Description, StringComparer.Ordinal),
        },
        http.RequestAborted);
}
