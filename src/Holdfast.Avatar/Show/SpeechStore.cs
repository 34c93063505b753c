using Microsoft.Extensions.Logging;

namespace Holdfast.Avatar;

/// <summary>
/// Where the speech of held sessions is put aside: makes the files, and does the work with them on a few threads of the pool, however many
/// sessions are held at once.
/// </summary>
internal sealed partial class SpeechStore
{
    /// <summary>So much is written at a time, and so much read: a disk gets no faster by more.</summary>
    private const int AtOnce = 2;

    private readonly string _directory;
    private readonly ILogger _logger;

    // What is taken back does not queue behind what hundreds of others put aside.
    private readonly Action<IEnumerable<Step>> _writing;
    private readonly Action<IEnumerable<Step>> _reading;
    private readonly Func<string, SpeechFile> _create;
    private int _isFailing;

    /// <param name="directory">Where; is made where it is not there.</param>
    /// <param name="logger">Is told when it cannot be used.</param>
    public SpeechStore(string directory, ILogger logger)
        : this(directory, logger, Bounded(), Bounded(), SpeechFile.Create)
    {
    }

    /// <param name="directory">Where; is made where it is not there.</param>
    /// <param name="logger">Is told when it cannot be used.</param>
    /// <param name="writing">Carries out a work of writing, at any time.</param>
    /// <param name="reading">Carries out a work of reading, at any time.</param>
    /// <param name="create">Makes a file in the directory.</param>
    internal SpeechStore(
        string directory, ILogger logger, Action<IEnumerable<Step>> writing, Action<IEnumerable<Step>> reading, Func<string, SpeechFile> create)
    {
        _create = create;
        _directory = directory;
        _logger = logger;
        _writing = writing;
        _reading = reading;
    }

    /// <summary>Marks that a piece of the work is done: between two, anything may happen elsewhere.</summary>
    internal readonly record struct Step;

    /// <summary>Lets some work be done soon.</summary>
    /// <param name="work">The work.</param>
    /// <param name="owner">Whose speech it is: what it calls itself is in the log.</param>
    public void Write(IEnumerable<Step> work, object? owner) => _writing(Logged(work, owner));

    /// <inheritdoc cref="Write"/>
    public void Read(IEnumerable<Step> work, object? owner) => _reading(Logged(work, owner));

    /// <summary>A new file, or null where none can be made; that is logged once, until it works again.</summary>
    public SpeechFile? TryCreate()
    {
        try
        {
            return _create(_directory);
        }
        catch (Exception e) when (IsExpected(e))
        {
            OnFailed(e);
            return null;
        }
    }

    /// <summary>Appends to a file; false where that cannot be done, which is logged once.</summary>
    public bool TryAppend(SpeechFile file, ReadOnlySpan<byte> slots)
    {
        try
        {
            file.Append(slots);
            Volatile.Write(ref _isFailing, 0);
            return true;
        }
        catch (Exception e) when (IsExpected(e))
        {
            OnFailed(e);
            return false;
        }
    }

    /// <summary>Reads <paramref name="owner"/>'s speech from a file (<see cref="SpeechFile.Read"/>); false where that cannot be done.</summary>
    public bool TryRead(SpeechFile file, int start, Span<SpeechBlock> blocks, Span<byte> slots, object? owner)
    {
        try
        {
            file.Read(start, blocks, slots);
            return true;
        }
        catch (ObjectDisposedException)
        {
            // It was given up in the meantime, and nobody waits for it.
            return false;
        }
        catch (Exception e) when (IsExpected(e))
        {
            LogLost(owner?.ToString(), e);
            return false;
        }
    }

    private static bool IsExpected(Exception e) => e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;

    private static Action<IEnumerable<Step>> Bounded()
    {
        var scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, AtOnce).ConcurrentScheduler;
        return work => _ = Task.Factory.StartNew(() => Do(work), CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
    }

    private static void Do(IEnumerable<Step> work)
    {
        foreach (var _ in work)
        {
            // Each piece follows the one before.
        }
    }

    /// <summary>Work that fails in a way that nobody foresaw has set right what it left (its own finally); it is logged, and no more.</summary>
    private IEnumerable<Step> Logged(IEnumerable<Step> work, object? owner)
    {
        using var steps = work.GetEnumerator();
        while (MoveOn(steps, owner))
        {
            yield return steps.Current;
        }
    }

    private bool MoveOn(IEnumerator<Step> steps, object? owner)
    {
        try
        {
            return steps.MoveNext();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogFault(owner?.ToString(), e);
            return false;
        }
    }

    private void OnFailed(Exception e)
    {
        if (Interlocked.Exchange(ref _isFailing, 1) == 0)
        {
            LogFailing(_directory, e);
        }
    }

    [LoggerMessage(4003, LogLevel.Warning, "The speech of held sessions cannot be put aside in {Directory}; it stays in memory.")]
    private partial void LogFailing(string directory, Exception exception);

    [LoggerMessage(4005, LogLevel.Error, "{Owner}: putting speech aside or taking it back failed in a way that nobody foresaw.")]
    private partial void LogFault(string? owner, Exception exception);

    [LoggerMessage(4004, LogLevel.Error, "{Owner}: speech that was put aside cannot be read back.")]
    private partial void LogLost(string? owner, Exception exception);
}
