using System.Diagnostics.CodeAnalysis;

namespace Holdfast.Sessions;

/// <summary>
/// Remembers the sessions that ended last, so that their owners hear why instead of "unknown". Bounded: the oldest is
/// forgotten first, and those in which nobody ever spoke on a list of their own: handshakes for nothing push out no conversation. What their journals tell takes more memory than that they ended, so it is forgotten earlier, the oldest
/// first again. Not thread-safe; the directory guards it.
/// </summary>
internal sealed class EndedSessions
{
    private readonly int _capacity;
    private readonly long _journalBytes;
    private readonly Queue<SessionId> _order = new();
    private readonly Queue<SessionId> _wordless = new();
    private readonly Queue<EventJournal> _journals = new();
    private readonly Dictionary<SessionId, EndedSession> _byId = [];
    private long _bytes;

    /// <param name="capacity">Sessions, and as many in which nobody spoke.</param>
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

        if (!ended.Journal.HasWords)
        {
            // How it ended is all that anybody could want to know.
            ended.Journal.ForgetAllButTheLast();
            Remember(_wordless, ended.Id);
            return;
        }

        Remember(_order, ended.Id);

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

    private void Remember(Queue<SessionId> order, SessionId id)
    {
        order.Enqueue(id);
        while (order.Count > _capacity)
        {
            _byId.Remove(order.Dequeue());
        }
    }
}
