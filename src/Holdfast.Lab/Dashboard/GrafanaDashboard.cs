using System.Text.Json;
using Holdfast.Lab.Commands;

namespace Holdfast.Lab.Dashboard;

/// <summary>One question of a panel.</summary>
/// <param name="Expression">In Prometheus' language, with Grafana's variables in it.</param>
/// <param name="Legend">What its lines are called, with labels in double braces.</param>
internal sealed record PanelTarget(string Expression, string Legend);

/// <summary>From which value on a number has a colour.</summary>
internal readonly record struct Threshold(double From, string Colour);

/// <summary>Where a panel stands, in Grafana's units: 24 of them across.</summary>
internal readonly record struct PanelPlace(int X, int Y, int Width, int Height);

/// <summary>A panel, or a heading between panels.</summary>
/// <param name="Kind"><c>row</c>, <c>stat</c> or <c>timeseries</c>.</param>
internal sealed record DashboardPanel(string Kind, string Title, string Unit, PanelPlace Place, IReadOnlyList<PanelTarget> Targets, IReadOnlyList<Threshold> Thresholds)
{
    public bool IsHeading => Kind is "row";

    public bool IsNumber => Kind is "stat";
}

/// <summary>As much of a Grafana dashboard's JSON as it takes to ask its questions and draw the answers.</summary>
internal sealed record GrafanaDashboard(string Title, IReadOnlyList<DashboardPanel> Panels)
{
    /// <exception cref="UsageException">It is no dashboard, or cannot be read.</exception>
    public static async Task<GrafanaDashboard> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            using var json = await JsonDocument.ParseAsync(file, cancellationToken: cancellationToken);
            var panels = json.RootElement.GetProperty("panels").EnumerateArray().Select(PanelOf).ToList();
            return new GrafanaDashboard(json.RootElement.GetProperty("title").GetString() ?? "", panels);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UsageException($"--dashboard: {path} is not the JSON of a Grafana dashboard: {e.Message}");
        }
    }

    private static DashboardPanel PanelOf(JsonElement panel)
    {
        var place = panel.GetProperty("gridPos");
        var defaults = panel.TryGetProperty("fieldConfig", out var fields) ? fields.GetProperty("defaults") : default;
        return new DashboardPanel(
            TextOf(panel, "type"),
            TextOf(panel, "title"),
            defaults.ValueKind == JsonValueKind.Object ? TextOf(defaults, "unit") : "",
            new PanelPlace(place.GetProperty("x").GetInt32(), place.GetProperty("y").GetInt32(), place.GetProperty("w").GetInt32(), place.GetProperty("h").GetInt32()),
            panel.TryGetProperty("targets", out var targets)
                ? [.. targets.EnumerateArray().Select(static target => new PanelTarget(TextOf(target, "expr"), TextOf(target, "legendFormat")))]
                : [],
            defaults.ValueKind == JsonValueKind.Object && defaults.TryGetProperty("thresholds", out var thresholds)
                ? [.. thresholds.GetProperty("steps").EnumerateArray().Select(static step => new Threshold(
                    step.TryGetProperty("value", out var from) && from.ValueKind == JsonValueKind.Number ? from.GetDouble() : double.NegativeInfinity, TextOf(step, "color")))]
                : []);
    }

    private static string TextOf(JsonElement element, string name) => element.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";
}
