using System.Text.Json;
using System.Text.RegularExpressions;
using Holdfast.Rtc;
using Holdfast.Sessions;

namespace Holdfast.Server.Tests.Operating;

/// <summary>What the dashboard and the alerts ask Prometheus: each metric, label and value in it is one that a server has.</summary>
public sealed partial class QueryTests
{
    /// <summary>Prometheus puts these on every series.</summary>
    private static readonly string[] Everywhere = ["instance", "job"];

    /// <summary>What a label may be compared with, where it is one of a few words.</summary>
    private static readonly HashSet<string> Words = ((Type[])[typeof(SessionState), typeof(SessionReason), typeof(DropReason)])
        .SelectMany(Enum.GetNames).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName).ToHashSet(StringComparer.Ordinal);

    public static TheoryData<string> Queries => [.. OfDashboard().Concat(OfAlerts()).Select(static query => query.Expression).Distinct(StringComparer.Ordinal)];

    [Fact]
    public void There_is_something_to_look_at()
    {
        Assert.True(OfDashboard().Count() > 25);
        Assert.True(OfAlerts().Count() > 5);
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public void What_is_asked_for_exists(string expression)
    {
        var tags = TagsBySeries();
        foreach (Match selector in SelectorsIn(expression))
        {
            var own = Assert.Contains(selector.Groups["name"].Value, (IReadOnlyDictionary<string, string[]>)tags);
            foreach (Match matcher in Matcher().Matches(selector.Groups["labels"].Value))
            {
                Assert.Contains(matcher.Groups["label"].Value, own.Concat(Everywhere), StringComparer.Ordinal);
                Assert.All(matcher.Groups["value"].Value.Split('|').Where(static value => value is not "$instance" and not "holdfast"), static value => Assert.Contains(value, Words, StringComparer.Ordinal));
            }
        }

        string[] labels = ["le", .. Everywhere, .. MetricsIn(expression).SelectMany(name => tags[name])];
        if (!MetricsIn(expression).Any())
        {
            return; // It is .NET's own.
        }

        Assert.All(GroupsOf(expression), label => Assert.Contains(label, labels, StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_written_beside_a_line_is_a_label_that_is_left_of_it()
    {
        foreach (var (expression, text) in OfDashboard().Concat(OfAlerts()))
        {
            Assert.All(Shown().Matches(text).Select(static match => match.Groups["label"].Value), label => Assert.True(
                GroupsOf(expression).Append("instance").Contains(label, StringComparer.Ordinal), $"'{label}' is not left of {expression}"));
        }
    }

    /// <summary>The labels of each series by its name in Prometheus' format, as docs/observability.md has them.</summary>
    internal static Dictionary<string, string[]> TagsBySeries() => InstrumentDocumentTests.Instruments()
        .DistinctBy(static instrument => instrument.Name, StringComparer.Ordinal)
        .SelectMany(static instrument => InstrumentDocumentTests.SeriesOf(instrument).Select(series => (series, instrument)))
        .ToDictionary(static pair => pair.series, static pair => InstrumentDocumentTests.LabelsOf(pair.instrument), StringComparer.Ordinal);

    private static MatchCollection SelectorsIn(string expression) => Selector().Matches(By().Replace(expression, ""));

    private static IEnumerable<string> MetricsIn(string expression) => SelectorsIn(expression).Select(static match => match.Groups["name"].Value);

    private static IEnumerable<string> GroupsOf(string expression) => By().Matches(expression)
        .SelectMany(static match => match.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries));

    private static IEnumerable<(string Expression, string Text)> OfDashboard()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "grafana", "holdfast.json")));
        return
        [
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .Where(static panel => panel.TryGetProperty("targets", out _))
                .SelectMany(static panel => panel.GetProperty("targets").EnumerateArray())
                .Select(static target => (target.GetProperty("expr").GetString()!, target.TryGetProperty("legendFormat", out var legend) ? legend.GetString()! : "")),
        ];
    }

    private static IEnumerable<(string Expression, string Text)> OfAlerts() =>
        Alert().Matches(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "prometheus", "alerts.yaml")))
            .Select(static match => (match.Groups["expression"].Value, match.Groups["text"].Value.Replace("$labels.", "", StringComparison.Ordinal)));

    [GeneratedRegex(@"\b(?<name>holdfast_[a-z_]+)(\{(?<labels>[^}]*)\})?", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Selector();

    [GeneratedRegex(@"(?<label>[a-z_]+)\s*(=~|!~|!=|=)\s*""(?<value>[^""]*)""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\bby \((?<labels>[^)]*)\)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex By();

    [GeneratedRegex(@"\{\{ ?(?<label>[a-z_]+) ?\}\}", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Shown();

    [GeneratedRegex(@"expr: (?<expression>.+?)\n +(for|labels): .*?summary: (?<text>[^\n]+)", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Alert();
}
