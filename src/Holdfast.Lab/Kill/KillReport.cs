using Holdfast.Lab.Load;
using Holdfast.Lab.Measure;

namespace Holdfast.Lab.Kill;

/// <summary>What became of sessions whose server was killed again and again.</summary>
/// <param name="At">When it was measured.</param>
/// <param name="By">How it ended.</param>
/// <param name="Seed">Of what was left to chance.</param>
/// <param name="Kills">Times that the process ended.</param>
/// <param name="KillsDuringStart">Those that hit it while it started.</param>
/// <param name="Sessions">Sessions that listened.</param>
/// <param name="StartToMedia">From the start of the process to its first media, milliseconds.</param>
/// <param name="Gap">From the last media before to the first after, where one kill made it, milliseconds.</param>
/// <param name="NotBack">Connections that did not go on; their clients had to come back.</param>
/// <param name="PacketsSeen">Protected datagrams that were looked at.</param>
/// <param name="NumbersReused">Numbers that protected two different packets.</param>
/// <param name="LongestJump">The farthest that a stream's numbers went on in one step; a receiver follows less than 32,768.</param>
/// <param name="Refused">Datagrams that clients could not open.</param>
/// <param name="Words">Which words were lost, and what was said again.</param>
/// <param name="Problems">What else went wrong.</param>
internal sealed record KillReport(
    DateTimeOffset At,
    Ending By,
    ulong Seed,
    int Kills,
    int KillsDuringStart,
    int Sessions,
    Figures? StartToMedia,
    Figures? Gap,
    int NotBack,
    long PacketsSeen,
    int NumbersReused,
    long LongestJump,
    long Refused,
    WordsReport Words,
    IReadOnlyList<string> Problems)
{
    /// <summary>Whether nobody noticed more than a pause.</summary>
    public bool IsFine => NotBack == 0 && NumbersReused == 0 && Refused == 0 && Problems.Count == 0 && Words is { Problem: null, Lost: 0, NotFinished: 0 };
}
