using System.Xml.Linq;
using Holdfast.Lab.Report;
using static Holdfast.Lab.Report.Markup;

namespace Holdfast.Lab.Matrix.Report;

/// <summary>The verdict first, then what it was found with.</summary>
internal static class PageHead
{
    public static XElement Section(Sheet sheet, Verdict verdict) => Html(
        "header",
        ReportPage.Mark(),
        Html("h1", "The outage matrix"),
        Html("p", ("class", "verdict"), verdict.Sentence, verdict.Exception is null ? null : " ", verdict.Exception is null ? null : Html("em", verdict.Exception)),
        verdict.Remark is null ? null : Html("p", ("class", "remark"), verdict.Remark),
        Problems(sheet),
        Facts(sheet.Report));

    private static XElement? Problems(Sheet sheet)
    {
        var bad = sheet.Cells.Where(static facts => !facts.IsWhole).ToList();
        return bad.Count == 0
            ? null
            : Html(
                "ul",
                ("class", "problems"),
                bad.Select(static facts => Html(
                    "li",
                    Html("a", ("href", "#" + facts.Id), $"{facts.Row.Name}, {facts.Where}"),
                    Html("span", facts.Cell.Problem ?? Wording.List([.. facts.Faults]) + "."))));
    }

    private static XElement Facts(MatrixReport report)
    {
        var machine = report.Machine;
        var browsers = report.Cells.Select(static cell => cell.BrowserVersion).Distinct(StringComparer.Ordinal).Take(20).ToList();
        return Html(
            "dl",
            ("class", "facts"),
            ReportPage.Fact("When", Wording.Text($"{report.Begun:yyyy-MM-dd HH:mm zzz}, for {Wording.Duration(report.Took.TotalSeconds)}")),
            ReportPage.Fact("Under test", report.Product),
            ReportPage.Fact("Browsers", browsers.Count == 0 ? "none" : string.Join("; ", browsers)),
            ReportPage.Fact("Machine", $"{machine.Processor}, {Wording.Count(machine.Cores, "core", "cores")}, {Wording.Memory(machine.MemoryBytes)}; {machine.System}"),
            ReportPage.Fact("Load", $"{Load(machine.LoadAtBegin)} at the beginning, {Load(machine.LoadAtEnd)} at the end (of one minute; {Wording.Count(machine.Cores, "core", "cores")})"),
            ReportPage.Fact("Spoken in each cell", report.Passage.Count == 0 ? "nothing" : $"{Wording.Count(report.Passage.Count, "word", "words")}: {string.Join(' ', report.Passage.Take(60))}"));
    }

    private static string Load(double? load) => load is { } value ? Wording.Text($"{value:0.00}") : "unknown";
}
