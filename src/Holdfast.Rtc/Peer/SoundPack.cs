using System.Runtime.CompilerServices;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc;

/// <summary>
/// Packets of sound that leave as one. On a thin line two do: each has 74 bytes of headers and 30 of sound, so that on a line of 100 kbit/s sound takes 27 instead of
/// 42, and the first of two waits for 20 ms. Each keeps its tag: what arrives is told of both. Of silence three do where the server has little time: half of what an
/// idle session sends is silence.
/// </summary>
internal sealed class SoundPack
{
    /// <summary>The most in one: 60 ms.</summary>
    public const int MostFrames = 3;

    /// <summary>Longer packets leave by themselves: their headers are a small part of them.</summary>
    public const int Longest = 160;

    /// <summary>RTP clock units from one packet to the next: 20 ms at 48 kHz.</summary>
    private const uint Distance = 960;

    /// <summary>Pairs begin below this estimate and end above that, in bits a second.</summary>
    private const int BeginsBelow = 160_000;
    private const int EndsAbove = 220_000;

    /// <summary>Another one that comes later than this is not waited for: a tick and what it may be late.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(35);

    /// <summary>Silence that nothing followed for so long is let go of. Longer than a busy server's tick is late: what it sends late it must not send never.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMilliseconds(200);

    private byte[]? _frames;
    private byte[]? _packet;
    private Lengths _lengths;
    private int _length;
    private byte _kind;
    private int _wanted;
    private bool _isPatient;
    private RtcTime _newestAt;

    /// <summary>Whether the line is so thin that there are to be two in a packet.</summary>
    public bool IsLineThin { get; private set; }

    /// <summary>When what waits leaves with what there is; never where nothing waits, or silence that nobody misses.</summary>
    public RtcTime LeavesAt { get; private set; } = RtcTime.Never;

    /// <summary>How many packets wait.</summary>
    public int Count { get; private set; }

    /// <summary>Whether what waits waits for nothing more.</summary>
    public bool IsFull => Count >= _wanted;

    /// <summary>The RTP timestamp of the first.</summary>
    public uint Timestamp { get; private set; }

    /// <summary>The tags of the last two. A third one before them is silence, which has none.</summary>
    public SoundTags Tags { get; private set; }

    /// <summary>Decides, for the packets from now on, whether the line is thin.</summary>
    /// <param name="estimate">What it is taken for, bits a second.</param>
    public void Decide(int estimate) => IsLineThin = estimate < (IsLineThin ? EndsAbove : BeginsBelow);

    /// <summary>How many are to be in one packet.</summary>
    /// <param name="packing">What the client wants.</param>
    /// <param name="isPatient">Whether it is silence that may wait.</param>
    public int FramesWanted(SoundPacking packing, bool isPatient) =>
        Math.Min(packing.Most, packing.Preferred ?? (isPatient ? MostFrames : IsLineThin ? 2 : 1));

    /// <summary>Adds a packet to what waits, or lets it be the first.</summary>
    /// <param name="now">Now.</param>
    /// <param name="timestamp">Its RTP timestamp.</param>
    /// <param name="sound">The packet.</param>
    /// <param name="tag">Its tag.</param>
    /// <param name="wanted">How many are to leave with it; what waits leaves when the first of its packets wants no more.</param>
    /// <param name="isPatient">Whether it is silence that may wait, and be forgotten.</param>
    /// <returns>False where it does not go on from what waits, or can only leave by itself.</returns>
    public bool TryAdd(RtcTime now, uint timestamp, ReadOnlySpan<byte> sound, ulong tag, int wanted, bool isPatient)
    {
        if (sound.Length > Longest || !OpusPack.IsSingle(sound))
        {
            return false;
        }

        if (Count == 0)
        {
            _frames ??= new byte[MostFrames * Longest];
            (_kind, Timestamp, _wanted, _isPatient) = (sound[0], timestamp, wanted, isPatient);
        }
        else if (sound[0] != _kind || unchecked(timestamp - Timestamp) != Distance * (uint)Count)
        {
            return false;
        }

        sound[1..].CopyTo(_frames.AsSpan(_length));
        _lengths[Count++] = sound.Length - 1;
        _length += sound.Length - 1;
        _wanted = Math.Min(_wanted, wanted);
        _isPatient &= isPatient;
        _newestAt = now;
        Tags = new SoundTags(tag, Tags.Newest);

        // Silence needs no timer: what follows takes it along, and where nothing does nobody misses it.
        LeavesAt = _isPatient ? RtcTime.Never : RtcTime.Min(LeavesAt, now + Patience);
        return true;
    }

    /// <summary>Lets go of silence that nothing followed in time, as it would come long after its place, and of more of it than the client takes by now.</summary>
    public void Forget(RtcTime now, int most = MostFrames)
    {
        if (Count > 0 && _isPatient && (now - _newestAt > LongestSilence || Count > most))
        {
            Clear();
        }
    }

    /// <summary>What waits, as one packet, until the next call.</summary>
    public ReadOnlySpan<byte> Write()
    {
        _packet ??= new byte[1 + (MostFrames * Longest) + OpusPack.Overhead(MostFrames)];
        var length = OpusPack.Write(_packet, _kind, _frames.AsSpan(0, _length), ((ReadOnlySpan<int>)_lengths)[..Count]);
        return _packet.AsSpan(0, length);
    }

    /// <summary>Nothing waits any more.</summary>
    public void Clear() => (Count, _length, Tags, LeavesAt) = (0, 0, default, RtcTime.Never);

    /// <summary>Gives memory back, for a connection that sends nothing for a while; not what is about to leave.</summary>
    public void Release(RtcTime now)
    {
        Forget(now);
        if (Count == 0)
        {
            (_frames, _packet) = (null, null);
        }
    }

    [InlineArray(MostFrames)]
    private struct Lengths
    {
        private int _first;
    }
}
