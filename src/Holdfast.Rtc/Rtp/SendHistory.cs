using System.Buffers;
using System.Numerics;

namespace Holdfast.Rtc.Rtp;

/// <summary>
/// Keeps the packets sent last, so that a NACK can be answered: plaintext where RTX repeats them under its own SSRC (RFC 4588), the
/// very bytes that were sent where it was not negotiated. Bounded in packets, bytes and age.
/// </summary>
/// <remarks>Memory is rented in chunks as packets come and given back as they age, so that it follows the bitrate.</remarks>
internal sealed class SendHistory : IDisposable
{
    private const int ChunkLength = 16 * 1024;

    private readonly SendHistoryLimits _limits;
    private readonly byte[]?[] _chunks;
    private readonly RtcTime[] _chunkNewest;
    private Entry[]? _entries;
    private long _firstChunk;
    private long _endChunk;
    private int _used;

    public SendHistory(SendHistoryLimits limits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.Packets, 1, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limits.Packets, 32_768, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.Bytes, ChunkLength, nameof(limits));
        _limits = limits with { Packets = (int)BitOperations.RoundUpToPowerOf2((uint)limits.Packets) };
        _chunks = new byte[limits.Bytes / ChunkLength][];
        _chunkNewest = new RtcTime[_chunks.Length];
    }

    /// <summary>Bytes rented at present.</summary>
    public int RentedBytes => (int)(_endChunk - _firstChunk) * ChunkLength;

    /// <summary>Keeps a copy of a packet that is being sent.</summary>
    public void Add(RtcTime now, ushort sequenceNumber, ReadOnlySpan<byte> packet)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(packet.Length, ChunkLength, nameof(packet));
        if (_endChunk == _firstChunk || _used + packet.Length > ChunkLength)
        {
            StartChunk(now);
        }

        var slot = (int)((_endChunk - 1) % _chunks.Length);
        packet.CopyTo(_chunks[slot].AsSpan(_used));
        _chunkNewest[slot] = now;
        _entries ??= new Entry[_limits.Packets];
        _entries[SlotOf(sequenceNumber)] = new Entry
        {
            Chunk = _endChunk - 1,
            Offset = _used,
            Length = packet.Length,
            SequenceNumber = sequenceNumber,
            SentAt = now,
            LastSentAt = now,
        };
        _used += packet.Length;
    }

    /// <summary>Looks for a packet that is asked for again, and counts it as sent again.</summary>
    /// <param name="now">Now.</param>
    /// <param name="sequenceNumber">The number in the NACK.</param>
    /// <param name="minimumInterval">A packet that was sent again less than this ago is still on its way: about one round trip.</param>
    /// <param name="packet">The packet as it was added; valid until the next call.</param>
    public ResendVerdict Resend(RtcTime now, ushort sequenceNumber, TimeSpan minimumInterval, out ReadOnlySpan<byte> packet)
    {
        packet = default;
        if (_entries is null)
        {
            return ResendVerdict.NotKept;
        }

        ref var entry = ref _entries[SlotOf(sequenceNumber)];
        if (entry.Length == 0 || entry.SequenceNumber != sequenceNumber || entry.Chunk < _firstChunk || now - entry.SentAt > _limits.Age)
        {
            return ResendVerdict.NotKept;
        }

        if (entry.Resends >= _limits.ResendsPerPacket)
        {
            return ResendVerdict.TooOften;
        }

        // The first request cannot be an echo of one that was answered: whoever sends it has seen a later packet come first.
        if (entry.Resends > 0 && now - entry.LastSentAt < minimumInterval)
        {
            return ResendVerdict.TooSoon;
        }

        entry.Resends++;
        entry.LastSentAt = now;
        packet = _chunks[entry.Chunk % _chunks.Length].AsSpan(entry.Offset, entry.Length);
        return ResendVerdict.Resend;
    }

    /// <summary>The packet as it was added, if it is still kept; valid until the next call.</summary>
    public bool TryGet(ushort sequenceNumber, out ReadOnlySpan<byte> packet)
    {
        packet = default;
        if (_entries is null || _entries[SlotOf(sequenceNumber)] is not { Length: > 0 } entry
            || entry.SequenceNumber != sequenceNumber || entry.Chunk < _firstChunk)
        {
            return false;
        }

        packet = _chunks[entry.Chunk % _chunks.Length].AsSpan(entry.Offset, entry.Length);
        return true;
    }

    /// <summary>Gives all memory back. The history is empty, and can be used again.</summary>
    public void Release()
    {
        while (_firstChunk < _endChunk)
        {
            ReturnOldestChunk();
        }

        _entries = null;
    }

    public void Dispose() => Release();

    private void StartChunk(RtcTime now)
    {
        while (_firstChunk < _endChunk
            && (_endChunk - _firstChunk == _chunks.Length || now - _chunkNewest[_firstChunk % _chunks.Length] > _limits.Age))
        {
            ReturnOldestChunk();
        }

        _chunks[_endChunk % _chunks.Length] = ArrayPool<byte>.Shared.Rent(ChunkLength);
        _endChunk++;
        _used = 0;
    }

    private void ReturnOldestChunk()
    {
        ref var chunk = ref _chunks[_firstChunk % _chunks.Length];
        ArrayPool<byte>.Shared.Return(chunk!);
        chunk = null;
        _firstChunk++;
    }

    private int SlotOf(ushort sequenceNumber) => sequenceNumber & (_limits.Packets - 1);

    private struct Entry
    {
        public long Chunk;
        public RtcTime SentAt;
        public RtcTime LastSentAt;
        public int Offset;
        public int Length;
        public int Resends;
        public ushort SequenceNumber;
    }
}

/// <summary>How much a <see cref="SendHistory"/> keeps.</summary>
/// <param name="Packets">Packets, rounded up to a power of two, at most 32,768.</param>
/// <param name="Bytes">Bytes, at least 16,384.</param>
/// <param name="Age">Older packets are not sent again: the receiver's jitter buffer has gone on.</param>
/// <param name="ResendsPerPacket">How often one packet is sent again at most.</param>
internal readonly record struct SendHistoryLimits(int Packets, int Bytes, TimeSpan Age, int ResendsPerPacket)
{
    /// <summary>A second of sound: what is older is played by then, or missed.</summary>
    public static SendHistoryLimits Sound => new(64, 32 * 1024, TimeSpan.FromSeconds(1), 4);

    /// <summary>Two seconds of video at a few Mbit/s.</summary>
    public static SendHistoryLimits Video => new(512, 512 * 1024, TimeSpan.FromSeconds(2), 8);
}

/// <summary>Whether a packet is sent again.</summary>
internal enum ResendVerdict
{
    Resend,

    /// <summary>Never sent, or not kept any more.</summary>
    NotKept,

    /// <summary>Sent again so recently that it may still arrive.</summary>
    TooSoon,

    /// <summary>Sent as often as the limit allows.</summary>
    TooOften,
}
