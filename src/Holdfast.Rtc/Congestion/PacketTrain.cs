using Holdfast.Rtc.Rtcp;

namespace Holdfast.Rtc.Congestion;

/// <summary>
/// Packets that were sent close together on purpose: how far apart they arrive says how fast the line is. The first picture of a path is one;
/// others are padding (draft-ietf-rmcat-gcc-02 section 4, RFC 4588 for what they are sent as).
/// </summary>
internal struct PacketTrain
{
    private const int FewestPackets = 3;
    private const int EnoughPackets = 4;
    private const long ClearMicroseconds = 150_000;
    private const double ClearFactor = 2;

    private long _firstIndex;
    private long _lastIndex;
    private int _packets;
    private int _received;
    private int _bytes;
    private int _firstBytes;
    private int _lastBytes;
    private long _firstSent;
    private long _lastSent;
    private long _firstArrived;
    private long _lastArrived;

    /// <summary>Whether one is under way.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>When it left.</summary>
    public RtcTime SentAt { get; private set; }

    public void Begin(RtcTime now, long firstIndex, long lastIndex, int packets)
    {
        this = default;
        (IsUnderWay, SentAt, _firstIndex, _lastIndex, _packets) = (true, now, firstIndex, lastIndex, packets);
    }

    public void End() => IsUnderWay = false;

    /// <summary>Takes in what became of a packet.</summary>
    /// <returns>Whether nothing more is to be expected of the train.</returns>
    public bool Add(in ResolvedPacket packet, long arrived, int bytes)
    {
        if (!IsUnderWay || packet.Index < _firstIndex)
        {
            return false;
        }

        if (packet.Index > _lastIndex)
        {
            return true;
        }

        if (packet.Received)
        {
            if (_received == 0)
            {
                (_firstSent, _firstArrived, _firstBytes) = (packet.SentAt.Microseconds, arrived, bytes);
            }

            _received++;
            _bytes += bytes;
            (_lastSent, _lastArrived, _lastBytes) = (packet.SentAt.Microseconds, arrived, bytes);
        }

        return packet.Index == _lastIndex;
    }

    /// <summary>
    /// Whether it arrives so much slower than it left that the rest need not be waited for: on a thin line that takes a second, in which far too much would be sent.
    /// </summary>
    public readonly bool IsClearlySlow =>
        IsUnderWay && _received >= EnoughPackets && _lastArrived - _firstArrived > ClearMicroseconds && TryMeasure(out var rate, out var isFilled) && isFilled
        && rate * ClearFactor * (_lastSent - _firstSent) < (_bytes - _lastBytes) * 8e6;

    /// <summary>What it says.</summary>
    /// <param name="rate">Bits a second that the line carries at least, or, where it was filled, carries.</param>
    /// <param name="isFilled">Whether it arrived slower than it was sent: that is all that the line carries.</param>
    /// <returns>False where too little of it came.</returns>
    public readonly bool TryMeasure(out double rate, out bool isFilled)
    {
        (rate, isFilled) = (0, false);
        if (_received < FewestPackets)
        {
            return false;
        }

        var sent = _lastSent > _firstSent ? (_bytes - _lastBytes) * 8e6 / (_lastSent - _firstSent) : double.MaxValue;
        var arrived = _lastArrived > _firstArrived ? (_bytes - _firstBytes) * 8e6 / (_lastArrived - _firstArrived) : double.MaxValue;
        isFilled = arrived < sent * 0.9;
        rate = isFilled ? arrived * 0.95 : Math.Min(sent, arrived);
        return true;
    }

    /// <summary>Whether more than half of it is missing.</summary>
    public readonly bool IsMostlyLost => _packets >= FewestPackets && _received * 2 < _packets;
}
