using Holdfast.Lab.Report;

namespace Holdfast.Lab.Line.Report;

/// <summary>How near to its aim something is.</summary>
internal enum Tone
{
    /// <summary>There is no aim for it here.</summary>
    Plain,

    /// <summary>The aim is met.</summary>
    Good,

    /// <summary>It is missed, and a person bears it.</summary>
    Fair,

    /// <summary>It is missed by far.</summary>
    Poor,
}

/// <summary>One thing that is measured on each line, and what is aimed at.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Aim">What is aimed at, a sentence.</param>
/// <param name="Value">As short as a cell of the grid is wide.</param>
/// <param name="Judge">How near to the aim.</param>
internal sealed record LineMeasure(string Name, string Aim, Func<LineCell, string> Value, Func<LineCell, Tone> Judge)
{
    private const double DelayAim = 120;
    private const double DelayBorne = 300;
    private const double UseAim = 0.85;
    private const double UseBorne = 0.60;
    private const double FrozenAim = 0.5;
    private const double FrozenBorne = 3;

    /// <summary>From this loss on words may be torn.</summary>
    private const double MuchLoss = 0.05;

    /// <summary>Only where the lab knows when which word is said.</summary>
    public static LineMeasure Words { get; } = new(
        "Words torn",
        "More than 60 ms in a row of a word neither came nor could be made up. Aim: none, up to 5 % of loss; beyond, a few are borne.",
        static cell => Wording.Text($"{cell.Result.WordsTorn}"),
        static cell => cell.Result.WordsTorn == 0 ? Tone.Good : cell.Scenario.Loss > MuchLoss && cell.Result.WordsTorn <= cell.Result.Words / 20 ? Tone.Fair : Tone.Poor);

    public static IReadOnlyList<LineMeasure> All { get; } =
    [
        new(
            "First picture, s",
            "Aim: within a second, and the time that a key frame takes on the line; borne: three times as long.",
            static cell => cell.Result.FirstPicture is { } first ? Wording.Text($"{first:0.0}") : "–",
            static cell => cell.Result.FirstPicture is not { } first ? Tone.Poor : Judged(first, cell.FirstPictureAim, 3 * cell.FirstPictureAim)),
        new(
            "Sound late, one packet in twenty, ms",
            "Above what an empty line takes, after the first 2 s. Aim: 120 ms; borne: 300 ms.",
            static cell => Wording.Text($"{cell.Result.DelayP95:0}"),
            static cell => Judged(cell.Result.DelayP95, DelayAim, DelayBorne)),
        Words,
        new(
            "Picture stood still, s",
            "Of the whole time. Aim: half a second; borne: 3 s.",
            static cell => Wording.Text($"{cell.Result.FrozenSeconds:0.0}"),
            static cell => cell.Result.FirstPicture is null ? Tone.Poor : Judged(cell.Result.FrozenSeconds, FrozenAim, FrozenBorne)),
        new(
            "Of the line used, %",
            "While the avatar speaks. Aim: 85 %, where there is as much to send; borne: 60 %.",
            static cell => Wording.Text($"{cell.Result.LineUse * 100:0}"),
            static cell => !cell.IsNarrow ? Tone.Plain : Judged(-cell.Result.LineUse, -UseAim, -UseBorne)),
    ];

    private static Tone Judged(double value, double aim, double borne) => value <= aim ? Tone.Good : value <= borne ? Tone.Fair : Tone.Poor;
}
