using System.Text;
using System.Xml.Linq;
using Holdfast.Lab.Report;
using static Holdfast.Lab.Report.Markup;

namespace Holdfast.Lab.Line.Report;

/// <summary>
/// A line's time, drawn in three lanes over one axis: how late sound is, what is sent of what the line carries, and the pictures that come. Everything horizontal is a share of
/// the width and everything vertical is in pixels, so that it fits any page and its letters stay legible.
/// </summary>
internal static class LinePlot
{
    private const double DelayTop = 20;
    private const double DelayHeight = 72;
    private const double RateTop = 122;
    private const double RateHeight = 92;
    private const double PicturesTop = 244;
    private const double PicturesHeight = 26;
    private const double Bottom = PicturesTop + PicturesHeight;
    private const double Height = Bottom + 20;

    /// <summary>Across; the drawing is stretched to the width of the page.</summary>
    private const double Across = 1000;
    private const double DelayAim = 120;
    private const double WidestShown = 3_000;

    /// <summary>Samples in a row without a picture that are seen as standing still.</summary>
    private const int StillSamples = 2;

    public static XElement Full(LineCell cell)
    {
        var series = cell.Result.Series;
        var end = Math.Max(1, series.Count == 0 ? 1 : series[^1].At);
        var late = Nice(Math.Max(DelayAim * 1.25, series.Select(static sample => sample.Delay).DefaultIfEmpty().Max()));
        var most = Nice(Math.Max(
            series.SelectMany(static sample => (double[])[sample.Sent, sample.Estimate]).DefaultIfEmpty().Max(),
            Math.Min(WidestShown, series.Select(static sample => sample.Line).DefaultIfEmpty().Max())));
        double At(double seconds) => Math.Clamp(100 * seconds / end, 0, 100);
        return Svg(
            "svg",
            ("class", "lineplot"),
            ("width", "100%"),
            ("height", Height),
            ("role", "img"),
            ("aria-label", Describe(cell)),
            Still(series, end).Select(still => Svg(
                "rect", ("class", "still"), ("x", Percent(At(still.From))), ("width", Percent(At(still.To) - At(still.From))), ("y", DelayTop), ("height", Bottom - DelayTop))),
            Seconds(end).Select(second => Svg("line", ("class", "grid"), ("x1", Percent(At(second))), ("x2", Percent(At(second))), ("y1", DelayTop), ("y2", Bottom))),
            Lane("Sound late", Wording.Label(late / 1000), DelayTop, DelayHeight),
            Rule("aim", DelayTop + (DelayHeight * (1 - (DelayAim / late)))),
            Stretched(DelayTop, DelayHeight, Curve("delay", series.Select(sample => (sample.At / end, sample.Delay / late)))),
            Lane("Sent", LineScenario.Rate(most * 1e3), RateTop, RateHeight),
            Stretched(
                RateTop,
                RateHeight,
                Area("capacity", series.Select(sample => (sample.At / end, sample.Line / most))),
                Curve("sent", series.Select(sample => (sample.At / end, sample.Sent / most))),
                series.Any(static sample => sample.Estimate > 0) ? Curve("estimate", series.Select(sample => (sample.At / end, sample.Estimate / most))) : null),
            Lane("Pictures", Wording.Text($"{5 / 0.2:0}\u202fa second"), PicturesTop, PicturesHeight),
            Stretched(PicturesTop, PicturesHeight, Area("pictures", series.Select(sample => (sample.At / end, sample.Pictures / 5.0)))),
            Events(cell.Scenario).SelectMany(found => Event(found.Name, At(found.At))),
            Seconds(end).Select(second => Svg("text", ("x", Percent(At(second))), ("y", Bottom + 14), ("text-anchor", "middle"), Wording.Text($"{second:0}\u202fs"))));
    }

    /// <summary>What the drawing shows, for those who do not see it.</summary>
    internal static string Describe(LineCell cell)
    {
        var still = Still(cell.Result.Series, double.MaxValue).Count();
        return Wording.Text($"{cell.Scenario.Name}: sound is at most {cell.Result.Series.Select(static sample => sample.Delay).DefaultIfEmpty().Max():0} ms late, ")
            + Wording.Text($"at most {cell.Result.Series.Select(static sample => sample.Sent).DefaultIfEmpty().Max():0} kbit/s are sent, the picture stands still {Wording.Count(still, "time", "times")}.");
    }

    /// <summary>From when to when no picture came, two samples in a row and more.</summary>
    internal static IEnumerable<(double From, double To)> Still(IReadOnlyList<LineSample> series, double end)
    {
        for (var first = 0; first < series.Count; first++)
        {
            var last = first;
            while (last < series.Count && series[last].Pictures == 0)
            {
                last++;
            }

            if (last - first >= StillSamples)
            {
                yield return (first == 0 ? 0 : series[first - 1].At, Math.Min(end, series[last - 1].At));
            }

            first = last;
        }
    }

    /// <summary>The next of 1, 1.5, 2, 3, 5, 7.5, 10... that is no less.</summary>
    internal static double Nice(double value)
    {
        if (!double.IsFinite(value) || value <= 0)
        {
            return 1;
        }

        var decade = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return ((double[])[1, 1.5, 2, 3, 5, 7.5, 10]).Select(step => step * decade).First(step => step >= value * 0.9999);
    }

    private static IEnumerable<double> Seconds(double end)
    {
        for (double second = 0; second <= end + 0.01; second += 5)
        {
            yield return second;
        }
    }

    private static IEnumerable<(string Name, double At)> Events(LineScenario scenario)
    {
        yield return ("speaks", scenario.SpeaksFrom.TotalSeconds);
        foreach (var step in scenario.Steps)
        {
            yield return (LineScenario.Rate(step.Bandwidth), step.At.TotalSeconds);
        }

        if (scenario.HasCompetitor)
        {
            yield return ("a download begins", scenario.CompetitorFrom.TotalSeconds);
        }
    }

    private static IEnumerable<XElement> Event(string name, double at) =>
    [
        Svg("line", ("class", "event"), ("x1", Percent(at)), ("x2", Percent(at)), ("y1", DelayTop - 8), ("y2", Bottom)),
        Svg("text", ("class", "event"), ("x", Percent(at)), ("dx", "5"), ("y", DelayTop - 3), name),
    ];

    private static IEnumerable<XElement> Lane(string name, string top, double y, double height) =>
    [
        Rule("base", y + height),
        Rule("top", y),
        Svg("text", ("class", "lane"), ("x", "0"), ("dx", "5"), ("y", y + 13), name),
        Svg("text", ("x", "100%"), ("dx", "-5"), ("y", y + 13), ("text-anchor", "end"), top),
    ];

    private static XElement Rule(string name, double y) => Svg("line", ("class", name), ("x1", "0"), ("x2", "100%"), ("y1", y), ("y2", y));

    /// <summary>A part whose width follows the page while its lines stay as thin as they are.</summary>
    private static XElement Stretched(double y, double height, params XElement?[] content) => Svg(
        "svg",
        ("x", "0"),
        ("y", y),
        ("width", "100%"),
        ("height", height),
        ("viewBox", $"0 0 {Number(Across)} 100"),
        ("preserveAspectRatio", "none"),
        content);

    private static XElement Curve(string name, IEnumerable<(double X, double Y)> points) => Svg("path", ("class", name), ("d", Path(points)));

    /// <summary>In steps, down to the lane's base.</summary>
    private static XElement Area(string name, IEnumerable<(double X, double Y)> points)
    {
        var path = new StringBuilder("M0 100");
        double? height = null;
        foreach (var (x, y) in points)
        {
            // Each sample is what was since the one before.
            if (height != y)
            {
                path.Append('V').Append(Vertical(y));
                height = y;
            }

            path.Append('H').Append(Horizontal(x));
        }

        return Svg("path", ("class", name), ("d", path.Append("V100Z").ToString()), ("vector-effect", "non-scaling-stroke"));
    }

    private static string Path(IEnumerable<(double X, double Y)> points)
    {
        var path = new StringBuilder();
        foreach (var (x, y) in points)
        {
            path.Append(path.Length == 0 ? 'M' : 'L').Append(Horizontal(x)).Append(' ').Append(Vertical(y));
        }

        return path.ToString();
    }

    private static string Horizontal(double share) => Wording.Text($"{Math.Clamp(share, 0, 1) * Across:0}");

    private static string Vertical(double share) => Wording.Text($"{100 - (Math.Clamp(share, 0, 1) * 100):0.#}");
}
