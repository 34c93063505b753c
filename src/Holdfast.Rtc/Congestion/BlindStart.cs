namespace Holdfast.Rtc.Congestion;

/// <summary>
/// How much of the estimate is used while nothing has told of a new line that anything arrives. A queue may be full of what was sent, and what the client needs
/// before it can tell, such as the end of its handshake, waits behind it.
/// </summary>
internal struct BlindStart
{
    // A client that says what arrives says so every 250 ms at the latest.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan Halving = TimeSpan.FromMilliseconds(400);

    private RtcTime? _since;
    private double _left;

    /// <summary>0 to 1.</summary>
    public readonly double Share => 1 - _left;

    /// <summary>A packet left of which the client is to tell, and it has told of none yet.</summary>
    public void OnSent(RtcTime now)
    {
        _since ??= now;
        var blind = now - _since.Value;
        _left = blind > Patience ? 1 - Math.Pow(0.5, (blind - Patience) / Halving) : 0;
    }
}
