using System.Buffers;

namespace Holdfast.Rtc.Rtp;

/// <summary>
/// Puts received packets back in order: holds those behind a gap until the gap is filled or one has waited too long. It adds no
/// delay to a stream that arrives in order, and is no jitter buffer: it does not smooth.
/// </summary>
internal sealed class RtpReceiveBuffer : IDisposable
{
    /// <summary>The longest payload handed out, in bytes; a caller's buffer has room for it.</summary>
    public const int MaximumPayload = 2048;

    private readonly Slot[] _slots;
    private SequenceUnwrapper _unwrapper;
    private int _count;
    private long _next;
    private bool _started;

    /// <param name="capacity">Packets held at most.</param>
    /// <param name="maximumWait">How long a packet is held at most.</param>
    public RtpReceiveBuffer(int capacity, TimeSpan maximumWait)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        MaximumWait = maximumWait;
        _slots = new Slot[capacity];
    }

    /// <summary>50 packets and 60 ms, three Opus packets: more would be heard as delay.</summary>
    public RtpReceiveBuffer()
        : this(50, TimeSpan.FromMilliseconds(60))
    {
    }

    /// <summary>How long a packet is held at most.</summary>
    public TimeSpan MaximumWait { get; set; }

    /// <summary>When the gap at the front is given up, so that <see cref="TryPoll"/> has a packet; or never.</summary>
    public RtcTime NextDeadline
    {
        get
        {
            var earliest = RtcTime.Never;
            for (var i = 0; i < _count; i++)
            {
                earliest = RtcTime.Min(earliest, _slots[i].ArrivedAt);
            }

            return earliest + MaximumWait;
        }
    }

    /// <summary>Takes a copy of a packet's payload.</summary>
    public ReceiveOutcome Add(RtcTime now, in RtpPacket packet) => packet.Payload.Length > MaximumPayload
        ? ReceiveOutcome.TooLong
        : Add(now, packet.SequenceNumber, packet.Payload, packet.Timestamp, packet.PayloadType, packet.Marker);

    /// <summary>Waits no longer for a packet that is known to carry nothing.</summary>
    public void Pass(RtcTime now, ushort sequenceNumber) => Add(now, sequenceNumber, payload: default, timestamp: 0, payloadType: 0, marker: false);

    private ReceiveOutcome Add(RtcTime now, ushort sequenceNumber, ReadOnlySpan<byte> payload, uint timestamp, byte payloadType, bool marker)
    {
        var index = _unwrapper.Peek(sequenceNumber);
        if (_started && index < _next)
        {
            return ReceiveOutcome.TooLate;
        }

        var at = _count;
        while (at > 0 && _slots[at - 1].Index >= index)
        {
            at--;
        }

        if (at < _count && _slots[at].Index == index)
        {
            return ReceiveOutcome.Duplicate;
        }

        if (_count == _slots.Length)
        {
            return ReceiveOutcome.Full;
        }

        _unwrapper.Unwrap(sequenceNumber);
        if (!_started)
        {
            _started = true;
            _next = index;
        }

        Array.Copy(_slots, at, _slots, at + 1, _count - at);
        var buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(buffer);
        _slots[at] = new Slot(index, buffer, payload.Length, timestamp, payloadType, marker, now);
        _count++;
        return ReceiveOutcome.Queued;
    }

    /// <summary>Hands out the next packet in order, if there is one or the gap before it is given up.</summary>
    /// <param name="now">Now.</param>
    /// <param name="payload">Receives the payload; at least <see cref="MaximumPayload"/> bytes.</param>
    /// <param name="packet">What was received.</param>
    public bool TryPoll(RtcTime now, Span<byte> payload, out ReceivedRtp packet)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(payload.Length, MaximumPayload, nameof(payload));
        packet = default;
        while (_count > 0)
        {
            var lost = _slots[0].Index - _next;

            // A gap wider than the buffer will not be filled; a full buffer cannot wait.
            if (lost > 0 && lost <= _slots.Length && _count < _slots.Length && now < NextDeadline)
            {
                return false;
            }

            var slot = _slots[0];
            _count--;
            Array.Copy(_slots, 1, _slots, 0, _count);
            _slots[_count] = default;
            _next = slot.Index + 1;
            slot.Buffer.AsSpan(0, slot.Length).CopyTo(payload);
            ArrayPool<byte>.Shared.Return(slot.Buffer);
            packet = new ReceivedRtp(
                slot.Length, (ushort)slot.Index, slot.Timestamp, slot.PayloadType, slot.Marker, (int)lost, slot.ArrivedAt);
            return true;
        }

        return false;
    }

    /// <summary>Begins anew, with a stream whose numbers have nothing to do with those before.</summary>
    public void Restart()
    {
        Dispose();
        _unwrapper = default;
        (_next, _started) = (0, false);
    }

    /// <summary>Forgets what is held, and gives its memory back.</summary>
    public void Dispose()
    {
        for (var i = 0; i < _count; i++)
        {
            ArrayPool<byte>.Shared.Return(_slots[i].Buffer);
        }

        _count = 0;
    }

    private readonly record struct Slot(long Index, byte[] Buffer, int Length, uint Timestamp, byte PayloadType, bool Marker, RtcTime ArrivedAt);
}

/// <summary>A received packet, in order.</summary>
/// <param name="Length">Bytes of the payload; 0 for a packet that only carried padding.</param>
/// <param name="SequenceNumber">The RTP sequence number.</param>
/// <param name="Timestamp">The RTP timestamp.</param>
/// <param name="PayloadType">The payload type.</param>
/// <param name="Marker">The marker bit; for Opus, the start of a talk spurt.</param>
/// <param name="LostBefore">Packets between the last one handed out and this one that never came, or came too late.</param>
/// <param name="ArrivedAt">When it arrived.</param>
internal readonly record struct ReceivedRtp(
    int Length, ushort SequenceNumber, uint Timestamp, byte PayloadType, bool Marker, int LostBefore, RtcTime ArrivedAt);

/// <summary>What became of a packet given to a <see cref="RtpReceiveBuffer"/>.</summary>
internal enum ReceiveOutcome
{
    Queued,

    /// <summary>It is held already.</summary>
    Duplicate,

    /// <summary>Its place was handed out, or given up.</summary>
    TooLate,

    /// <summary>The buffer is full and has not been polled.</summary>
    Full,

    /// <summary>Longer than any payload that is handed out.</summary>
    TooLong,
}
