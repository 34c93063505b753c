namespace Holdfast.Sessions;

/// <summary>Entries in the order of their numbers; the oldest goes first. Grows as needed. Not thread-safe.</summary>
internal sealed class JournalShelf
{
    private const int FirstCapacity = 16;

    private JournalEntry[] _entries = [];
    private int _first;

    public int Count { get; private set; }

    public JournalEntry this[int index] => _entries[(_first + index) % _entries.Length];

    public void Add(in JournalEntry entry)
    {
        if (Count == _entries.Length)
        {
            Grow();
        }

        _entries[(_first + Count) % _entries.Length] = entry;
        Count++;
    }

    public JournalEntry RemoveFirst()
    {
        var entry = _entries[_first];
        _entries[_first] = default;
        _first = (_first + 1) % _entries.Length;
        Count--;
        return entry;
    }

    public void Clear() => (_entries, _first, Count) = ([], 0, 0);

    /// <summary>The place of the first entry after a number; <see cref="Count"/> where there is none.</summary>
    public int IndexAfter(long number)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = this[middle].Number > number ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private void Grow()
    {
        var larger = new JournalEntry[Math.Max(FirstCapacity, Count * 2)];
        for (var i = 0; i < Count; i++)
        {
            larger[i] = this[i];
        }

        (_entries, _first) = (larger, 0);
    }
}
