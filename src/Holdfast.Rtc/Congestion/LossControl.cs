namespace Holdfast.Rtc.Congestion;

/// <summary>What the loss asks for.</summary>
internal enum LossAdvice
{
    /// <summary>There is too little to say anything.</summary>
    None,
    Grow,
    Hold,
    Cut,

    /// <summary>The cut before changed nothing: the line loses by itself.</summary>
    TakeBack,
}

/// <summary>
/// The loss-based half (draft-ietf-rmcat-gcc-02 section 6), which also tells loss that comes from sending too much from loss that the line has anyway: a cut after
/// which as much is lost as before it was of no use.
/// </summary>
internal sealed class LossControl
{
    private const double LowLoss = 0.02;
    private const double HighLoss = 0.10;
    private const double ReallyLess = 0.92;
    private const double FarLess = 0.6;
    private const double Half = 0.5;
    private const double NoLess = 0.6;
    private const double LearntOfExcess = 0.3;
    private const double Dreadful = 0.3;
    private const double MostInherent = 0.2;
    private const int HeldBeforeTrial = 3;
    private const int FewPackets = 15;
    private const int Packets = 60;
    private const int TrialPackets = 120;
    private const double HelpedShare = 0.5;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan TrialInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortInterval = TimeSpan.FromMilliseconds(150);

    private LossCount _count;
    private RtcTime _since;
    private RtcTime? _cutAt;
    private RtcTime? _helpedAt;
    private RtcTime? _triedAt;
    private int _held;
    private double _heldLoss;
    private bool _isTrial;

    // Whether what is lost is known to be this side's, since a cut for it and until nothing is lost.
    private bool _isOwn;

    // Of the packets, not of the bytes: when they were counted last, and when it was found to be this side's.
    private double _ofPackets;
    private double _ofPacketsOwn;
    private double _lossAtCut;
    private double _rateAtCut;

    /// <summary>Of the packets of the last second or so, 0 to 1. What is judged is <see cref="LossCount.Share"/>.</summary>
    public double Loss { get; private set; }

    /// <summary>What the line loses by itself, 0 to 1.</summary>
    public double Inherent { get; private set; }

    /// <summary>What is lost beyond what the line loses anyway, when it was last judged.</summary>
    public double Excess { get; private set; }

    /// <summary>Whether it was found, when it was last judged, that a cut had helped: it is this side that makes the line lose.</summary>
    public bool HasHelped { get; private set; }

    /// <summary>Takes in what a feedback told.</summary>
    public void Add(in LossCount count) => _count.Add(count);

    /// <summary>Forgets what was counted and not judged: it was of a time in which nothing came through.</summary>
    public void Skip(RtcTime now) => (_count, _since) = (default, now);

    /// <summary>Another line.</summary>
    public void Restart(RtcTime now)
    {
        Skip(now);
        (Inherent, _cutAt, _helpedAt, _triedAt, Loss, Excess, _held, _isTrial, _isOwn) = (0, null, null, null, 0, 0, 0, false, false);
    }

    /// <summary>What is to be done now.</summary>
    /// <param name="now">Now.</param>
    /// <param name="roundTrip">How long a cut takes to show.</param>
    /// <param name="sentRate">What is sent at present, bits a second.</param>
    /// <param name="isSpare">Whether much less is sent than the estimate allows.</param>
    /// <param name="isQueueing">Whether packets wait on the way: what is lost is lost by that.</param>
    public LossAdvice Judge(RtcTime now, TimeSpan roundTrip, double sentRate, bool isSpare, bool isQueueing)
    {
        var (total, loss) = (_count.Packets, _count.Share);
        var isDreadful = total >= FewPackets && loss > Inherent + Dreadful && now - _since > ShortInterval;
        if (!isDreadful && (total < (_isTrial ? TrialPackets : Packets) || now - _since < Interval))
        {
            return LossAdvice.None;
        }

        if (_cutAt is { } cutAt && now - cutAt < roundTrip + (isDreadful ? ShortInterval : Interval))
        {
            Skip(now);
            return LossAdvice.Hold;
        }

        _ofPackets = _count.OfPackets;
        Loss += (_ofPackets - Loss) * 0.7;
        HasHelped = false;
        var (chance, isBySize) = (_count.ChanceOf(Math.Max(Inherent, HighLoss / 2)), _count.IsBySize);
        Skip(now);
        return Judge(now, loss, chance, sentRate, isSpare, isQueueing, isBySize);
    }

    private LossAdvice Judge(RtcTime now, double loss, double chance, double sentRate, bool isSpare, bool isQueueing, bool isBySize)
    {
        if (loss < Inherent)
        {
            Inherent += (loss - Inherent) * 0.25;
        }

        Excess = Math.Max(0, loss - Inherent);
        if (_isTrial && !isQueueing && !isBySize && loss < Dreadful)
        {
            return EndTrial(now, loss, sentRate);
        }

        _isTrial = false;
        if (Excess < LowLoss + (chance / 2))
        {
            // A cut that left what is sent as it was helped nothing.
            HasHelped = _cutAt is not null && sentRate < _rateAtCut * ReallyLess;
            _helpedAt = HasHelped ? now : _helpedAt;
            (_cutAt, _held, _isOwn) = (null, 0, false);
            return LossAdvice.Grow;
        }

        // A few large ones together may have been lost by chance: where half is sent, and no fewer are lost, it was that.
        _isOwn &= isBySize || loss >= Dreadful || sentRate > _rateAtCut * Half || loss < _ofPacketsOwn * NoLess;
        if (isBySize || (_isOwn && !isQueueing))
        {
            // No line does that by itself: it is asked for more than it takes, and still is where the cut for it left some.
            (_isOwn, _ofPacketsOwn) = (true, _isOwn ? _ofPacketsOwn : _ofPackets);
            return Cut(now, loss, sentRate);
        }

        if (!isQueueing && loss < Dreadful && _cutAt is not null && loss > _lossAtCut * 0.6 && sentRate < _rateAtCut * ReallyLess)
        {
            (Inherent, _cutAt) = (Math.Min(MostInherent, loss), null);
            return LossAdvice.TakeBack;
        }

        if (Excess < HighLoss + chance)
        {
            // Nothing tells yet whose loss it is: less is sent for a moment, and then it shows.
            var isTried = _triedAt is { } triedAt && now - triedAt < TrialInterval;
            _held = isQueueing || isSpare || isTried || _cutAt is not null ? 0 : _held + 1;
            _heldLoss = _held > 1 ? _heldLoss + ((loss - _heldLoss) / _held) : loss;
            if (_held >= HeldBeforeTrial)
            {
                (_held, _triedAt, _isTrial) = (0, now, true);
                return Cut(now, _heldLoss, sentRate);
            }

            // Where a cut helped a moment ago it may be this side's again, unless far less is sent now.
            if (!isQueueing && (_helpedAt is not { } helpedAt || now - helpedAt > Remembered || sentRate < _rateAtCut * FarLess))
            {
                Inherent = Math.Min(MostInherent, Inherent + (Excess * LearntOfExcess));
            }

            return LossAdvice.Hold;
        }

        if (isSpare && !isQueueing && Excess < Dreadful / 2)
        {
            // So little is sent that it cannot be the reason.
            Inherent = Math.Min(MostInherent, Inherent + (Excess * 0.5));
            return LossAdvice.Hold;
        }

        return Cut(now, loss, sentRate);
    }

    /// <summary>Less was sent for a moment on purpose; whose loss it is shows by whether half of it is gone.</summary>
    private LossAdvice EndTrial(RtcTime now, double loss, double sentRate)
    {
        (_isTrial, _cutAt) = (false, null);
        if (sentRate > _rateAtCut * ReallyLess)
        {
            return LossAdvice.TakeBack;
        }

        if (loss < _lossAtCut * HelpedShare)
        {
            (HasHelped, _helpedAt) = (true, now);
            return LossAdvice.Grow;
        }

        Inherent = Math.Min(MostInherent, Math.Max(Inherent, (loss + _lossAtCut) / 2));
        return LossAdvice.TakeBack;
    }

    private LossAdvice Cut(RtcTime now, double loss, double sentRate)
    {
        (_cutAt, _lossAtCut, _rateAtCut) = (now, loss, _cutAt is null ? sentRate : _rateAtCut);
        return LossAdvice.Cut;
    }
}
