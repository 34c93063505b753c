namespace Holdfast.Rtc;

/// <summary>
/// Packets of pictures that are sent a second time before anybody asks: on a line that loses by itself and is long, where a picture would wait a round trip for
/// each packet that is lost, and some for several. They go on the stream for retransmissions (RFC 4588), when nothing else waits. What is lost because
/// too much is sent calls for less and not for more.
/// </summary>
internal sealed class PictureRepeats
{
    /// <summary>So long after the packet: who loses the one does not lose the other with it.</summary>
    public static readonly TimeSpan Behind = TimeSpan.FromMilliseconds(40);

    /// <summary>What could not leave by then is left to whoever misses it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    // Below that, what is lost is asked for and there again within a picture or two.
    private static readonly TimeSpan RoundTripToBegin = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan RoundTripToGoOn = TimeSpan.FromMilliseconds(90);

    // On a line that has room for almost everything twice; on one where pictures have to be made smaller for it, it takes more to be worth it, and half of
    // what is less than the least is no picture to look at.
    private const double LossOfPlenty = 0.01;
    private const double LossOfNarrow = 0.03;
    private const int Plenty = 1_500_000;
    private const int RateToBegin = 400_000;
    private const int RateToGoOn = 300_000;

    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);

    private readonly (ushort Number, RtcTime At)[] _waiting = new (ushort, RtcTime)[128];
    private int _first;
    private int _count;
    private RtcTime _wantedUntil;

    /// <summary>Whether each packet is sent twice at present.</summary>
    public bool IsWanted { get; private set; }

    /// <summary>When the next one may leave, or never.</summary>
    public RtcTime NextAt => _count > 0 ? _waiting[_first].At : RtcTime.Never;

    /// <summary>Decides anew.</summary>
    /// <param name="now">Now.</param>
    /// <param name="loss">The share of packets that is lost.</param>
    /// <param name="inherentLoss">The share that is lost however little is sent.</param>
    /// <param name="roundTrip">As the client's reports tell it; null: not known.</param>
    /// <param name="rate">What may be sent, bits a second.</param>
    public void Judge(RtcTime now, double loss, double inherentLoss, TimeSpan? roundTrip, int rate)
    {
        var isWorthIt = rate >= Plenty ? Math.Max(loss, inherentLoss) >= LossOfPlenty : rate >= RateToBegin && inherentLoss >= LossOfNarrow;
        if (isWorthIt && roundTrip >= RoundTripToBegin)
        {
            _wantedUntil = now + Remembered;
        }

        IsWanted = now < _wantedUntil && roundTrip >= RoundTripToGoOn && rate >= RateToGoOn;
    }

    /// <summary>A packet left for the first time.</summary>
    public void Add(RtcTime now, ushort sequenceNumber)
    {
        if (IsWanted && _count < _waiting.Length)
        {
            _waiting[(_first + _count++) % _waiting.Length] = (sequenceNumber, now + Behind);
        }
    }

    /// <summary>Takes the next that is due and not of the past.</summary>
    public bool TryTake(RtcTime now, out ushort sequenceNumber)
    {
        while (_count > 0 && _waiting[_first].At <= now)
        {
            (sequenceNumber, var at) = _waiting[_first];
            (_first, _count) = ((_first + 1) % _waiting.Length, _count - 1);
            if (now - at <= Patience)
            {
                return true;
            }
        }

        sequenceNumber = 0;
        return false;
    }

    /// <summary>Another line, of which nothing is known.</summary>
    public void Restart() => (IsWanted, _count, _wantedUntil) = (false, 0, default);
}
