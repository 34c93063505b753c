using System.Xml.Linq;
using static Holdfast.Lab.Matrix.Report.Markup;

namespace Holdfast.Lab.Matrix.Report;

/// <summary>The verdict first, then what it was found with.</summary>
internal static class PageHead
{
    public static XElement Section(Sheet sheet, Verdict verdict) => Html(
        "header",
        Html("p", ("class", "mark"), Logo(), "Holdfast"),
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
            Fact("When", Wording.Text($"{report.Begun:yyyy-MM-dd HH:mm zzz}, for {Wording.Duration(report.Took.TotalSeconds)}")),
            Fact("Under test", report.Product),
            Fact("Browsers", browsers.Count == 0 ? "none" : string.Join("; ", browsers)),
            Fact("Machine", $"{machine.Processor}, {Wording.Count(machine.Cores, "core", "cores")}, {Wording.Memory(machine.MemoryBytes)}; {machine.System}"),
            Fact("Load", $"{Load(machine.LoadAtBegin)} at the beginning, {Load(machine.LoadAtEnd)} at the end (of one minute; {Wording.Count(machine.Cores, "core", "cores")})"),
            Fact("Spoken in each cell", report.Passage.Count == 0 ? "nothing" : $"{Wording.Count(report.Passage.Count, "word", "words")}: {string.Join(' ', report.Passage.Take(60))}"));
    }

    private static XElement Fact(string name, string text) => Html("div", Html("dt", name), Html("dd", text));

    private static string Load(double? load) => load is { } value ? Wording.Text($"{value:0.00}") : "unknown";

    internal static XElement Logo() => Svg(
        "svg",
        ("viewBox", "0 0 32 32"),
        ("width", "26"),
        ("height", "26"),
        ("aria-hidden", "true"),
        Svg("path", ("d", "M16 4c4.4 4.6-4.4 7 0 11.5M16 15.5c-.9 5-7.8 4.3-9.4 10M16 15.5v11M16 15.5c.9 5 7.8 4.3 9.4 10")));
}
