using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Rtc.Stun;

namespace Holdfast.Rtc.Ice;

/// <summary>
/// The controlling side of ICE for one component (RFC 8445), as the one who offers is: checks the other side's addresses with USE-CANDIDATE, keeps the
/// first that answers, and goes on checking it for consent (RFC 7675). No socket, no clock.
/// </summary>
/// <remarks>
/// Towards a lite server every check may nominate: it sends none of its own, and the pair that answers first is as good as any. A server
/// that does check is answered. After a restart the old pair stays in use until the new generation's first answer.
/// </remarks>
internal sealed class ControllingIceAgent
{
    private const int MaximumOutstanding = 64;
    private const uint PeerReflexivePreference = 110;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ConsentInterval = TimeSpan.FromMilliseconds(2500);
    private static readonly TimeSpan ConsentRetry = TimeSpan.FromMilliseconds(500);

    private readonly Queue<Check> _outstanding = new();
    private readonly ulong _tieBreaker;
    private readonly byte[] _transactionPrefix = new byte[4];
    private readonly List<Pair> _pairs = [];
    private IceCredentials _local;
    private IceCredentials? _remote;
    private ulong _transaction;
    private int _round;
    private RtcTime _consentAt = RtcTime.Never;

    public ControllingIceAgent(IceCredentials local)
    {
        _local = local;
        Span<byte> random = stackalloc byte[12];
        RandomNumberGenerator.Fill(random);
        _tieBreaker = BinaryPrimitives.ReadUInt64LittleEndian(random);
        random[8..].CopyTo(_transactionPrefix);
    }

    /// <summary>Where media goes; null before a check was answered.</summary>
    public IPEndPoint? Selected { get; private set; }

    /// <summary>Whether a check of the newest credentials was answered.</summary>
    public bool IsConfirmed { get; private set; }

    /// <summary>When the newest credentials' first answer came.</summary>
    public RtcTime? ConfirmedAt { get; private set; }

    /// <summary>When the last genuine answer came.</summary>
    public RtcTime? LastAnswered { get; private set; }

    /// <summary>The round trip of the last check that was answered.</summary>
    public TimeSpan RoundTrip { get; private set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Checks that were refused, by the newest code; 0 for none.</summary>
    public int LastErrorCode { get; private set; }

    /// <summary>When the next check is due.</summary>
    public RtcTime NextTimeout => IsConfirmed
        ? _consentAt
        : _pairs.Aggregate(RtcTime.Never, (earliest, pair) => RtcTime.Min(earliest, pair.CheckAt));

    /// <summary>Begins to check, or begins again with new credentials on both sides.</summary>
    /// <param name="now">Now.</param>
    /// <param name="local">The client's credentials.</param>
    /// <param name="remote">The server's.</param>
    /// <param name="candidates">The server's addresses, the most likely first.</param>
    public void Begin(RtcTime now, IceCredentials local, IceCredentials remote, IReadOnlyList<IPEndPoint> candidates)
    {
        (_local, _remote) = (local, remote);
        _round++;
        IsConfirmed = false;
        ConfirmedAt = null;
        LastErrorCode = 0;
        _consentAt = RtcTime.Never;
        _pairs.Clear();

        // What worked last is tried first, and nothing waits for its failure.
        foreach (var candidate in candidates.OrderBy(candidate => candidate.Equals(Selected) ? 0 : 1))
        {
            _pairs.Add(new Pair(candidate, now + _pairs.Count * Stagger));
        }
    }

    /// <summary>The client's own address changed: the pair in use is checked at once, so that the server learns the new one.</summary>
    public void CheckNow(RtcTime now)
    {
        if (IsConfirmed)
        {
            _consentAt = now;
        }
        else
        {
            foreach (var pair in _pairs)
            {
                pair.CheckAt = RtcTime.Min(pair.CheckAt, now);
            }
        }
    }

    /// <summary>Writes the next check that is due.</summary>
    public bool TryTakeCheck(RtcTime now, Span<byte> buffer, out int length, out IPEndPoint destination)
    {
        (length, destination) = (0, null!);
        if (_remote is null)
        {
            return false;
        }

        if (IsConfirmed)
        {
            if (now < _consentAt)
            {
                return false;
            }

            // Until it is answered the next one follows soon.
            _consentAt = now + ConsentRetry;
            destination = Selected!;
            length = Write(now, buffer, destination, 0);
            return true;
        }

        for (var i = 0; i < _pairs.Count; i++)
        {
            var pair = _pairs[i];
            if (pair.CheckAt <= now)
            {
                pair.CheckAt = now + pair.Wait;
                pair.Wait = pair.Wait * 1.5 < LongestWait ? pair.Wait * 1.5 : LongestWait;
                destination = pair.Remote;
                length = Write(now, buffer, destination, i);
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes in a STUN message.</summary>
    /// <param name="now">Now.</param>
    /// <param name="message">What came.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="response">Receives the answer to a check of the server's: 128 bytes are enough.</param>
    /// <param name="length">Bytes of that answer, or 0.</param>
    public void Handle(RtcTime now, in StunMessage message, IPEndPoint source, Span<byte> response, out int length)
    {
        length = 0;
        switch (message.Class)
        {
            case StunClass.Request when message.Method == StunMessage.BindingMethod:
                length = Answer(message, source, response);
                break;
            case StunClass.SuccessResponse:
                Confirm(now, message);
                break;
            case StunClass.ErrorResponse when TryTake(message.TransactionId, out var check):
                LastErrorCode = check.Round == _round ? message.ErrorCode ?? 0 : LastErrorCode;
                break;
            case StunClass.Request or StunClass.Indication or StunClass.ErrorResponse:
                break;
        }
    }

    private void Confirm(RtcTime now, in StunMessage message)
    {
        if (!TryTake(message.TransactionId, out var check) || !message.VerifyIntegrity(Encoding.ASCII.GetBytes(check.Password)))
        {
            return;
        }

        LastAnswered = now;
        RoundTrip = now - check.SentAt;
        if (check.Round != _round)
        {
            return;
        }

        _consentAt = now + ConsentInterval;
        if (!IsConfirmed)
        {
            IsConfirmed = true;
            ConfirmedAt = now;
            Selected = check.Destination;
        }
    }

    private int Answer(in StunMessage message, IPEndPoint source, Span<byte> response)
    {
        var key = Encoding.ASCII.GetBytes(_local.Password);
        if (!message.VerifyFingerprint() || !message.VerifyIntegrity(key))
        {
            return 0;
        }

        var writer = new StunWriter(response, StunClass.SuccessResponse, message.TransactionId);
        writer.WriteXorMappedAddress(source);
        writer.WriteMessageIntegrity(key);
        writer.WriteFingerprint();
        return writer.Length;
    }

    private int Write(RtcTime now, Span<byte> buffer, IPEndPoint destination, int index)
    {
        Span<byte> id = stackalloc byte[StunMessage.TransactionIdLength];
        _transactionPrefix.CopyTo(id);
        BinaryPrimitives.WriteUInt64BigEndian(id[4..], ++_transaction);
        if (_outstanding.Count == MaximumOutstanding)
        {
            _outstanding.Dequeue();
        }

        _outstanding.Enqueue(new Check(_transaction, now, destination, _round, _remote!.Password));
        var writer = new StunWriter(buffer, StunClass.Request, id);
        writer.WriteUsername(Encoding.ASCII.GetBytes($"{_remote.Ufrag}:{_local.Ufrag}"));
        writer.WritePriority((PeerReflexivePreference << 24) | ((uint)(ushort.MaxValue - index) << 8) | 255);
        writer.WriteIceControlling(_tieBreaker);
        writer.WriteUseCandidate();
        writer.WriteMessageIntegrity(Encoding.ASCII.GetBytes(_remote.Password));
        writer.WriteFingerprint();
        return writer.Length;
    }

    private bool TryTake(ReadOnlySpan<byte> transactionId, out Check check)
    {
        check = default;
        if (!transactionId[..4].SequenceEqual(_transactionPrefix))
        {
            return false;
        }

        var number = BinaryPrimitives.ReadUInt64BigEndian(transactionId[4..]);
        foreach (var outstanding in _outstanding)
        {
            if (outstanding.Transaction == number)
            {
                check = outstanding;
                return true;
            }
        }

        return false;
    }

    private readonly record struct Check(ulong Transaction, RtcTime SentAt, IPEndPoint Destination, int Round, string Password);

    private sealed class Pair(IPEndPoint remote, RtcTime checkAt)
    {
        public IPEndPoint Remote { get; } = remote;

        public RtcTime CheckAt { get; set; } = checkAt;

        public TimeSpan Wait { get; set; } = FirstWait;
    }
}
