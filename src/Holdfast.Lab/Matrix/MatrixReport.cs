namespace Holdfast.Lab.Matrix;

/// <summary>The whole matrix, as it was run once.</summary>
/// <param name="Begun">When.</param>
/// <param name="Took">How long.</param>
/// <param name="Product">What was under test, with its version.</param>
/// <param name="Machine">What it ran on.</param>
/// <param name="Passage">The words that were spoken in each cell.</param>
/// <param name="Rows">The outages, in the order in which they are told.</param>
/// <param name="Cells">One for each outage, policy and browser.</param>
internal sealed record MatrixReport(
    DateTimeOffset Begun,
    TimeSpan Took,
    string Product,
    MatrixMachine Machine,
    IReadOnlyList<string> Passage,
    IReadOnlyList<MatrixRow> Rows,
    IReadOnlyList<MatrixCell> Cells)
{
    /// <summary>Whether every cell is as it should be.</summary>
    public bool IsFine => Cells.All(static cell => cell.Problem is null);

    /// <summary>An earlier report, with these cells in place of its own.</summary>
    public MatrixReport Over(MatrixReport earlier) => earlier with
    {
        Took = earlier.Took + Took,
        Rows = [.. earlier.Rows.Select(old => Rows.FirstOrDefault(row => Is(row.Key, old.Key)) ?? old), .. Rows.Where(row => !earlier.Rows.Any(old => Is(row.Key, old.Key)))],
        Cells = [.. earlier.Cells.Select(old => Cells.FirstOrDefault(old.IsSame) ?? old), .. Cells.Where(cell => !earlier.Cells.Any(cell.IsSame))],
    };

    private static bool Is(string one, string other) => string.Equals(one, other, StringComparison.Ordinal);
}

/// <param name="Processor">Its name, as the system has it.</param>
/// <param name="Cores">Logical.</param>
/// <param name="MemoryBytes">All of it.</param>
/// <param name="System">Operating system and runtime.</param>
/// <param name="LoadAtBegin">Of one minute, as the system counts it; null where it does not.</param>
/// <param name="LoadAtEnd">The same when all was done.</param>
internal sealed record MatrixMachine(string Processor, int Cores, long MemoryBytes, string System, double? LoadAtBegin, double? LoadAtEnd);

/// <summary>A kind of outage.</summary>
/// <param name="Key">Its name on the command line.</param>
/// <param name="Name">Its name for a person.</param>
/// <param name="Text">What happens, in a sentence.</param>
internal sealed record MatrixRow(string Key, string Name, string Text);

/// <summary>One outage in one browser under one policy.</summary>
internal sealed record MatrixCell
{
    /// <summary>The key of its <see cref="MatrixRow"/>.</summary>
    public required string Outage { get; init; }

    /// <summary>manual, assisted or auto.</summary>
    public required string Policy { get; init; }

    /// <summary>chromium or firefox.</summary>
    public required string Browser { get; init; }

    /// <summary>With its name, such as "Chromium 156.0.8078.73".</summary>
    public required string BrowserVersion { get; init; }

    /// <summary>A sentence about what is not as it should be; null: the cell is fine.</summary>
    public string? Problem { get; init; }

    /// <summary>How long the whole cell took, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>From the outage's beginning to the first thing that the page showed of it, in seconds; null: the person noticed nothing.</summary>
    public double? DetectedAfter { get; init; }

    /// <summary>The level of the ladder that brought it back last; null: it never was away.</summary>
    public int? Level { get; init; }

    /// <summary>How often the person clicked the button.</summary>
    public int Clicks { get; init; }

    /// <summary>
    /// From the click, or where nobody clicked from the moment the path was there again, to the first new picture, in seconds. Null: the picture never stopped, or
    /// never came back.
    /// </summary>
    public double? RecoveredAfter { get; init; }

    /// <summary>Whether <see cref="RecoveredAfter"/> counts from a click; otherwise from the end of the outage.</summary>
    public bool IsFromClick { get; init; }

    /// <summary>Words that were not heard whole even once.</summary>
    public IReadOnlyList<string> WordsLost { get; init; } = [];

    /// <summary>How much was said a second time, in seconds, over all outages of the cell.</summary>
    public double SecondsRepeated { get; init; }

    /// <summary>
    /// How much sound, other than silence, the browser's decoder made up because no packet was there in time, in seconds. Before it falls silent at an outage that is some
    /// 0.2 s; much more of it means that the machine was too busy to play what had arrived.
    /// </summary>
    public double SecondsMadeUp { get; init; }

    /// <summary>Runs of this cell: it is repeated, twice at the most, where a machine that was too busy to play is the likeliest reason for words that are missing.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>What was heard, with the seconds of the recording, and of words that were not whole what of them.</summary>
    public string Heard { get; init; } = "";

    /// <summary>The session's number before and after are the same.</summary>
    public bool IsSameSession { get; init; }

    /// <summary>Whether another cell is of the same outage, policy and browser.</summary>
    public bool IsSame(MatrixCell other) => (Outage, Policy, Browser) == (other.Outage, other.Policy, other.Browser);

    /// <summary>What happened, in order.</summary>
    public IReadOnlyList<CellEvent> Timeline { get; init; } = [];

    /// <summary>What the person saw, in order.</summary>
    public IReadOnlyList<CellSight> Seen { get; init; } = [];
}

/// <summary>Something in a cell's time.</summary>
/// <param name="At">Seconds since the session was connected.</param>
/// <param name="Kind">said, outage-begins, outage-ends, state, click, picture (the first new one), word (one was heard whole), spoken (all was said).</param>
/// <param name="Text">The state (connected, interrupted, held, reconnecting, ended...), the word, or what the lab did.</param>
internal sealed record CellEvent(double At, string Kind, string Text);

/// <summary>What stood on the page.</summary>
/// <param name="At">Seconds since the session was connected; it stood there until the next.</param>
/// <param name="State">The session's state, such as held.</param>
/// <param name="Texts">The lines that a person reads: the headline, the explanation, a toast.</param>
/// <param name="Button">What the button says; null: none is shown.</param>
internal sealed record CellSight(double At, string State, IReadOnlyList<string> Texts, string? Button);
