using Holdfast.Rtc.Keeping;
using Org.BouncyCastle.Tls;

namespace Holdfast.Rtc.Dtls;

/// <summary>
/// One side of a DTLS association, for an owner that does not block: datagrams and time in, datagrams and the outcome out.
/// </summary>
internal sealed class DtlsAssociation
{
    private static readonly TimeSpan FirstResend = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestResend = TimeSpan.FromMilliseconds(1600);

    // An authentic record behind the handshake occupies its caller for up to a millisecond, and there are hardly any: eight at once, then one each 50 ms.
    private static readonly TimeSpan RecordInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RecordBurst = 7 * RecordInterval;

    private const byte HandshakeRecord = 22;
    private const int LastFlightDatagrams = 2;

    private readonly HandshakeThreads _threads;
    private readonly HandshakeTransport _transport;
    private readonly IDtlsRole _role;

    private readonly Queue<ArraySegment<byte>> _resending = new();

    // What was sent since the other side was heard last: at the end it is the end of the handshake, which the other side may not have received.
    private readonly List<ArraySegment<byte>> _lastFlight = [];
    private TimeSpan _resendInterval = FirstResend;
    private RtcTime _recordsPaidUntil;
    private bool _isStarted;
    private volatile Outcome? _outcome;
    private DtlsTransport? _records;

    /// <param name="threads">Where the handshake runs.</param>
    /// <param name="role">Server or client, and what it decides.</param>
    /// <param name="onProgress">Called from a handshake thread, never under a lock, when <see cref="Advance"/> has something to take in.</param>
    public DtlsAssociation(HandshakeThreads threads, IDtlsRole role, Action? onProgress = null)
    {
        _threads = threads;
        _transport = new HandshakeTransport(threads.Turns, onProgress);
        _role = role;
    }

    /// <summary>
    /// Goes on with an association whose handshake another process carried out: it hears the client's end of it, and says the end of the handshake again.
    /// </summary>
    /// <param name="threads">Not used; there is no handshake.</param>
    /// <param name="role">What came of the handshake.</param>
    /// <param name="lastFlight">The end of the handshake as it was sent.</param>
    public static DtlsAssociation Restore(HandshakeThreads threads, RestoredRole role, IEnumerable<byte[]> lastFlight)
    {
        var association = new DtlsAssociation(threads, role) { _isStarted = true, Keys = role.Keys };
        association._lastFlight.AddRange(lastFlight.Take(LastFlightDatagrams).Select(static datagram => new ArraySegment<byte>(datagram)));
        return association;
    }

    /// <summary>What another process needs to go on with it; null where there is no association, or none that can be gone on with.</summary>
    public (GuardRecord Guard, IReadOnlyList<byte[]> LastFlight)? Export() =>
        Keys is not null && End is null && _role.Guard is { } guard ? (guard.Export(), [.. _lastFlight.Select(static datagram => datagram.ToArray())]) : null;

    /// <summary>The keys for media, once the handshake is complete.</summary>
    public SrtpKeys? Keys { get; private set; }

    /// <summary>Why there is no association, or none any more; null while there is hope.</summary>
    public RtcReason? End { get; private set; }

    /// <summary>What ended the handshake though nobody foresaw it; null where nothing did.</summary>
    public Exception? Fault => _outcome?.Fault;

    /// <summary>When the last flight is sent again, or never.</summary>
    public RtcTime ResendAt { get; private set; } = RtcTime.Never;

    /// <summary>Whether a handshake that was begun still has to do with what it was given.</summary>
    public bool IsBusy => _isStarted && _transport.IsBusy;

    /// <summary>Begins the handshake, as a client does.</summary>
    public void Start()
    {
        if (!_isStarted)
        {
            _isStarted = true;
            _threads.Run(Handshake);
            Settle();
        }
    }

    /// <summary>Takes in a DTLS datagram. A server's first one starts the handshake, so that a client which sends none occupies no thread.</summary>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? HandleDatagram(RtcTime now, ReadOnlySpan<byte> datagram)
    {
        Advance();
        if (End is not null)
        {
            return DropReason.Closed;
        }

        if (datagram.Length > HandshakeTransport.ReceiveLimit)
        {
            return DropReason.Malformed;
        }

        // Behind the handshake the keys tell what is the client's.
        if (Keys is not null && _role.Guard is not null)
        {
            return HandleRecords(now, datagram, _role.Guard);
        }

        Span<byte> room = stackalloc byte[HandshakeTransport.ReceiveLimit];
        var records = room[..DtlsRecords.Take(datagram, room, isEstablished: Keys is not null)];
        if (records.IsEmpty)
        {
            return DropReason.Malformed;
        }

        if (Keys is not null)
        {
            return Receive(now, records);
        }

        _lastFlight.Clear();
        if (!_transport.Offer(records))
        {
            return DropReason.TooMany;
        }

        // The other side is heard: what follows is a new flight, or a lost one quickly repeated.
        _resendInterval = FirstResend;
        Start();
        Settle();
        return null;
    }

    /// <summary>Takes in what the handshake has come to.</summary>
    public void Advance()
    {
        if (_outcome is { } outcome && Keys is null && End is null)
        {
            ResendAt = RtcTime.Never;
            _records = outcome.Records;
            Keys = outcome.Keys;
            End = outcome.Failure;
        }
    }

    /// <summary>Sends the last flight again if it is time.</summary>
    public void HandleTimeout(RtcTime now)
    {
        if (now < ResendAt)
        {
            return;
        }

        ResendAt = now + _resendInterval;
        _resendInterval = _resendInterval * 2 < LongestResend ? _resendInterval * 2 : LongestResend;
        _transport.RequestResend();
        Settle();
    }

    /// <summary>Takes the next datagram to send.</summary>
    public bool TryTakeDatagram(RtcTime now, out ArraySegment<byte> datagram)
    {
        if (_resending.TryDequeue(out datagram))
        {
            return true;
        }

        if (!_transport.TryTakeOutgoing(out datagram))
        {
            return false;
        }

        if (End is null && _lastFlight.Count < LastFlightDatagrams)
        {
            _lastFlight.Add(datagram);
        }

        if (Keys is null && End is null && ResendAt == RtcTime.Never)
        {
            ResendAt = now + _resendInterval;
        }

        return true;
    }

    /// <summary>Ends the association: close_notify where there is one, the end of the handshake where there is not yet.</summary>
    public void Close()
    {
        _role.Guard?.Dispose();
        End ??= RtcReason.ClosedLocally;
        ResendAt = RtcTime.Never;
        if (_records is null)
        {
            _transport.Abort();
            return;
        }

        try
        {
            _records.Close();
        }
        catch (IOException)
        {
            // It was closed already.
        }
    }

    /// <summary>Takes in what comes behind the handshake. Of what anybody may have sent nothing is kept or waited for, however much it is.</summary>
    private DropReason? HandleRecords(RtcTime now, ReadOnlySpan<byte> datagram, DtlsRecordGuard guard)
    {
        DropReason? dropped = DropReason.NotAuthentic;
        for (var count = 0; count < DtlsRecords.MostTaken && End is null && DtlsRecordGuard.TryReadRecord(ref datagram, out var record); count++)
        {
            switch (guard.Check(record))
            {
                case GuardVerdict.Authentic:
                    dropped = record[0] == HandshakeRecord ? ResendLastFlight(now) : Receive(now, record);
                    break;
                case GuardVerdict.Replayed:
                    dropped = dropped == DropReason.NotAuthentic ? DropReason.Replayed : dropped;
                    break;
                case GuardVerdict.NotAuthentic:
                    break;
            }
        }

        return dropped;
    }

    /// <summary>The client's Finished came once more: it has not received this side's, which is sent again (RFC 6347 section 4.2.4).</summary>
    private DropReason? ResendLastFlight(RtcTime now)
    {
        if (!TrySpendRecord(now))
        {
            return DropReason.TooMany;
        }

        _lastFlight.ForEach(_resending.Enqueue);
        return null;
    }

    /// <summary>An alert; or application data, which has no use here.</summary>
    private DropReason? Receive(RtcTime now, ReadOnlySpan<byte> record)
    {
        if (!TrySpendRecord(now))
        {
            return DropReason.TooMany;
        }

        if (_records is null)
        {
            // The handshake was another process's: of what is behind it only the end is understood.
            End = _role.Guard!.IsEnd(record) ? RtcReason.ClosedByPeer : End;
            return null;
        }

        if (!_transport.Offer(record))
        {
            return DropReason.TooMany;
        }

        try
        {
            Span<byte> applicationData = stackalloc byte[_transport.GetReceiveLimit()];
            _records!.Receive(applicationData, 1);
        }
        catch (IOException)
        {
            End = RtcReason.ClosedByPeer;
        }

        if (_role.IsClosedByPeer)
        {
            End = RtcReason.ClosedByPeer;
        }

        return null;
    }

    private bool TrySpendRecord(RtcTime now)
    {
        if (now + RecordBurst < _recordsPaidUntil)
        {
            return false;
        }

        _recordsPaidUntil = (now < _recordsPaidUntil ? _recordsPaidUntil : now) + RecordInterval;
        return true;
    }

    private void Settle()
    {
        if (_threads.IsLockstep)
        {
            _transport.AwaitQuiescence();
        }
    }

    private void Handshake()
    {
        try
        {
            var records = _role.Handshake(_transport);
            _outcome = new Outcome(_role.Keys, records, null);
        }
        catch (IOException)
        {
            // BouncyCastle's word for all that the other side, or this one, may find wrong in a handshake.
            _outcome = new Outcome(null, null, ReasonOr(RtcReason.HandshakeFailed));
        }
#pragma warning disable CA1031 // An exception that leaves a thread ends the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _outcome = new Outcome(null, null, ReasonOr(RtcReason.InternalError), e);
        }

        _transport.End();
    }

    private RtcReason ReasonOr(RtcReason otherwise) => _role.Refusal ?? (_role.IsClosedByPeer ? RtcReason.ClosedByPeer : otherwise);

    private sealed record Outcome(SrtpKeys? Keys, DtlsTransport? Records, RtcReason? Failure, Exception? Fault = null);
}
