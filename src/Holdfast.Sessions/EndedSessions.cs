using System.Diagnostics.CodeAnalysis;

namespace Holdfast.Sessions;

/// <summary>
/// Remembers the sessions that ended last, so that their owners hear why instead of "unknown". Bounded: the oldest is
/// forgotten first. What their journals tell takes more memory than that they ended, so it is forgotten earlier, the oldest
/// first again. Not thread-safe; the directory guards it.
/// </summary>
internal sealed class EndedSessions
{
    private readonly int _capacity;
    private readonly long _journalBytes;
    private readonly Queue<SessionId> _order = new();
    private readonly Queue<EventJournal> _journals = new();
    private readonly Dictionary<SessionId, EndedSession> _byId = [];
    private long _bytes;

    /// <param name="capacity">Sessions.</param>
    /// <param name="journalBytes">What their journals may keep together, in bytes.</param>
    public EndedSessions(int capacity, long journalBytes)
    {
        _capacity = capacity;
        _journalBytes = journalBytes;
    }

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

        _journals.Enqueue(ended.Journal);
        _bytes += ended.Journal.Weight;
        while (_journals.Count > _capacity || _bytes > _journalBytes)
        {
            var oldest = _journals.Dequeue();
            _bytes -= oldest.Weight;
            oldest.Forget();
        }
    }

    public bool TryFind(SessionId id, [NotNullWhen(true)] out EndedSession? ended) => _byId.TryGetValue(id, out ended);
}
