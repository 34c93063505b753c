using Holdfast.Lab.Measure;

namespace Holdfast.Lab.Load;

/// <summary>What a load came to. Times are milliseconds.</summary>
internal sealed record LoadReport(
    string Server,
    DateTimeOffset At,
    ulong Seed,
    double Seconds,
    int SessionsWanted,
    int SessionsStarted,
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
    WordsReport? Words,
    IReadOnlyList<string> Problems)
{
    /// <summary>Whether every session came about, came back and was there in the end, and no word was lost.</summary>
    public bool IsFine => SessionsStarted == SessionsWanted && OutagesNotRecovered == 0 && SessionsAtTheEnd == SessionsWanted && Words is null or { Lost: 0 };
}
