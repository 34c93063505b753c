using Holdfast.Media;

namespace Holdfast.Avatar;

/// <summary>A character's encoded idle loops by size. That of the usual size is made at the start, the larger ones when somebody wants them.</summary>
/// <param name="count">How many sizes there are.</param>
/// <param name="want">Makes the loops up to a size.</param>
internal sealed class StageLoops(int count, Action<int> want)
{
    private readonly EncodedLoop?[] _loops = new EncodedLoop?[count];
    private int _wanted;

    /// <summary>The loop of a size; null until it is there.</summary>
    public EncodedLoop? this[int size]
    {
        get => Volatile.Read(ref _loops[size]);
        set => Volatile.Write(ref _loops[size], value);
    }

    /// <summary>The same, and to ask for it is to want it.</summary>
    public EncodedLoop? Ask(int size)
    {
        var loop = this[size];
        for (var wanted = Volatile.Read(ref _wanted); loop is null && size > wanted; wanted = Volatile.Read(ref _wanted))
        {
            if (Interlocked.CompareExchange(ref _wanted, size, wanted) == wanted)
            {
                want(size);
            }
        }

        return loop;
    }
}
