using System.Xml.Linq;
using Holdfast.Lab.Measure;
using Holdfast.Lab.Report;
using static Holdfast.Lab.Report.Markup;

namespace Holdfast.Lab.Matrix.Report;

/// <summary>How long it took to notice and to come back, over all cells, against what was promised.</summary>
internal static class Distributions
{
    /// <summary>An outage is noticed in less than this, in seconds.</summary>
    private const double DetectionGoal = 1.5;

    /// <summary>Half of the recoveries at level 1 take less than this, in seconds.</summary>
    private const double RecoveryGoal = 0.150;

    public static XElement Section(Sheet sheet)
    {
        var recovered = sheet.Cells.Where(static facts => IsMeasured(facts.Cell.RecoveredAfter)).ToList();
        var detected = sheet.Cells.Where(static facts => IsMeasured(facts.Cell.DetectedAfter)).ToList();
        return Html(
            "section",
            ("id", "distributions"),
            Html("h2", "How long it took"),
            Html(
                "p",
                ("class", "lead"),
                "Every dot is one cell, on a logarithmic scale, and leads to its details. The tall mark is the median (p50), the dashed one the 95th percentile. "
                + "With fewer than 20 samples no p95 is given, but the greatest of them. The tinted ground is the goal."),
            Html("h3", "Back, from the click"),
            Html("p", Promise("At level 1", Level1(recovered), RecoveryGoal, isHalf: true)),
            Recovery(sheet, recovered, isFromClick: true),
            Html("h3", "Back, from the moment the path was there again"),
            Html("p", "Nobody clicked: the page came back by itself."),
            Recovery(sheet, recovered, isFromClick: false),
            Html("h3", "Noticed"),
            Html("p", Promise("From the outage’s beginning to the first thing that the page showed", [.. detected.Select(static facts => facts.Cell.DetectedAfter!.Value)], DetectionGoal, isHalf: false)
                + Unnoticed(sheet, detected.Count)),
            Detection(sheet, detected));
    }

    private static bool IsMeasured(double? seconds) => seconds is { } value && double.IsFinite(value);

    private static double[] Level1(IEnumerable<CellFacts> recovered) =>
        [.. recovered.Where(static facts => facts.Cell is { Level: 1, IsFromClick: true }).Select(static facts => facts.Cell.RecoveredAfter!.Value)];

    private static XElement Recovery(Sheet sheet, IEnumerable<CellFacts> recovered, bool isFromClick)
    {
        var rows =
            (from facts in recovered
             where facts.Cell.IsFromClick == isFromClick
             group facts by (Level: facts.Cell.Level ?? -1, facts.Cell.Browser) into one
             orderby one.Key.Level, sheet.Browsers.TakeWhile(browser => !string.Equals(browser, one.Key.Browser, StringComparison.Ordinal)).Count()
             select new StripRow(
                 one.Key.Level < 0 ? "no level told" : Wording.Level(one.Key.Level),
                 Wording.Name(one.Key.Browser),
                 [.. one.Select(static facts => new Sample(facts.Cell.RecoveredAfter!.Value, facts))],
                 one.Key.Level == 1 && isFromClick ? RecoveryGoal : null)).ToList();
        return rows.Count == 0 ? Html("p", ("class", "none"), "No sample.") : StripPlot.Table("Time to the first new picture, by level and browser", "Level", "Browser", rows);
    }

    private static XElement Detection(Sheet sheet, IReadOnlyList<CellFacts> detected)
    {
        StripRow Row(string group, string name, IEnumerable<CellFacts> cells) =>
            new(group, name, [.. cells.Select(static facts => new Sample(facts.Cell.DetectedAfter!.Value, facts))], DetectionGoal);

        var rows = sheet.Browsers
            .Select(browser => Row("All outages", Wording.Name(browser), detected.Where(facts => string.Equals(facts.Cell.Browser, browser, StringComparison.Ordinal))))
            .Concat(sheet.Rows.Select(row => Row("Both browsers", row.Name, detected.Where(facts => facts.Row == row))))
            .ToList();
        return detected.Count == 0 ? Html("p", ("class", "none"), "No sample.") : StripPlot.Table("Time until the page showed something, by browser and by outage", null, "Browser, then outage", rows);
    }

    /// <summary>Whether a promise was kept, in a sentence with its figures.</summary>
    internal static string Promise(string what, double[] seconds, double goal, bool isHalf)
    {
        if (seconds.Length == 0)
        {
            return $"{what}: no sample, so the goal of {Wording.Duration(goal)} is neither met nor missed.";
        }

        Array.Sort(seconds);
        if (isHalf)
        {
            var half = Samples.Percentile(seconds, 0.5);
            return Wording.Text($"{what}: p50 {Wording.Duration(half)} of {Wording.Count(seconds.Length, "sample", "samples")}; the goal, less than {Wording.Duration(goal)}, is {(half < goal ? "met" : "missed")}.");
        }

        var within = seconds.Count(value => value < goal);
        return Wording.Text($"{what}: {within} of {seconds.Length} in less than {Wording.Duration(goal)}, the longest {Wording.Duration(seconds[^1])}; the goal is {(within == seconds.Length ? "met" : "missed")}.");
    }

    private static string Unnoticed(Sheet sheet, int detected) => (sheet.Cells.Count - detected) switch
    {
        0 => string.Empty,
        1 => " In one more cell the page showed nothing.",
        var others => Wording.Text($" In {others} more cells the page showed nothing."),
    };
}
