namespace Holdfast.Rtc.Congestion;

/// <summary>
/// How long packets wait on the way: their one-way delay above the least that was seen lately. The clocks of the two ends need not agree, only run equally
/// fast for some seconds.
/// </summary>
/// <remarks>
/// A queue that does not drain though this side holds back is not this side's: after a while it counts as part of the way, or a download on the same
/// line would silence a conversation for good.
/// </remarks>
internal sealed class QueueDelay
{
    // The least of the last 10 to 15 s, in three parts of 5 s.
    private const long PartMicroseconds = 5_000_000;
    private const long ShortMicroseconds = 500_000;
    private const int LongMilliseconds = 80;
    private const long LongestMicroseconds = 10_000_000;

    private readonly long[] _least = [long.MaxValue, long.MaxValue, long.MaxValue];
    private long _part;
    private long _shortLeast = long.MaxValue;
    private long _shortSince;
    private long _standingSince = -1;
    private double _standing;

    /// <summary>Now, milliseconds; smoothed over a few packets.</summary>
    public double Milliseconds { get; private set; }

    /// <summary>Takes in a packet that arrived.</summary>
    public void Add(long sent, long arrived)
    {
        var delay = arrived - sent;
        var part = arrived / PartMicroseconds;
        if (part != _part)
        {
            (_least[2], _least[1], _least[0]) = part == _part + 1 ? (_least[1], _least[0], delay) : (delay, delay, delay);
            _part = part;
        }

        _least[0] = Math.Min(_least[0], delay);
        if (delay - Math.Min(_least[0], Math.Min(_least[1], _least[2])) > LongestMicroseconds)
        {
            // No queue is as long: the clock at the other end was set, or somebody makes times up.
            Restart();
            _least[0] = delay;
        }

        var queue = (delay - Math.Min(_least[0], Math.Min(_least[1], _least[2]))) / 1e3;
        Milliseconds += (queue - Milliseconds) * 0.5;
        if (arrived - _shortSince > ShortMicroseconds || arrived < _shortSince)
        {
            OnShort(arrived);
            (_shortSince, _shortLeast) = (arrived, delay);
        }

        _shortLeast = Math.Min(_shortLeast, delay);
    }

    /// <summary>Another line: nothing is known of it.</summary>
    public void Restart()
    {
        Array.Fill(_least, long.MaxValue);
        (_part, _shortLeast, _shortSince, _standingSince, _standing, Milliseconds) = (0, long.MaxValue, 0, -1, 0, 0);
    }

    /// <summary>Half a second is over: has the queue been there all the time, and does it not get shorter?</summary>
    private void OnShort(long arrived)
    {
        if (_shortLeast == long.MaxValue)
        {
            return;
        }

        var standing = (_shortLeast - Math.Min(_least[0], Math.Min(_least[1], _least[2]))) / 1e3;
        if (standing < LongMilliseconds || _standingSince < 0 || standing < _standing * 0.6)
        {
            (_standingSince, _standing) = standing < LongMilliseconds ? (-1, 0) : (arrived, standing);
            return;
        }

        // It had the time in which, were it ours, most of it would have drained.
        if (arrived - _standingSince > 1_500_000 + (long)(_standing * 1_500))
        {
            _least[0] = _least[1] = _least[2] = _shortLeast;
            (_standingSince, _standing) = (-1, 0);
        }
    }
}
