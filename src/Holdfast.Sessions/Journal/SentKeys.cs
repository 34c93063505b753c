using System.Diagnostics.CodeAnalysis;

namespace Holdfast.Sessions;

/// <summary>
/// Remembers what was sent under a key of the client's own, so that sending it again does nothing twice. Bounded: the oldest
/// is forgotten first. Not thread-safe; the session guards it.
/// </summary>
internal sealed class SentKeys
{
    private readonly int _capacity;
    private readonly Queue<string> _order = new();
    private readonly Dictionary<string, SentText> _byKey = new(StringComparer.Ordinal);

    public SentKeys(int capacity) => _capacity = capacity;

    public void Add(string key, string text, string utteranceId)
    {
        if (_byKey.TryAdd(key, new SentText(utteranceId, text.Length, HashOf(text))))
        {
            _order.Enqueue(key);
        }

        while (_order.Count > _capacity)
        {
            _byKey.Remove(_order.Dequeue());
        }
    }

    public bool TryFind(string key, [NotNullWhen(true)] out SentText? sent) => _byKey.TryGetValue(key, out sent);

    // Of the text only so much is kept as tells a repetition from a mistake.
    private static int HashOf(string text) => string.GetHashCode(text, StringComparison.Ordinal);

    /// <summary>What was sent under a key.</summary>
    internal sealed record SentText(string UtteranceId, int Length, int Hash)
    {
        public bool IsSame(string text) => text.Length == Length && HashOf(text) == Hash;
    }
}
