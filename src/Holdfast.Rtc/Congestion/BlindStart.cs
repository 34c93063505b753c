namespace Holdfast.Rtc.Congestion;

/// <summary>
/// How much is sent while nothing has told of a new line that anything arrives. A queue may be full of what was sent, and what the client needs before it can tell,
/// such as the end of its handshake, waits behind it.
/// </summary>
/// <param name="isUnknown">Whether nothing at all is known of the line: what it is taken for may be three times what it carries. One picture says how much.</param>
internal struct BlindStart(bool isUnknown)
{
    // A client that says what arrives says so every 250 ms at the latest.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan Halving = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private RtcTime? _since;
    private double _left;

    /// <summary>How much of the estimate is used, 0 to 1.</summary>
    public readonly double Share => 1 - _left;

    /// <summary>Until when a second picture waits for what the client says of the first; now or earlier: it does not.</summary>
    public readonly RtcTime WaitsUntil => isUnknown && _since is { } since ? since + LongestWait : default;

    /// <summary>A packet left of which the client is to tell, and it has told of none yet.</summary>
    public void OnSent(RtcTime now)
    {
        _since ??= now;
        var blind = now - _since.Value;
        _left = isUnknown ? 1 : blind > Patience ? 1 - Math.Pow(0.5, (blind - Patience) / Halving) : 0;
    }
}
