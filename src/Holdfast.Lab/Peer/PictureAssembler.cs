using System.Buffers;
using Holdfast.Rtc;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Lab.Peer;

/// <summary>What a <see cref="PictureAssembler"/> found.</summary>
internal enum AssembledKind
{
    /// <summary>The next picture in order.</summary>
    Picture,

    /// <summary>A key frame, for which everything before it was given up.</summary>
    KeyFrameAhead,

    /// <summary>A picture behind a gap that was given up.</summary>
    PictureAfterGap,
}

/// <summary>
/// Joins the packets of a VP8 stream to pictures. It holds those behind a gap until the gap is filled or has waited too long; a key
/// frame does not wait, as it needs nothing of what came before.
/// </summary>
internal sealed class PictureAssembler : IDisposable
{
    private const int Capacity = 1024;

    private readonly TimeSpan _longestWait;
    private readonly Slot[] _slots = new Slot[Capacity];
    private readonly ArrayBufferWriter<byte> _picture = new(16 * 1024);
    private SequenceUnwrapper _unwrapper;
    private long _next = -1;
    private long _newest = -1;
    private int _held;

    // Before it has, packets may still come from before the first that did: the network changes their order.
    private bool _hasBegun;
    private RtcTime _waitingSince = RtcTime.Never;

    public PictureAssembler(TimeSpan longestWait) => _longestWait = longestWait;

    /// <summary>Packets of gaps that were given up.</summary>
    public long PacketsGivenUp { get; private set; }

    /// <summary>Whether a gap was given up and no picture has come since.</summary>
    public bool IsBehindGap { get; private set; }

    /// <summary>When the gap at the front is given up, or never.</summary>
    public RtcTime NextTimeout => _waitingSince + _longestWait;

    /// <summary>Takes a copy of a packet; pictures are then to be taken until there is none.</summary>
    public void Add(RtcTime now, ushort sequenceNumber, uint timestamp, bool marker, ReadOnlySpan<byte> payload)
    {
        var index = _unwrapper.Unwrap(sequenceNumber);
        if (_next < 0 || (!_hasBegun && index < _next && _newest - index < Capacity))
        {
            _next = index;
        }

        _newest = Math.Max(_newest, index);
        if (index < _next || Has(index))
        {
            return;
        }

        if (index - _next >= Capacity)
        {
            // No retransmission fills a gap like this one.
            SkipTo(index);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, payload.Length));
        payload.CopyTo(buffer);
        _slots[index % Capacity] = new Slot(index, buffer, payload.Length, timestamp, marker, now);
        _held++;
        if (_waitingSince == RtcTime.Never)
        {
            _waitingSince = now;
        }
    }

    /// <summary>Takes the next picture that is complete; its bytes are valid until the next call.</summary>
    public bool TryTake(RtcTime now, out AssembledKind kind, out uint timestamp, out ReadOnlySpan<byte> picture)
    {
        (kind, timestamp) = (AssembledKind.Picture, 0);
        picture = default;
        while (_held > 0)
        {
            if (TryTakeNext(out timestamp, out picture))
            {
                kind = IsBehindGap ? AssembledKind.PictureAfterGap : AssembledKind.Picture;
                IsBehindGap = false;
                return true;
            }

            if (_held == 0)
            {
                break;
            }

            if (TryFind(IsKeyFrameStart, out var start))
            {
                SkipTo(start);
                IsBehindGap = false;
                kind = AssembledKind.KeyFrameAhead;
                return TryTakeNext(out timestamp, out picture);
            }

            if (!_hasBegun && !StartsAtFront && TryFind(IsStart, out start))
            {
                // Where the stream was joined in the middle of a picture, nobody knows what to ask for.
                SkipTo(start);
                IsBehindGap = false;
                kind = AssembledKind.PictureAfterGap;
                return TryTakeNext(out timestamp, out picture);
            }

            if (now < NextTimeout)
            {
                return false;
            }

            GiveUp();
        }

        _waitingSince = RtcTime.Never;
        return false;
    }

    public void Dispose()
    {
        if (_held > 0)
        {
            SkipTo(_next + Capacity);
        }
    }

    private bool StartsAtFront => Has(_next) && IsStart(At(_next));

    private bool Has(long index) => _slots[index % Capacity] is { Buffer: not null } slot && slot.Index == index;

    private ref readonly Slot At(long index) => ref _slots[index % Capacity];

    private bool TryTakeNext(out uint timestamp, out ReadOnlySpan<byte> picture)
    {
        timestamp = 0;
        picture = default;

        // Padding takes a sequence number and nothing else; the rest of a picture whose beginning was given up is passed over.
        while (_hasBegun && Has(_next) && !IsStart(At(_next)))
        {
            Drop(_next++);
        }

        if (!StartsAtFront || !TryFindEnd(_next, out var end))
        {
            return false;
        }

        _hasBegun = true;

        timestamp = At(_next).Timestamp;
        _picture.ResetWrittenCount();
        for (; _next <= end; _next++)
        {
            ref readonly var slot = ref At(_next);
            var payload = slot.Buffer.AsSpan(0, slot.Length);
            if (Vp8PayloadDescriptor.TryParse(payload, out var descriptor))
            {
                _picture.Write(payload[descriptor.Length..]);
            }

            Drop(_next);
        }

        Wait();
        picture = _picture.WrittenSpan;
        return true;
    }

    /// <summary>Finds a marker in an unbroken run of one timestamp.</summary>
    private bool TryFindEnd(long start, out long end)
    {
        for (end = start; Has(end) && At(end).Timestamp == At(start).Timestamp; end++)
        {
            if (At(end).Marker)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Finds the first complete picture that begins with a packet of a kind.</summary>
    private bool TryFind(SlotPredicate isStart, out long start)
    {
        var found = 0;
        for (start = _next; found < _held; start++)
        {
            if (!Has(start))
            {
                continue;
            }

            found++;
            if (isStart(At(start)) && TryFindEnd(start, out _))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsStart(in Slot slot) =>
        Vp8PayloadDescriptor.TryParse(slot.Buffer.AsSpan(0, slot.Length), out var descriptor) && descriptor.IsFrameStart;

    private static bool IsKeyFrameStart(in Slot slot) =>
        Vp8PayloadDescriptor.TryParse(slot.Buffer.AsSpan(0, slot.Length), out var descriptor)
        && descriptor.IsFrameStart
        && PayloadFormat.Vp8.IsKeyFrame(slot.Buffer.AsSpan(0, slot.Length)[descriptor.Length..]);

    /// <summary>Goes on behind the gap at the front.</summary>
    private void GiveUp()
    {
        SkipTo(FirstHeld(Has(_next) ? _next + 1 : _next));
        Wait();
    }

    /// <summary>The front waits since its first packet came, however long that which was before it had waited.</summary>
    private void Wait() => _waitingSince = _held > 0 ? At(FirstHeld(_next)).ArrivedAt : RtcTime.Never;

    /// <summary>The first packet that is there, or else the one after the newest: what is still to come is never given up.</summary>
    private long FirstHeld(long from)
    {
        var first = from;
        while (!Has(first) && first <= _newest)
        {
            first++;
        }

        return first;
    }

    private void SkipTo(long index)
    {
        _hasBegun = true;
        for (var skipped = _next; skipped < index; skipped++)
        {
            if (skipped < _next + Capacity && Has(skipped))
            {
                Drop(skipped);
            }
            else
            {
                PacketsGivenUp++;
            }
        }

        _next = Math.Max(_next, index);
        IsBehindGap = true;
    }

    private void Drop(long index)
    {
        ref var slot = ref _slots[index % Capacity];
        ArrayPool<byte>.Shared.Return(slot.Buffer);
        slot = default;
        _held--;
    }

    private delegate bool SlotPredicate(in Slot slot);

    private readonly record struct Slot(long Index, byte[] Buffer, int Length, uint Timestamp, bool Marker, RtcTime ArrivedAt);
}
