using Holdfast.Lab.Measure;

namespace Holdfast.Lab.Kill.Browsing;

/// <summary>What real browsers went through whose server ended while it spoke.</summary>
/// <param name="At">When it was measured.</param>
/// <param name="By">How it ended.</param>
/// <param name="Seed">Of what was left to chance.</param>
/// <param name="Trials">Each of them, in order.</param>
internal sealed record BrowserKillReport(DateTimeOffset At, Ending By, ulong Seed, IReadOnlyList<BrowserKillTrial> Trials)
{
    /// <summary>The gaps in which nothing new was played, in milliseconds, by browser.</summary>
    public IReadOnlyDictionary<string, Figures?> Gaps => ByBrowser(static trial => trial.GapMilliseconds);

    /// <summary>The gaps in which the servers sent nothing, in milliseconds, by browser; null where the machine does not let the lab see packets.</summary>
    public IReadOnlyDictionary<string, Figures?> SentGaps => ByBrowser(static trial => trial.SentGapMilliseconds);

    /// <summary>Whether nobody noticed more than a pause.</summary>
    public bool IsFine => Trials.Count > 0 && Trials.All(static trial => trial.Problem is null);

    private Dictionary<string, Figures?> ByBrowser(Func<BrowserKillTrial, double?> milliseconds) => Trials
        .GroupBy(static trial => trial.Browser, StringComparer.Ordinal)
        .ToDictionary(
            static group => group.Key,
            group =>
            {
                var samples = new Samples();
                foreach (var gap in group.Select(milliseconds).OfType<double>())
                {
                    samples.Add(TimeSpan.FromMilliseconds(gap));
                }

                return samples.Summarize();
            },
            StringComparer.Ordinal);
}

/// <summary>A fresh browser that listened, and whose server ended once in the middle of it.</summary>
internal sealed record BrowserKillTrial
{
    /// <summary>A browser calls a connection "disconnected" when it has heard nothing for about 5 s.</summary>
    public const double BrowsersPatienceMilliseconds = 5_000;

    /// <summary>Which: chromium or firefox.</summary>
    public required string Browser { get; init; }

    /// <summary>With its version.</summary>
    public string BrowserVersion { get; init; } = "";

    /// <summary>For how long nothing new was played; null: nothing was any more.</summary>
    public double? GapMilliseconds { get; init; }

    /// <summary>For how long no packet of media was sent to it; null where that cannot be seen.</summary>
    public double? SentGapMilliseconds { get; init; }

    /// <summary>From the start of the next process until something new was played; null at a takeover, and where nothing was.</summary>
    public double? StartToMediaMilliseconds { get; init; }

    /// <summary>Whether the page was in the same session afterwards.</summary>
    public bool IsSameSession { get; init; }

    /// <summary>The states of each of its connections, in turn.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Connections { get; init; } = [];

    /// <summary>What was not heard.</summary>
    public IReadOnlyList<string> WordsLost { get; init; } = [];

    /// <summary>What was heard, word by word, and when.</summary>
    public string Heard { get; init; } = "";

    /// <summary>How many there were.</summary>
    public int Words { get; init; }

    /// <summary>What was said again.</summary>
    public double SecondsRepeated { get; init; }

    /// <summary>Sound that the browser made up: much of it is a machine that is too busy to play.</summary>
    public double SecondsMadeUp { get; init; }

    /// <summary>Why it could not be run; null where it could.</summary>
    public string? Failure { get; init; }

    /// <summary>What is not as it should be; null: nothing.</summary>
    public string? Problem
    {
        get
        {
            if (Failure is not null)
            {
                return Failure;
            }

            if (GapMilliseconds is not { } gap)
            {
                return "nothing was played any more";
            }

            if (!IsSameSession)
            {
                return "another session";
            }

            if (Connections is not [var states])
            {
                return $"{Connections.Count} connections";
            }

            var left = states.SkipWhile(static state => !Is(state, "connected")).Where(static state => !Is(state, "connected")).ToList();
            var mayBeDisconnected = gap >= BrowsersPatienceMilliseconds;
            return left.Exists(state => !mayBeDisconnected || !Is(state, "disconnected")) ? $"the connection was {string.Join(", ", left)}"
                : WordsLost.Count > 0 ? $"lost {string.Join(' ', WordsLost)}"
                : null;
        }
    }

    private static bool Is(string state, string name) => string.Equals(state, name, StringComparison.Ordinal);
}
