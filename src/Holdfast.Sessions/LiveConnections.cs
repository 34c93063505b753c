using System.Collections.Concurrent;

namespace Holdfast.Sessions;

/// <summary>The connections of a session by their numbers, which are how its facts know them. From any thread.</summary>
internal sealed class LiveConnections
{
    private readonly ConcurrentDictionary<int, SessionConnection> _byNumber = [];
    private int _last;

    /// <summary>A number that no connection of the session had before.</summary>
    public int NextNumber() => Interlocked.Increment(ref _last);

    public void Add(SessionConnection connection) => _byNumber[connection.Number] = connection;

    /// <summary>Null where there is none of this number, or not any more.</summary>
    public SessionConnection? Find(int? number) => number is { } known && _byNumber.TryGetValue(known, out var connection) ? connection : null;

    /// <summary>Takes one out; it is whoever takes it out who ends it.</summary>
    public SessionConnection? Remove(int number) => _byNumber.TryRemove(number, out var connection) ? connection : null;
}
