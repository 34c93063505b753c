using System.Xml.Linq;
using Holdfast.Lab.Matrix;
using Holdfast.Lab.Matrix.Report;
using Holdfast.Lab.Report;

namespace Holdfast.Lab.Tests.Matrix;

public sealed class PlotTests
{
    private static readonly CellFacts _facts = new Sheet(MadeUpReports.Full(isFine: true)).Cells[0];

    [Theory]
    [InlineData(1, "1", "10\u202fms", "10\u202fms most of 1")]
    [InlineData(19, "19", "100\u202fms", "190\u202fms most of 19")]
    [InlineData(20, "20", "100\u202fms", "190\u202fms")]
    [InlineData(0, "0", "–", "–")]
    public void A_95th_percentile_is_told_of_twenty_samples_and_more(int count, string n, string half, string tail)
    {
        // 10 ms, 20 ms... in no order.
        var row = new StripRow("level 1", "Chromium", [.. Enumerable.Range(1, count).Reverse().Select(static at => new Sample(at / 100.0, _facts))], 0.15);

        var table = StripPlot.Table("What", "Level", "Browser", [row]);

        Assert.Equal([n, half, tail], table.Descendants(Markup.Xhtml + "td").Where(static cell => Is(cell, "number")).Select(static cell => cell.Value), StringComparer.Ordinal);
        Assert.Equal(count, table.Descendants(Markup.Drawing + "circle").Count());
        Assert.Equal(count >= 20 ? 1 : 0, table.Descendants(Markup.Drawing + "line").Count(static line => Is(line, "tail")));
    }

    [Fact]
    public void Dots_do_not_cover_each_other()
    {
        var row = new StripRow("level 1", "Chromium", [.. Enumerable.Repeat(new Sample(0.1, _facts), 7)], null);

        var dots = StripPlot.Table("What", "Level", "Browser", [row]).Descendants(Markup.Drawing + "circle");

        Assert.Equal(7, dots.Select(static dot => dot.Attribute("cy")!.Value).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void A_scale_has_a_place_for_everything()
    {
        double[] seconds = [0.018, 0.15, 1.5, 44];
        var scale = new LogScale(seconds.Append(double.NaN).Append(-1));

        Assert.Equal([0.01, 0.1, 1, 10], scale.Marks.Select(static mark => Math.Round(mark, 6)));
        Assert.All(seconds, value => Assert.InRange(scale.At(value), 0.1, 99.9));
        Assert.Equal(seconds, seconds.OrderBy(scale.At));
        Assert.Equal([0, 0, 0, 100], new[] { -1, 0, double.NaN, 1e9 }.Select(scale.At));
        Assert.Equal(50, new LogScale([0.1, 10]).At(1), 6);
        Assert.Equal(2, new LogScale([0.1]).Marks.Count);
        Assert.NotEmpty(new LogScale([]).Marks);
    }

    [Theory]
    [InlineData(new[] { 0.1, 0.2, 0.12 }, "p50 120\u202fms of 3\u00a0samples; the goal, less than 150\u202fms, is met.")]
    [InlineData(new[] { 0.1, 0.2, 0.16 }, "p50 160\u202fms of 3\u00a0samples; the goal, less than 150\u202fms, is missed.")]
    [InlineData(new double[0], "no sample, so the goal of 150\u202fms is neither met nor missed.")]
    public void A_goal_for_the_half_is_judged_by_the_median(double[] seconds, string expected) =>
        Assert.Equal("Level 1: " + expected, Distributions.Promise("Level 1", seconds, 0.15, isHalf: true));

    [Fact]
    public void A_goal_for_all_is_missed_by_one()
    {
        Assert.Equal("Noticed: 2 of 2 in less than 1.50\u202fs, the longest 1.40\u202fs; the goal is met.", Distributions.Promise("Noticed", [1.4, 1], 1.5, isHalf: false));
        Assert.Equal("Noticed: 1 of 2 in less than 1.50\u202fs, the longest 1.50\u202fs; the goal is missed.", Distributions.Promise("Noticed", [1.5, 1], 1.5, isHalf: false));
    }

    [Fact]
    public void States_follow_each_other_without_a_gap_from_the_connection_to_the_end()
    {
        var model = Model(new(2, "state", "held"), new(1, "state", "interrupted"), new(double.NaN, "state", "x"), new(3, "state", "connected"), new(3.5, "state", "connected"), new(10, "spoken", ""));

        Assert.Equal([(0, 1, "connected"), (1, 2, "interrupted"), (2, 3, "held"), (3, 10.15, "connected")], model.States.Select(static one => (one.From, Math.Round(one.To, 6), one.Text)));
    }

    [Fact]
    public void An_outage_that_nobody_ended_lasts_to_the_end()
    {
        var model = Model(new(1, "outage-begins", "a"), new(2, "outage-ends", ""), new(4, "outage-ends", ""), new(5, "outage-begins", "b"), new(6, "outage-begins", "c"), new(10, "word", "w"));

        Assert.Equal([(1, 2, "a"), (5, 10.15, "b")], model.Outages.Select(static one => (one.From, Math.Round(one.To, 6), one.Text)));
    }

    [Fact]
    public void A_cell_without_events_is_a_second_of_connection()
    {
        Assert.Equal([new Stretch(0, 1, "connected")], Model().States);
    }

    [Fact]
    public void Flapping_is_drawn_with_each_of_its_states_named()
    {
        var facts = new Sheet(MadeUpReports.Full(isFine: true)).Cells.First(static one => string.Equals(one.Cell.Outage, "flapping", StringComparison.Ordinal));
        var drawing = TimelinePlot.Full(new TimelineModel(facts.Cell), "x");

        var bands = drawing.Descendants(Markup.Drawing + "rect").Where(static rect => rect.Attribute("class")!.Value.StartsWith("band", StringComparison.Ordinal)).ToList();
        Assert.True(bands.Count >= 60);
        Assert.All(bands, static band => Assert.Contains(" from ", band.Element(Markup.Drawing + "title")!.Value, StringComparison.Ordinal));
        Assert.Equal(15, drawing.Descendants(Markup.Drawing + "rect").Count(static rect => Is(rect, "outage")));
        Assert.Equal(26, drawing.Descendants(Markup.Drawing + "line").Count(static line => Is(line, "word")));
    }

    [Fact]
    public void Labels_do_not_cover_each_other()
    {
        var labels = Labels.Place(Enumerable.Range(0, 50).Select(static at => (at * 2.0, "november")), 2).ToList();

        Assert.InRange(labels.Count, 10, 40);
        Assert.All(
            labels.GroupBy(static label => label.Row),
            static row => Assert.All(row.Zip(row.Skip(1)), static pair => Assert.True(pair.Second.At - pair.First.At >= 6)));
        Assert.InRange(labels.Count(static label => !label.OnlyWide), 4, 12);
    }

    [Theory]
    [InlineData(0.0824, "82\u202fms")]
    [InlineData(0.9996, "1.00\u202fs")]
    [InlineData(9.999, "10.0\u202fs")]
    [InlineData(44.44, "44.4\u202fs")]
    [InlineData(59.97, "1\u202fmin 0\u202fs")]
    [InlineData(4980, "83\u202fmin 0\u202fs")]
    [InlineData(-0.012, "−12\u202fms")]
    [InlineData(double.NaN, "unknown")]
    public void A_duration_is_as_precise_as_it_matters(double seconds, string expected) => Assert.Equal(expected, Wording.Duration(seconds));

    private static bool Is(XElement element, string name) => string.Equals(element.Attribute("class")?.Value, name, StringComparison.Ordinal);

    private static TimelineModel Model(params CellEvent[] events) => new(_facts.Cell with { Timeline = events, Seen = [] });
}
