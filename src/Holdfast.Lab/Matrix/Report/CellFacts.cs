using Holdfast.Lab.Report;

namespace Holdfast.Lab.Matrix.Report;

/// <summary>How a cell came out, as the page tells it.</summary>
internal enum Outcome
{
    /// <summary>It was away and came back, in the same session, with every word.</summary>
    Back,

    /// <summary>It never was away, in the same session, with every word.</summary>
    NeverAway,

    /// <summary>The lab found no fault, but it is another session, or words are missing.</summary>
    Flawed,

    /// <summary>The lab found fault.</summary>
    Problem,
}

/// <summary>A cell with what the page derives from it.</summary>
/// <param name="Cell">As it was run.</param>
/// <param name="Row">Its outage.</param>
/// <param name="Id">Of its details in the page.</param>
internal sealed record CellFacts(MatrixCell Cell, MatrixRow Row, string Id)
{
    public Outcome Outcome { get; } =
        Cell.Problem is not null ? Outcome.Problem
        : !Cell.IsSameSession || Cell.WordsLost.Count > 0 ? Outcome.Flawed
        : Cell is { Level: null, RecoveredAfter: null } ? Outcome.NeverAway
        : Outcome.Back;

    /// <summary>The same session, and every word.</summary>
    public bool IsWhole => Outcome is Outcome.Back or Outcome.NeverAway;

    /// <summary>What it is, such as "Chromium, manual".</summary>
    public string Where => $"{Wording.Name(Cell.Browser)}, {Cell.Policy}";

    /// <summary>The first thing to know of it.</summary>
    public string Headline => Cell switch
    {
        { RecoveredAfter: { } seconds } => Wording.Duration(seconds),
        { Problem: null, Level: null } => "never away",
        { Problem: null } => "no gap",
        { IsSameSession: false } => "not back",
        { WordsLost.Count: > 0 } => "words lost",
        _ => "problem",
    };

    /// <summary>The rest that is essential, each a few words.</summary>
    public IEnumerable<string> Notes
    {
        get
        {
            if (Cell.Level is { } level)
            {
                yield return level == 0 ? "by itself" : Wording.Level(level);
            }

            if (Cell.Clicks > 0)
            {
                yield return Wording.Count(Cell.Clicks, "click", "clicks");
            }
        }
    }

    /// <summary>What is not as it should be, each a few words.</summary>
    public IEnumerable<string> Faults
    {
        get
        {
            if (Cell.WordsLost.Count > 0)
            {
                yield return Wording.Count(Cell.WordsLost.Count, "word lost", "words lost");
            }

            if (!Cell.IsSameSession)
            {
                yield return "other session";
            }
        }
    }

    public string OutcomeText => Outcome switch
    {
        Outcome.Back => "came back",
        Outcome.NeverAway => "never away",
        Outcome.Flawed => "not whole",
        Outcome.Problem => "not as it should be",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The name of its colour and of its symbol.</summary>
    public string OutcomeClass => Outcome switch
    {
        Outcome.Back => "back",
        Outcome.NeverAway => "never",
        Outcome.Flawed => "flawed",
        Outcome.Problem => "problem",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
