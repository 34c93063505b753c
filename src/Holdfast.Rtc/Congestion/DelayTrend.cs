namespace Holdfast.Rtc.Congestion;

/// <summary>What the delay is doing.</summary>
internal enum LineSignal
{
    Normal,

    /// <summary>The queue on the way grows: more is sent than the line carries.</summary>
    Overuse,

    /// <summary>It drains.</summary>
    Underuse,
}

/// <summary>
/// Tells from when packets were sent and when they arrived whether the queue on the way grows: packets are grouped into bursts, the delay of each group
/// against the one before is summed up and smoothed, a line is laid through the last sums, and its slope is compared with a threshold that follows what
/// the line does by itself (draft-ietf-rmcat-gcc-02 sections 5.2 to 5.4, with a trend line in the place of the Kalman filter).
/// </summary>
internal sealed class DelayTrend
{
    private const int Window = 20;
    private const long BurstMicroseconds = 5_000;
    private const long LongestBurstMicroseconds = 100_000;
    private const long PauseMicroseconds = 1_000_000;
    private const double Smoothing = 0.9;
    private const double Gain = 4;
    private const int MostDeltas = 60;

    // Milliseconds; section 5.4 and its table of parameters.
    private const double FirstThreshold = 12.5;
    private const double LeastThreshold = 6;
    private const double MostThreshold = 600;
    private const double Outlier = 15;
    private const double ThresholdUp = 0.01;
    private const double ThresholdDown = 0.000_18;
    private const double OveruseTime = 10;

    private readonly (double At, double Delay)[] _points = new (double, double)[Window];
    private Group _current;
    private Group _before;
    private int _groups;
    private int _count;
    private int _deltas;
    private double _sum;
    private double _smoothed;
    private double _threshold = FirstThreshold;
    private double _overFor;
    private int _overCount;
    private double _slopeBefore;

    /// <summary>What the newest packets say.</summary>
    public LineSignal Signal { get; private set; }

    /// <summary>Takes in a packet that arrived; those of one feedback in the order in which they were sent.</summary>
    public void Add(long sent, long arrived, int bytes)
    {
        if (_groups == 0 || sent - _current.LastSent > PauseMicroseconds || Math.Abs(arrived - _current.LastArrived) > PauseMicroseconds)
        {
            // After a pause the queue of before says nothing.
            Restart();
            (_current, _groups) = (new Group(sent, arrived, bytes), 1);
            return;
        }

        if (sent < _current.FirstSent)
        {
            return;
        }

        if (Belongs(sent, arrived))
        {
            _current.LastSent = Math.Max(_current.LastSent, sent);
            _current.LastArrived = Math.Max(_current.LastArrived, arrived);
            _current.Bytes += bytes;
            return;
        }

        if (_groups > 1)
        {
            OnDelta((_current.LastSent - _before.LastSent) / 1e3, (_current.LastArrived - _before.LastArrived) / 1e3, _current.LastArrived / 1e3);
        }

        _groups = 2;
        _before = _current;
        _current = new Group(sent, arrived, bytes);
    }

    /// <summary>Another line: nothing is known of it.</summary>
    public void Restart()
    {
        (_groups, _count, _deltas, _sum, _smoothed, _overFor, _overCount, _slopeBefore) = (0, 0, 0, 0, 0, 0, 0, 0);
        Signal = LineSignal.Normal;
    }

    private bool Belongs(long sent, long arrived)
    {
        if (sent - _current.FirstSent <= BurstMicroseconds)
        {
            return true;
        }

        // What waited somewhere and was let go all at once says nothing of a queue.
        var (sentAfter, arrivedAfter) = (sent - _current.LastSent, arrived - _current.LastArrived);
        return arrivedAfter <= BurstMicroseconds && arrivedAfter - sentAfter < 0 && arrived - _current.FirstArrived < LongestBurstMicroseconds;
    }

    private void OnDelta(double sent, double arrived, double at)
    {
        _deltas = Math.Min(MostDeltas, _deltas + 1);
        _sum += arrived - sent;
        _smoothed = (Smoothing * _smoothed) + ((1 - Smoothing) * _sum);
        _points[_count++ % Window] = (at, _smoothed);
        var slope = _count >= Window ? Slope() : 0;
        Judge(slope, slope * _deltas * Gain, sent, Math.Min(arrived, 100));
        _slopeBefore = slope;
    }

    private double Slope()
    {
        var (meanAt, meanDelay) = (0.0, 0.0);
        foreach (var (at, delay) in _points)
        {
            meanAt += at / Window;
            meanDelay += delay / Window;
        }

        var (products, squares) = (0.0, 0.0);
        foreach (var (at, delay) in _points)
        {
            products += (at - meanAt) * (delay - meanDelay);
            squares += (at - meanAt) * (at - meanAt);
        }

        return squares > 0 ? products / squares : 0;
    }

    private void Judge(double slope, double trend, double sent, double elapsed)
    {
        if (trend > _threshold)
        {
            _overFor += sent;
            _overCount++;
            if (_overFor > OveruseTime && _overCount > 1 && slope >= _slopeBefore)
            {
                (_overFor, _overCount) = (0, 0);
                Signal = LineSignal.Overuse;
            }
        }
        else
        {
            (_overFor, _overCount) = (0, 0);
            Signal = trend < -_threshold ? LineSignal.Underuse : LineSignal.Normal;
        }

        var distance = Math.Abs(trend) - _threshold;
        if (distance <= Outlier)
        {
            _threshold += (distance < 0 ? ThresholdDown : ThresholdUp) * distance * elapsed;
            _threshold = Math.Clamp(_threshold, LeastThreshold, MostThreshold);
        }
    }

    private struct Group(long sent, long arrived, int bytes)
    {
        public readonly long FirstSent = sent;
        public readonly long FirstArrived = arrived;
        public long LastSent = sent;
        public long LastArrived = arrived;
        public int Bytes = bytes;
    }
}
