using System.Numerics;

namespace Holdfast.Lab.Network;

/// <summary>
/// xoshiro256** (Blackman and Vigna) seeded by SplitMix64: the same numbers for the same seed on every machine and in every version of
/// the runtime, so that a run can be repeated.
/// </summary>
internal sealed class SeededRandom
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    public SeededRandom(ulong seed)
    {
        _s0 = Mix(ref seed);
        _s1 = Mix(ref seed);
        _s2 = Mix(ref seed);
        _s3 = Mix(ref seed);
    }

    /// <summary>A generator of its own for a part of the whole, which is not disturbed by how much the other parts draw.</summary>
    public SeededRandom Fork() => new(NextUInt64());

    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>At least 0, below 1.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>At least <paramref name="low"/>, below <paramref name="high"/>.</summary>
    public double Between(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>The time until the next of events that come independently, so many a unit of time in the mean.</summary>
    public double UntilNext(double rate) => -Math.Log(1 - NextDouble()) / rate;

    private static ulong Mix(ref ulong state)
    {
        state += 0x9E37_79B9_7F4A_7C15;
        var mixed = state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }
}
