using System.Xml.Linq;
using Holdfast.Lab.Measure;
using Holdfast.Lab.Report;
using static Holdfast.Lab.Report.Markup;

namespace Holdfast.Lab.Matrix.Report;

/// <summary>One sample of a plot.</summary>
/// <param name="Seconds">How long it took.</param>
/// <param name="Facts">The cell it comes from.</param>
internal sealed record Sample(double Seconds, CellFacts Facts);

/// <summary>A row of a plot.</summary>
/// <param name="Group">What it has in common with its neighbours; written once.</param>
/// <param name="Name">What it is.</param>
/// <param name="Samples">All of them are drawn.</param>
/// <param name="Goal">What is to be stayed under, in seconds; null: nothing was promised.</param>
internal sealed record StripRow(string Group, string Name, IReadOnlyList<Sample> Samples, double? Goal);

/// <summary>Samples as dots on a common scale, with their percentiles: nothing is hidden behind an average.</summary>
internal static class StripPlot
{
    /// <summary>Fewer samples have no 95th percentile worth the name: it would be the greatest of them.</summary>
    public const int EnoughForP95 = 20;

    /// <summary>Dots are spread for a plot so wide, in pixels; on a narrower one they touch.</summary>
    private const double Width = 420;
    private const double Dot = 7;
    private const double Height = 30;

    /// <param name="caption">What is drawn.</param>
    /// <param name="groupName">The heading of what rows have in common; null: nothing.</param>
    /// <param name="name">The heading of a row.</param>
    /// <param name="rows">In order.</param>
    public static XElement Table(string caption, string? groupName, string name, IReadOnlyList<StripRow> rows)
    {
        var scale = new LogScale(rows.SelectMany(static row => row.Samples.Select(static sample => sample.Seconds).Append(row.Goal ?? double.NaN)));
        var isShort = rows.Any(static row => row.Samples.Count is > 0 and < EnoughForP95);
        return Html(
            "table",
            ("class", "strips"),
            Html("caption", caption),
            Html(
                "thead",
                Html(
                    "tr",
                    groupName is null ? null : Html("th", ("scope", "col"), groupName),
                    Html("th", ("scope", "col"), name),
                    Html("th", ("scope", "col"), ("class", "plot"), Html("span", ("class", "hidden"), "each sample"), Axis(scale)),
                    Html("th", ("scope", "col"), ("class", "number"), "n"),
                    Html("th", ("scope", "col"), ("class", "number"), "p50"),
                    Html("th", ("scope", "col"), ("class", "number"), isShort ? "p95 or most" : "p95"))),
            Html("tbody", rows.Select((row, at) => Row(row, at == 0 ? null : rows[at - 1], groupName is not null, scale))));
    }

    private static XElement Row(StripRow row, StripRow? before, bool hasGroup, LogScale scale)
    {
        var isFirst = before is null || !string.Equals(before.Group, row.Group, StringComparison.Ordinal);
        double[] sorted = [.. row.Samples.Select(static sample => sample.Seconds).Order()];
        double? half = sorted.Length == 0 ? null : Samples.Percentile(sorted, 0.5);
        double? most = sorted.Length == 0 ? null : sorted.Length >= EnoughForP95 ? Samples.Percentile(sorted, 0.95) : sorted[^1];
        return Html(
            "tr",
            isFirst ? ("class", "begins") : null,
            hasGroup ? Html("td", ("class", isFirst ? "group" : "group again"), row.Group) : null,
            Html("th", ("scope", "row"), row.Name),
            Html("td", ("class", "plot"), Strip(row, scale, half, sorted.Length >= EnoughForP95 ? most : null)),
            Html("td", ("class", "number"), ("data-label", "n"), Wording.Text($"{sorted.Length}")),
            Html("td", ("class", "number"), ("data-label", "p50"), half is null ? "–" : Wording.Duration(half.Value)),
            Html(
                "td",
                ("class", "number"),
                ("data-label", sorted.Length >= EnoughForP95 ? "p95" : "most"),
                most is null ? "–" : Wording.Duration(most.Value),
                most is null || sorted.Length >= EnoughForP95 ? null : Html("small", Wording.Text($" most of {sorted.Length}"))));
    }

    private static XElement Axis(LogScale scale) => Svg(
        "svg",
        ("class", "axis"),
        ("width", "100%"),
        ("height", "18"),
        ("aria-hidden", "true"),
        scale.Marks.Select((mark, at) => Svg(
            "text",
            ("x", Percent(scale.At(mark))),
            ("y", "13"),
            ("class", at % 2 == 0 || scale.Marks.Count < 6 ? "tick" : "tick wide"),
            ("text-anchor", at == 0 ? "start" : at == scale.Marks.Count - 1 ? "end" : "middle"),
            Wording.Label(mark))));

    private static XElement Strip(StripRow row, LogScale scale, double? half, double? tail)
    {
        var dots = Spread(row.Samples, scale);
        var height = Height + (2 * dots.Select(static dot => Math.Abs(dot.Up)).DefaultIfEmpty(0).Max());
        var middle = height / 2;
        return Svg(
            "svg",
            ("class", "strip"),
            ("width", "100%"),
            ("height", height),
            ("role", "img"),
            ("aria-label", Spoken(row, half, tail)),
            scale.Marks.Select(mark => Line("grid", scale.At(mark), 0, height)),
            row.Goal is { } goal ? GoalMark(scale.At(goal), goal, height) : null,
            Svg("line", ("class", "base"), ("x1", "0"), ("x2", "100%"), ("y1", middle), ("y2", middle)),
            half is null ? null : Line("half", scale.At(half.Value), 3, height - 3, "p50 " + Wording.Duration(half.Value)),
            tail is null ? null : Line("tail", scale.At(tail.Value), 3, height - 3, "p95 " + Wording.Duration(tail.Value)),
            dots.Select(dot => Svg(
                "a",
                ("href", "#" + dot.Sample.Facts.Id),
                Svg(
                    "circle",
                    ("class", dot.Sample.Facts.IsWhole ? "dot" : "dot bad"),
                    ("cx", Percent(scale.At(dot.Sample.Seconds))),
                    ("cy", middle - dot.Up),
                    ("r", Dot / 2),
                    Svg("title", $"{dot.Sample.Facts.Row.Name}, {dot.Sample.Facts.Where}: {Wording.Duration(dot.Sample.Seconds)}")))));
    }

    private static string Spoken(StripRow row, double? half, double? tail) =>
        half is null
            ? $"{row.Group} {row.Name}: no sample"
            : $"{row.Group} {row.Name}: {Wording.Count(row.Samples.Count, "sample", "samples")}, p50 {Wording.Duration(half.Value)}"
                + (tail is null ? string.Empty : $", p95 {Wording.Duration(tail.Value)}");

    private static XElement Line(string name, double at, double from, double to, string? title = null) => Svg(
        "line",
        ("class", name),
        ("x1", Percent(at)),
        ("x2", Percent(at)),
        ("y1", from),
        ("y2", to),
        title is null ? null : Svg("title", title));

    private static XElement[] GoalMark(double at, double goal, double height) =>
    [
        Svg("rect", ("class", "within"), ("x", "0"), ("y", "0"), ("width", Percent(at)), ("height", height), Svg("title", "goal: under " + Wording.Duration(goal))),
        Line("goal", at, 0, height),
    ];

    /// <summary>Dots that would cover each other are moved up and down in turn.</summary>
    private static List<(Sample Sample, double Up)> Spread(IReadOnlyList<Sample> samples, LogScale scale)
    {
        var placed = new List<(Sample Sample, double Up)>();
        foreach (var sample in samples.OrderBy(static sample => sample.Seconds))
        {
            var at = scale.At(sample.Seconds) / 100 * Width;
            var up = 0.0;
            for (var turn = 1; turn < 9 && placed.Exists(other => Math.Abs(other.Up - up) < 1 && at - (scale.At(other.Sample.Seconds) / 100 * Width) < Dot); turn++)
            {
                up = (turn % 2 == 1 ? 1 : -1) * ((turn + 1) / 2) * (Dot + 1);
            }

            placed.Add((sample, up));
        }

        return placed;
    }
}
