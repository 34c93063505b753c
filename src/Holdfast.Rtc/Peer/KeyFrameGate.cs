namespace Holdfast.Rtc;

/// <summary>
/// Decides which of the client's requests for a key frame are passed on: the first at once; one that comes while the last is still being
/// served, not; one that comes soon after it was served, when a key frame is affordable again.
/// </summary>
internal sealed class KeyFrameGate(PeerTimers timers, Queue<RtcEvent> events)
{
    /// <summary>Requests of the client are not passed on more often than this.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// The first request after a key frame that nobody asked for: it begins a connection or a path, and that it did not arrive may be known a
    /// picture and a round trip later.
    /// </summary>
    public static readonly TimeSpan IntervalAfterNeed = TimeSpan.FromMilliseconds(50);

    private RtcTime? _passedAt;
    private TimeSpan _interval = Interval;
    private bool _isServed;

    /// <summary>The client asks for a key frame.</summary>
    public void Request(RtcTime now)
    {
        if (_passedAt is not { } passedAt || now >= passedAt + _interval)
        {
            Pass(now);
        }
        else if (_isServed)
        {
            timers[PeerTimer.KeyFrame] = passedAt + _interval;
        }
    }

    /// <summary>The client's request is passed on: its turn has come.</summary>
    public void Pass(RtcTime now) => Pass(now, Interval);

    /// <summary>This side sees itself that a key frame is needed.</summary>
    public void Need(RtcTime now) => Pass(now, IntervalAfterNeed);

    /// <summary>A key frame was sent.</summary>
    public void OnKeyFrameSent() => _isServed = true;

    private void Pass(RtcTime now, TimeSpan interval)
    {
        timers[PeerTimer.KeyFrame] = RtcTime.Never;
        (_passedAt, _interval) = (now, interval);
        _isServed = false;
        events.Enqueue(RtcEvent.KeyFrameRequested.Instance);
    }
}
