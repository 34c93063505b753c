using Holdfast.Rtc.Rtcp;

namespace Holdfast.Rtc.Congestion;

/// <summary>
/// What the line to the client carries: one figure that governs everything that is sent. Delay-based and loss-based control on transport-wide feedback
/// (draft-ietf-rmcat-gcc-02), packet trains to come up quickly, and the client's own reports where there is nothing better. Pure: packets, feedback and the
/// time in, an estimate out.
/// </summary>
/// <remarks>
/// Sequence numbers of the transport have gaps by design (docs/protocol.md, how much goes to who has not answered): what was sent is what the log
/// remembers, and nothing here counts numbers. All rates are those of the line, with IP and UDP headers.
/// </remarks>
internal sealed class BandwidthEstimator
{
    /// <summary>IPv4 and UDP; IPv6 takes 20 more.</summary>
    public const int HeaderBytes = 28;

    // Sections 5.5 and 6.
    private const double Decrease = 0.85;

    // Where next to nothing waits yet there is next to nothing to drain; a thin line has hardly a packet between that and a full queue.
    private const double LeastDecrease = 0.95;
    private const double DecreasePerMillisecond = 0.0025;
    private const double ThinLine = 150_000;
    private const double QuickDecrease = 0.6;
    private const double QuickGrowthPerSecond = 1.5;
    private const double JustBelow = 0.96;
    private const double GrowthPerSecond = 1.08;
    private const double MostAboveAcknowledged = 1.5;

    private const double SpareShare = 0.7;
    private const double PicturesPerSecond = 25;
    private const double MostBitsOfAPacket = 1_200 * 8;
    private const double LeastAdditive = 4_000;
    private const double LongQueue = 250;
    private const double ShortQueue = 60;
    private const double QueueTolerated = 20;
    private const double QueueToEmptyIn = 200;
    private const double LeastShare = 0.15;
    private const double LeastSustained = 0.5;
    private const double ProbeFactor = 2;
    private const double TrainLostDecrease = 0.6;
    private const double MostOfTrain = 3;
    private const double MostOfDoubtedTrain = 1.5;
    private static readonly TimeSpan FirstRoundTrip = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FeedbackInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Outage = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan ReportPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(30);

    private readonly BandwidthEstimatorOptions _options;
    private readonly DelayTrend _trend = new();
    private readonly QueueDelay _queue = new();
    private readonly LossControl _loss = new();
    private readonly RateMeter _acknowledged = new();
    private readonly RateMeter _sent = new();
    private readonly TrainProbing _trains = new();
    private LossCeiling _ceiling;
    private double _estimate;
    private double _capacity;

    // What arrived when this side filled the line, and when that was; 0: it is not known.
    private double _filled;
    private RtcTime _filledAt;
    private double _beforeCut;
    private double _limit = double.MaxValue;
    private RtcTime? _fedBackAt;
    private RtcTime? _cutAt;
    private TimeSpan _roundTrip = FirstRoundTrip;
    private TimeSpan _leastReported = TimeSpan.MaxValue;
    private ArrivalClock _arrivals;
    private LossCount _told;
    private RtcTime? _newestSent;
    private BlindStart _blind;
    private bool _hasSeen;

    public BandwidthEstimator(BandwidthEstimatorOptions options)
    {
        _options = options;
        _estimate = Math.Clamp(options.Start, options.Least, options.Most);
    }

    /// <summary>What the line carries, bits a second.</summary>
    public int Estimate => (int)Math.Clamp(Math.Min(_estimate, _limit), _options.Least, _options.Most);

    /// <summary>What may be sent now: less than the estimate while a queue is to drain, and while nothing tells of a new line that anything arrives.</summary>
    public int Available => ShareOf(LeastShare);

    /// <summary>
    /// What media is to be made for: the same, but no less than half of the estimate for a queue, which is soon drained. Who went down further would need longer
    /// to come up again than the queue lasts.
    /// </summary>
    public int Sustained => ShareOf(LeastSustained);

    /// <summary>How long packets wait on the way.</summary>
    public TimeSpan Queue => TimeSpan.FromMilliseconds(_queue.Milliseconds);

    /// <summary>The share of packets that is lost, 0 to 1.</summary>
    public double Loss => _loss.Loss;

    /// <summary>The share of packets that the line loses however little is sent, 0 to 1.</summary>
    public double InherentLoss => _loss.Inherent;

    /// <summary>Whether a client ever said what arrived.</summary>
    public bool HasFeedback => _fedBackAt is not null;

    /// <summary>
    /// Until when at the latest a second picture waits for the client to tell of the first: nothing is known of the line. Now or earlier: it does not wait.
    /// </summary>
    public RtcTime WaitsUntil => _blind.WaitsUntil;

    /// <summary>Another line, or one that was not used for long.</summary>
    public void Restart(RtcTime now, int start)
    {
        _estimate = Math.Clamp(start, _options.Least, _options.Most);
        _trend.Restart();
        _queue.Restart();
        _loss.Restart(now);
        _trains.Restart();
        (_capacity, _limit, _cutAt, _fedBackAt) = (0, double.MaxValue, null, null);
        (_hasSeen, _blind, _ceiling) = (false, new BlindStart(start <= BandwidthEstimatorOptions.Unknown), default);
        (_beforeCut, _filled) = (0, 0);
        _acknowledged.Restart();
        _sent.Restart();
    }

    /// <summary>A packet left.</summary>
    /// <param name="now">Now.</param>
    /// <param name="bytes">Its bytes, without IP and UDP headers.</param>
    /// <param name="isNumbered">Whether the client is to tell of it (transport-wide feedback).</param>
    public void OnSent(RtcTime now, int bytes, bool isNumbered)
    {
        _sent.Add(now.Microseconds, bytes + HeaderBytes);
        if (isNumbered && !_hasSeen)
        {
            _blind.OnSent(now);
        }
    }

    /// <summary>Packets left close together: how they arrive will tell.</summary>
    public void OnTrain(RtcTime now, long firstIndex, long lastIndex, int packets) => _trains.OnSent(now, firstIndex, lastIndex, packets);

    /// <summary>What became of one packet; those of one feedback follow each other.</summary>
    public void OnPacket(RtcTime now, in ResolvedPacket packet)
    {
        var bytes = packet.Size + HeaderBytes;
        var arrived = 0L;
        if (packet.Received)
        {
            arrived = _arrivals.Take(packet.ArrivalMicroseconds);
            _newestSent = packet.SentAt;
            _acknowledged.Add(arrived, bytes);
            _trend.Add(packet.SentAt.Microseconds, arrived, bytes);
            _queue.Add(packet.SentAt.Microseconds, arrived);
        }

        _told.Add(bytes, isLost: !packet.Received);
        Follow(now, _trains.Add(packet, arrived, bytes));
    }

    /// <summary>All packets of one feedback were told.</summary>
    public void OnFeedback(RtcTime now)
    {
        if (_newestSent is { } sent)
        {
            _roundTrip += ((now - sent) - _roundTrip) * 0.2;
        }

        var elapsed = _fedBackAt is { } before ? now - before : TimeSpan.Zero;
        if (elapsed > Outage + _roundTrip)
        {
            // Nothing came through for a while: what was lost then says nothing of what the line carries.
            _loss.Skip(now);
        }
        else
        {
            _loss.Add(_told);
        }

        (_told, _newestSent, _fedBackAt) = (default, null, now);
        Follow(now, _trains.OnFeedback(now));

        // The first picture says more of a line than the sound that went before it.
        if (!_hasSeen && !_trains.IsAwaited)
        {
            OnSeen();
        }

        Follow(now, TimeSpan.FromSeconds(Math.Min(1, elapsed.TotalSeconds)));
        ConsiderProbe(now);
    }

    /// <summary>The client's receiver report, for a client that says nothing finer (RFC 3550 section 6.4).</summary>
    public void OnReport(RtcTime now, double loss, TimeSpan? roundTrip)
    {
        if (_fedBackAt is { } at && now - at < ReportPatience)
        {
            return;
        }

        OnSeen();
        var isLate = false;
        if (roundTrip is { } measured)
        {
            _leastReported = measured < _leastReported ? measured : _leastReported;
            isLate = measured - _leastReported > TimeSpan.FromMilliseconds(LongQueue);
        }

        if (loss > 0.1 || isLate)
        {
            _estimate *= isLate ? Decrease : 1 - (loss / 2);
        }
        else if (loss < 0.02)
        {
            // Reports come once a second or less often.
            _estimate *= _cutAt is null ? 1.5 : GrowthPerSecond;
        }

        _cutAt = loss > 0.1 || isLate ? now : _cutAt;
        Clamp();
    }

    /// <summary>The client's own estimate (REMB), bits a second.</summary>
    public void OnReceiverLimit(long bitsPerSecond)
    {
        if (_fedBackAt is null)
        {
            _limit = bitsPerSecond;
            _estimate = Math.Max(_estimate, Math.Min(bitsPerSecond, _options.Most));
        }
    }

    /// <summary>Takes a wish for a packet train of padding.</summary>
    /// <param name="now">Now.</param>
    /// <param name="bitsPerSecond">How fast it is to be sent.</param>
    public bool TryTakeProbe(RtcTime now, out int bitsPerSecond) => _trains.TryTake(now, out bitsPerSecond);

    /// <summary>A train has told.</summary>
    private void Follow(RtcTime now, TrainVerdict verdict)
    {
        if (verdict == TrainVerdict.Lost)
        {
            // It asked for more than the line has; what the line took a moment ago it still takes.
            var known = now - _filledAt < KnownFor && !_ceiling.IsDoubtful ? _filled : 0;
            _estimate = Math.Min(_estimate, Math.Max(_estimate * TrainLostDecrease, known * Decrease));
        }
        else if (verdict == TrainVerdict.Arrived && _trains.TryMeasure(out var rate, out var isFilled))
        {
            // More than what was known, by far, may be a line that hands out what it gathered: it is asked again.
            var believed = Math.Min(rate, _estimate * (_ceiling.IsDoubtful ? MostOfDoubtedTrain : MostOfTrain));
            if (isFilled && rate < _estimate * ProbeFactor * 1.25)
            {
                _capacity = rate;
                _estimate = believed > _estimate || _cutAt is null ? believed : _estimate;
            }
            else
            {
                _estimate = Math.Max(_estimate, believed);
                _trains.Ask(_estimate < _options.Most && !_ceiling.IsDoubtful ? Math.Min(_options.Most, _estimate * ProbeFactor) : 0);
            }
        }

        Clamp();
    }

    private void Follow(RtcTime now, TimeSpan elapsed)
    {
        var acknowledged = _acknowledged.At(_arrivals.Newest);
        var sent = _sent.At(now.Microseconds);
        var isSpare = sent < _estimate * SpareShare;
        if (_trend.Signal == LineSignal.Overuse || _queue.Milliseconds > LongQueue)
        {
            OnOveruse(now, acknowledged, sent);
            _loss.Judge(now, _roundTrip, sent, isSpare, isQueueing: true);
            return;
        }

        switch (_loss.Judge(now, _roundTrip, sent, isSpare, _queue.Milliseconds > ShortQueue / 2))
        {
            case LossAdvice.Cut:
                _beforeCut = _beforeCut > _estimate ? _beforeCut : _estimate;
                _estimate = Math.Min(_estimate, acknowledged > 0 ? acknowledged * JustBelow : _estimate * 0.5);
                (_cutAt, _capacity) = (now, acknowledged);
                _filled = _queue.Milliseconds > ShortQueue / 2 ? _filled : 0;
                _trains.Ask(0);
                _ceiling.OnCut(acknowledged, _queue.Milliseconds > ShortQueue / 2);
                break;
            case LossAdvice.TakeBack:
                _ceiling.OnTakenBack();
                _estimate = Math.Max(_estimate, _beforeCut);
                _beforeCut = 0;
                break;
            case LossAdvice.Hold:
                break;
            case LossAdvice.Grow:
                _beforeCut = 0;
                if (_loss.HasHelped)
                {
                    _ceiling.OnHelped(now);
                }

                _ceiling.OnFine(acknowledged);
                Grow(now, elapsed, acknowledged);
                break;
            case LossAdvice.None when _loss.Excess < 0.02 || _loss.Loss < 0.02:
                Grow(now, elapsed, acknowledged);
                break;
        }

        Clamp();
    }

    private void OnOveruse(RtcTime now, double acknowledged, double sent)
    {
        _trains.Ask(0);
        if (acknowledged <= 0 || (_cutAt is { } cutAt && now - cutAt < _roundTrip + FeedbackInterval))
        {
            return;
        }

        // What the line loses however little is sent, it would have carried.
        acknowledged /= 1 - _loss.Inherent;

        // Where all that was sent arrives, and that was much less than the line was taken for, it is not this side that fills it.
        var isOthers = acknowledged > sent * SpareShare && acknowledged < _estimate * SpareShare;
        _capacity = isOthers ? _capacity : acknowledged;
        (_filled, _filledAt) = (isOthers ? 0 : Math.Min(acknowledged, _estimate), now);
        var others = _queue.Milliseconds > ShortQueue ? Math.Max(acknowledged * 1.1, _estimate * QuickDecrease) : _estimate * Decrease;
        _estimate = Math.Min(_estimate, isOthers ? others : acknowledged * DecreaseFor(acknowledged));
        _cutAt = now;
        Clamp();
    }

    /// <summary>How far what is sent goes down when the delay grows.</summary>
    private double DecreaseFor(double acknowledged) =>
        acknowledged < ThinLine ? Decrease : Math.Max(Decrease, LeastDecrease - (DecreasePerMillisecond * _queue.Milliseconds));

    private void Grow(RtcTime now, TimeSpan elapsed, double acknowledged)
    {
        // What stays on the way though less is sent because of it is enough.
        if (_trend.Signal != LineSignal.Normal || _queue.Milliseconds > 2 * QueueTolerated)
        {
            return;
        }

        var bound = Math.Min(_ceiling.At(now), acknowledged > 0 ? (MostAboveAcknowledged * acknowledged) + 10_000 : double.MaxValue);
        if (_estimate >= bound)
        {
            return;
        }

        var isNear = _capacity > 0 && _estimate > _capacity * 0.8 && _estimate < _capacity * 1.4;
        var grown = isNear
            ? _estimate + (Math.Max(LeastAdditive, Math.Min(MostBitsOfAPacket, _estimate / PicturesPerSecond) / 2 / (_roundTrip + FeedbackInterval).TotalSeconds) * elapsed.TotalSeconds)
            : _estimate * Math.Pow(_capacity > _estimate || _estimate < BandwidthEstimatorOptions.Unknown ? QuickGrowthPerSecond : GrowthPerSecond, elapsed.TotalSeconds);
        _estimate = Math.Min(grown, bound);
    }

    /// <summary>Whether it is time to ask the line for more.</summary>
    private void ConsiderProbe(RtcTime now)
    {
        if (_estimate < _options.Most && _trend.Signal == LineSignal.Normal && _queue.Milliseconds <= ShortQueue && _loss.Excess <= 0.05
            && !_ceiling.Holds(now) && _trains.IsTime(now, _cutAt))
        {
            _trains.Ask(Math.Min(_options.Most, _estimate * ProbeFactor));
        }
    }

    /// <summary>What the queue and a new line leave of the estimate.</summary>
    private int ShareOf(double least) => (int)Math.Min(
        Estimate * Math.Clamp(1 - ((_queue.Milliseconds - QueueTolerated) / QueueToEmptyIn), least, 1),
        Math.Max(_options.Least, Estimate * _blind.Share));

    private void OnSeen() => (_hasSeen, _blind) = (true, default);

    private void Clamp() => _estimate = Math.Clamp(_estimate, _options.Least, _options.Most);
}
