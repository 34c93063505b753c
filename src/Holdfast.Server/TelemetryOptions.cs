using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Holdfast.Server;

/// <summary>How the server shows what it measures, under <c>Holdfast:Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>The section of the configuration they are read from.</summary>
    public const string Section = "Holdfast:Telemetry";

    /// <summary>
    /// Whether <c>GET /metrics</c> answers in Prometheus' format: this machine, private networks, and operators from anywhere. True by default.
    /// </summary>
    public bool Metrics { get; set; } = true;

    /// <summary>
    /// The collector that metrics, spans and logs are sent to, such as <c>http://localhost:4317</c>. None by default. OpenTelemetry's own
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is the same, and its other variables hold too.
    /// </summary>
    [HttpUrl]
    public string? OtlpEndpoint { get; set; }

    /// <summary>How they are sent. <see cref="TelemetryProtocol.Grpc"/> by default.</summary>
    public TelemetryProtocol OtlpProtocol { get; set; }
}

/// <summary>OpenTelemetry's protocols.</summary>
public enum TelemetryProtocol
{
    /// <summary>gRPC, by convention at port 4317.</summary>
    Grpc,

    /// <summary>Protobuf over HTTP, by convention at port 4318; the paths (<c>/v1/metrics</c>, ...) are added to the address.</summary>
    HttpProtobuf,
}

/// <summary>An address that begins with http:// or https://.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HttpUrlAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is not string { Length: > 0 } text || (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            ? ValidationResult.Success
            : new ValidationResult($"{validationContext.DisplayName} must be an address such as http://localhost:4317, not '{text}'.");
}

[OptionsValidator]
internal sealed partial class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>;
