using System.Diagnostics.CodeAnalysis;

namespace Holdfast.Sessions;

/// <summary>
/// Remembers the sessions that ended last, so that their owners hear why instead of "unknown". Bounded: the oldest is
/// forgotten first. Not thread-safe; the directory guards it.
/// </summary>
internal sealed class EndedSessions
{
    private readonly int _capacity;
    private readonly Queue<SessionId> _order = new();
    private readonly Dictionary<SessionId, EndedSession> _byId = [];

    public EndedSessions(int capacity) => _capacity = capacity;

    public void Add(EndedSession ended)
    {
        if (!_byId.TryAdd(ended.Id, ended))
        {
            return;
        }

        _order.Enqueue(ended.Id);
        while (_order.Count > _capacity)
        {
            _byId.Remove(_order.Dequeue());
        }
    }

    public bool TryFind(SessionId id, [NotNullWhen(true)] out EndedSession? ended) => _byId.TryGetValue(id, out ended);
}
