using System.Diagnostics;
using Holdfast.AspNetCore;
using Holdfast.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Holdfast.Server;

/// <summary>Hands on what every part of Holdfast measures: to Prometheus, which asks, and to a collector, which is told.</summary>
internal static class Telemetry
{
    private const string StandardEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Adds the settings.</summary>
    public static void AddTelemetrySettings(this IServiceCollection services)
    {
        services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>();
    }

    /// <summary>Adds what the settings ask for, once they are known to be right.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var options = Read(builder.Configuration);
        var endpoint = options.OtlpEndpoint is { Length: > 0 } own ? own : builder.Configuration[StandardEndpoint];
        if (!options.Metrics && string.IsNullOrEmpty(endpoint))
        {
            return;
        }

        var version = typeof(Telemetry).Assembly.GetName().Version!.ToString(fieldCount: 3);
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("holdfast", serviceVersion: version).AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
            {
                metrics.AddMeter("Holdfast.*", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting");
                if (options.Metrics)
                {
                    metrics.AddPrometheusExporter();
                }
            });
        if (string.IsNullOrEmpty(endpoint))
        {
            return;
        }

        telemetry.WithTracing(static tracing => tracing.AddSource("Holdfast.*", "Microsoft.AspNetCore")).WithLogging();
        if (options.OtlpEndpoint is { Length: > 0 })
        {
            telemetry.UseOtlpExporter(
                options.OtlpProtocol == TelemetryProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf, new Uri(options.OtlpEndpoint));
        }
        else
        {
            telemetry.UseOtlpExporter();
        }
    }

    /// <summary>Lets requests have spans that somebody may ask about: calls of the API. Comes right after routing.</summary>
    /// <remarks>Heartbeats and probes are most of all requests; files and streams of events tell nothing by how long they took.</remarks>
    public static void UseTracing(this WebApplication app) => app.Use(static (http, next) =>
    {
        if (http.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span && !IsTraced(http.GetEndpoint()))
        {
            span.IsAllDataRequested = false;
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }

        return next(http);
    });

    private static bool IsTraced(Endpoint? endpoint) =>
        endpoint?.Metadata is { } about && about.GetMetadata<Untraced>() is null && about.GetMetadata<IDisableHttpMetricsMetadata>() is null;

    /// <summary>Maps <c>/metrics</c>, where it is on.</summary>
    public static void MapMetrics(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<TelemetryOptions>>().Value.Metrics)
        {
            app.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(AccessPolicies.Watch).DisableHttpMetrics();
        }
    }

    private static TelemetryOptions Read(IConfiguration configuration)
    {
        var options = new TelemetryOptions();
        configuration.GetSection(TelemetryOptions.Section).Bind(options);
        return options;
    }
}
