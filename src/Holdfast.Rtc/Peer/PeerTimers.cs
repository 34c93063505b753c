namespace Holdfast.Rtc;

/// <summary>What a peer waits for.</summary>
internal enum PeerTimer
{
    /// <summary>The client has not got through ICE and DTLS.</summary>
    Setup,

    /// <summary>The last DTLS flight is sent again.</summary>
    HandshakeResend,

    /// <summary>RTCP reports are due.</summary>
    Report,

    /// <summary>A key frame that was asked for too soon after the last one may be asked for now.</summary>
    KeyFrame,

    /// <summary>The client is to be told what arrived of its sound, or asked for what did not.</summary>
    Reply,

    /// <summary>The line has room for what waits.</summary>
    Pace,

    /// <summary>Nothing authentic has arrived for too long.</summary>
    Silence,
}

/// <summary>All deadlines of a peer in one table, so that there is one next deadline, and each wake-up knows why.</summary>
internal sealed class PeerTimers
{
    private readonly RtcTime[] _deadlines = [.. Enum.GetValues<PeerTimer>().Select(_ => RtcTime.Never)];

    /// <summary>The earliest deadline, or never.</summary>
    public RtcTime Next
    {
        get
        {
            var next = RtcTime.Never;
            foreach (var deadline in _deadlines)
            {
                next = RtcTime.Min(next, deadline);
            }

            return next;
        }
    }

    public RtcTime this[PeerTimer timer]
    {
        get => _deadlines[(int)timer];
        set => _deadlines[(int)timer] = value;
    }

    /// <summary>Takes one timer whose time has come; it is off then.</summary>
    public bool TryTakeDue(RtcTime now, out PeerTimer timer)
    {
        for (var i = 0; i < _deadlines.Length; i++)
        {
            if (_deadlines[i] <= now)
            {
                _deadlines[i] = RtcTime.Never;
                timer = (PeerTimer)i;
                return true;
            }
        }

        timer = default;
        return false;
    }

    public void StopAll() => Array.Fill(_deadlines, RtcTime.Never);
}
