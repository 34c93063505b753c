using Holdfast.Rtc.Rtcp;

namespace Holdfast.Rtc.Congestion;

/// <summary>The times of arrival that a client tells, on one line of time: feedback counts 24 bits of 64 ms and begins again.</summary>
internal struct ArrivalClock
{
    private const long Wrap = (1L << 24) * TransportFeedback.ReferenceUnitMicroseconds;

    // What arrives further from the newest than this is of another clock.
    private const long Furthest = 10_000_000;

    private long _wraps;
    private long _before;

    /// <summary>The newest arrival, microseconds.</summary>
    public long Newest { get; private set; }

    /// <summary>Takes in when a packet arrived.</summary>
    /// <returns>When that is on the line of time, microseconds.</returns>
    public long Take(long arrival)
    {
        var at = arrival + ((_wraps + 1) * Wrap);
        if (_before - at > Wrap / 2)
        {
            _wraps++;
            at += Wrap;
        }

        _before = at;
        Newest = Math.Abs(at - Newest) < Furthest ? Math.Max(Newest, at) : at;
        return at;
    }
}
