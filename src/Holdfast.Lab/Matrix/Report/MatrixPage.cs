using System.Xml.Linq;
using Holdfast.Lab.Report;
using static Holdfast.Lab.Report.Markup;

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
        return ReportPage.Build(
            Wording.Text($"Holdfast outage matrix, {report.Begun:yyyy-MM-dd}"),
            sheet: null,
            Symbols.Definitions(),
            Html(
                "main",
                PageHead.Section(sheet, verdict),
                MatrixTable.Section(sheet),
                Distributions.Section(sheet),
                CellDetails.Section(sheet),
                Explanations.Section(report)));
    }
}
