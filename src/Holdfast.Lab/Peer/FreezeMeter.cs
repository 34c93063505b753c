using Holdfast.Rtc;

namespace Holdfast.Lab.Peer;

/// <summary>
/// Counts freezes as browsers do (W3C webrtc-stats, freezeCount): an interval between pictures longer than three times the mean of
/// the last 30, and at least 150 ms longer than it.
/// </summary>
internal sealed class FreezeMeter
{
    private const int Window = 30;
    private static readonly TimeSpan LeastExcess = TimeSpan.FromMilliseconds(150);

    private readonly Queue<TimeSpan> _intervals = new();
    private TimeSpan _sum;
    private RtcTime? _last;

    /// <summary>Freezes so far.</summary>
    public int Count { get; private set; }

    /// <summary>How long they took together.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>A picture was complete.</summary>
    public void OnPicture(RtcTime now)
    {
        if (_last is { } last)
        {
            Add(now - last);
        }

        _last = now;
    }

    /// <summary>What follows is counted from the next picture on: an interruption that was meant is no freeze.</summary>
    public void Interrupt() => _last = null;

    private void Add(TimeSpan interval)
    {
        if (_intervals.Count > 0)
        {
            var mean = _sum / _intervals.Count;
            var threshold = mean * 3 > mean + LeastExcess ? mean * 3 : mean + LeastExcess;
            if (interval > threshold)
            {
                Count++;
                Duration += interval;
            }
        }

        _intervals.Enqueue(interval);
        _sum += interval;
        if (_intervals.Count > Window)
        {
            _sum -= _intervals.Dequeue();
        }
    }
}
