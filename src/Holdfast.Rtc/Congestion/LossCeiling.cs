namespace Holdfast.Rtc.Congestion;

/// <summary>
/// What a line lets through that has no queue and drops what is too much, as a policer does. Nothing waits there, so that only loss tells; and what such a line saved
/// in between it hands out at once, so that a few packets sent close together arrive as if it were wide. Who believes them sends too much again and again.
/// </summary>
/// <remarks>
/// A cut for loss without a queue that helped says where the line ends. From then on packet trains count for little, until more arrives by far. When it ends there a
/// second time, what is sent stays below for some seconds, each time for twice as long.
/// </remarks>
internal struct LossCeiling
{
    /// <summary>A rate this near is the same.</summary>
    private const double Near = 1.6;

    /// <summary>What is surely more than the line let through before.</summary>
    private const double Beyond = 1.4;

    private const double JustBelow = 0.97;
    private const int MostTimes = 3;
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(3);

    private double _rate;
    private double _cutTo;
    private int _times;
    private RtcTime _until;
    private bool _isHolding;

    /// <summary>Whether packet trains were wrong before, and may be again.</summary>
    public readonly bool IsDoubtful => _isHolding;

    /// <summary>Whether what is sent is to stay where it is.</summary>
    public readonly bool Holds(RtcTime now) => _isHolding && _times > 1 && now < _until;

    /// <summary>The most that is to be sent now, bits a second.</summary>
    public readonly double At(RtcTime now) => Holds(now) ? _rate * JustBelow : double.MaxValue;

    /// <summary>Loss asked for a cut.</summary>
    /// <param name="acknowledged">What arrived all the same, bits a second; 0 where that is not known.</param>
    /// <param name="isQueueing">Whether packets wait on the way: then their delay tells what the line carries.</param>
    public void OnCut(double acknowledged, bool isQueueing) => _cutTo = isQueueing ? 0 : _cutTo > 0 ? Math.Min(_cutTo, acknowledged) : acknowledged;

    /// <summary>The cut was of no use: the line loses by itself.</summary>
    public void OnTakenBack() => this = default;

    /// <summary>Since the cut nothing is lost.</summary>
    public void OnHelped(RtcTime now)
    {
        if (_cutTo <= 0)
        {
            return;
        }

        var isSame = _rate > 0 && _cutTo < _rate * Near && _rate < _cutTo * Near;
        _times = isSame ? Math.Min(MostTimes, _times + 1) : 1;
        _rate = isSame ? (_rate + _cutTo) / 2 : _cutTo;
        (_cutTo, _isHolding, _until) = (0, true, now + (FirstPatience * (1 << (_times - 1))));
    }

    /// <summary>So much arrived, and nothing is lost: where it is far more than before, it is another line, or became one.</summary>
    public void OnFine(double acknowledged) => _isHolding &= acknowledged < _rate * Beyond;
}
