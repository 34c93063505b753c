namespace Holdfast.Sessions;

/// <summary>
/// One reader's place in a journal. It fetches at its own pace: however slow it is, nobody waits for it and nothing is kept for
/// it beyond what the journal keeps anyway. One caller at a time.
/// </summary>
public sealed class JournalReader : IDisposable
{
    private readonly EventJournal _journal;
    private readonly TaskCompletionSource _displaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal JournalReader(EventJournal journal, long after)
    {
        _journal = journal;
        Position = after;
    }

    /// <summary>The number of the last event read, or missed.</summary>
    public long Position { get; private set; }

    /// <summary>Whether it was the one that had been there longest when too many came; it ends then.</summary>
    public bool IsDisplaced => _displaced.Task.IsCompleted;

    /// <summary>Fetches what comes next, without waiting.</summary>
    /// <param name="into">Receives entries in their order.</param>
    /// <param name="missed">How many events before them are gone for good, because the journal keeps only so much.</param>
    /// <param name="isEnd">Whether nothing comes after them, now or later.</param>
    /// <returns>How many entries there are; 0 when there is nothing new.</returns>
    public int Read(Span<JournalEntry> into, out long missed, out bool isEnd)
    {
        var count = _journal.Read(Position, into, out missed, out isEnd);
        Position = count > 0 ? into[count - 1].Number : Position + missed;
        return count;
    }

    /// <summary>Completes when there is something new to read, when nothing more will come, or when it is displaced.</summary>
    public Task WaitAsync() =>
        IsDisplaced ? Task.CompletedTask : Task.WhenAny(_journal.WaitAsync(Position), _displaced.Task);

    /// <inheritdoc/>
    public void Dispose() => _journal.Close(this);

    internal void Displace() => _displaced.TrySetResult();
}
