using System.Collections.Frozen;

namespace Holdfast.Rtc;

/// <summary>How often something was dropped, by reason. One owner.</summary>
internal sealed class DropCounters
{
    private readonly long[] _counts = new long[Enum.GetValues<DropReason>().Length];

    public long this[DropReason reason] => _counts[(int)reason];

    public void Count(DropReason reason, long count = 1) => _counts[(int)reason] += count;

    public void Add(DropCounters other)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }
    }

    /// <summary>The reasons that occurred.</summary>
    public IReadOnlyDictionary<DropReason, long> Snapshot() =>
        Enum.GetValues<DropReason>().Where(reason => this[reason] > 0).ToFrozenDictionary(reason => reason, reason => this[reason]);
}
