using System.Globalization;
using System.Text;
using System.Xml.Linq;
using static Holdfast.Lab.Report.Markup;

namespace Holdfast.Lab.Dashboard;

/// <summary>A panel's lines over time, or its one number, as a drawing of a fixed size.</summary>
internal static class PanelPlot
{
    private const double Left = 68;
    private const double Right = 12;
    private const double Top = 8;
    private const double Below = 20;

    /// <summary>As many colours as the style sheet has; then they begin again.</summary>
    private const int Colours = 8;

    /// <summary>A gap longer than so many steps is left open.</summary>
    private const double GapSteps = 3;

    public static XElement Lines(PanelAnswer answer, TimeSpanAsked when, double width, double height)
    {
        var most = Nice(
            answer.Lines.SelectMany(static line => line.Points).Select(static point => point.Value).DefaultIfEmpty().Max(),
            answer.Panel.Unit is "bytes" ? 1024 : 1000);
        var (right, bottom) = (width - Right, height - Below);
        double X(double at) => Left + ((right - Left) * (at - when.From) / (when.To - when.From));
        double Y(double value) => bottom - ((bottom - Top) * Math.Clamp(value / most, 0, 1));
        return Drawing(
            width,
            height,
            answer.Panel.Title,
            Enumerable.Range(0, 5).Select(step => most * step / 4).SelectMany(value => (XElement[])
            [
                Svg("line", ("class", "grid"), ("x1", Left), ("x2", right), ("y1", Y(value)), ("y2", Y(value))),
                Svg("text", ("class", "tick left"), ("x", Left - 8), ("y", Y(value) + 4), DashboardUnit.Write(value, answer.Panel.Unit)),
            ]),
            Minutes(when, width).SelectMany(at => (XElement[])
            [
                Svg("line", ("class", "grid"), ("x1", X(at)), ("x2", X(at)), ("y1", Top), ("y2", bottom)),
                Svg("text", ("class", "tick"), ("x", X(at)), ("y", height - 4), DateTimeOffset.FromUnixTimeSeconds((long)at).ToString("HH:mm", CultureInfo.InvariantCulture)),
            ]),
            answer.Lines.Select((line, index) => Path("area " + ColourOf(index), AreaOf(line, when.Step, X, Y, bottom))),
            answer.Lines.Select((line, index) => Path("line " + ColourOf(index), PathOf(line, when.Step, X, Y))));
    }

    public static XElement Number(PanelAnswer answer, TimeSpanAsked when, double width, double height)
    {
        var points = answer.Lines.Count > 0 ? answer.Lines[0] : new PanelLine("", []);
        var last = points.Points.Count > 0 ? points.Points[^1].Value : double.NaN;
        var colour = answer.Panel.Thresholds.LastOrDefault(threshold => last >= threshold.From).Colour ?? "green";
        var most = Math.Max(1e-9, points.Points.Select(static point => point.Value).DefaultIfEmpty().Max());
        double X(double at) => width * (at - when.From) / (when.To - when.From);
        double Y(double value) => height - (0.42 * height * Math.Clamp(value / most, 0, 1));
        return Drawing(
            width,
            height,
            answer.Panel.Title,
            Path("area strong " + colour, AreaOf(points, when.Step, X, Y, height)),
            Path("line " + colour, PathOf(points, when.Step, X, Y)),
            Svg("text", ("class", "number " + colour), ("x", width / 2), ("y", height * 0.48), double.IsNaN(last) ? "nothing" : DashboardUnit.Write(last, answer.Panel.Unit)));
    }

    public static string ColourOf(int index) => string.Create(CultureInfo.InvariantCulture, $"c{index % Colours}");

    private static XElement Drawing(double width, double height, string title, params object?[] content) => Svg(
        "svg", ("width", width), ("height", height), ("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {width} {height}")), ("role", "img"), ("aria-label", title), content);

    /// <summary>Its points are ours, and more than a text may have letters.</summary>
    private static XElement Path(string kind, string points)
    {
        var path = Svg("path", ("class", kind));
        path.SetAttributeValue("d", points);
        return path;
    }

    private static string PathOf(PanelLine line, double step, Func<double, double> x, Func<double, double> y)
    {
        var path = new StringBuilder();
        foreach (var piece in PiecesOf(line, step))
        {
            path.AppendJoin(' ', piece.Select((point, index) => $"{(index == 0 ? "M" : "L")}{Report.Markup.Number(x(point.At))},{Report.Markup.Number(y(point.Value))}")).Append(' ');
        }

        return path.ToString();
    }

    private static string AreaOf(PanelLine line, double step, Func<double, double> x, Func<double, double> y, double bottom)
    {
        var path = new StringBuilder();
        foreach (var piece in PiecesOf(line, step))
        {
            path.Append(CultureInfo.InvariantCulture, $"M{Report.Markup.Number(x(piece[0].At))},{Report.Markup.Number(bottom)} ")
                .AppendJoin(' ', piece.Select(point => $"L{Report.Markup.Number(x(point.At))},{Report.Markup.Number(y(point.Value))}"))
                .Append(CultureInfo.InvariantCulture, $" L{Report.Markup.Number(x(piece[^1].At))},{Report.Markup.Number(bottom)} Z ");
        }

        return path.ToString();
    }

    private static IEnumerable<List<(double At, double Value)>> PiecesOf(PanelLine line, double step)
    {
        var piece = new List<(double At, double Value)>();
        foreach (var point in line.Points)
        {
            if (piece.Count > 0 && point.At - piece[^1].At > GapSteps * step)
            {
                yield return piece;
                piece = [];
            }

            piece.Add(point);
        }

        if (piece.Count > 0)
        {
            yield return piece;
        }
    }

    /// <summary>Whole minutes, as many as there is room to write.</summary>
    private static IEnumerable<double> Minutes(TimeSpanAsked when, double width)
    {
        double[] steps = [60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400];
        var room = Math.Max(2, width / 72);
        var step = Array.Find(steps, candidate => (when.To - when.From) / candidate <= room);
        step = step == 0 ? steps[^1] : step;
        for (var at = Math.Ceiling(when.From / step) * step; at <= when.To; at += step)
        {
            yield return at;
        }
    }

    /// <summary>The next number that four steps lead to by easy figures.</summary>
    /// <param name="most">What is to be seen.</param>
    /// <param name="thousand">How much of a unit makes one of the next.</param>
    private static double Nice(double most, double thousand)
    {
        if (most <= 0)
        {
            return 1;
        }

        var unit = Math.Pow(thousand, Math.Max(0, Math.Floor(Math.Log(most, thousand))));
        var magnitude = unit * Math.Pow(10, Math.Floor(Math.Log10(most / unit)));
        double[] easy = [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10];
        return magnitude * Array.Find(easy, candidate => candidate * magnitude >= most * 0.9999);
    }
}
