namespace Holdfast.Rtc;

/// <summary>
/// Decides which requests for a key frame are passed on: the first at once; one that comes while the last is still being served, not; one
/// that comes soon after it was served, when a key frame is affordable again.
/// </summary>
internal sealed class KeyFrameGate
{
    /// <summary>Key frames are not asked for more often than this.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    private RtcTime? _passedAt;
    private bool _isServed;

    /// <summary>Takes in a request.</summary>
    /// <returns>When it is to be passed on, which may be now; never, where a key frame is on its way anyway.</returns>
    public RtcTime Request(RtcTime now)
    {
        if (_passedAt is not { } passedAt || now >= passedAt + Interval)
        {
            return now;
        }

        return _isServed ? passedAt + Interval : RtcTime.Never;
    }

    /// <summary>A request is being passed on.</summary>
    public void OnPassed(RtcTime now)
    {
        _passedAt = now;
        _isServed = false;
    }

    /// <summary>A key frame was sent.</summary>
    public void OnKeyFrameSent() => _isServed = true;
}
