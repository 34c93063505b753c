using Holdfast.Rtc.Rtcp;

namespace Holdfast.Rtc;

/// <summary>
/// Packets that are to be sent again when the line has room; no more than one datagram may ask for, and bounded by time as pictures are: what would come too
/// late is not sent. They leave before new pictures, so without that a thin line would carry nothing else for many seconds after a burst of losses.
/// </summary>
internal sealed class ResendQueue
{
    /// <summary>
    /// What has waited so long is not sent, and no more is taken than the line carries in it: whoever still misses a packet asks for it again, or for a picture
    /// that needs none.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly Waiting[] _waiting = new Waiting[ControlBounds.Retransmissions];
    private int _first;
    private int _bytes;

    public int Count { get; private set; }

    /// <summary>Whether one more may wait, so that none waits in vain.</summary>
    /// <param name="rate">What the line carries, in bits a second.</param>
    public bool HasRoom(int rate) => Count < _waiting.Length && _bytes * 8 <= rate * Patience.TotalSeconds;

    public bool TryAdd(RtcTime now, ushort sequenceNumber, int bytes)
    {
        if (Count == _waiting.Length)
        {
            return false;
        }

        _waiting[(_first + Count++) % _waiting.Length] = new Waiting(sequenceNumber, bytes, now);
        _bytes += bytes;
        return true;
    }

    /// <summary>Takes the next that is not of the past.</summary>
    public bool TryTake(RtcTime now, out ushort sequenceNumber)
    {
        while (Count > 0)
        {
            var next = _waiting[_first];
            (_first, Count) = ((_first + 1) % _waiting.Length, Count - 1);
            _bytes -= next.Bytes;
            if (now - next.Since <= Patience)
            {
                sequenceNumber = next.SequenceNumber;
                return true;
            }
        }

        sequenceNumber = 0;
        return false;
    }

    public void Clear() => (Count, _bytes) = (0, 0);

    private readonly record struct Waiting(ushort SequenceNumber, int Bytes, RtcTime Since);
}
