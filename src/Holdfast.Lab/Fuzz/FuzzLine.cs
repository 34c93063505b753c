using System.Diagnostics.CodeAnalysis;

namespace Holdfast.Lab.Fuzz;

/// <summary>One direction between the two who live: a little of what they say to each other gets lost, is overtaken, or comes twice.</summary>
internal sealed class FuzzLine
{
    private const int Lost = 100;
    private const int Overtaken = 50;
    private const int Doubled = 200;

    private readonly LinkedList<byte[]> _underWay = new();

    /// <summary>Sends a datagram.</summary>
    public void Put(ReadOnlySpan<byte> datagram) => _underWay.AddLast([.. datagram]);

    /// <summary>What arrives next.</summary>
    /// <param name="dice">Decides what becomes of it; null where nothing does.</param>
    /// <param name="datagram">It, to be changed in place.</param>
    public bool TryTake(FuzzDice? dice, [NotNullWhen(true)] out byte[]? datagram)
    {
        while (_underWay.First is { } first)
        {
            _underWay.RemoveFirst();
            if (dice?.OneIn(Lost) == true)
            {
                continue;
            }

            if (_underWay.First is { } next && dice?.OneIn(Overtaken) == true)
            {
                _underWay.AddAfter(next, first);
                continue;
            }

            if (dice?.OneIn(Doubled) == true)
            {
                _underWay.AddLast([.. first.Value]);
            }

            datagram = first.Value;
            return true;
        }

        datagram = null;
        return false;
    }
}
