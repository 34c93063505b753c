using System.Net;

namespace Holdfast.Rtc;

/// <summary>Datagrams that leave together, in the order in which they were added. Made once, and filled again and again: nothing is allocated for a datagram.</summary>
internal sealed class DatagramBatch
{
    /// <summary>Datagrams at the most.</summary>
    public const int Capacity = 64;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(Capacity * TransmitQueue.BufferLength, pinned: true);
    private readonly int[] _lengths = new int[Capacity];
    private readonly SocketAddress?[] _destinations = new SocketAddress?[Capacity];
    private readonly DropReason?[] _reasons = new DropReason?[Capacity];
    private readonly Exception?[] _faults = new Exception?[Capacity];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    public bool IsFull => Count == Capacity;

    /// <summary>What the system is told of them, where it takes many at once; made when it is needed first.</summary>
    public MessageBlock Messages => field ??= new MessageBlock(Capacity, _bytes, TransmitQueue.BufferLength);

    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan(index * TransmitQueue.BufferLength, _lengths[index]);

    public SocketAddress DestinationOf(int index) => _destinations[index]!;

    /// <summary>Why one was not sent; null where it was.</summary>
    public DropReason? ReasonOf(int index) => _reasons[index];

    /// <summary>What was thrown when it was to be sent, which no socket should; null nearly always.</summary>
    public Exception? FaultOf(int index) => _faults[index];

    /// <summary>Adds a copy of a datagram. There must be room.</summary>
    public void Add(ReadOnlySpan<byte> datagram, SocketAddress destination)
    {
        datagram.CopyTo(_bytes.AsSpan(Count * TransmitQueue.BufferLength, TransmitQueue.BufferLength));
        _lengths[Count] = datagram.Length;
        _destinations[Count] = destination;
        _faults[Count] = null;
        _reasons[Count++] = null;
    }

    public void OnNotSent(int index, DropReason reason, Exception? fault = null) => (_reasons[index], _faults[index]) = (reason, fault);

    /// <summary>Sends each by itself, where the system does not take many at once. What one throws is no other's.</summary>
    public void SendEach(IDatagramSocket socket)
    {
        for (var i = 0; i < Count; i++)
        {
            try
            {
                _reasons[i] = socket.Send(this[i], DestinationOf(i));
            }
#pragma warning disable CA1031 // It is told to the connection that it belongs to, which ends.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                OnNotSent(i, DropReason.SendFailed, exception);
            }
        }
    }

    /// <summary>None of them was sent.</summary>
    public void OnNoneSent(DropReason reason) => Array.Fill(_reasons, reason, 0, Count);

    /// <summary>How many were sent, and their bytes.</summary>
    public (int Datagrams, long Bytes) Sent
    {
        get
        {
            var (datagrams, bytes) = (0, 0L);
            for (var i = 0; i < Count; i++)
            {
                (datagrams, bytes) = _reasons[i] is null ? (datagrams + 1, bytes + _lengths[i]) : (datagrams, bytes);
            }

            return (datagrams, bytes);
        }
    }

    public void Clear() => Count = 0;
}
