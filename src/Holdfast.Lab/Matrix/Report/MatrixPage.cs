using System.Xml.Linq;
using static Holdfast.Lab.Matrix.Report.Markup;

namespace Holdfast.Lab.Matrix.Report;

/// <summary>The report as one page that needs nothing else: no script, no other file, no network.</summary>
internal static class MatrixPage
{
    /// <param name="report">What was run.</param>
    /// <param name="writer">Where to; it should write UTF-8, and is left open.</param>
    public static void Write(MatrixReport report, TextWriter writer) => Markup.Write(Build(report), writer);

    internal static XElement Build(MatrixReport report)
    {
        var sheet = new Sheet(report);
        var verdict = Verdict.Of(sheet);
        return Html(
            "html",
            ("lang", "en"),
            Html(
                "head",
                Html("meta", ("charset", "utf-8")),

                // Whatever a tested page said: nothing here runs or loads.
                Html("meta", ("http-equiv", "Content-Security-Policy"), ("content", "default-src 'none'; style-src 'unsafe-inline'")),
                Html("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1")),
                Html("meta", ("name", "color-scheme"), ("content", "light dark")),
                Html("title", Wording.Text($"Holdfast outage matrix, {report.Begun:yyyy-MM-dd}")),
                StyleSheet.Element("matrix.css")),
            Html(
                "body",
                Symbols.Definitions(),
                Html(
                    "main",
                    PageHead.Section(sheet, verdict),
                    MatrixTable.Section(sheet),
                    Distributions.Section(sheet),
                    CellDetails.Section(sheet),
                    Explanations.Section(report))));
    }
}
