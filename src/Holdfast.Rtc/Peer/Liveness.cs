namespace Holdfast.Rtc;

/// <summary>When the client was last heard of for certain, and what follows from how long ago that is.</summary>
internal sealed class Liveness(RtcPeerOptions options, PeerTimers timers)
{
    /// <summary>When the last authentic packet arrived; null before the first.</summary>
    public RtcTime? LastAuthenticated { get; private set; }

    /// <summary>Another process heard of the client.</summary>
    public void Restore(RtcTime heardAt) => OnAuthenticated(heardAt);

    public void OnAuthenticated(RtcTime now)
    {
        LastAuthenticated = now;
        if (timers[PeerTimer.Silence] == RtcTime.Never && options.SilenceTimeout != Timeout.InfiniteTimeSpan)
        {
            timers[PeerTimer.Silence] = now + options.SilenceTimeout;
        }
    }

    /// <summary>The silence timer went off: whether it is to end. If not, the timer is set anew.</summary>
    public bool IsOver(RtcTime now)
    {
        // The timer is not moved with each packet: it looks here whether there was one.
        var deadline = LastAuthenticated is { } last ? last + options.SilenceTimeout : now;
        if (now >= deadline)
        {
            return true;
        }

        timers[PeerTimer.Silence] = deadline;
        return false;
    }
}
