using System.Xml.Linq;
using Holdfast.Lab.Report;
using static Holdfast.Lab.Report.Markup;

namespace Holdfast.Lab.Line.Report;

/// <summary>All lines at a glance: one small grid for each measure, and a table of those that change.</summary>
internal static class LineGrid
{
    public static XElement? Section(LineReport report)
    {
        var cells = report.Cells.Where(static cell => cell.IsGrid).ToList();
        if (cells.Count == 0)
        {
            return null;
        }

        return Html(
            "section",
            ("id", "grid"),
            Html("h2", "All lines at a glance"),
            Html("p", ("class", "lead"), "Each number is a line and leads to what happened on it. From top to bottom the line gets wider; from left to right more is lost, queues get longer, the way gets longer."),
            Html("ul", ("class", "legend tones"), Key("good", "the aim is met"), Key("fair", "missed, and borne"), Key("poor", "missed by far"), Key("plain", "no aim here")),
            LineMeasure.All.Select(measure => Grid(measure, cells)));
    }

    public static XElement? Changing(LineReport report)
    {
        var cells = report.Cells.Where(static cell => !cell.IsGrid).ToList();
        return cells.Count == 0
            ? null
            : Html(
                "section",
                ("id", "changing"),
                Html("h2", "Lines that change, and a line that is shared"),
                Html("p", ("class", "lead"), "Settled: from the change on until sound is no more than 200 ms late for good."),
                Html(
                    "div",
                    ("class", "scroll"),
                    Html(
                        "table",
                        ("class", "lines"),
                        Html("thead", Html("tr", Html("th", "Line"), LineMeasure.All.Select(static measure => Html("th", ("class", "number"), measure.Name)), Html("th", ("class", "number"), "Settled, s"))),
                        Html("tbody", cells.Select(static cell => Html(
                            "tr",
                            Html("th", ("scope", "row"), Link(cell, cell.Scenario.Name)),
                            LineMeasure.All.Select(measure => Value(measure, cell, Html("span", measure.Value(cell)))),
                            Html("td", ("class", "number"), cell.Result.SettledAfterStep is { } settled ? Wording.Text($"{settled:0.0}") : "–")))))));
    }

    internal static XElement Link(LineCell cell, string text) => Html("a", ("href", "#" + cell.Id), text);

    private static XElement Key(string tone, string text) => Html("li", Html("span", ("class", "swatch " + tone)), Html("span", text));

    private static XElement Grid(LineMeasure measure, List<LineCell> cells)
    {
        var columns = cells.Select(static cell => (cell.Scenario.Loss, cell.Scenario.Queue, cell.Scenario.Delay)).Distinct().Order().ToList();
        var at = cells.ToLookup(static cell => (cell.Scenario.Bandwidth, cell.Scenario.Loss, cell.Scenario.Queue, cell.Scenario.Delay));
        return Html(
            "div",
            ("class", "measure"),
            Html("h3", measure.Name),
            Html("p", measure.Aim),
            Html(
                "div",
                ("class", "scroll"),
                Html(
                    "table",
                    ("class", "lines grid"),
                    Html(
                        "thead",
                        Html("tr", Html("th", ("scope", "col"), "Lost"), Heads(columns, static column => column.Loss, static loss => Wording.Text($"{loss * 100:0}\u202f%"))),
                        Html("tr", Html("th", ("scope", "col"), "Queue"), Heads(columns, static column => (column.Loss, column.Queue), static key => Wording.Label(key.Queue.TotalSeconds))),
                        Html("tr", Html("th", ("scope", "col"), "Delay"), Heads(columns, static column => column, static key => Wording.Text($"{key.Delay.TotalMilliseconds:0}")))),
                    Html("tbody", cells.Select(static cell => cell.Scenario.Bandwidth).Distinct().Order().Select(bandwidth => Html(
                        "tr",
                        Html("th", ("scope", "row"), LineScenario.Rate(bandwidth)),
                        columns.Select(column => at[(bandwidth, column.Loss, column.Queue, column.Delay)].FirstOrDefault() is { } cell
                            ? Value(measure, cell, Html("a", ("href", "#" + cell.Id), ("title", cell.Scenario.Name), measure.Value(cell)))
                            : Html("td", ("class", "number unrun"), "–"))))))));
    }

    private static IEnumerable<XElement> Heads<TKey>(
        List<(double Loss, TimeSpan Queue, TimeSpan Delay)> columns, Func<(double Loss, TimeSpan Queue, TimeSpan Delay), TKey> key, Func<TKey, string> text)
        where TKey : notnull =>
        columns.GroupBy(key).Select(group => Html("th", ("scope", "colgroup"), ("colspan", Wording.Text($"{group.Count()}")), text(group.Key)));

    private static XElement Value(LineMeasure measure, LineCell cell, XElement content) =>
        Html("td", ("class", "number " + Class(measure.Judge(cell))), content);

    internal static string Class(Tone tone) => tone switch
    {
        Tone.Plain => "plain",
        Tone.Good => "good",
        Tone.Fair => "fair",
        Tone.Poor => "poor",
    };
}
