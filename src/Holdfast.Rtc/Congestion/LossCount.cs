namespace Holdfast.Rtc.Congestion;

/// <summary>
/// What arrived and what did not, by packets and by bytes. A line that drops what is too much takes small packets where it has no room for large ones: of twice what it
/// carries half of the bytes are lost, and a quarter of the packets.
/// </summary>
internal struct LossCount
{
    private const double LeastLikely = 0.05;

    // Three of what chance makes of it in the mean: it is asked every second.
    private const double Clearly = 2;

    private long _bytes;
    private long _lostBytes;
    private double _squares;
    private int _lostPackets;

    /// <summary>Packets of which it is known.</summary>
    public int Packets { get; private set; }

    /// <summary>The share of them that is lost, 0 to 1.</summary>
    public readonly double OfPackets => _lostPackets / (double)Math.Max(1, Packets);

    /// <summary>Whether the line clearly takes small packets rather than large ones: it drops what is too much, and not what chance wants.</summary>
    public readonly bool IsBySize => OfBytes > OfPackets + (Clearly * Chance(Math.Max(OfPackets, LeastLikely), Certainty));

    /// <summary>What the line is judged by: the share of the bytes where it takes small packets rather than large ones; else that of the packets, of which there are more.</summary>
    public readonly double Share => IsBySize ? OfBytes : OfPackets;

    /// <summary>What chance may make of that share.</summary>
    /// <param name="likely">The share that is likely, 0 to 1.</param>
    public readonly double ChanceOf(double likely) => Chance(likely, Packets);

    private readonly double OfBytes => _lostBytes / (double)Math.Max(1, _bytes);

    /// <summary>Of so many packets of one size the share of the bytes would be as certain: large ones count for more than small ones.</summary>
    private readonly double Certainty => _squares > 0 ? _bytes * (double)_bytes / _squares : 1;

    /// <summary>Takes in what became of a packet.</summary>
    public void Add(int bytes, bool isLost)
    {
        Packets++;
        _bytes += bytes;
        _squares += (double)bytes * bytes;
        _lostPackets += isLost ? 1 : 0;
        _lostBytes += isLost ? bytes : 0;
    }

    /// <summary>Takes in what another one counted.</summary>
    public void Add(in LossCount other)
    {
        Packets += other.Packets;
        _bytes += other._bytes;
        _squares += other._squares;
        _lostPackets += other._lostPackets;
        _lostBytes += other._lostBytes;
    }

    // One and a half of what it makes of it in the mean.
    private static double Chance(double likely, double packets) => 1.5 * Math.Sqrt(likely * (1 - likely) / Math.Max(1, packets));
}
