using Org.BouncyCastle.Tls;

namespace Holdfast.Rtc.Dtls;

/// <summary>
/// Joins BouncyCastle's DTLS, which blocks a thread, to a peer that must not: datagrams go in and out through queues, and the
/// handshake's thread waits here until there is something for it to do.
/// </summary>
/// <remarks>
/// <para>
/// Time stays the peer's. BouncyCastle resends a flight when a wait of its own, a few milliseconds long, ends without a datagram; it is kept
/// waiting until the peer's retransmission timer says so. So a handshake runs in virtual time as well.
/// </para>
/// <para>
/// BouncyCastle sends record by record. The records of a flight are gathered into datagrams, which it is told about when it next
/// waits: fewer datagrams, fewer that can be lost.
/// </para>
/// </remarks>
/// <param name="turns">The right to compute, which the handshake's thread has but when it waits here.</param>
/// <param name="onProgress">Called, never under a lock, when there are datagrams to send or the handshake has ended.</param>
internal sealed class HandshakeTransport(HandshakeTurns turns, Action? onProgress) : DatagramTransport
{
    /// <summary>Datagrams never longer than this go through any network, tunnels included.</summary>
    public const int MaximumDatagram = 1200;

    /// <summary>Bytes of the longest datagram taken in.</summary>
    public const int ReceiveLimit = 2048;

    private const int MaximumIncoming = 32;
    private const int MaximumOutgoing = 64;

    // BouncyCastle doubles its wait with each resend. Beyond this the peer's own backoff has long been at its limit, and a resend is skipped.
    private const int LongestResendWaitMillis = 250;
    private const int ReturnsPerResend = 4;

    private readonly object _gate = new();
    private readonly Queue<byte[]> _incoming = new();
    private readonly Queue<ArraySegment<byte>> _outgoing = new();
    private byte[]? _gathering;
    private int _gathered;
    private int _resendReturns;
    private Phase _phase;
    private bool _isAborted;
    private bool _hasGivenTurn;

    private enum Phase
    {
        /// <summary>The thread computes, or waits for its turn.</summary>
        Running,

        /// <summary>The thread waits for the peer.</summary>
        Waiting,

        /// <summary>There is no handshake any more: receiving does not wait.</summary>
        Ended,
    }

    /// <summary>Whether the handshake still has to do with what it was given.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate)
            {
                return _phase == Phase.Running || (_phase == Phase.Waiting && HasWork);
            }
        }
    }

    /// <summary>Hands in a received datagram; false when so many wait that it is dropped.</summary>
    public bool Offer(ReadOnlySpan<byte> datagram)
    {
        lock (_gate)
        {
            if (_incoming.Count >= MaximumIncoming || datagram.Length > ReceiveLimit)
            {
                return false;
            }

            _incoming.Enqueue(datagram.ToArray());
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>The peer's retransmission timer went off: the last flight is to be sent again.</summary>
    public void RequestResend()
    {
        lock (_gate)
        {
            _resendReturns = ReturnsPerResend;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Makes the handshake fail where it is.</summary>
    public void Abort()
    {
        lock (_gate)
        {
            _isAborted = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Takes the next datagram that is to be sent.</summary>
    public bool TryTakeOutgoing(out ArraySegment<byte> datagram)
    {
        lock (_gate)
        {
            return _outgoing.TryDequeue(out datagram);
        }
    }

    /// <summary>Says that the handshake's thread is gone. From now on receiving takes what is there and does not wait.</summary>
    public void End()
    {
        lock (_gate)
        {
            Flush();
            _phase = Phase.Ended;
            Monitor.PulseAll(_gate);
        }

        onProgress?.Invoke();
    }

    /// <summary>Waits until the handshake has done all that it can with what it was given: the simulation's lock-step.</summary>
    public void AwaitQuiescence()
    {
        lock (_gate)
        {
            while (IsBusy)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    public int GetReceiveLimit() => ReceiveLimit;

    public int GetSendLimit() => MaximumDatagram;

    public int Receive(byte[] buf, int off, int len, int waitMillis) => Receive(buf.AsSpan(off, len), waitMillis);

    public int Receive(Span<byte> buffer, int waitMillis)
    {
        try
        {
            return Await(buffer, waitMillis);
        }
        finally
        {
            // Outside the lock: whoever hands in datagrams must never wait for other handshakes.
            if (_hasGivenTurn)
            {
                _hasGivenTurn = false;
                turns.Take();
            }
        }
    }

    public void Send(byte[] buf, int off, int len) => Send(buf.AsSpan(off, len));

    public void Send(ReadOnlySpan<byte> buffer)
    {
        lock (_gate)
        {
            _resendReturns = 0;
            if (_gathering is not null && _gathered + buffer.Length > MaximumDatagram)
            {
                Flush();
            }

            _gathering ??= new byte[Math.Max(MaximumDatagram, buffer.Length)];
            buffer.CopyTo(_gathering.AsSpan(_gathered));
            _gathered += buffer.Length;
            if (_phase == Phase.Ended)
            {
                Flush();
            }
        }
    }

    public void Close()
    {
    }

    private bool HasWork => _incoming.Count > 0 || _isAborted || _resendReturns > 0;

    private int Await(Span<byte> buffer, int waitMillis)
    {
        var progressTold = false;
        while (true)
        {
            lock (_gate)
            {
                if (TryReceive(buffer, waitMillis, out var received))
                {
                    return received;
                }

                Flush();
                if (progressTold || onProgress is null || _outgoing.Count == 0)
                {
                    _phase = Phase.Waiting;
                    Monitor.PulseAll(_gate);
                    GiveTurn();
                    while (!HasWork)
                    {
                        Monitor.Wait(_gate);
                    }

                    _phase = Phase.Running;
                    continue;
                }
            }

            progressTold = true;
            onProgress.Invoke();
        }
    }

    /// <summary>Others may compute while this one waits.</summary>
    private void GiveTurn()
    {
        if (!_hasGivenTurn && _phase != Phase.Ended)
        {
            _hasGivenTurn = true;
            turns.GiveBack();
        }
    }

    /// <summary>Gives BouncyCastle a datagram, or the end of its wait (-1), if it is to have one now.</summary>
    private bool TryReceive(Span<byte> buffer, int waitMillis, out int received)
    {
        received = -1;
        if (_resendReturns > 0 && _incoming.Count == 0 && !_isAborted)
        {
            _resendReturns--;
            if (waitMillis <= LongestResendWaitMillis)
            {
                GiveTurn();
                Monitor.Wait(_gate, waitMillis);
                if (_incoming.Count == 0 && !_isAborted)
                {
                    return true;
                }
            }
            else
            {
                _resendReturns = 0;
            }
        }

        if (_incoming.TryDequeue(out var datagram))
        {
            received = Math.Min(datagram.Length, buffer.Length);
            datagram.AsSpan(0, received).CopyTo(buffer);
            return true;
        }

        if (_isAborted && _phase != Phase.Ended)
        {
            throw new IOException("The handshake was given up.");
        }

        return _phase == Phase.Ended;
    }

    private void Flush()
    {
        if (_gathering is not null)
        {
            if (_outgoing.Count < MaximumOutgoing)
            {
                _outgoing.Enqueue(new ArraySegment<byte>(_gathering, 0, _gathered));
            }

            _gathering = null;
            _gathered = 0;
        }
    }
}
