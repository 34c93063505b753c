namespace Holdfast.Sessions.Tests.Kit;

/// <summary>A store whose disk is a dictionary, which can be full, slow, or taken by another process; what is in it survives every house.</summary>
internal sealed class MemoryStore : ISessionStore
{
    private readonly SortedDictionary<(long Session, string Name), byte[]> _parts = [];

    /// <summary>What is on the disk.</summary>
    public IReadOnlyDictionary<(long Session, string Name), byte[]> Parts => _parts;

    /// <summary>What goes wrong with the next writes; null: nothing.</summary>
    public SessionStoreFault? Fault { get; set; }

    /// <summary>What the next write waits for.</summary>
    public Task Delay { get; set; } = Task.CompletedTask;

    /// <summary>Is told of the next write before it is done, once.</summary>
    public Action? OnNextCommit { get; set; }

    public int Commits { get; private set; }

    public Task<IReadOnlyList<StoredPart>> OpenAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StoredPart>>([.. _parts.Select(static part => new StoredPart(part.Key.Session, part.Key.Name, part.Value))]);

    public async Task CommitAsync(IReadOnlyList<StoredPart> changes, CancellationToken cancellationToken)
    {
        await Delay;
        var onCommit = OnNextCommit;
        OnNextCommit = null;
        onCommit?.Invoke();
        if (Fault is { } fault)
        {
            throw new SessionStoreException(fault, "the disk is full");
        }

        Commits++;
        foreach (var (session, name, data) in changes)
        {
            if (data is { } bytes)
            {
                _parts[(session, name)] = bytes.ToArray();
                continue;
            }

            foreach (var key in _parts.Keys.Where(key => key.Session == session && (name.Length == 0 || string.Equals(key.Name, name, StringComparison.Ordinal))).ToArray())
            {
                _parts.Remove(key);
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
