using System.Xml.Linq;
using Holdfast.Lab.Report;
using static Holdfast.Lab.Report.Markup;

namespace Holdfast.Lab.Line.Report;

/// <summary>Line by line: what happened on each, drawn.</summary>
internal static class LineDetails
{
    public static XElement Section(LineReport report) => Html(
        "section",
        ("id", "lines"),
        Html("h2", "Line by line"),
        Legend(hasEstimate: true),
        report.Cells.Select(Cell));

    /// <param name="hasEstimate">Whether it is known what the sender takes the line for.</param>
    internal static XElement Legend(bool hasEstimate) => Html(
        "ul",
        ("class", "legend plots"),
        Key("delay", "how late the newest sound was"),
        Key("aim", "120 ms"),
        Key("capacity", "what the line carries"),
        Key("sent", "sent"),
        hasEstimate ? Key("estimate", "what the sender takes the line for") : null,
        Key("pictures", "pictures that came"),
        Key("still", "no picture for 0.4 s or longer"));

    private static XElement Key(string name, string text) => Html(
        "li",
        Svg("svg", ("width", "22"), ("height", "12"), ("aria-hidden", "true"), name is "capacity" or "pictures" or "still"
            ? Svg("rect", ("class", name), ("width", "22"), ("height", "12"))
            : Svg("line", ("class", name), ("x2", "22"), ("y1", "6"), ("y2", "6"))),
        Html("span", text));

    private static XElement Cell(LineCell cell) => Html(
        "article",
        ("class", "line"),
        ("id", cell.Id),
        Html("h3", cell.Scenario.Name),
        Html(
            "p",
            ("class", "measures"),
            LineMeasure.All.Select(measure => Html("span", ("class", LineGrid.Class(measure.Judge(cell))), $"{measure.Name}: ", Html("b", measure.Value(cell))))),
        LinePlot.Full(cell),
        Html("p", ("class", "up"), Html("a", ("href", "#top"), "All lines")));
}
