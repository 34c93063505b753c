using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Holdfast.Lab.Matrix;
using Holdfast.Lab.Matrix.Report;
using Holdfast.Lab.Report;

namespace Holdfast.Lab.Tests.Matrix;

public sealed partial class MatrixPageTests
{
    private static readonly XNamespace _html = "http://www.w3.org/1999/xhtml";
    private static readonly XNamespace _svg = "http://www.w3.org/2000/svg";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_page_is_XML_and_every_link_in_it_leads_somewhere(bool isFine)
    {
        var page = Parse(Write(MadeUpReports.Full(isFine)));

        var ids = page.Descendants().Attributes("id").Select(static id => id.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        var links = page.Descendants().Attributes("href").Select(static link => link.Value).ToList();
        Assert.True(links.Count > 72);
        Assert.All(links, static link => Assert.StartsWith("#", link, StringComparison.Ordinal));
        Assert.All(links, link => Assert.Contains(link[1..], ids, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_page_is_the_same_to_a_parser_of_HTML(bool isFine)
    {
        var page = Parse(Write(MadeUpReports.Full(isFine)));

        // To HTML, <p/> is a beginning without an end.
        Assert.All(
            page.Descendants().Where(static element => element.Name.Namespace == _html && element.IsEmpty),
            static element => Assert.Equal("meta", element.Name.LocalName));

        // To HTML, a style is not parsed: nothing in it may be written otherwise in XML.
        Assert.DoesNotContain(page.Descendants(_html + "style").Single().Value, static letter => letter is '<' or '>' or '&');
    }

    [Fact]
    public void Nothing_outside_is_needed_and_nothing_runs()
    {
        var text = Write(MadeUpReports.Full(isFine: false));
        var page = Parse(text);

        Assert.DoesNotContain(page.Descendants(), static element => element.Name.LocalName is "script" or "link" or "img" or "iframe" or "object" or "image" or "foreignObject");
        Assert.DoesNotContain(page.Descendants().Attributes(), static attribute => attribute.Name.LocalName is "src" or "srcset" or "style" || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.DoesNotContain("@import", text, StringComparison.Ordinal);
        Assert.All(Url().Matches(text), static match => Assert.Equal("url(#hatch)", match.Value));
    }

    [Fact]
    public void A_full_page_is_less_than_two_megabytes()
    {
        Assert.InRange(Encoding.UTF8.GetByteCount(Write(MadeUpReports.Full(isFine: false))), 100_000, 2_000_000);
    }

    [Fact]
    public void Pages_that_say_endlessly_much_are_cut()
    {
        var long1 = new string('长', 100_000);
        var report = MadeUpReports.Full(isFine: true);
        var cells = report.Cells.Select(cell => cell with
        {
            Seen = [.. Enumerable.Range(0, 50).Select(at => new CellSight(at, "held", [long1], long1)), .. cell.Seen],
        });

        var page = Write(report with { Cells = [.. cells.Take(1)] });

        Assert.InRange(page.Length, 10_000, 300_000);
        Assert.Contains("长…</p>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("</p></td></table></details></style></title></svg><img src=x onerror=alert(1)>")]
    [InlineData("\" onmouseover=\"alert(1)\" x='")]
    [InlineData("]]> <![CDATA[ --> <!-- &lt; &#0; &")]
    [InlineData("\0\u0001\u001b[31m\u0085\u009f\r\n\t")]
    [InlineData("\u202egnp.exe\u2066")]
    [InlineData("")]
    public void Whatever_a_page_under_test_said_stays_text(string hostile) => StaysText(hostile);

    /// <summary>An attribute could not hold them: it is stored as UTF-8.</summary>
    [Fact]
    public void Halves_of_letters_stay_text()
    {
        StaysText("\ud800 \udc00 \udc00\ud800 \uffff \ufffe");
        Assert.Equal("\ufffd a \ufffd\ufffd😀\ufffd", Markup.Clean("\ud83d a \udc00\ud83d😀\uffff"));
    }

    private static void StaysText(string hostile)
    {
        var calm = Parse(Write(Everywhere("calm")));
        var text = Write(Everywhere(hostile));
        var page = Parse(text);

        string[] known = [.. calm.Descendants().Select(static element => element.Name.LocalName).Distinct(StringComparer.Ordinal)];
        Assert.All(page.Descendants(), element => Assert.Contains(element.Name.LocalName, known, StringComparer.Ordinal));
        Assert.All(page.Descendants().Attributes(), static attribute => Assert.False(attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal)));
        Assert.Contains(Markup.Clean(hostile), page.Descendants(_html + "td").SelectMany(static cell => cell.Elements(_html + "p")).Select(static said => said.Value), StringComparer.Ordinal);
        Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(text, static letter => char.IsControl(letter) && letter is not ('\n' or '\t'));

        // It can be stored.
        Assert.Equal(text, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("手动重连 “quoted” <b> & é 😀", "手动重连 “quoted” <b> & é 😀")]
    [InlineData("a\0b", "a\ufffdb")]
    [InlineData("\u202eabc", "\ufffdabc")]
    public void A_text_is_kept_but_for_what_nobody_can_read(string text, string expected) => Assert.Equal(expected, Markup.Clean(text));

    [Fact]
    public void An_empty_report_says_that_nothing_is_proven()
    {
        var page = Parse(Write(MadeUpReports.Empty));

        Assert.Equal("Nothing was run, so nothing is proven.", Of(page, "p", "verdict").Value);
        Assert.Empty(page.Descendants(_html + "details"));
        Assert.Contains("No sample.", page.Descendants(_html + "p").Select(static text => text.Value), StringComparer.Ordinal);
    }

    [Fact]
    public void What_went_wrong_stands_at_the_top_in_the_matrix_and_open_in_its_details()
    {
        var report = MadeUpReports.Full(isFine: false);
        var page = Parse(Write(report));

        foreach (var problem in report.Cells.Select(static cell => cell.Problem).OfType<string>())
        {
            Assert.Contains(Of(page, "ul", "problems").Descendants(_html + "span"), text => string.Equals(text.Value, problem, StringComparison.Ordinal));
            Assert.Contains(Of(page, "table", "matrix").Descendants(_html + "a"), link => string.Equals(link.Attribute("title")?.Value, problem, StringComparison.Ordinal));
        }

        // Three with a problem, and one that lost a word without the lab's finding fault.
        Assert.Equal(4, page.Descendants(_html + "details").Count(static details => details.Attribute("open") is not null));
        Assert.Equal(71, page.Descendants(_html + "details").Count());
    }

    [Fact]
    public void Every_drawing_has_a_name_or_is_hidden_from_those_who_hear_the_page()
    {
        var page = Parse(Write(MadeUpReports.Full(isFine: false)));
        var outer = page.Descendants(_svg + "svg").Where(static drawing => drawing.Parent!.Name.Namespace == _html).ToList();

        Assert.NotEmpty(outer);
        Assert.All(outer, static drawing => Assert.True(drawing.Attribute("aria-hidden") is not null || drawing.Attribute("aria-label")?.Value.Length > 0));
    }

    [Fact]
    public void Every_number_in_a_drawing_is_a_number()
    {
        var cell = MadeUpReports.Full(isFine: true).Cells[0] with
        {
            RecoveredAfter = double.NaN,
            DetectedAfter = -1,
            SecondsRepeated = double.PositiveInfinity,
            Timeline = [new(double.NaN, "word", "never"), new(-3, "state", "starting"), new(1e12, "word", "late"), new(double.NegativeInfinity, "state", "held")],
            Seen = [new(double.NaN, "held", ["a"], null)],
        };

        var page = Parse(Write(MadeUpReports.Full(isFine: true) with { Cells = [cell] }));

        string[] geometry = ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height"];
        Assert.All(
            page.Descendants().Where(static element => element.Name.Namespace == _svg).Attributes().Where(attribute => geometry.Contains(attribute.Name.LocalName, StringComparer.Ordinal)),
            static attribute => Assert.Matches(@"^-?[0-9]+(\.[0-9]+)?%?$", attribute.Value));
    }

    /// <summary>A report that says the same thing wherever somebody else's text can stand.</summary>
    internal static MatrixReport Everywhere(string text) => MadeUpReports.Empty with
    {
        Product = text,
        Machine = new MatrixMachine(text, 2, 1, text, null, 1),
        Passage = [text, "alpha"],
        Rows = [new MatrixRow(text, text, text)],
        Cells =
        [
            new MatrixCell
            {
                Outage = text,
                Policy = text,
                Browser = text,
                BrowserVersion = text,
                Problem = text,
                DetectedAfter = 1,
                RecoveredAfter = 0.1,
                Level = 1,
                WordsLost = [text],
                Timeline = [new(0, "state", text), new(1, "outage-begins", text), new(2, "word", text), new(9, text, text), new(10, "click", text)],
                Seen = [new(1, text, [text], text)],
            },
        ],
    };

    private static XElement Of(XDocument page, string element, string name) => page.Descendants(_html + element).Single(one => string.Equals(one.Attribute("class")?.Value, name, StringComparison.Ordinal));

    private static XDocument Parse(string text)
    {
        Assert.StartsWith("<!DOCTYPE html>\n<html ", text, StringComparison.Ordinal);
        return XDocument.Parse(text[text.IndexOf('\n', StringComparison.Ordinal)..].Trim(), LoadOptions.PreserveWhitespace);
    }

    private static string Write(MatrixReport report)
    {
        using var writer = new StringWriter();
        MatrixPage.Write(report, writer);
        return writer.ToString();
    }

    [GeneratedRegex(@"url\([^)]*\)", RegexOptions.None, 1000)]
    private static partial Regex Url();
}
