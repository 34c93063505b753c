namespace Holdfast.Media;

/// <summary>
/// Chooses among the rungs of an idle loop: the best one that the line carries. Down at once, which means to go on at the next key frame, a moment further on;
/// up where the loop has a key frame anyway, when the line has carried more for a while. Where smaller pictures are wanted than there are, these go on to the next
/// key frame, too.
/// </summary>
internal sealed class LoopLadder(int framesPerSecond)
{
    private const double UpFactor = 1.2;
    private static readonly TimeSpan UpAfter = TimeSpan.FromSeconds(1);

    private EncodedLoop? _first;
    private EncodedLoop? _current;
    private TimeSpan? _betterSince;
    private bool _isTooLarge;

    /// <summary>Nothing was shown yet, or not lately: the next choice is free.</summary>
    public void Begin() => (_current, _betterSince, _isTooLarge) = (null, null, false);

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
            // Either it is seen larger or smaller from now on, or the show looks otherwise.
            _isTooLarge = IsAmong(first, _first);
            _current = _isTooLarge || IsAmong(_current, first) ? _current : null;
            (_first, _betterSince) = (first, null);
        }

        if (_isTooLarge && (isAtKeyFrame || IsAmong(_current, first)))
        {
            (_current, _isTooLarge) = (IsAmong(_current, first) ? _current : null, false);
        }

        if (_current is null || _current.BitsPerSecond(framesPerSecond) > bits)
        {
            (_current, _betterSince, _isTooLarge) = (Fitting(first, bits, 1), null, false);
            return _current;
        }

        var better = _isTooLarge ? _current : Fitting(first, bits, UpFactor);
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

    /// <summary>Whether a loop is another one or one of its thinner ones.</summary>
    private static bool IsAmong(EncodedLoop? loop, EncodedLoop? others)
    {
        while (others is not null && !ReferenceEquals(others, loop))
        {
            others = others.Thinner;
        }

        return loop is not null && others is not null;
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
