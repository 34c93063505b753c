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
    private static readonly TimeSpan Ahead = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan MostOfSound = TimeSpan.FromMilliseconds(16);
    private static readonly TimeSpan MostOutstanding = TimeSpan.FromMilliseconds(400);
    private const double LeastRate = 20_000;

    private double _rate = BandwidthEstimatorOptions.Unknown;
    private RtcTime _freeAt;
    private RtcTime _emptyAt;
    private int _initial = InitialWindow;

    /// <summary>Bits a second that may be sent.</summary>
    public double Rate
    {
        get => _rate;
        set => _rate = Math.Max(LeastRate, value);
    }

    /// <summary>A new path, or a picture that must not wait.</summary>
    public void AllowBurst() => _initial = InitialWindow;

    /// <summary>A packet of any kind leaves: sound and what is sent again take from the pictures' share.</summary>
    /// <param name="now">Now.</param>
    /// <param name="bytes">Its bytes, without IP and UDP headers.</param>
    /// <param name="isSound">Whether it is 20 ms of sound: a fifth of the line is left for the rest, or a line taken for narrower than the sound is
    /// would never be found to be wider.</param>
    public void OnSent(RtcTime now, int bytes, bool isSound)
    {
        bytes += BandwidthEstimator.HeaderBytes;
        if (_initial > 0)
        {
            _initial -= bytes;
            return;
        }

        var seconds = Math.Min(bytes * 8 / _rate, isSound ? MostOfSound.TotalSeconds : double.MaxValue);
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
        var empty = _emptyAt - Ahead;
        return free > empty ? free : empty;
    }
}
