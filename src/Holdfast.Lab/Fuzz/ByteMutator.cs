using System.Buffers.Binary;

namespace Holdfast.Lab.Fuzz;

/// <summary>Changes a datagram without knowing what it is: a bit, a byte, a word, its length, a piece of another.</summary>
internal static class ByteMutator
{
    /// <summary>Changes a datagram in place, several times in a row now and then.</summary>
    /// <param name="dice">What decides.</param>
    /// <param name="buffer">The datagram, with room behind it.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="other">Another datagram, a piece of which may get into it.</param>
    /// <returns>Its bytes now.</returns>
    public static int Mutate(FuzzDice dice, Span<byte> buffer, int length, ReadOnlySpan<byte> other)
    {
        for (var times = dice.OneIn(3) ? 1 + dice.Next(6) : 1; times > 0; times--)
        {
            length = MutateOnce(dice, buffer, length, other);
        }

        return length;
    }

    private static int MutateOnce(FuzzDice dice, Span<byte> buffer, int length, ReadOnlySpan<byte> other)
    {
        if (length == 0)
        {
            buffer[0] = dice.Byte();
            return 1;
        }

        var at = dice.Next(length);
        switch (dice.Next(9))
        {
            case 0:
                buffer[at] ^= (byte)(1 << dice.Next(8));
                return length;
            case 1:
                buffer[at] = dice.Byte();
                return length;
            case 2 when at + 2 <= length:
                BinaryPrimitives.WriteUInt16BigEndian(buffer[at..], dice.Word());
                return length;
            case 3 when at + 4 <= length:
                BinaryPrimitives.WriteUInt32BigEndian(buffer[at..], dice.Long());
                return length;
            case 4:
                return at;
            case 5:
                var more = Math.Min(dice.Next(64), buffer.Length - length);
                dice.Fill(buffer.Slice(length, more));
                return length + more;
            case 6:
                var gone = Math.Min(1 + dice.Next(16), length - at);
                buffer[(at + gone)..length].CopyTo(buffer[at..]);
                return length - gone;
            case 7 when !other.IsEmpty:
                var from = dice.Next(other.Length);
                var piece = other[from..];
                piece = piece[..Math.Min(piece.Length, Math.Min(1 + dice.Next(200), buffer.Length - at))];
                piece.CopyTo(buffer[at..]);
                return Math.Max(length, at + piece.Length);
            default:
                var again = Math.Min(Math.Min(1 + dice.Next(64), length - at), buffer.Length - length);
                buffer.Slice(at, again).CopyTo(buffer[length..]);
                return length + again;
        }
    }
}
