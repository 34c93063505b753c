namespace Holdfast.Lab.Matrix.Report;

/// <summary>A stretch of time.</summary>
internal readonly record struct Stretch(double From, double To, string Text);

/// <summary>A cell's events as stretches and moments, whatever order and gaps they come in.</summary>
internal sealed class TimelineModel
{
    /// <summary>More are not drawn one by one.</summary>
    private const int MostEvents = 1000;

    public TimelineModel(MatrixCell cell)
    {
        var events = cell.Timeline.Where(static one => double.IsFinite(one.At)).OrderBy(static one => one.At).Take(MostEvents).ToList();
        var sights = cell.Seen.Where(static one => double.IsFinite(one.At)).OrderBy(static one => one.At).Take(MostEvents).ToList();
        double[] moments = [.. events.Select(static one => one.At), .. sights.Select(static one => one.At)];
        Begin = Math.Min(0, moments.DefaultIfEmpty(0).Min());
        End = Math.Max(Begin + 1, moments.DefaultIfEmpty(0).Max() * 1.015);

        // What the session itself told comes first; without that, what the page showed.
        var states = events.Where(static one => Is(one, "state")).Select(static one => (one.At, one.Text)).ToList();
        States = Stretches(states.Count > 0 ? states : [.. sights.Select(static one => (one.At, one.State))]);
        Outages = Pairs(events);
        Words = [.. events.Where(static one => Is(one, "word"))];
        Marks = [.. events.Where(static one => Is(one, "click") || Is(one, "picture") || Is(one, "said") || Is(one, "spoken"))];
    }

    /// <summary>In seconds since the session was connected; 0 or earlier.</summary>
    public double Begin { get; }

    /// <summary>A little after the last that is known.</summary>
    public double End { get; }

    public IReadOnlyList<Stretch> States { get; }

    public IReadOnlyList<Stretch> Outages { get; }

    public IReadOnlyList<CellEvent> Words { get; }

    public IReadOnlyList<CellEvent> Marks { get; }

    public static bool Is(CellEvent one, string kind) => string.Equals(one.Kind, kind, StringComparison.Ordinal);

    /// <summary>The colour of a state, as on the player's own timeline.</summary>
    public static string Kind(string state) => state switch
    {
        "connected" => "connected",
        "interrupted" or "unreachable" => "interrupted",
        "held" or "due" or "elsewhere" => "held",
        "reconnecting" => "reconnecting",
        "ended" or "expired" or "closed" or "replaced" or "gone" or "stopped" or "error" or "lost" or "crashed" => "ended",
        _ => "other",
    };

    private List<Stretch> Stretches(IReadOnlyList<(double At, string Text)> states)
    {
        var stretches = new List<Stretch>();

        // Time is counted from the moment it was connected.
        var (from, state) = (Math.Min(0, states.Count == 0 ? 0 : states[0].At), states.Count > 0 && states[0].At <= 0 ? states[0].Text : "connected");
        foreach (var (at, text) in states)
        {
            if (string.Equals(text, state, StringComparison.Ordinal))
            {
                continue;
            }

            if (at > from)
            {
                stretches.Add(new Stretch(from, at, state));
            }

            (from, state) = (at, text);
        }

        stretches.Add(new Stretch(from, End, state));
        return stretches;
    }

    private List<Stretch> Pairs(List<CellEvent> events)
    {
        var outages = new List<Stretch>();
        CellEvent? open = null;
        foreach (var one in events)
        {
            if (Is(one, "outage-begins"))
            {
                open ??= one;
            }
            else if (open is not null && Is(one, "outage-ends"))
            {
                outages.Add(new Stretch(open.At, one.At, open.Text));
                open = null;
            }
        }

        if (open is not null)
        {
            outages.Add(new Stretch(open.At, End, open.Text));
        }

        return outages;
    }
}
