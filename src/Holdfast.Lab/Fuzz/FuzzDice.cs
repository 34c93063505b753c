using Holdfast.Lab.Network;

namespace Holdfast.Lab.Fuzz;

/// <summary>The choices of a fuzzing run: the same for the same seed.</summary>
internal sealed class FuzzDice(ulong seed)
{
    private static readonly byte[] s_bytes = [0, 1, 2, 3, 0x0F, 0x10, 0x1F, 0x20, 0x3F, 0x40, 0x7F, 0x80, 0x81, 0xC0, 0xFE, 0xFF];
    private static readonly ushort[] s_words = [0, 1, 2, 3, 4, 0x7F, 0xFF, 0x100, 0x3FF, 0x400, 0x1FFF, 0x2000, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF];

    private readonly SeededRandom _random = new(seed);

    /// <summary>0 to <paramref name="count"/> - 1.</summary>
    public int Next(int count) => (int)((_random.NextUInt64() >> 33) % (ulong)count);

    public bool OneIn(int count) => Next(count) == 0;

    public ulong Seed() => _random.NextUInt64();

    /// <summary>Any byte, and more often than chance one at which something ends or wraps.</summary>
    public byte Byte() => OneIn(2) ? s_bytes[Next(s_bytes.Length)] : (byte)_random.NextUInt64();

    /// <summary>Any 16 bits, and more often than chance such at which something ends or wraps.</summary>
    public ushort Word() => OneIn(2) ? s_words[Next(s_words.Length)] : (ushort)_random.NextUInt64();

    public uint Long() => ((uint)Word() << 16) | Word();

    public void Fill(Span<byte> bytes)
    {
        foreach (ref var octet in bytes)
        {
            octet = Byte();
        }
    }

    public T Pick<T>(ReadOnlySpan<T> values) => values[Next(values.Length)];
}
