using System.Xml.Linq;
using Holdfast.Lab.Report;
using static Holdfast.Lab.Report.Markup;

namespace Holdfast.Lab.Matrix.Report;

/// <summary>The matrix itself: outages down, browsers and policies across.</summary>
internal static class MatrixTable
{
    public static XElement Section(Sheet sheet) => Html(
        "section",
        ("id", "matrix"),
        Html("h2", "The matrix"),
        Html("p", ("class", "lead"), "How long until the picture was back, by which level of the ladder, and after how many clicks. Each field leads to its details."),
        sheet.Cells.Count == 0 ? Html("p", ("class", "none"), "There is no cell.") : Table(sheet),
        Legend());

    private static XElement Table(Sheet sheet) => Html(
        "table",
        ("class", "matrix"),
        Html(
            "thead",
            Html(
                "tr",
                Html("th", ("rowspan", "2"), ("scope", "col"), "Outage"),
                sheet.Browsers.Select(browser => Html(
                    "th",
                    ("scope", "colgroup"),
                    ("class", "browser"),
                    ("colspan", (double)sheet.Columns.Count(column => string.Equals(column.Browser, browser, StringComparison.Ordinal))),
                    Wording.Name(browser)))),
            Html("tr", sheet.Columns.Select((column, at) => Html("th", ("scope", "col"), First(sheet, at), column.Policy)))),
        Html(
            "tbody",
            sheet.Rows.Select(row => Html(
                "tr",
                Html("th", ("scope", "row"), Html("a", ("href", "#" + RowId(sheet, row)), row.Name)),
                sheet.Columns.Select((column, at) => Field(sheet, row, column, at))))));

    /// <summary>The id of an outage's part of the details.</summary>
    public static string RowId(Sheet sheet, MatrixRow row) => Wording.Text($"outage-{sheet.Rows.TakeWhile(other => other != row).Count() + 1}");

    private static bool IsFirst(Sheet sheet, int at) =>
        at == 0 || !string.Equals(sheet.Columns[at].Browser, sheet.Columns[at - 1].Browser, StringComparison.Ordinal);

    private static (string, string)? First(Sheet sheet, int at) => at > 0 && IsFirst(sheet, at) ? ("class", "first") : null;

    private static XElement Field(Sheet sheet, MatrixRow row, Column column, int at)
    {
        var cells = sheet.At(row, column);
        return Html(
            "td",
            First(sheet, at),
            IsFirst(sheet, at) ? ("data-browser", Wording.Name(column.Browser)) : null,
            ("data-policy", column.Policy),
            cells.Count == 0 ? Html("span", ("class", "unrun"), "not run") : cells.Select(Link));
    }

    private static XElement Link(CellFacts facts) => Html(
        "a",
        ("class", "cell " + facts.OutcomeClass),
        ("href", "#" + facts.Id),
        facts.Cell.Problem is { } problem ? ("title", problem) : null,
        Symbols.Use(facts.OutcomeClass, facts.OutcomeText),
        Html("b", facts.Headline),
        facts.Notes.Any() ? Html("small", string.Join(" · ", facts.Notes)) : null,
        facts.Faults.Select(static fault => Html("small", ("class", "fault"), fault)));

    private static XElement Legend() => Html(
        "ul",
        ("class", "legend"),
        Entry("back", "came back, same session, every word"),
        Entry("never", "never away: the outage passed unnoticed"),
        Entry("flawed", "no fault found by the lab, but words or the session are missing"),
        Entry("problem", "not as it should be; the sentence is in its details"));

    private static XElement Entry(string name, string text) => Html("li", ("class", name), Symbols.Use(name, null), Html("span", text));
}
