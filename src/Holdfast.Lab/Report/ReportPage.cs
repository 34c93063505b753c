using System.Xml.Linq;
using static Holdfast.Lab.Report.Markup;

namespace Holdfast.Lab.Report;

/// <summary>What every report has in common: one page that needs nothing else, no script, no other file, no network.</summary>
internal static class ReportPage
{
    /// <param name="title">Of the page.</param>
    /// <param name="sheet">A style sheet of its own beside the one of all reports; null: none.</param>
    /// <param name="body">What the page shows.</param>
    public static XElement Build(string title, string? sheet, params object?[] body) => Html(
        "html",
        ("lang", "en"),
        Html(
            "head",
            Html("meta", ("charset", "utf-8")),

            // Whatever a tested page said: nothing here runs or loads.
            Html("meta", ("http-equiv", "Content-Security-Policy"), ("content", "default-src 'none'; style-src 'unsafe-inline'")),
            Html("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1")),
            Html("meta", ("name", "color-scheme"), ("content", "light dark")),
            Html("title", title),
            StyleSheet.Element("report.css"),
            sheet is null ? null : StyleSheet.Element(sheet)),
        Html("body", ("id", "top"), body));

    /// <summary>The first line of a page: whose report it is.</summary>
    public static XElement Mark() => Html("p", ("class", "mark"), Logo(), "Holdfast");

    /// <summary>A row of the list that says what a report was made of (class "facts").</summary>
    public static XElement Fact(string name, string text) => Html("div", Html("dt", name), Html("dd", text));

    private static XElement Logo() => Svg(
        "svg",
        ("viewBox", "0 0 32 32"),
        ("width", "26"),
        ("height", "26"),
        ("aria-hidden", "true"),
        Svg("path", ("d", "M16 4c4.4 4.6-4.4 7 0 11.5M16 15.5c-.9 5-7.8 4.3-9.4 10M16 15.5v11M16 15.5c.9 5 7.8 4.3 9.4 10")));
}
