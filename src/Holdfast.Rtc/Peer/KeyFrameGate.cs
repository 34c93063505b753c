namespace Holdfast.Rtc;

/// <summary>
/// Decides which of the client's requests for a key frame are passed on: the first at once; one that comes while the last is still being
/// served, not; one that comes soon after it was served, when a key frame is affordable again.
/// </summary>
internal sealed class KeyFrameGate(PeerTimers timers, Queue<RtcEvent> events)
{
    /// <summary>Requests of the client are not passed on more often than this.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    private RtcTime? _passedAt;
    private bool _isServed;

    /// <summary>The client asks for a key frame.</summary>
    public void Request(RtcTime now)
    {
        if (_passedAt is not { } passedAt || now >= passedAt + Interval)
        {
            Pass(now);
        }
        else if (_isServed)
        {
            timers[PeerTimer.KeyFrame] = passedAt + Interval;
        }
    }

    /// <summary>Asks for a key frame now: a request whose turn has come, or a need that this side sees itself.</summary>
    public void Pass(RtcTime now)
    {
        timers[PeerTimer.KeyFrame] = RtcTime.Never;
        _passedAt = now;
        _isServed = false;
        events.Enqueue(RtcEvent.KeyFrameRequested.Instance);
    }

    /// <summary>A key frame was sent.</summary>
    public void OnKeyFrameSent() => _isServed = true;
}
