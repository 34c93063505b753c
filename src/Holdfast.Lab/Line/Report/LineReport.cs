namespace Holdfast.Lab.Line.Report;

/// <summary>What one run of lines came to.</summary>
/// <param name="Begun">When it began.</param>
/// <param name="Took">How long it took; the lines themselves are in virtual time.</param>
/// <param name="Seed">Of all that is left to chance.</param>
/// <param name="Product">What was watched, with its version.</param>
/// <param name="Cells">The lines, in their order.</param>
internal sealed record LineReport(DateTimeOffset Begun, TimeSpan Took, ulong Seed, string Product, IReadOnlyList<LineCell> Cells);

/// <summary>A line and what came of it.</summary>
internal sealed record LineCell(LineScenario Scenario, LineResult Result)
{
    /// <summary>A key frame of the portrait is about so large; an aim allows for the time that it takes on the line.</summary>
    private const double KeyFrameBits = 80_000;

    /// <summary>Its place in the page.</summary>
    public string Id => IdOf(Scenario);

    /// <summary>The place of a line in a page.</summary>
    public static string IdOf(LineScenario scenario) => string.Concat("line-", string.Concat(scenario.Name.Select(static letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '-')));

    /// <summary>Whether it is one of the grid: nothing changes on it, nobody shares it, and it has a queue.</summary>
    public bool IsGrid => Scenario is { HasCompetitor: false, Steps.Count: 0, Bucket: null };

    /// <summary>Whether there is more to send than the line carries.</summary>
    public bool IsNarrow => Scenario.Bandwidth < 2e6;

    /// <summary>The aim for the first picture: a second, and the time that a key frame takes on the line.</summary>
    public double FirstPictureAim => 1 + (KeyFrameBits / Scenario.Bandwidth);
}
