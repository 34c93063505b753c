namespace Holdfast.Rtc.Congestion;

/// <summary>
/// When the next packet of a picture may leave. Two measures: two and a half times the estimate over short times, so that a picture does not burst; and no more
/// on the way at once than the line takes in a moment, so that what comes behind a large picture, sound above all, does not wait for it.
/// </summary>
internal sealed class SendBudget
{
    /// <summary>What a new path is trusted with before anything is known of it: the ten segments of TCP's initial window (RFC 6928).</summary>
    public const int InitialWindow = 10 * 1_200;

    private const double Factor = 2.5;
    private static readonly TimeSpan Quantum = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MostAhead = TimeSpan.FromMilliseconds(45);
    private static readonly TimeSpan LeastAhead = TimeSpan.FromMilliseconds(8);
    private static readonly TimeSpan MostOfSound = TimeSpan.FromMilliseconds(16);
    private static readonly TimeSpan MostOutstanding = TimeSpan.FromMilliseconds(400);
    private const double LeastRate = 20_000;

    private double _rate = BandwidthEstimatorOptions.Unknown;
    private RtcTime _freeAt;
    private RtcTime _emptyAt;
    private TimeSpan _ahead = MostAhead;
    private int _initial = InitialWindow;

    /// <summary>So much may be sent from now on. What is on the way takes that much less time where it is more than before.</summary>
    /// <param name="now">Now.</param>
    /// <param name="rate">Bits a second.</param>
    /// <param name="packet">Bytes of the longest packet that may come next, without IP and UDP headers: it counts to what sound waits for.</param>
    public void SetRate(RtcTime now, double rate, int packet)
    {
        rate = Math.Max(LeastRate, rate);
        if (rate > _rate)
        {
            _emptyAt = Sooner(_emptyAt, now, _rate / rate);
            _freeAt = Sooner(_freeAt, now, _rate / rate);
        }

        _rate = rate;
        var wait = TimeSpan.FromSeconds((packet + BandwidthEstimator.HeaderBytes) * 8 / rate);
        _ahead = MostAhead - wait > LeastAhead ? MostAhead - wait : LeastAhead;
    }

    /// <summary>A new path, or a picture that must not wait.</summary>
    public void AllowBurst() => _initial = InitialWindow;

    /// <summary>What was to leave in one go has left.</summary>
    public void EndBurst() => _initial = 0;

    /// <summary>A packet of any kind leaves: sound and what is sent again take from the pictures' share.</summary>
    /// <param name="now">Now.</param>
    /// <param name="bytes">Its bytes, without IP and UDP headers.</param>
    /// <param name="frames">20 ms of sound in it, 0 where it is none: a fifth of the line is left for the rest, or a line taken for narrower than the sound
    /// is would never be found to be wider.</param>
    public void OnSent(RtcTime now, int bytes, int frames)
    {
        bytes += BandwidthEstimator.HeaderBytes;
        if (_initial > 0)
        {
            _initial -= bytes;
            return;
        }

        var seconds = Math.Min(bytes * 8 / _rate, frames > 0 ? frames * MostOfSound.TotalSeconds : double.MaxValue);
        _emptyAt = (_emptyAt > now ? _emptyAt : now) + TimeSpan.FromSeconds(seconds);

        _emptyAt = RtcTime.Min(_emptyAt, now + MostOutstanding);
        _freeAt = RtcTime.Min((_freeAt > now - Quantum ? _freeAt : now - Quantum) + TimeSpan.FromSeconds(seconds / Factor), now + MostOutstanding);
    }

    /// <summary>When the next packet of a picture may leave; now or earlier: now.</summary>
    public RtcTime NextAt(RtcTime now)
    {
        if (_initial > 0)
        {
            return now;
        }

        var free = _freeAt;
        var empty = _emptyAt - _ahead;
        return free > empty ? free : empty;
    }

    private static RtcTime Sooner(RtcTime at, RtcTime now, double share) => at > now ? now + ((at - now) * share) : at;
}
