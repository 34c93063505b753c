using System.Xml.Linq;
using Holdfast.Lab.Line.Relayed;
using Holdfast.Lab.Report;
using static Holdfast.Lab.Report.Markup;

namespace Holdfast.Lab.Line.Report;

/// <summary>Lines in real time, with each sender beside the other: one page that needs nothing else.</summary>
internal static class BesidePage
{
    private const double DelayAim = 120;

    private static readonly IReadOnlyList<Column> Columns =
    [
        .. LineMeasure.All.Where(static measure => measure != LineMeasure.Words).Select(static measure => new Column(
            measure.Name, (line, sender) => measure.Value(new LineCell(line, sender.Result)), (line, sender) => measure.Judge(new LineCell(line, sender.Result)))),
        new("Waited for the line, one packet in twenty, ms", static (_, sender) => Wording.Text($"{sender.WaitedP95:0}"), static (_, _) => Tone.Plain),
        new("Pictures a second", static (_, sender) => Wording.Text($"{sender.Result.Pictures:0.0}"), static (_, _) => Tone.Plain),
        new("Pictures' width, the middle", static (_, sender) => Wording.Text($"{sender.PictureWidth}"), static (_, _) => Tone.Plain),
        new("Pictures' coarseness, the middle, 0 to 127", static (_, sender) => Wording.Text($"{sender.Coarseness}"), static (_, _) => Tone.Plain),
        new("Gaps in the sound", static (_, sender) => Wording.Text($"{sender.SoundGaps}"), static (_, sender) => sender.SoundGaps == 0 ? Tone.Good : Tone.Fair),
        new(
            "Words torn",
            static (_, sender) => sender.Result.Words == 0 ? "–" : Wording.Text($"{sender.Result.WordsTorn}/{sender.Result.Words}"),
            static (_, sender) => sender.Result.Words == 0 ? Tone.Plain : sender.Result.WordsTorn == 0 ? Tone.Good : Tone.Fair),
    ];

    /// <param name="report">What was run.</param>
    /// <param name="writer">Where to; it should write UTF-8, and is left open.</param>
    public static void Write(BesideReport report, TextWriter writer) => Markup.Write(Build(report), writer);

    internal static XElement Build(BesideReport report) => ReportPage.Build(
        Wording.Text($"Holdfast on thin lines in real time, {report.Begun:yyyy-MM-dd}"),
        "line.css",
        Html("main", Head(report), Columns.Select(column => Table(report, column)), Details(report), About(report)));

    /// <summary>The run in a sentence.</summary>
    internal static string Verdict(BesideReport report)
    {
        var ours = report.Cells.Select(static cell => cell.Of(ServerSource.ItsName)).OfType<SenderResult>().ToList();
        var aim = Wording.Text($"Sound of ours at most {DelayAim:0} ms late, but for one packet in twenty, on {ours.Count(static sender => sender.Result.DelayP95 <= DelayAim)} of {Wording.Count(report.Cells.Count, "line", "lines")}");
        var both = report.Cells.Where(static cell => cell.Of(ServerSource.ItsName) is not null && cell.Of(ChromiumSource.ItsName) is not null).ToList();
        var ahead = both.Count(static cell => cell.Of(ServerSource.ItsName)!.Result.DelayP95 <= cell.Of(ChromiumSource.ItsName)!.Result.DelayP95);
        return both.Count == 0 ? aim + "." : Wording.Text($"{aim}; no later than Chromium's on {ahead} of {both.Count}.");
    }

    private static XElement Head(BesideReport report) => Html(
        "header",
        ReportPage.Mark(),
        Html("h1", "Thin lines in real time"),
        Html("p", ("class", "verdict"), Verdict(report)),
        Html(
            "dl",
            ("class", "facts"),
            ReportPage.Fact("When", Wording.Text($"{report.Begun:yyyy-MM-dd HH:mm zzz}, for {Wording.Duration(report.Took.TotalSeconds)}")),
            ReportPage.Fact("Under test", report.Product),
            report.Browser is null ? null : ReportPage.Fact("Beside it", report.Browser),
            ReportPage.Fact("Lines", Wording.Text($"{Wording.Count(report.Cells.Count, "line", "lines")}, seed {report.Seed}"))));

    private static XElement Table(BesideReport report, Column column)
    {
        var senders = report.Cells.SelectMany(static cell => cell.Senders).Select(static sender => sender.Sender).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Reverse().ToList();
        return Html(
            "section",
            ("class", "measure"),
            Html("h3", column.Name),
            Html(
                "div",
                ("class", "scroll"),
                Html(
                    "table",
                    ("class", "lines"),
                    Html("thead", Html("tr", Html("th", "Line"), senders.Select(static sender => Html("th", ("class", "number"), sender)))),
                    Html("tbody", report.Cells.Select(cell => Html(
                        "tr",
                        Html("th", ("scope", "row"), Html("a", ("href", "#" + Id(cell)), cell.Scenario.Name)),
                        senders.Select(name => cell.Of(name) is { } sender
                            ? Html("td", ("class", "number " + LineGrid.Class(column.Judge(cell.Scenario, sender))), Html("span", column.Value(cell.Scenario, sender)))
                            : Html("td", ("class", "number unrun"), "–"))))))));
    }

    private static XElement Details(BesideReport report) => Html(
        "section",
        ("id", "lines"),
        Html("h2", "Line by line"),
        LineDetails.Legend(hasEstimate: false),
        report.Cells.Select(static cell => Html(
            "article",
            ("class", "line"),
            ("id", Id(cell)),
            Html("h3", cell.Scenario.Name),
            cell.Senders.Select(sender => (XElement[])[Html("h4", sender.Sender), LinePlot.Full(new LineCell(cell.Scenario, sender.Result))]),
            cell.Problems.Select(static problem => Html("p", problem)),
            Html("p", ("class", "up"), Html("a", ("href", "#top"), "All lines")))));

    private static XElement About(BesideReport report) => Html(
        "section",
        ("id", "about"),
        Html("h2", "How this was made"),
        Html("p", "A real server, real UDP, the lab's relay with a bottleneck, loss both ways and a delay, and the lab's peer at the other end, in real time. What is late is counted by the sender's own timestamps, above what took the shortest: a sender that is slow to encode is late too. How long packets waited for the line is the relay's own count, which no sender and no busy machine changes."),
        report.Browser is null ? null : Html("p", "The browser plays a video of the same avatar, which idles and then says the same text, and sends what it shows and says, as a page does that has a camera. The pictures of both may take the same bits at the most, at the same size and rate, and both get the same feedback. Each line finds them one after the other, in turns, with the same chances of loss."));

    private static string Id(RelayedCell cell) => LineCell.IdOf(cell.Scenario);

    private sealed record Column(string Name, Func<LineScenario, SenderResult, string> Value, Func<LineScenario, SenderResult, Tone> Judge);
}
