namespace Holdfast.Media;

/// <summary>
/// Chooses among the rungs of an idle loop: the best one that the line carries. Down at once, which means to go on at the next key frame, a moment further on;
/// up where the loop has a key frame anyway, when the line has carried more for a while.
/// </summary>
internal sealed class LoopLadder(int framesPerSecond)
{
    private const double UpFactor = 1.2;
    private static readonly TimeSpan UpAfter = TimeSpan.FromSeconds(1);

    private EncodedLoop? _first;
    private EncodedLoop? _current;
    private TimeSpan? _betterSince;

    /// <summary>Nothing was shown yet, or not lately: the next choice is free.</summary>
    public void Begin() => (_current, _betterSince) = (null, null);

    /// <summary>Chooses for a moment.</summary>
    /// <param name="first">The best rung; null: there is no loop.</param>
    /// <param name="time">On the media clock.</param>
    /// <param name="bits">What pictures may take, bits a second, their packets' headers included.</param>
    /// <param name="isAtKeyFrame">Whether the loop has a key frame now.</param>
    /// <returns>Null where there is no loop or not even the least fits.</returns>
    public EncodedLoop? Choose(EncodedLoop? first, TimeSpan time, double bits, bool isAtKeyFrame)
    {
        if (!ReferenceEquals(first, _first))
        {
            // The show looks otherwise from now on.
            (_first, _current, _betterSince) = (first, null, null);
        }

        if (_current is null || _current.BitsPerSecond(framesPerSecond) > bits)
        {
            (_current, _betterSince) = (Fitting(first, bits, 1), null);
            return _current;
        }

        var better = Fitting(first, bits, UpFactor);
        if (better is null || ReferenceEquals(better, _current) || better.BitsPerSecond(framesPerSecond) < _current.BitsPerSecond(framesPerSecond))
        {
            _betterSince = null;
            return _current;
        }

        _betterSince ??= time;
        if (isAtKeyFrame && time - _betterSince >= UpAfter)
        {
            (_current, _betterSince) = (better, null);
        }

        return _current;
    }

    private EncodedLoop? Fitting(EncodedLoop? loop, double bits, double factor)
    {
        while (loop is not null && loop.BitsPerSecond(framesPerSecond) * factor > bits)
        {
            loop = loop.Thinner;
        }

        return loop;
    }
}
