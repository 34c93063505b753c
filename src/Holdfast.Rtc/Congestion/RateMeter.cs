namespace Holdfast.Rtc.Congestion;

/// <summary>Bytes a second over the last half second, on whatever clock its times are of. Keeps a few sums, no packets.</summary>
internal sealed class RateMeter
{
    private const int Buckets = 10;
    private const long BucketMicroseconds = 50_000;

    /// <summary>Less than this says nothing of a rate.</summary>
    private const long LeastMicroseconds = 100_000;

    private readonly long[] _bytes = new long[Buckets];
    private long _newest = long.MinValue;
    private long _first;

    /// <summary>Counts bytes at an instant, which may be a little older than the newest.</summary>
    public void Add(long microseconds, int bytes)
    {
        var bucket = microseconds / BucketMicroseconds;
        if (_newest == long.MinValue || Math.Abs(bucket - _newest) > 2 * Buckets)
        {
            Array.Clear(_bytes);
            (_newest, _first) = (bucket, microseconds);
        }

        for (; _newest < bucket; _newest++)
        {
            _bytes[SlotOf(_newest + 1)] = 0;
        }

        if (bucket > _newest - Buckets)
        {
            _bytes[SlotOf(bucket)] += bytes;
        }
    }

    /// <summary>Forgets all that was counted.</summary>
    public void Restart() => _newest = long.MinValue;

    /// <summary>Bits a second up to an instant; 0 where there is too little to say.</summary>
    public double At(long microseconds)
    {
        var now = microseconds / BucketMicroseconds;
        var span = Math.Min(((Buckets - 1) * BucketMicroseconds) + (microseconds % BucketMicroseconds), microseconds - _first);
        if (_newest == long.MinValue || span < LeastMicroseconds || now - _newest >= Buckets)
        {
            return 0;
        }

        var sum = 0L;
        for (var bucket = Math.Max(now - Buckets + 1, _newest - Buckets + 1); bucket <= Math.Min(now, _newest); bucket++)
        {
            sum += _bytes[SlotOf(bucket)];
        }

        return sum * 8 * 1e6 / span;
    }

    private static int SlotOf(long bucket) => (int)(((bucket % Buckets) + Buckets) % Buckets);
}
