using System.Globalization;
using System.Xml.Linq;
using Holdfast.Lab.Line;
using Holdfast.Lab.Line.Relayed;
using Holdfast.Lab.Line.Report;
using Holdfast.Lab.Report;

namespace Holdfast.Lab.Tests.Line;

/// <summary>The report of holdfast-lab line --server, made of lines that nobody ran.</summary>
public sealed class BesidePageTests
{
    private static readonly LineScenario[] s_lines = [.. RelayedLines.All(TimeSpan.FromSeconds(25), seed: 1)];

    [Fact]
    public void The_page_is_XML_needs_nothing_else_and_every_link_in_it_leads_to_a_line()
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        BesidePage.Write(Report(line => new RelayedCell(line, [Sent(line, ServerSource.ItsName, 50), Sent(line, ChromiumSource.ItsName, 60)], [])), text);
        var page = XDocument.Parse(text.ToString().Split('\n', 2)[1]);

        var ids = page.Descendants().Attributes("id").Select(static id => id.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        var links = page.Descendants().Attributes("href").Select(static link => link.Value).ToList();
        Assert.All(links, link => Assert.Contains(link[1..], ids, StringComparer.Ordinal));
        Assert.Equal(24, page.Descendants(Markup.Drawing + "svg").Count(static svg => svg.Attribute("class")?.Value is "lineplot"));
        Assert.DoesNotContain(page.Descendants(Markup.Drawing + "path"), static path => path.Attribute("class")?.Value is "estimate");
        Assert.DoesNotContain(page.Descendants(), static element => element.Name.LocalName is "script" or "img" or "link" or "iframe");
        Assert.DoesNotContain("NaN", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_sender_has_its_column_and_one_that_did_not_connect_is_told()
    {
        var page = BesidePage.Build(Report(static line => line.Bandwidth > 1e6
            ? new RelayedCell(line, [Sent(line, ChromiumSource.ItsName, 60)], ["Holdfast: no luck."])
            : new RelayedCell(line, [Sent(line, ServerSource.ItsName, 240), Sent(line, ChromiumSource.ItsName, 60)], [])));

        var late = page.Descendants(Markup.Xhtml + "section").Single(static section => section.Element(Markup.Xhtml + "h3")?.Value.StartsWith("Sound late", StringComparison.Ordinal) == true);
        Assert.Equal(["Line", "Holdfast", "Chromium"], late.Descendants(Markup.Xhtml + "thead").Descendants(Markup.Xhtml + "th").Select(static head => head.Value), StringComparer.Ordinal);
        Assert.Equal(["240", "60"], Row(late, 0), StringComparer.Ordinal);
        Assert.Equal(["–", "60"], Row(late, 11), StringComparer.Ordinal);
        Assert.Contains(page.Descendants(Markup.Xhtml + "p"), static p => p.Value is "Holdfast: no luck.");

        static IEnumerable<string> Row(XElement table, int index) =>
            table.Descendants(Markup.Xhtml + "tbody").Elements().ElementAt(index).Elements(Markup.Xhtml + "td").Select(static cell => cell.Value);
    }

    [Fact]
    public void The_verdict_counts_lines_within_the_aim_and_those_on_which_ours_is_no_later()
    {
        var report = Report(static line => new RelayedCell(
            line, [Sent(line, ServerSource.ItsName, line.Bandwidth < 200e3 ? 130 : 60), Sent(line, ChromiumSource.ItsName, line.Loss > 0 ? 59 : 131)], []));

        Assert.Equal(
            "Sound of ours at most 120 ms late, but for one packet in twenty, on 10 of 12\u00a0lines; no later than Chromium's on 6 of 12.", BesidePage.Verdict(report));
    }

    private static BesideReport Report(Func<LineScenario, RelayedCell> cell) => new(
        new DateTimeOffset(2026, 11, 30, 10, 0, 0, TimeSpan.Zero), TimeSpan.FromMinutes(12), Seed: 1, "Holdfast 0.1", "Chromium 1", [.. s_lines.Select(cell)]);

    private static SenderResult Sent(LineScenario line, string name, double late) => new(
        name,
        new LineResult(line.Name, 0.3, 10, late, 150, 24, 0, 0, 0, 0, 0, 0.9, null, 0, [.. Enumerable.Range(1, 125).Select(static i => new LineSample(i / 5.0, 500, 300, 0, 20, 5))]),
        SoundGaps: 0,
        WaitedP50: 10,
        WaitedP95: 40,
        PictureWidth: 512,
        Coarseness: 40);
}
