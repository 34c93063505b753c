using Holdfast.Rtc;

namespace Holdfast.Sessions;

/// <summary>
/// Notices within hundreds of milliseconds that a path has gone dead: media is sent and the feedback about it stops.
/// </summary>
/// <remarks>
/// A false alarm is an audible stumble, so the threshold grows with the round trip and with the interval at which this
/// client's feedback comes; it is never under the configured least.
/// </remarks>
internal sealed class FeedbackWatch
{
    private const int RoundTrips = 4;
    private const int Intervals = 4;

    /// <summary>How much the newest interval counts in the average: about the last eight matter.</summary>
    private const double Weight = 1.0 / 8;

    /// <summary>
    /// So much later the first feedback of a path may come: a round trip of 800 ms, of which nothing is known yet, and the
    /// client's own interval.
    /// </summary>
    private static readonly TimeSpan StartUp = TimeSpan.FromSeconds(1);

    /// <summary>A pause this long says nothing about the usual interval.</summary>
    private static readonly TimeSpan LongestUsualInterval = TimeSpan.FromMilliseconds(500);

    private readonly TimeSpan _least;
    private RtcTime _lastFeedback = RtcTime.Never;
    private TimeSpan _interval;
    private TimeSpan _roundTrip;

    public FeedbackWatch(TimeSpan least) => _least = least;

    /// <summary>From sending a packet to the word of its arrival.</summary>
    public TimeSpan RoundTrip => _roundTrip;

    /// <summary>When the client told last, on whatever path, what had arrived of what was sent; null: it never did.</summary>
    public RtcTime? ToldAt { get; private set; }

    /// <summary>How long ago what was sent of which it told last.</summary>
    public TimeSpan? Told(RtcTime now) => ToldAt is { } at ? now - at + _roundTrip : null;

    /// <summary>How long feedback may be missing now.</summary>
    public TimeSpan Threshold => Max(_least, Max(_roundTrip * RoundTrips, _interval * Intervals) + _roundTrip);

    /// <summary>How long the first feedback of a path may take, from the first packet sent on it.</summary>
    public TimeSpan FirstThreshold => Max(_least + StartUp, Threshold);

    /// <summary>Feedback came.</summary>
    public void OnFeedback(RtcTime now, TimeSpan? roundTrip)
    {
        if (_lastFeedback != RtcTime.Never)
        {
            var interval = now - _lastFeedback;
            if (interval > TimeSpan.Zero && interval < LongestUsualInterval)
            {
                _interval = _interval == TimeSpan.Zero ? interval : _interval + (interval - _interval) * Weight;
            }
        }

        _lastFeedback = now;
        ToldAt = now;
        _roundTrip = roundTrip ?? _roundTrip;
    }

    /// <summary>A receiver report came where there is no finer feedback. It comes so rarely that nothing follows from its absence.</summary>
    public void OnReport(RtcTime now) => ToldAt = now;

    /// <summary>Whether feedback is missing for longer than it may.</summary>
    /// <param name="now">Now.</param>
    /// <param name="awaitedSince">Since when a first feedback is due, the client having promised it; null: none is.</param>
    public bool IsSilent(RtcTime now, RtcTime? awaitedSince) => _lastFeedback != RtcTime.Never
        ? now - _lastFeedback > Threshold
        : awaitedSince is { } since && now - since > FirstThreshold;

    /// <summary>
    /// A new, healed or restarted path: its next feedback is its first. What was learnt of time is kept until then: a path
    /// with a very long round trip would otherwise be taken for dead again each time it has healed.
    /// </summary>
    public void BeginAnew() => _lastFeedback = RtcTime.Never;

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
