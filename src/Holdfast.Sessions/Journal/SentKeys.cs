using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

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

    public SentKeys(int capacity, IEnumerable<SentKeyRecord>? kept = null)
    {
        _capacity = capacity;
        foreach (var (key, utteranceId, length, hash) in kept ?? [])
        {
            Add(key, new SentText(utteranceId, length, hash));
        }
    }

    public void Add(string key, string text, string utteranceId) => Add(key, new SentText(utteranceId, text.Length, HashOf(text)));

    /// <summary>All that are remembered, the oldest first.</summary>
    public IReadOnlyList<SentKeyRecord> ToRecords() =>
        [.. _order.Select(key => new SentKeyRecord(key, _byKey[key].UtteranceId, _byKey[key].Length, _byKey[key].Hash))];

    private void Add(string key, SentText sent)
    {
        if (_byKey.TryAdd(key, sent))
        {
            _order.Enqueue(key);
        }

        while (_order.Count > _capacity)
        {
            _byKey.Remove(_order.Dequeue());
        }
    }

    public bool TryFind(string key, [NotNullWhen(true)] out SentText? sent) => _byKey.TryGetValue(key, out sent);

    // Of the text only so much is kept as tells a repetition from a mistake, also in another process.
    private static long HashOf(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()), hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    /// <summary>What was sent under a key.</summary>
    internal sealed record SentText(string UtteranceId, int Length, long Hash)
    {
        public bool IsSame(string text) => text.Length == Length && HashOf(text) == Hash;
    }
}
