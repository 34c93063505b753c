using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc;

/// <summary>
/// Has two packets of sound leave as one where the line is thin: each has 74 bytes of headers and 30 of sound, so that on a line of 100 kbit/s sound takes 27 instead
/// of 42, and the first of two waits for 20 ms. Each keeps its tag: what arrives is told of both.
/// </summary>
internal sealed class SoundPair
{
    /// <summary>Longer packets leave by themselves: their headers are a small part of them.</summary>
    public const int Longest = 160;

    /// <summary>RTP clock units from one packet to the next: 20 ms at 48 kHz.</summary>
    private const uint Distance = 960;

    /// <summary>Pairs begin below this estimate and end above that, in bits a second.</summary>
    private const int BeginsBelow = 160_000;
    private const int EndsAbove = 220_000;

    /// <summary>A second one that comes later than this is not waited for: a tick and what it may be late.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(35);

    private byte[]? _first;
    private byte[]? _both;
    private int _length;

    /// <summary>Whether there are to be two in a packet.</summary>
    public bool IsWanted { get; private set; }

    /// <summary>When the first of two leaves without the second; never where none waits.</summary>
    public RtcTime LeavesAt { get; private set; } = RtcTime.Never;

    /// <summary>The packet that waits; empty where none does.</summary>
    public ReadOnlySpan<byte> First => _first.AsSpan(0, _length);

    /// <summary>Its RTP timestamp.</summary>
    public uint Timestamp { get; private set; }

    /// <summary>Its tag.</summary>
    public ulong Tag { get; private set; }

    /// <summary>Decides, for the packets from now on.</summary>
    /// <param name="packing">What the client wants.</param>
    /// <param name="estimate">What the line is taken for, bits a second.</param>
    public void Decide(SoundPacking packing, int estimate) => IsWanted = packing switch
    {
        SoundPacking.One => false,
        SoundPacking.Two => true,
        SoundPacking.AsTheLineNeeds => estimate < (IsWanted ? EndsAbove : BeginsBelow),
    };

    /// <summary>Keeps a packet until the next comes.</summary>
    /// <returns>False where it is to leave by itself.</returns>
    public bool TryKeep(RtcTime now, uint timestamp, ReadOnlySpan<byte> sound, ulong tag)
    {
        if (!IsWanted || sound.Length > Longest || !OpusPair.IsSingle(sound))
        {
            return false;
        }

        sound.CopyTo(_first ??= new byte[Longest]);
        (_length, Timestamp, Tag, LeavesAt) = (sound.Length, timestamp, tag, now + Patience);
        return true;
    }

    /// <summary>Joins a packet with the one that waits, where it goes on from that.</summary>
    /// <param name="timestamp">Its RTP timestamp.</param>
    /// <param name="sound">The packet.</param>
    /// <param name="both">Both in one, until the next call.</param>
    public bool TryJoin(uint timestamp, ReadOnlySpan<byte> sound, out ReadOnlySpan<byte> both)
    {
        both = default;
        if (_length == 0 || unchecked(timestamp - Timestamp) != Distance || sound.Length > Longest || !OpusPair.Match(First, sound))
        {
            return false;
        }

        _both ??= new byte[(2 * Longest) + OpusPair.Overhead];
        both = _both.AsSpan(0, OpusPair.Write(_both, First, sound));
        return true;
    }

    /// <summary>None waits any more.</summary>
    public void Clear() => (_length, LeavesAt) = (0, RtcTime.Never);

    /// <summary>Gives memory back, for a connection that sends nothing for a while; not what is about to leave.</summary>
    public void Release()
    {
        if (_length == 0)
        {
            (_first, _both) = (null, null);
        }
    }
}
