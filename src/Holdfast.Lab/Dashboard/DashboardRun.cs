using System.Globalization;
using System.Text.RegularExpressions;
using Holdfast.Lab.Sessions;

namespace Holdfast.Lab.Dashboard;

/// <summary>A line of a panel.</summary>
internal sealed record PanelLine(string Name, IReadOnlyList<(double At, double Value)> Points);

/// <summary>A panel and what there is to draw in it.</summary>
/// <param name="Panel">Which.</param>
/// <param name="Lines">One for each answer that had a number in it.</param>
/// <param name="Silent">The questions that were answered with nothing.</param>
internal sealed record PanelAnswer(DashboardPanel Panel, IReadOnlyList<PanelLine> Lines, IReadOnlyList<string> Silent);

/// <summary>A dashboard that was asked all its questions.</summary>
internal sealed record DashboardAnswer(string Title, TimeSpanAsked When, IReadOnlyList<PanelAnswer> Panels)
{
    /// <summary>Panels in which there is nothing to see.</summary>
    public IEnumerable<PanelAnswer> Empty => Panels.Where(static answer => !answer.Panel.IsHeading && answer.Lines.Count == 0);
}

/// <summary>Asks Prometheus what a dashboard's panels ask, as Grafana would.</summary>
internal static partial class DashboardRun
{
    /// <param name="dashboard">Whose questions.</param>
    /// <param name="prometheus">Who is asked.</param>
    /// <param name="when">About when.</param>
    /// <param name="rate">What stands for <c>$__rate_interval</c>.</param>
    /// <exception cref="ServerException">There is no Prometheus, or it refuses a question.</exception>
    public static async Task<DashboardAnswer> RunAsync(
        GrafanaDashboard dashboard, PrometheusApi prometheus, TimeSpanAsked when, TimeSpan rate, CancellationToken cancellationToken)
    {
        var answers = new List<PanelAnswer>();
        foreach (var panel in dashboard.Panels)
        {
            var (lines, silent) = (new List<PanelLine>(), new List<string>());
            foreach (var target in panel.Targets)
            {
                var series = await prometheus.QueryAsync(Fill(target.Expression, rate), when, cancellationToken);
                var seen = series.Where(static one => one.Points.Count > 0).Select(one => new PanelLine(NameOf(target.Legend, one), one.Points)).ToList();
                lines.AddRange(seen.OrderBy(static line => line.Name, StringComparer.Ordinal));
                if (seen.Count == 0)
                {
                    silent.Add(target.Expression);
                }
            }

            answers.Add(new PanelAnswer(panel, lines, silent));
        }

        return new DashboardAnswer(dashboard.Title, when, answers);
    }

    /// <summary>All servers, and the time over which rates are taken.</summary>
    private static string Fill(string expression, TimeSpan rate) => expression
        .Replace("$instance", ".*", StringComparison.Ordinal)
        .Replace("$__rate_interval", string.Create(CultureInfo.InvariantCulture, $"{rate.TotalSeconds:0}s"), StringComparison.Ordinal);

    private static string NameOf(string legend, TimeSeries series) =>
        Label().Replace(legend, match => series.Labels.GetValueOrDefault(match.Groups["name"].Value, ""));

    [GeneratedRegex(@"\{\{\s*(?<name>\w+)\s*\}\}", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Label();
}
