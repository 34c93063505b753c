using System.Xml.Linq;
using Holdfast.Lab.Report;
using static Holdfast.Lab.Report.Markup;

namespace Holdfast.Lab.Matrix.Report;

/// <summary>Each cell in full: its time, what the person saw, its numbers. Those with a problem stand open.</summary>
internal static class CellDetails
{
    /// <summary>More is counted, not listed: nobody reads it, and the page must stay small.</summary>
    private const int MostSights = 80;

    public static XElement Section(Sheet sheet) => Html(
        "section",
        ("id", "cells"),
        Html("h2", "Every cell"),
        Html("p", ("class", "lead"), "Lines that belong to one outage share one scale of time. What was not as it should be stands open; the others open by a click."),
        Key(),
        sheet.Rows.Select(row => Outage(sheet, row)));

    /// <summary>What the drawings are made of.</summary>
    private static XElement Key() => Html(
        "ul",
        ("class", "legend key"),
        KeyEntry("connected", 8, "connected"),
        KeyEntry("interrupted", 15, "interrupted"),
        KeyEntry("held", 22, "held for the person"),
        KeyEntry("reconnecting", 22, "reconnecting"),
        KeyEntry("ended", 22, "ended"),
        Html("li", Swatch(Svg("rect", ("class", "outage"), ("width", "26"), ("height", "8"), ("y", "7"))), "the outage"),
        Html("li", Swatch(Svg("path", ("class", "mark click"), ("d", "M8 7h10l-5 8z"))), "click"),
        Html("li", Swatch(Svg("path", ("class", "mark picture"), ("d", "M13 6l5 5-5 5-5-5z"))), "first new picture"),
        Html("li", Swatch(Svg("path", ("class", "word"), ("d", "M6 6v10m7-10v10m7-10v10"))), "a word heard whole"));

    private static XElement KeyEntry(string kind, double height, string text) =>
        Html("li", Swatch(Svg("rect", ("class", "band " + kind), ("width", "26"), ("height", height), ("y", 11 - (height / 2)))), text);

    private static XElement Swatch(XElement shape) => Svg("svg", ("class", "swatch"), ("width", "26"), ("height", "22"), ("aria-hidden", "true"), shape);

    private static XElement Outage(Sheet sheet, MatrixRow row)
    {
        var cells = sheet.Columns.SelectMany(column => sheet.At(row, column)).Select(static facts => (Facts: facts, Model: new TimelineModel(facts.Cell))).ToList();
        var begin = cells.Select(static cell => cell.Model.Begin).DefaultIfEmpty(0).Min();
        var end = cells.Select(static cell => cell.Model.End).DefaultIfEmpty(1).Max();
        return Html(
            "section",
            ("class", "outage"),
            Html("h3", ("id", MatrixTable.RowId(sheet, row)), row.Name),
            row.Text.Length == 0 ? null : Html("p", row.Text),
            cells.Count == 0 ? Html("p", ("class", "none"), "Not run.") : null,
            cells.Select(cell => Details(sheet.Report, cell.Facts, cell.Model, begin, end)));
    }

    private static XElement Details(MatrixReport report, CellFacts facts, TimelineModel model, double begin, double end) => Html(
        "details",
        ("class", facts.OutcomeClass),
        facts.IsWhole ? null : ("open", "open"),
        Html(
            "summary",
            Html("span", ("class", "who"), Symbols.Use(facts.OutcomeClass, facts.OutcomeText), Html("b", Wording.Name(facts.Cell.Browser)), Html("span", facts.Cell.Policy)),
            TimelinePlot.Small(model, begin, end),
            Html("span", ("class", "what"), Html("b", facts.Headline), Html("small", string.Join(" · ", facts.Notes.Concat(facts.Faults))))),

        // A link opens what is around its target; so the target is inside.
        Html(
            "div",
            ("class", "body"),
            ("id", facts.Id),
            facts.Cell.Problem is { } problem ? Html("p", ("class", "said"), problem) : null,
            Html(
                "figure",
                Html("div", ("class", "lanes"), ("aria-hidden", "true"), Html("span", "page"), Html("span", "path"), Html("span", "heard")),
                TimelinePlot.Full(model, $"Timeline: {facts.Row.Name}, {facts.Where}, {Wording.Duration(model.End - model.Begin)}")),
            Html("div", ("class", "columns"), Seen(facts.Cell), Numbers(report, facts))));

    private static XElement Numbers(MatrixReport report, CellFacts facts)
    {
        var cell = facts.Cell;
        var from = cell.IsFromClick ? "Back, from the click" : "Back, from the path’s return";
        return Html(
            "dl",
            ("class", "numbers"),
            Entry("Noticed after", cell.DetectedAfter is { } detected ? Wording.Duration(detected) : "nothing was shown"),
            Entry(from, cell.RecoveredAfter is { } recovered ? Wording.Duration(recovered) : facts.IsWhole ? "the picture never stopped" : "not measured"),
            Entry("Brought back by", Wording.Level(cell.Level)),
            Entry("Clicks", Wording.Count(cell.Clicks, "click", "clicks")),
            Entry("Session", cell.IsSameSession ? "the same" : "another"),
            Entry("Words lost", cell.WordsLost.Count == 0 ? Wording.Text($"none of {report.Passage.Count}") : Wording.Text($"{cell.WordsLost.Count} of {report.Passage.Count}: {Some(cell.WordsLost)}")),
            Entry("Said a second time", cell.SecondsRepeated > 0 ? Wording.Duration(cell.SecondsRepeated) : "nothing"),
            Entry("The whole cell took", Wording.Duration(cell.Seconds)),
            Entry("Browser", cell.BrowserVersion));
    }

    private static string Some(IReadOnlyList<string> words) =>
        string.Join(", ", words.Take(30)) + (words.Count > 30 ? Wording.Text($" and {words.Count - 30} more") : string.Empty);

    private static XElement[] Entry(string name, string text) => [Html("dt", name), Html("dd", text)];

    private static XElement Seen(MatrixCell cell)
    {
        if (cell.Seen.Count == 0)
        {
            return Html("p", ("class", "none"), "What stood on the page was not recorded.");
        }

        var sights = cell.Seen.Where(static sight => double.IsFinite(sight.At)).OrderBy(static sight => sight.At).ToList();
        return Html(
            "table",
            ("class", "seen"),
            Html("caption", "What the person saw"),
            Html("thead", Html("tr", Html("th", ("scope", "col"), "at"), Html("th", ("scope", "col"), "state"), Html("th", ("scope", "col"), "on the page"), Html("th", ("scope", "col"), "button"))),
            Html(
                "tbody",
                sights.Take(MostSights).Select(Sight),
                sights.Count > MostSights ? Html("tr", Html("td"), Html("td", ("colspan", "3"), Wording.Text($"and {sights.Count - MostSights} more"))) : null));
    }

    private static XElement Sight(CellSight sight) => Html(
        "tr",
        Html("td", ("class", "number"), Wording.Moment(sight.At)),
        Html("td", ("class", "state " + TimelineModel.Kind(sight.State)), sight.State),
        Html("td", sight.Texts.Take(8).Select(Quote)),
        Html("td", sight.Button is null ? null : Html("span", ("class", "button"), Language(sight.Button), sight.Button)));

    private static XElement Quote(string text) => Html("p", ("dir", "auto"), Language(text), text);

    /// <summary>Chinese and Japanese share letters that they draw differently.</summary>
    private static (string, string)? Language(string text) => text.Any(static letter => letter is >= '\u4e00' and <= '\u9fff') ? ("lang", "zh-CN") : null;
}
