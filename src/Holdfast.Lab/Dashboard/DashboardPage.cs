using System.Globalization;
using System.Xml.Linq;
using Holdfast.Lab.Report;
using static Holdfast.Lab.Report.Markup;

namespace Holdfast.Lab.Dashboard;

/// <summary>The dashboard as one page that needs nothing else; its panels stand where Grafana puts them.</summary>
internal static class DashboardPage
{
    /// <summary>Pixels of one of the 24 units across, of one down, and between two panels.</summary>
    private const double Across = 60;
    private const double Down = 30;
    private const double Gap = 8;

    /// <summary>Of a panel that the title takes, and the legend.</summary>
    private const double TitleHeight = 30;
    private const double LegendHeight = 26;

    public static void Write(DashboardAnswer answer, TextWriter writer) => Markup.Write(Build(answer), writer);

    internal static XElement Build(DashboardAnswer answer) => ReportPage.Build(
        Wording.Text($"{answer.Title}, as its dashboard shows it"),
        "dashboard.css",
        Html(
            "main",
            ("class", "dashboard"),
            Html(
                "header",
                ReportPage.Mark(),
                Html("p", Wording.Text($"{At(answer.When.From):yyyy-MM-dd HH:mm} to {At(answer.When.To):HH:mm} UTC. Drawn from the dashboard's own questions by holdfast-lab, not by Grafana."))),
            Html("div", ("class", "panels"), answer.Panels.Select(panel => Of(panel, answer.When)))));

    private static XElement Of(PanelAnswer answer, TimeSpanAsked when)
    {
        var place = answer.Panel.Place;
        var where = ("style", string.Create(
            CultureInfo.InvariantCulture, $"grid-column: {place.X + 1} / span {place.Width}; grid-row: {place.Y + 1} / span {place.Height}"));
        if (answer.Panel.IsHeading)
        {
            return Html("h2", where, answer.Panel.Title);
        }

        var (width, height) = ((place.Width * Across) - Gap, (place.Height * Down) - Gap - TitleHeight);
        return Html(
            "section",
            where,
            Html("h3", answer.Panel.Title),
            answer.Lines.Count == 0 ? Html("p", ("class", "nothing"), "nothing")
            : answer.Panel.IsNumber ? PanelPlot.Number(answer, when, width, height)
            : PanelPlot.Lines(answer, when, width, height - LegendHeight),
            answer.Panel.IsNumber ? null : Legend(answer));
    }

    private static XElement Legend(PanelAnswer answer) => Html(
        "ul", answer.Lines.Select((line, index) => Html("li", ("class", PanelPlot.ColourOf(index)), line.Name)));

    private static DateTimeOffset At(double seconds) => DateTimeOffset.FromUnixTimeSeconds((long)seconds);
}
