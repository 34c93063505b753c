using Holdfast.Rtc.Rtcp;

namespace Holdfast.Rtc.Congestion;

/// <summary>What became of a train of packets.</summary>
internal enum TrainVerdict
{
    /// <summary>Nothing yet.</summary>
    None,

    /// <summary>Enough of it arrived to measure.</summary>
    Arrived,

    /// <summary>More than half of it is missing.</summary>
    Lost,
}

/// <summary>The trains of packets that a line is asked with, one at a time, and when it is asked again.</summary>
internal sealed class TrainProbing
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private PacketTrain _train;
    private bool _isFirst = true;
    private double _wish;
    private RtcTime _askedAt;

    /// <summary>Whether one is under way of which not all was told.</summary>
    public bool IsAwaited => _train.IsUnderWay;

    /// <summary>Another line.</summary>
    public void Restart()
    {
        _train.End();
        (_isFirst, _wish) = (true, 0);
    }

    /// <summary>Packets left close together.</summary>
    public void OnSent(RtcTime now, long firstIndex, long lastIndex, int packets)
    {
        if (!IsUnderWay(now))
        {
            _train.Begin(now, firstIndex, lastIndex, packets);
        }
    }

    /// <summary>Takes in what became of a packet.</summary>
    public TrainVerdict Add(in ResolvedPacket packet, long arrived, int bytes) =>
        _train.Add(packet, arrived, bytes) ? End(_train.IsMostlyLost ? TrainVerdict.Lost : TrainVerdict.Arrived) : TrainVerdict.None;

    /// <summary>All packets of a feedback were told.</summary>
    public TrainVerdict OnFeedback(RtcTime now)
    {
        if (_isFirst && _train.IsClearlySlow)
        {
            return End(TrainVerdict.Arrived);
        }

        if (!IsUnderWay(now))
        {
            _train.End();
        }

        return TrainVerdict.None;
    }

    /// <summary>What the train says that ended last; as for <see cref="PacketTrain.TryMeasure"/>.</summary>
    public bool TryMeasure(out double rate, out bool isFilled) => _train.TryMeasure(out rate, out isFilled);

    /// <summary>The line is to be asked for so much, bits a second; 0: it is not.</summary>
    public void Ask(double bitsPerSecond) => _wish = bitsPerSecond;

    /// <summary>Whether it is time to ask again.</summary>
    /// <param name="now">Now.</param>
    /// <param name="cutAt">When less was sent last because of the line.</param>
    public bool IsTime(RtcTime now, RtcTime? cutAt) =>
        _wish <= 0 && !_train.IsUnderWay && now - _askedAt > Interval && (cutAt is not { } at || now - at > Interval);

    /// <summary>Takes the wish for a train of padding.</summary>
    /// <param name="now">Now.</param>
    /// <param name="bitsPerSecond">How fast it is to be sent.</param>
    public bool TryTake(RtcTime now, out int bitsPerSecond)
    {
        bitsPerSecond = (int)_wish;
        if (_wish <= 0 || IsUnderWay(now))
        {
            return false;
        }

        (_wish, _askedAt) = (0, now);
        return true;
    }

    private bool IsUnderWay(RtcTime now) => _train.IsUnderWay && now - _train.SentAt <= Lifetime;

    private TrainVerdict End(TrainVerdict verdict)
    {
        _train.End();
        _isFirst = false;
        return verdict;
    }
}
