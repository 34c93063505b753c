using System.Xml.Linq;
using Holdfast.Lab.Report;
using static Holdfast.Lab.Report.Markup;

namespace Holdfast.Lab.Line.Report;

/// <summary>The report as one page that needs nothing else: no script, no other file, no network.</summary>
internal static class LinePage
{
    /// <param name="report">What was run.</param>
    /// <param name="writer">Where to; it should write UTF-8, and is left open.</param>
    public static void Write(LineReport report, TextWriter writer) => Markup.Write(Build(report), writer);

    internal static XElement Build(LineReport report) => ReportPage.Build(
        Wording.Text($"Holdfast on thin lines, {report.Begun:yyyy-MM-dd}"),
        "line.css",
        Html("main", Head(report), LineGrid.Section(report), LineGrid.Changing(report), LineDetails.Section(report), About()));

    /// <summary>The run in a sentence: what matters most first.</summary>
    internal static string Verdict(LineReport report)
    {
        if (report.Cells.Count == 0)
        {
            return "No line was run.";
        }

        var bearable = report.Cells.Where(static cell => cell.Scenario.Loss <= 0.05).ToList();
        var (words, torn) = (bearable.Sum(static cell => cell.Result.Words), bearable.Sum(static cell => cell.Result.WordsTorn));
        var met = report.Cells.Count(static cell => LineMeasure.All[0].Judge(cell) == Tone.Good);
        return Wording.Text($"{torn} of {words:#,0} words torn where up to 5\u202f% are lost; the first picture in time on {met} of {Wording.Count(report.Cells.Count, "line", "lines")}.");
    }

    private static XElement Head(LineReport report) => Html(
        "header",
        ReportPage.Mark(),
        Html("h1", "Thin lines"),
        Html("p", ("class", "verdict"), Verdict(report)),
        Html(
            "dl",
            ("class", "facts"),
            ReportPage.Fact("When", Wording.Text($"{report.Begun:yyyy-MM-dd HH:mm zzz}, for {Wording.Duration(report.Took.TotalSeconds)}; the lines themselves in virtual time")),
            ReportPage.Fact("Under test", report.Product),
            ReportPage.Fact("Lines", Wording.Text($"{Wording.Count(report.Cells.Count, "line", "lines")}, seed {report.Seed}")),
            ReportPage.Fact("Watched", "a portrait of 512x512 at 25 pictures a second, which idles for 5 s and then speaks")));

    private static XElement About() => Html(
        "section",
        ("id", "about"),
        Html("h2", "How this was made"),
        Html("p", "The server's own peer and its stream of pictures and sound at one end, the lab's peer at the other, and between them a bottleneck with a queue, loss both ways and a delay. All of it in virtual time, so a busy machine changes nothing, and the same seed gives the same lines."),
        Html("p", "What is late is counted above what an empty line takes. Nothing is said again here, as a session would: a torn word counts as torn."));
}
