using System.Xml.Linq;
using Holdfast.Lab.Report;
using static Holdfast.Lab.Report.Markup;

namespace Holdfast.Lab.Matrix.Report;

/// <summary>
/// A cell's time, drawn. Everything horizontal is a share of the width and everything vertical is in pixels, so that it fits any page and its letters stay legible.
/// A state is told by colour and by height: the further from connected, the taller.
/// </summary>
internal static class TimelinePlot
{
    private const double BandMiddle = 41;
    private const double PathTop = 64;
    private const double WordsTop = 82;
    private const int WordRows = 3;
    private static readonly double[] _steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600];

    /// <summary>In a line of text: states and outages only, on a scale that may be shared with others.</summary>
    /// <param name="model">What happened.</param>
    /// <param name="begin">The scale's beginning, in seconds.</param>
    /// <param name="end">Its end.</param>
    public static XElement Small(TimelineModel model, double begin, double end)
    {
        double At(double seconds) => Math.Clamp(100 * (seconds - begin) / (end - begin), 0, 100);
        return Svg(
            "svg",
            ("class", "small"),
            ("width", "100%"),
            ("height", "22"),
            ("aria-hidden", "true"),
            model.States.Select(state => Band(state, At, 8, 0.55, title: false)),
            model.Outages.Select(outage => Bar("outage", At(outage.From), At(outage.To), 18, 4)),
            model.Marks.Where(static mark => TimelineModel.Is(mark, "click")).Select(mark => Glyph("click", At(mark.At), 0, null)));
    }

    /// <param name="model">What happened.</param>
    /// <param name="name">What the drawing is of, for those who do not see it.</param>
    public static XElement Full(TimelineModel model, string name)
    {
        double At(double seconds) => Math.Clamp(100 * (seconds - model.Begin) / (model.End - model.Begin), 0, 100);
        var words = Labels.Place(model.Words.Select(word => (At(word.At), word.Text)), WordRows).ToList();
        var bottom = WordsTop + 12 + (words.Count == 0 ? 0 : (words.Max(static word => word.Row) + 1) * 13) + 4;
        return Svg(
            "svg",
            ("class", "timeline"),
            ("width", "100%"),
            ("height", bottom + 22),
            ("role", "img"),
            ("aria-label", name),
            model.Outages.Select(outage => Bar("shade", At(outage.From), At(outage.To), 28, bottom - 28)),
            Marks(model, At),
            Svg("line", ("class", "base"), ("x1", "0"), ("x2", "100%"), ("y1", BandMiddle), ("y2", BandMiddle)),
            model.States.Select(state => Band(state, At, BandMiddle, 1, title: true)),
            model.States.Select(state => BandLabel(state, At)),
            Svg("line", ("class", "base"), ("x1", "0"), ("x2", "100%"), ("y1", PathTop + 4), ("y2", PathTop + 4)),
            model.Outages.Select(outage => Bar(
                "outage",
                At(outage.From),
                At(outage.To),
                PathTop,
                8,
                $"outage from {Wording.Moment(outage.From)} to {Wording.Moment(outage.To)}, {Wording.Duration(outage.To - outage.From)}: {outage.Text}")),
            model.Words.Select(word => Svg(
                "line",
                ("class", "word"),
                ("x1", Percent(At(word.At))),
                ("x2", Percent(At(word.At))),
                ("y1", WordsTop),
                ("y2", WordsTop + 10),
                Svg("title", $"“{word.Text}” heard at {Wording.Moment(word.At)}"))),
            words.Select(static word => Text(word, WordsTop + 22 + (word.Row * 13), "heard")),
            Axis(model, At, bottom));
    }

    private static IEnumerable<XElement> Marks(TimelineModel model, Func<double, double> at)
    {
        foreach (var mark in model.Marks)
        {
            // The click above the states, the picture below: they are often one pixel apart.
            yield return Glyph(mark.Kind, at(mark.At), TimelineModel.Is(mark, "picture") ? BandMiddle + 12 : 16, $"{Say(mark)} at {Wording.Moment(mark.At)}");
        }

        foreach (var label in Labels.Place(Together(model.Marks.Select(mark => (at(mark.At), Say(mark)))), 1))
        {
            yield return Text(label, 11, "mark");
        }
    }

    /// <summary>What happens almost at once is told together.</summary>
    private static List<(double At, string Text)> Together(IEnumerable<(double At, string Text)> marks)
    {
        var together = new List<(double At, string Text)>();
        foreach (var mark in marks)
        {
            if (together.Count == 0 || mark.At - together[^1].At > 4)
            {
                together.Add(mark);
            }
            else if (!together[^1].Text.Contains(mark.Text, StringComparison.Ordinal))
            {
                together[^1] = (together[^1].At, $"{together[^1].Text}, {mark.Text}");
            }
        }

        return together;
    }

    private static string Say(CellEvent mark) => mark.Kind switch
    {
        "picture" => "first picture",
        "said" => "text sent",
        "spoken" => "all said",
        _ => mark.Kind,
    };

    private static XElement Band(Stretch state, Func<double, double> at, double middle, double scale, bool title)
    {
        var kind = TimelineModel.Kind(state.Text);
        var height = scale * kind switch
        {
            "connected" => 8,
            "interrupted" => 15,
            _ => 22,
        };
        return Bar(
            "band " + kind,
            at(state.From),
            at(state.To),
            middle - (height / 2),
            height,
            title ? $"{state.Text} from {Wording.Moment(state.From)} to {Wording.Moment(state.To)}, {Wording.Duration(state.To - state.From)}" : null);
    }

    /// <summary>A connected stretch is too thin for its name, and needs none: it is how things should be.</summary>
    private static XElement? BandLabel(Stretch state, Func<double, double> at)
    {
        var (from, to) = (at(state.From), at(state.To));
        var (wide, narrow) = Labels.Fits(state.Text, to - from);
        return TimelineModel.Kind(state.Text) is "connected" or "interrupted" || !wide
            ? null
            : Svg(
                "text",
                ("class", (narrow ? "state " : "state wide ") + TimelineModel.Kind(state.Text)),
                ("x", Percent((from + to) / 2)),
                ("y", BandMiddle + 4),
                ("text-anchor", "middle"),
                state.Text);
    }

    private static XElement Bar(string name, double from, double to, double top, double height, string? title = null) => Svg(
        "rect",
        ("class", name),
        ("x", Percent(from)),
        ("y", top),

        // What is too short to be seen is shown all the same.
        ("width", Percent(Math.Max(to - from, 0.15))),
        ("height", height),
        title is null ? null : Svg("title", title));

    private static XElement Glyph(string kind, double at, double top, string? title) => Svg(
        "svg",
        ("class", "glyph"),
        ("x", Percent(at)),
        ("y", top),
        Svg(
            "path",
            ("class", "mark " + kind),
            ("d", kind switch
            {
                "click" => "M-5 0H5L0 8z",
                "picture" => "M0 0 4.5 4.5 0 9-4.5 4.5z",
                "said" => "M-3 0 4 4-3 8z",
                _ => "M-3.5.5h7v7h-7z",
            }),
            title is null ? null : Svg("title", title)));

    private static XElement Text(Label label, double baseline, string name) => Svg(
        "text",
        ("class", label.OnlyWide ? name + " wide" : name),
        ("x", Percent(label.At)),
        ("y", baseline),
        ("text-anchor", label.Anchor),
        label.Text);

    private static IEnumerable<XElement> Axis(TimelineModel model, Func<double, double> at, double top)
    {
        yield return Svg("line", ("class", "rule"), ("x1", "0"), ("x2", "100%"), ("y1", top), ("y2", top));
        var step = _steps.FirstOrDefault(step => (model.End - model.Begin) / step <= 9, 7200);
        var first = Math.Ceiling(model.Begin / step);
        for (var count = 0; count < 10 && (first + count) * step <= model.End; count++)
        {
            var seconds = (first + count) * step;
            var place = at(seconds);
            yield return Svg("line", ("class", "rule"), ("x1", Percent(place)), ("x2", Percent(place)), ("y1", top), ("y2", top + 4));
            if (place < 97)
            {
                var label = new Label(place, Wording.Text($"{seconds:0.#}\u202fs").Replace('-', '−'), 0, count % 2 == 1);
                yield return Svg(
                    "text",
                    ("class", label.OnlyWide ? "tick wide" : "tick"),
                    ("x", Percent(place)),
                    ("y", top + 16),
                    ("text-anchor", place < 1 ? "start" : "middle"),
                    label.Text);
            }
        }
    }
}
