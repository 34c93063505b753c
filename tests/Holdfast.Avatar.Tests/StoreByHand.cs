using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Avatar.Tests;

/// <summary>A store with real files, whose work goes on only when the test says so, a step at a time.</summary>
internal sealed class StoreByHand : IDisposable
{
    private readonly List<IEnumerator<SpeechStore.Step>> _work = [];

    public StoreByHand(Func<string, SpeechFile>? create = null, ILogger? logger = null)
    {
        Directory = Path.Combine(Path.GetTempPath(), "holdfast-test-" + Path.GetRandomFileName());
        Store = new SpeechStore(
            Directory, logger ?? NullLogger.Instance, work => _work.Add(work.GetEnumerator()), work => _work.Add(work.GetEnumerator()),
            create ?? SpeechFile.Create);
    }

    public string Directory { get; }

    public SpeechStore Store { get; }

    /// <summary>Works that are not done.</summary>
    public int Pending => _work.Count;

    /// <summary>The files that are open now, by the names that they do not have any more.</summary>
    public int OpenFiles => System.IO.Directory.GetFiles("/proc/self/fd")
        .Count(link => new FileInfo(link).LinkTarget?.StartsWith(Directory, StringComparison.Ordinal) == true);

    /// <summary>One work goes a step on.</summary>
    public void Step(int which = 0)
    {
        var work = _work[which];
        if (!work.MoveNext())
        {
            work.Dispose();
            _work.RemoveAt(which);
        }
    }

    public void DoAll()
    {
        while (_work.Count > 0)
        {
            Step();
        }
    }

    public void Dispose()
    {
        if (System.IO.Directory.Exists(Directory))
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }
}

/// <summary>Counts what is logged, by its id.</summary>
internal sealed class CountingLogger : ILogger
{
    private readonly List<(int Id, string Line)> _logged = [];

    /// <summary>What was written.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_logged)
            {
                return [.. _logged.Select(static logged => logged.Line)];
            }
        }
    }

    public int Count(int id)
    {
        lock (_logged)
        {
            return _logged.Count(logged => logged.Id == id);
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_logged)
        {
            _logged.Add((eventId.Id, formatter(state, exception)));
        }
    }
}
