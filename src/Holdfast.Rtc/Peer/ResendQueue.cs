using Holdfast.Rtc.Rtcp;

namespace Holdfast.Rtc;

/// <summary>Numbers of packets that are to be sent again when the line has room; no more than one datagram may ask for.</summary>
internal sealed class ResendQueue
{
    private readonly ushort[] _numbers = new ushort[ControlBounds.Retransmissions];
    private int _first;

    public int Count { get; private set; }

    public bool TryAdd(ushort sequenceNumber)
    {
        if (Count == _numbers.Length)
        {
            return false;
        }

        _numbers[(_first + Count++) % _numbers.Length] = sequenceNumber;
        return true;
    }

    public bool TryTake(out ushort sequenceNumber)
    {
        sequenceNumber = _numbers[_first];
        if (Count == 0)
        {
            return false;
        }

        (_first, Count) = ((_first + 1) % _numbers.Length, Count - 1);
        return true;
    }

    public void Clear() => Count = 0;
}
