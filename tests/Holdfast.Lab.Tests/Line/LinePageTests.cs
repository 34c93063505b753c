using System.Globalization;
using System.Xml.Linq;
using Holdfast.Lab.Line;
using Holdfast.Lab.Line.Report;
using Holdfast.Lab.Report;

namespace Holdfast.Lab.Tests.Line;

/// <summary>The report of holdfast-lab line, made of lines that nobody ran.</summary>
public sealed class LinePageTests
{
    [Fact]
    public void The_page_is_XML_needs_nothing_else_and_every_link_in_it_leads_to_a_line()
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        LinePage.Write(Report(LineScenario.Grid(1)), text);
        var page = XDocument.Parse(text.ToString().Split('\n', 2)[1]);

        var ids = page.Descendants().Attributes("id").Select(static id => id.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        var links = page.Descendants().Attributes("href").Select(static link => link.Value).ToList();
        Assert.All(links, link => Assert.Contains(link[1..], ids, StringComparer.Ordinal));

        // Each line of the grid from five grids, each other one from the table, and each back to the top.
        Assert.Equal((126 * 5) + 9 + 135, links.Count);
        Assert.Equal(135, page.Descendants(Markup.Drawing + "svg").Count(static svg => Is(svg, "lineplot")));
        Assert.DoesNotContain(page.Descendants(), static element => element.Name.LocalName is "script" or "img" or "link" or "iframe");
        Assert.DoesNotContain("NaN", text.ToString(), StringComparison.Ordinal);
        Assert.InRange(text.ToString().Length, 100_000, 2_000_000);
    }

    [Fact]
    public void A_number_of_the_grid_stands_at_its_line_and_says_how_near_to_the_aim_it_is()
    {
        var page = LinePage.Build(Report(LineScenario.Grid(1), static scenario => scenario is { Bandwidth: 250e3, Loss: 0.02, Queue.TotalMilliseconds: 200, Delay.TotalMilliseconds: 150 }
            ? Result(scenario) with { FirstPicture = null, DelayP95 = 240, WordsTorn = 1 }
            : Result(scenario)));

        var grids = page.Descendants(Markup.Xhtml + "table").Where(static table => Is(table, "lines grid")).ToList();
        Assert.Equal(5, grids.Count);
        Assert.Equal([("–", "number poor"), ("240", "number fair"), ("1", "number poor")], grids.Take(3).Select(static grid => Odd(grid)));

        // The third row is 250 kbit/s; of 2 % come the second six, of 200 ms of those the second two.
        static (string, string) Odd(XElement grid)
        {
            var row = grid.Element(Markup.Xhtml + "tbody")!.Elements().ElementAt(2);
            Assert.Equal("250 kbit/s", row.Element(Markup.Xhtml + "th")!.Value);
            var cell = row.Elements(Markup.Xhtml + "td").ElementAt(6 + 2 + 1);
            Assert.All(row.Elements(Markup.Xhtml + "td").Where(other => other != cell), static other => Assert.Equal("number good", other.Attribute("class")!.Value));
            return (cell.Value, cell.Attribute("class")!.Value);
        }
    }

    [Fact]
    public void A_run_of_some_lines_has_only_their_rows_and_columns_and_one_of_none_says_so()
    {
        var page = LinePage.Build(Report(LineScenario.Grid(1).Where(static scenario => scenario is { Bandwidth: 100e3, Loss: 0 })));
        var grid = page.Descendants(Markup.Xhtml + "table").First();
        Assert.Single(grid.Element(Markup.Xhtml + "tbody")!.Elements());
        Assert.Equal(["0\u202f%"], grid.Descendants(Markup.Xhtml + "tr").First().Elements().Skip(1).Select(static head => head.Value), StringComparer.Ordinal);
        Assert.Equal("No line was run.", LinePage.Verdict(Report([])));
    }

    [Fact]
    public void The_verdict_counts_words_up_to_5_percent_of_loss_and_first_pictures_of_all()
    {
        var report = Report(LineScenario.Grid(1).Where(static scenario => scenario.Bandwidth <= 150e3), static scenario => Result(scenario) with
        {
            WordsTorn = scenario.Loss > 0.05 ? 9 : scenario.Loss > 0 ? 1 : 0,
            FirstPicture = scenario.Bandwidth == 100e3 ? 5 : 1.2,
        });

        // 36 lines, 12 of which lose 2 %; a key frame takes 0.8 s of 100 kbit/s.
        Assert.Equal("12 of 864 words torn where up to 5\u202f% are lost; the first picture in time on 18 of 36\u00a0lines.", LinePage.Verdict(report));
    }

    [Fact]
    public void Still_is_where_two_samples_or_more_bring_no_picture()
    {
        static LineSample At(double at, int pictures) => new(at, 500, 400, 450, 10, pictures);
        LineSample[] series = [At(0.2, 0), At(0.4, 0), At(0.6, 5), At(0.8, 0), At(1.0, 5), At(1.2, 0), At(1.4, 0), At(1.6, 0)];
        Assert.Equal([(0.0, 0.4), (1.0, 1.6)], LinePlot.Still(series, 25));
        Assert.Equal([1.0, 1.0, 150.0, 200.0, 3_000.0, 10_000.0], new[] { -1, double.NaN, 121, 199, 2_501, 9_999 }.Select(LinePlot.Nice));
    }

    [Fact]
    public void A_line_of_which_there_are_no_samples_is_drawn_all_the_same()
    {
        var scenario = LineScenario.Special(1).First();
        var drawing = LinePlot.Full(new LineCell(scenario, Result(scenario) with { Series = [] }));
        Assert.Contains("250 kbit/s", drawing.Descendants(Markup.Drawing + "text").Select(static text => text.Value), StringComparer.Ordinal);
    }

    private static LineReport Report(IEnumerable<LineScenario> scenarios, Func<LineScenario, LineResult>? result = null) => new(
        new DateTimeOffset(2026, 11, 29, 10, 0, 0, TimeSpan.Zero),
        TimeSpan.FromMinutes(9),
        Seed: 1,
        "Holdfast 0.1",
        [.. scenarios.Select(scenario => new LineCell(scenario, (result ?? Result)(scenario)))]);

    private static LineResult Result(LineScenario scenario) => new(
        scenario.Name, 0.3, 10, 60, 150, 24, 0, 0, 36, 0, 0, 0.9, scenario.Steps.Count > 0 ? 0.7 : null, 0, [.. Enumerable.Range(1, 125).Select(i => new LineSample(
            Math.Round(i / 5.0, 1), scenario.BandwidthAt(TimeSpan.FromSeconds(i / 5.0)) / 1e3, Math.Min(900, scenario.Bandwidth / 1e3 * 0.9), Math.Min(2_500, scenario.Bandwidth / 1e3), 20 + (i % 7), 5))]);

    private static bool Is(XElement element, string name) => string.Equals(element.Attribute("class")?.Value, name, StringComparison.Ordinal);
}
