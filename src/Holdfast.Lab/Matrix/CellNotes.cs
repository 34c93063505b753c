namespace Holdfast.Lab.Matrix;

/// <summary>What was noted while one cell ran; all times in seconds since the session was connected.</summary>
internal sealed record CellNotes
{
    /// <summary>When the outage began.</summary>
    public required double Begin { get; init; }

    /// <summary>When the network, or whatever had been taken away, was there again.</summary>
    public required double End { get; init; }

    /// <summary>When the person clicked the button that brings the session back.</summary>
    public IReadOnlyList<double> Clicks { get; init; } = [];

    /// <summary>The session's states, in order.</summary>
    public IReadOnlyList<StateNote> States { get; init; } = [];

    /// <summary>What stood on the page, in order.</summary>
    public IReadOnlyList<CellSight> Sights { get; init; } = [];

    /// <summary>When a new picture was shown after a time without.</summary>
    public IReadOnlyList<double> Pictures { get; init; } = [];

    /// <summary>The words that were heard whole, with the time at which each began.</summary>
    public IReadOnlyList<(double At, string Word)> Words { get; init; } = [];

    public IReadOnlyList<string> WordsLost { get; init; } = [];

    public double SecondsRepeated { get; init; }

    /// <summary>What was heard, word by word, for whoever has to find out why one is missing.</summary>
    public string Heard { get; init; } = "";

    /// <summary>How much sound, other than silence, the browser's decoder had to make up.</summary>
    public double SecondsMadeUp { get; init; }

    /// <summary>When the passage was sent to be spoken.</summary>
    public double Said { get; init; }

    /// <summary>When all of it had been spoken; null: it was not within the time that a cell has.</summary>
    public double? Spoken { get; init; }

    public required string SessionBefore { get; init; }

    public string? SessionAfter { get; init; }
}

/// <param name="At">When it was entered.</param>
/// <param name="State">Its name.</param>
/// <param name="Level">With connected: by which level of the ladder it came back; 0 where the path healed; null at the start.</param>
internal sealed record StateNote(double At, string State, int? Level);

/// <summary>Makes a cell of what was noted: pure, so that it can be tested without a browser.</summary>
internal static class CellJudge
{
    private const string Connected = "connected";

    public static MatrixCell Judge(Outage outage, string policy, CellNotes notes)
    {
        // A browser that is stopped can notice nothing.
        var begin = outage.StopsBrowser ? notes.End : notes.Begin;
        var away = notes.States.FirstOrDefault(state => state.At >= begin && !IsConnected(state));
        var noticed = outage.IsPersonsDoing || outage.IsUneven ? null : away;
        var back = notes.States.LastOrDefault(state => state.At >= notes.Begin && IsConnected(state));
        var clicks = notes.Clicks.Count(click => click >= notes.Begin);
        var from = clicks > 0 ? notes.Clicks[^1] : notes.End;

        // A busy machine shows a picture late now and then; without an outage that anybody saw, that is no recovery.
        var wasAway = away is not null || outage.IsPersonsDoing || outage.StopsBrowser;
        double? picture = notes.Pictures.FirstOrDefault(at => at >= from, double.NaN) is var first && (double.IsNaN(first) || !wasAway) ? null : first;
        var cell = new MatrixCell
        {
            Outage = outage.Row.Key,
            Policy = policy,
            Browser = "",
            BrowserVersion = "",
            DetectedAfter = Rounded(noticed?.At - begin),
            Level = wasAway ? back?.Level : null,
            Clicks = clicks,
            IsFromClick = clicks > 0,
            RecoveredAfter = Rounded(picture - from),
            WordsLost = notes.WordsLost,
            SecondsRepeated = notes.SecondsRepeated,
            IsSameSession = string.Equals(notes.SessionBefore, notes.SessionAfter, StringComparison.Ordinal),
            Heard = notes.Heard,
            SecondsMadeUp = notes.SecondsMadeUp,
            Timeline = Tell(notes),
            Seen = notes.Sights,
        };
        return cell with { Problem = Find(outage, cell, notes) };
    }

    private static double? Rounded(double? seconds) => seconds is { } value ? Math.Round(value, 3) : null;

    private static bool IsConnected(StateNote state) => string.Equals(state.State, Connected, StringComparison.Ordinal);

    private static string? Find(Outage outage, MatrixCell cell, CellNotes notes)
    {
        var last = notes.States.LastOrDefault();
        if (last is null || !IsConnected(last))
        {
            return $"It did not come back; the page's last state was {last?.State ?? "none"}.";
        }

        if (!cell.IsSameSession)
        {
            return $"It came back as another session, {notes.SessionAfter ?? "none"} instead of {notes.SessionBefore}.";
        }

        if (notes.Spoken is null)
        {
            return "The passage was not spoken to its end.";
        }

        if (cell.WordsLost.Count > 0)
        {
            return $"Lost: {string.Join(", ", cell.WordsLost)}.";
        }

        // Under manual one click must do; assisted may need the person; auto must not.
        var allowed = outage.NeedsPerson || !string.Equals(cell.Policy, "auto", StringComparison.Ordinal) ? 1 : 0;
        return cell.Clicks > allowed ? $"It took {cell.Clicks} clicks, where {allowed} should do." : null;
    }

    private static IReadOnlyList<CellEvent> Tell(CellNotes notes)
    {
        List<CellEvent> events =
        [
            new(notes.Said, "said", "The passage is sent"),
            new(notes.Begin, "outage-begins", ""),
            new(notes.End, "outage-ends", ""),
            .. notes.States.Select(static state => new CellEvent(state.At, "state", state.State)),
            .. notes.Clicks.Select(static click => new CellEvent(click, "click", "")),
            .. notes.Pictures.Select(static picture => new CellEvent(picture, "picture", "")),
            .. notes.Words.Select(static word => new CellEvent(word.At, "word", word.Word)),
        ];
        if (notes.Spoken is { } spoken)
        {
            events.Add(new CellEvent(spoken, "spoken", ""));
        }

        return [.. events.OrderBy(static one => one.At)];
    }
}
