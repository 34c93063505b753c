using System.Numerics;
using System.Security.Cryptography;

namespace Holdfast.Rtc.Rtcp;

/// <summary>
/// Gives out transport-wide sequence numbers and remembers what was sent under them, so that feedback can say what arrived: the
/// ground of outage detection, the playout ledger and the bitrate.
/// </summary>
/// <remarks>
/// Bounded: the oldest packets are forgotten, resolved or not. Feedback that was itself lost leaves packets unresolved, neither acknowledged
/// nor lost: nothing is known of them. Its count tells whether that is so: packets that are left out between two feedback packets of which none was
/// lost had not arrived when the second was made. (Browsers report on them themselves; not everybody does.)
/// </remarks>
internal sealed class SentPacketLog
{
    /// <summary>Packets that must be known to have arrived, and nothing that was never sent, for it to be a proof.</summary>
    public const int ProofPackets = 8;

    // At the beginning of a proof up to so many numbers are left out, and behind each packet of it up to 7.
    private const int FirstSkip = 256;
    private const int Skip = 8;

    // Feedback about what comes next was made up; further on it may be of long ago.
    private const ushort NearFuture = 0x4000;

    private readonly int _capacity;
    private Entry[]? _entries;
    private long _next;
    private byte _feedbackCount;
    private ushort? _reportedUntil;
    private bool _isProving;
    private bool _wasGuessed;
    private long _skippedFrom = long.MaxValue;
    private long _proofFrom = long.MaxValue;
    private int _proofs;

    /// <param name="capacity">Packets remembered, rounded up to a power of two; at most 32,768.</param>
    /// <param name="firstSequence">The first sequence number to give out.</param>
    public SentPacketLog(int capacity = 1024, ushort firstSequence = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 32_768);
        _capacity = (int)BitOperations.RoundUpToPowerOf2((uint)capacity);
        _next = firstSequence;
    }

    /// <summary>The sequence number that the next packet gets.</summary>
    public ushort NextSequence => (ushort)_next;

    /// <summary>The same, unwrapped: the <see cref="ResolvedPacket.Index"/> that the next packet will have.</summary>
    public long NextIndex => _next;

    /// <summary>The <see cref="ResolvedPacket.Index"/> of the packet that was added last; numbers behind it may be left out.</summary>
    public long LastIndex { get; private set; }

    /// <summary>Bytes known to have arrived.</summary>
    public long AcknowledgedBytes { get; private set; }

    /// <summary>Whether enough is known to have arrived of what was sent since <see cref="BeginProof"/>.</summary>
    public bool IsProven => _isProving && _proofs >= ProofPackets && !_wasGuessed;

    /// <summary>Packets sent and remembered of which nothing is known yet.</summary>
    public int PacketsInFlight { get; private set; }

    /// <summary>Their bytes.</summary>
    public long BytesInFlight { get; private set; }

    /// <summary>When the newest packet known to have arrived was sent; never, before there is one.</summary>
    public RtcTime NewestAcknowledgedSentAt { get; private set; } = RtcTime.Never;

    /// <summary>When the newest packet was sent; never, before there is one.</summary>
    public RtcTime NewestSentAt { get; private set; } = RtcTime.Never;

    /// <summary>Remembers a packet that is being sent, and gives it its sequence number.</summary>
    /// <param name="now">When it is sent.</param>
    /// <param name="size">Its bytes on the wire.</param>
    /// <param name="tag">Whatever the caller wants back.</param>
    /// <param name="kind">Whose packet it is.</param>
    /// <param name="copies">How many packets before it, of the same stream, it has copies of.</param>
    /// <param name="number">Its number in its stream, where it has copies.</param>
    /// <param name="frames">20 ms of sound in it.</param>
    public ushort Add(RtcTime now, int size, ulong tag, PacketKind kind = PacketKind.Sound, byte copies = 0, ushort number = 0, byte frames = 1)
    {
        _entries ??= new Entry[_capacity];
        ref var entry = ref EntryOf(_entries, _next);
        if (entry.State == SentPacketState.InFlight)
        {
            LeaveFlight(entry);
        }

        NewestSentAt = now;
        entry = new Entry
        {
            SentAt = now,
            Tag = tag,
            Size = (ushort)size,
            State = SentPacketState.InFlight,
            Kind = kind,
            Copies = copies,
            Number = number,
            Frames = frames,
        };
        PacketsInFlight++;
        BytesInFlight += size;
        LastIndex = _next;
        var sequence = (ushort)_next++;
        if (_isProving)
        {
            LeaveOut(RandomNumberGenerator.GetInt32(Skip));
        }

        return sequence;
    }

    /// <summary>
    /// From now on numbers are left out at random, so that feedback about what was sent can come from nobody but who receives it. Who names
    /// a number that was left out has guessed, and is not believed again.
    /// </summary>
    /// <remarks>A receiver takes what is left out for lost, which changes nothing for it: what is lost it knows from the streams' own numbers.</remarks>
    public void BeginProof()
    {
        (_isProving, _proofs) = (true, 0);
        _skippedFrom = Math.Min(_skippedFrom, _next);
        LeaveOut(RandomNumberGenerator.GetInt32(1, FirstSkip));
        _proofFrom = _next;
    }

    /// <summary>The numbers go on without gaps.</summary>
    public void EndProof() => _isProving = false;

    /// <summary>
    /// What a feedback packet newly tells. Enumerating applies it. Each packet is yielded as lost at most once and as received at most
    /// once; one that was reported lost may still be reported received later, never the other way round. Only those that are remembered are looked at,
    /// whatever the feedback's own count says.
    /// </summary>
    /// <param name="feedback">The feedback.</param>
    /// <param name="allowance">Packets that may still be looked up; each takes one off, and enumerating ends at none.</param>
    public Resolution Resolve(TransportFeedback feedback, ref int allowance)
    {
        var leftOut = 0;
        var step = (sbyte)(feedback.FeedbackCount - _feedbackCount);
        if (step == 1 && _reportedUntil is { } until)
        {
            leftOut = (ushort)(feedback.BaseSequence - until);
            leftOut = leftOut <= _capacity ? leftOut : 0;
        }

        // One that was overtaken says nothing of what comes next.
        if (step > 0 || _reportedUntil is null)
        {
            (_feedbackCount, _reportedUntil) = (feedback.FeedbackCount, (ushort)(feedback.BaseSequence + feedback.StatusCount));
        }

        return new Resolution(this, feedback, leftOut, ref allowance);
    }

    /// <summary>Forgets all that was sent, and gives the memory back. The numbers go on, and what is sent next is remembered again.</summary>
    public void Release()
    {
        _entries = null;

        // Which of the numbers before were left out is forgotten, too.
        _skippedFrom = _skippedFrom == long.MaxValue ? _skippedFrom : _next;
        (PacketsInFlight, BytesInFlight) = (0, 0);
    }

    private void LeaveOut(int count)
    {
        for (; count > 0; count--, _next++)
        {
            if (_entries is not null)
            {
                ref var entry = ref EntryOf(_entries, _next);
                if (entry.State == SentPacketState.InFlight)
                {
                    LeaveFlight(entry);
                }

                entry = default;
            }
        }
    }

    private void LeaveFlight(in Entry entry)
    {
        PacketsInFlight--;
        BytesInFlight -= entry.Size;
    }

    /// <summary>Which of consecutive packets, by their sequence numbers, are among those remembered: so many from the start are not, so many then may be.</summary>
    private (int Skip, int Take) Overlap(ushort first, int count)
    {
        // Age 1 is the newest packet; one that was not sent yet comes out as sent almost 65,536 packets ago.
        var age = (ushort)(_next - first);
        var skip = age == 0 ? count : Math.Max(0, age - _capacity);
        return skip >= count ? (count, 0) : (skip, Math.Min(count, age) - skip);
    }

    private static ref Entry EntryOf(Entry[] entries, long index) => ref entries[index & (entries.Length - 1)];

    private bool TryApply(in TransportPacketStatus status, out ResolvedPacket packet)
    {
        packet = default;

        // The newest packet sent with this number; a number not used yet comes out as one of 65,536 packets ago.
        var age = (ushort)(_next - status.Sequence);
        var index = _next - (age == 0 ? 0x10000 : age);
        if (_entries is null || _next - index > _capacity)
        {
            _wasGuessed |= _isProving && status.Received && (ushort)(status.Sequence - _next) < NearFuture;
            return false;
        }

        ref var entry = ref EntryOf(_entries, index);
        _wasGuessed |= status.Received && entry.State == SentPacketState.Unused && index >= _skippedFrom;
        var isNews = entry.State switch
        {
            SentPacketState.Unused => false,
            SentPacketState.InFlight => true,
            SentPacketState.Lost => status.Received,
            SentPacketState.Received => false,
        };
        if (!isNews)
        {
            return false;
        }

        if (entry.State == SentPacketState.InFlight)
        {
            LeaveFlight(entry);
        }

        entry.State = status.Received ? SentPacketState.Received : SentPacketState.Lost;
        AcknowledgedBytes += status.Received ? entry.Size : 0;
        _proofs += status.Received && index >= _proofFrom ? 1 : 0;
        if (status.Received && (NewestAcknowledgedSentAt == RtcTime.Never || entry.SentAt > NewestAcknowledgedSentAt))
        {
            NewestAcknowledgedSentAt = entry.SentAt;
        }

        packet = new ResolvedPacket(
            index, entry.Tag, entry.Size, entry.SentAt, status.Received, status.ArrivalMicroseconds, entry.Kind, entry.Copies, entry.Number, entry.Frames);
        return true;
    }

    private enum SentPacketState : byte
    {
        Unused,
        InFlight,
        Lost,
        Received,
    }

    private struct Entry
    {
        public RtcTime SentAt;
        public ulong Tag;
        public ushort Size;
        public ushort Number;
        public SentPacketState State;
        public PacketKind Kind;
        public byte Copies;
        public byte Frames;
    }

    /// <summary>The packets that a feedback packet newly resolves.</summary>
    public ref struct Resolution
    {
        private readonly SentPacketLog _log;
        private readonly ushort _base;
        private readonly ref int _allowance;
        private int _leftOut;
        private int _reported;
        private TransportFeedback.Enumerator _statuses;
        private ResolvedPacket _current;

        internal Resolution(SentPacketLog log, TransportFeedback feedback, int leftOut, ref int allowance)
        {
            (_log, _base, _leftOut) = (log, feedback.BaseSequence, leftOut);
            _allowance = ref allowance;
            _statuses = feedback.GetEnumerator();
            (var skip, _reported) = log.Overlap(feedback.BaseSequence, feedback.StatusCount);
            _statuses.Skip(skip);
        }

        public readonly ResolvedPacket Current => _current;

        public readonly Resolution GetEnumerator() => this;

        public bool MoveNext()
        {
            while (_leftOut > 0 && _allowance > 0)
            {
                _allowance--;
                if (_log.TryApply(new TransportPacketStatus((ushort)(_base - _leftOut--), Received: false, 0), out _current))
                {
                    return true;
                }
            }

            while (_reported > 0 && _allowance > 0 && _statuses.MoveNext())
            {
                _allowance--;
                _reported--;
                if (_log.TryApply(_statuses.Current, out _current))
                {
                    return true;
                }
            }

            return false;
        }
    }
}

/// <summary>What became of a sent packet.</summary>
/// <param name="Index">Its transport-wide sequence number, unwrapped.</param>
/// <param name="Tag">What the caller gave when it was sent.</param>
/// <param name="Size">Its bytes on the wire.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="Received">Whether it arrived; if not, it is taken for lost.</param>
/// <param name="ArrivalMicroseconds">When it arrived, on the receiver's clock.</param>
/// <param name="Kind">Whose packet it is.</param>
/// <param name="Copies">How many packets before it, of the same stream, it has copies of.</param>
/// <param name="Number">Its number in its stream, where it has copies.</param>
/// <param name="Frames">20 ms of sound in it.</param>
internal readonly record struct ResolvedPacket(
    long Index, ulong Tag, int Size, RtcTime SentAt, bool Received, long ArrivalMicroseconds, PacketKind Kind = PacketKind.Sound,
    byte Copies = 0, ushort Number = 0, byte Frames = 1);

/// <summary>Which of a connection's lines of numbers a packet's is from.</summary>
internal enum PacketKind : byte
{
    /// <summary>Sound.</summary>
    Sound,

    /// <summary>Pictures.</summary>
    Picture,

    /// <summary>Pictures' packets that are sent again under an SSRC of their own.</summary>
    Repeat,
}
