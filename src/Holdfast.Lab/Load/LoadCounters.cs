using System.Collections.Concurrent;
using Holdfast.Lab.Measure;
using Holdfast.Lab.Sessions;

namespace Holdfast.Lab.Load;

/// <summary>What a load has come to so far. Many count at a time.</summary>
internal sealed class LoadCounters
{
    private const int MaximumProblems = 20;

    private readonly ConcurrentDictionary<string, int> _problems = new(StringComparer.Ordinal);
    private int _started;
    private int _failed;
    private int _askedLater;
    private int _live;
    private int _down;
    private int _outages;
    private int _notRecovered;
    private int _climbed;

    public Samples Answered { get; } = new();

    public Samples Secured { get; } = new();

    public Samples FirstPicture { get; } = new();

    public ConcurrentDictionary<int, Samples> Recovery { get; } = new();

    public int Started => Volatile.Read(ref _started);

    public int Failed => Volatile.Read(ref _failed);

    /// <summary>How often somebody was asked to come again, and did.</summary>
    public int AskedLater => Volatile.Read(ref _askedLater);

    /// <summary>Sessions that are there now.</summary>
    public int Live => Volatile.Read(ref _live);

    /// <summary>Those of them whose network is away now.</summary>
    public int Down => Volatile.Read(ref _down);

    public int Outages => Volatile.Read(ref _outages);

    public int NotRecovered => Volatile.Read(ref _notRecovered);

    /// <summary>Recoveries that needed a higher level than the first that was tried.</summary>
    public int Climbed => Volatile.Read(ref _climbed);

    /// <summary>What went wrong, the most frequent first.</summary>
    public IReadOnlyList<string> Problems =>
        [.. _problems.OrderByDescending(problem => problem.Value).Take(MaximumProblems).Select(problem => problem.Value > 1 ? $"{problem.Key} ({problem.Value} times)" : problem.Key)];

    public void OnStarted(SetUpTimes times)
    {
        Answered.Add(times.Answered);
        Secured.Add(times.Secured);
        FirstPicture.Add(times.FirstPicture);
        Interlocked.Increment(ref _started);
        Interlocked.Increment(ref _live);
    }

    public void OnStartFailed(string problem)
    {
        Interlocked.Increment(ref _failed);
        Note($"start: {problem}");
    }

    public void OnAskedLater() => Interlocked.Increment(ref _askedLater);

    public void OnOutage()
    {
        Interlocked.Increment(ref _outages);
        Interlocked.Increment(ref _down);
    }

    public void OnOutageOver() => Interlocked.Decrement(ref _down);

    public void OnRecovered(int level, TimeSpan took, bool climbed)
    {
        Recovery.GetOrAdd(level, _ => new Samples()).Add(took);
        Interlocked.Add(ref _climbed, climbed ? 1 : 0);
    }

    /// <summary>A level that failed is a problem even where the next one succeeded.</summary>
    public void OnTried(IEnumerable<LadderStep> steps)
    {
        foreach (var step in steps)
        {
            if (step.Problem is { } problem)
            {
                Note($"level {step.Level}: {problem}");
            }
        }
    }

    public void OnNotRecovered(string problem)
    {
        Interlocked.Increment(ref _notRecovered);
        Note($"recovery: {problem}");
    }

    public void OnGone() => Interlocked.Decrement(ref _live);

    public void Note(string problem) => _problems.AddOrUpdate(problem, 1, (_, count) => count + 1);
}
