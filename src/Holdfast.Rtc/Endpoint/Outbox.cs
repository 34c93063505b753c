using System.Net;

namespace Holdfast.Rtc;

/// <summary>
/// What connections send on one thread, one after the other, until it leaves all together. Added to by the thread that has it; emptied by that one, or by another
/// that is to send something of the same connection behind it.
/// </summary>
/// <remarks>
/// Locks are taken in this order: a connection's, then an outbox's. Under an outbox's only the system is called, which does not wait, and what was not sent is
/// counted.
/// </remarks>
internal sealed class Outbox(RtcEndpoint endpoint)
{
    /// <summary>Nothing waits longer for others to join it: what is noted as the time of sending stays true to this much.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMicroseconds(500);

    private readonly Lock _gate = new();
    private readonly DatagramBatch _batch = new();
    private readonly RtcConnection[] _owners = new RtcConnection[DatagramBatch.Capacity];
    private RtcTime _oldest;
    private long _turn;

    /// <summary>How many have begun to collect on its thread, one within the other.</summary>
    public int Depth { get; set; }

    public RtcEndpoint Endpoint => endpoint;

    /// <summary>Adds a copy of a datagram. Under its connection's lock.</summary>
    /// <returns>The turn with which it leaves (<see cref="FlushTurn"/>).</returns>
    public long Add(RtcTime now, ReadOnlySpan<byte> datagram, SocketAddress destination, RtcConnection owner)
    {
        lock (_gate)
        {
            if (_batch.IsFull)
            {
                Empty();
            }

            _oldest = _batch.Count == 0 ? now : _oldest;
            _owners[_batch.Count] = owner;
            _batch.Add(datagram, destination);
            return _turn;
        }
    }

    /// <summary>Lets what there is leave.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            Empty();
        }
    }

    /// <summary>Lets what there is leave if what was added with a turn is still there.</summary>
    public void FlushTurn(long turn)
    {
        // It only ever rises, and whoever asks has the connection's lock: nothing of that connection is added meanwhile.
        if (Volatile.Read(ref _turn) != turn)
        {
            return;
        }

        lock (_gate)
        {
            if (_turn == turn)
            {
                Empty();
            }
        }
    }

    /// <summary>Lets what there is leave if it has waited long enough.</summary>
    public void FlushOld()
    {
        lock (_gate)
        {
            if (_batch.Count > 0 && endpoint.Now - _oldest >= LongestWait)
            {
                Empty();
            }
        }
    }

    private void Empty()
    {
        if (_batch.Count == 0)
        {
            return;
        }

        endpoint.Send(_batch);
        for (var i = 0; i < _batch.Count; i++)
        {
            if (_batch.ReasonOf(i) is { } reason)
            {
                _owners[i].OnNotSent(reason, _batch.FaultOf(i));
            }

            _owners[i] = null!;
        }

        _batch.Clear();
        Volatile.Write(ref _turn, _turn + 1);
    }
}
