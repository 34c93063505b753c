using Holdfast.Rtc;

namespace Holdfast.Lab.Network;

/// <summary>Why a packet did not get through.</summary>
internal enum PacketFate
{
    Delivered,
    LostAtRandom,
    LostInBurst,

    /// <summary>The queue is full, or a policer has nothing saved.</summary>
    QueueFull,
    Blackout,
}

/// <summary>What becomes of one packet.</summary>
/// <param name="Fate">Whether it arrives, or why it does not.</param>
/// <param name="At">When it arrives.</param>
/// <param name="AgainAt">When it arrives a second time; null: it does not.</param>
internal readonly record struct PacketVerdict(PacketFate Fate, RtcTime At, RtcTime? AgainAt)
{
    public bool IsDelivered => Fate == PacketFate.Delivered;
}

/// <summary>
/// One direction of a bad path: given each packet's time and length, decides whether and when it arrives. It holds no packets and
/// reads no clock; the same seed and the same packets give the same fates.
/// </summary>
internal sealed class ImpairedLink
{
    private const int BitsPerByte = 8;

    /// <summary>IPv4 and UDP headers, which take bandwidth too.</summary>
    private const int HeaderBytes = 28;

    private readonly SeededRandom _loss;
    private readonly SeededRandom _burst;
    private readonly SeededRandom _timing;
    private readonly long[] _fates = new long[Enum.GetValues<PacketFate>().Length];
    private bool _isBad;
    private RtcTime _linkFreeAt;
    private RtcTime _lastArrival;
    private RtcTime? _savedAt;
    private double _saved;

    /// <param name="conditions">What it does to packets; they may be changed at any time.</param>
    /// <param name="seed">Of all that is left to chance.</param>
    public ImpairedLink(LinkConditions conditions, ulong seed)
    {
        Conditions = conditions;

        // Each kind of chance draws from a source of its own: more jitter does not change what is lost.
        var source = new SeededRandom(seed);
        (_loss, _burst, _timing) = (source.Fork(), source.Fork(), source.Fork());
    }

    public LinkConditions Conditions { get; set; }

    /// <summary>Whether nothing gets through at all.</summary>
    public bool IsDown { get; set; }

    /// <summary>Packets that met a fate.</summary>
    public long Count(PacketFate fate) => _fates[(int)fate];

    /// <summary>Packets that were offered.</summary>
    public long Offered => _fates.Sum();

    /// <summary>Decides about the next packet. Times do not go back.</summary>
    /// <param name="now">When it is sent.</param>
    /// <param name="length">Its bytes, without IP and UDP headers.</param>
    public PacketVerdict Send(RtcTime now, int length)
    {
        var verdict = Decide(now, length);
        _fates[(int)verdict.Fate]++;
        return verdict;
    }

    private PacketVerdict Decide(RtcTime now, int length)
    {
        // Everything is drawn for every packet, so that one fate does not change the next.
        var isLost = _loss.NextDouble() < Conditions.Loss;
        var isInBurst = AdvanceBurst();
        var jitter = Conditions.Jitter * _timing.NextDouble();
        var isOvertaken = _timing.NextDouble() < Conditions.Reorder;
        var isTwice = _timing.NextDouble() < Conditions.Duplicate;
        if (IsDown)
        {
            return new PacketVerdict(PacketFate.Blackout, RtcTime.Never, null);
        }

        if (isLost | isInBurst)
        {
            return new PacketVerdict(isInBurst ? PacketFate.LostInBurst : PacketFate.LostAtRandom, RtcTime.Never, null);
        }

        if (!TryPass(now, length, out var sent))
        {
            return new PacketVerdict(PacketFate.QueueFull, RtcTime.Never, null);
        }

        var arrival = sent + Conditions.Delay + jitter;
        if (isOvertaken)
        {
            // It alone is late; those behind it do not wait for it.
            arrival += Conditions.ReorderBy;
        }
        else
        {
            arrival = arrival < _lastArrival ? _lastArrival : arrival;
            _lastArrival = arrival;
        }

        return new PacketVerdict(PacketFate.Delivered, arrival, isTwice ? arrival + TimeSpan.FromMilliseconds(1) : null);
    }

    private bool AdvanceBurst()
    {
        if (Conditions.Burst is not { } burst)
        {
            _isBad = false;
            return false;
        }

        _isBad = _isBad ? _burst.NextDouble() >= burst.Leave : _burst.NextDouble() < burst.Enter;
        return _burst.NextDouble() < burst.Loss && _isBad;
    }

    /// <summary>Waits for the bandwidth: one packet after the other, and no longer than the queue is.</summary>
    private bool TryPass(RtcTime now, int length, out RtcTime sent)
    {
        sent = now;
        if (Conditions.Bandwidth is not { } bandwidth)
        {
            return true;
        }

        if (Conditions.Bucket is { } bucket)
        {
            return TryTake(now, length + HeaderBytes, bandwidth, bucket);
        }

        var begin = _linkFreeAt > now ? _linkFreeAt : now;
        if (begin - now > Conditions.Queue)
        {
            return false;
        }

        _linkFreeAt = begin + TimeSpan.FromSeconds((length + HeaderBytes) * BitsPerByte / bandwidth);
        sent = _linkFreeAt;
        return true;
    }

    /// <summary>A policer: what was not carried is saved, up to a bound, and handed out at once; nothing waits.</summary>
    private bool TryTake(RtcTime now, int bytes, double bandwidth, int bucket)
    {
        _saved = _savedAt is { } at ? Math.Min(bucket, _saved + ((now - at).TotalSeconds * bandwidth / BitsPerByte)) : bucket;
        _savedAt = now;
        if (bytes > _saved)
        {
            return false;
        }

        _saved -= bytes;
        return true;
    }
}
