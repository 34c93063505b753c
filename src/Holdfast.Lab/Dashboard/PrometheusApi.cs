using System.Globalization;
using System.Text.Json;
using Holdfast.Lab.Sessions;

namespace Holdfast.Lab.Dashboard;

/// <summary>What Prometheus answered for one combination of labels.</summary>
/// <param name="Labels">By their names.</param>
/// <param name="Points">Seconds since 1970, and the value then; what is no number is left out.</param>
internal sealed record TimeSeries(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<(double At, double Value)> Points);

/// <summary>When is asked about, and how finely.</summary>
internal readonly record struct TimeSpanAsked(double From, double To, double Step);

/// <summary>Prometheus' HTTP API, as far as it draws lines.</summary>
internal sealed class PrometheusApi(HttpClient http)
{
    /// <exception cref="ServerException">There is no Prometheus, or it refuses the question.</exception>
    public async Task<IReadOnlyList<TimeSeries>> QueryAsync(string expression, TimeSpanAsked when, CancellationToken cancellationToken)
    {
        var path = string.Create(
            CultureInfo.InvariantCulture, $"api/v1/query_range?query={Uri.EscapeDataString(expression)}&start={when.From:F3}&end={when.To:F3}&step={when.Step:F3}");
        try
        {
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            using var json = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            return json.RootElement.GetProperty("status").ValueEquals("success")
                ? [.. json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(SeriesOf)]
                : throw new ServerException(ServerFailure.Refused, $"Prometheus refuses {expression}: {json.RootElement.GetProperty("error").GetString()}", response.StatusCode);
        }
        catch (HttpRequestException e)
        {
            throw new ServerException(ServerFailure.Unreachable, $"There is no Prometheus at {http.BaseAddress}: {e.Message}", inner: e);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ServerException(ServerFailure.NotUnderstood, $"{http.BaseAddress} answers, but not as Prometheus does.", inner: e);
        }
    }

    private static TimeSeries SeriesOf(JsonElement series) => new(
        series.GetProperty("metric").EnumerateObject().ToDictionary(static label => label.Name, static label => label.Value.GetString() ?? "", StringComparer.Ordinal),
        [
            .. series.GetProperty("values").EnumerateArray()
                .Select(static point => (point[0].GetDouble(), double.Parse(point[1].GetString()!.Replace("Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture)))
                .Where(static point => double.IsFinite(point.Item2)),
        ]);
}
