namespace Holdfast.Media;

/// <summary>How a <see cref="MediaPacer"/> runs.</summary>
public sealed record MediaPacerOptions
{
    /// <summary>How many loops share the work. One per core by default.</summary>
    public int Loops { get; init; } = Environment.ProcessorCount;

    /// <summary>Is told where the ticks of a loop begin and end, so that what its members send can leave together. Nobody by default.</summary>
    public IPacedOutput? Output { get; init; }

    /// <summary>
    /// Whether each loop has a thread that waits for its ticks. True by default; false where the owner
    /// calls <see cref="MediaPacer.RunDueTicks"/> itself, as tests in virtual time do.
    /// </summary>
    internal bool StartThreads { get; init; } = true;

    /// <summary>How many late ticks are caught up in one go; what is later than that is skipped. 5 by default.</summary>
    public int MaxCatchUp { get; init; } = 5;

    /// <summary>How many ticks in a row may fail before the failing one is removed. 10 by default.</summary>
    public int MaxConsecutiveFaults { get; init; } = 10;
}

/// <summary>What the pacing loops did since they were made.</summary>
/// <param name="Members">How many are paced now.</param>
/// <param name="Ticks">Ticks run, counted once per loop and phase, whatever the number of members.</param>
/// <param name="LateTicks">Those of them that ran more than a tick late.</param>
/// <param name="SkippedTicks">Ticks that were left out because of an overload.</param>
/// <param name="Faults">Exceptions thrown by members.</param>
public readonly record struct MediaPacerStatistics(int Members, long Ticks, long LateTicks, long SkippedTicks, long Faults);

/// <summary>How much the pacing loops had to do for a while.</summary>
/// <param name="Lateness">How long after it was due the latest tick was over.</param>
/// <param name="BusyShare">Of the busiest loop: the share of the time that it was at work, waiting for a processor included; 1 is all of it.</param>
public readonly record struct MediaPacerLoad(TimeSpan Lateness, double BusyShare);
