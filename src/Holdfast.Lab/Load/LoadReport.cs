using Holdfast.Lab.Measure;

namespace Holdfast.Lab.Load;

/// <summary>
/// What a load came to. Times are milliseconds; cores are processor time over time; <see cref="MachineBusy"/> is the share of the time of all processors of
/// this machine that was used, by the lab, by the server where it runs here, and by everything else.
/// </summary>
internal sealed record LoadReport(
    string Server,
    DateTimeOffset At,
    ulong Seed,
    double Seconds,
    int SessionsWanted,
    int SessionsStarted,
    int CameAgain,
    int SessionsAtTheEnd,
    Figures? Answered,
    Figures? Secured,
    Figures? FirstPicture,
    IReadOnlyDictionary<string, Figures> Recovery,
    int Outages,
    int OutagesNotRecovered,
    int ClimbedHigher,
    long Pictures,
    double PicturesPerSecondAndSession,
    int Freezes,
    double FrozenSeconds,
    long PacketsReceived,
    long PacketsLost,
    long PacketsRepeated,
    long PacketsNeverCame,
    double MegabitsPerSecond,
    int HeartbeatsMissed,
    double? ServerCores,
    double? ServerCoresPerSession,
    double? ServerMegabytes,
    double? LabCores,
    double? MachineBusy,
    WordsReport? Words,
    IReadOnlyList<string> Problems)
{
    /// <summary>Above this share of its processors' time a machine has no room left for what is measured on it.</summary>
    private const double Full = 0.9;

    /// <summary>Whether the figures say more about the machine of the lab than about the server.</summary>
    public bool IsMachineFull => MachineBusy > Full;

    /// <summary>Whether every session came about, came back and was there in the end, and no word was lost.</summary>
    public bool IsFine => SessionsStarted == SessionsWanted && OutagesNotRecovered == 0 && SessionsAtTheEnd == SessionsWanted && Words is null or { Lost: 0 };
}
