using System.Buffers;
using System.Net;

namespace Holdfast.Rtc;

/// <summary>A datagram to send, and where; valid until the next is taken.</summary>
internal readonly ref struct RtcTransmit(ReadOnlySpan<byte> datagram, IPEndPoint destination)
{
    public ReadOnlySpan<byte> Datagram { get; } = datagram;

    public IPEndPoint Destination { get; } = destination;
}

/// <summary>Datagrams on their way to the socket: written in place, in rented memory, and bounded.</summary>
internal sealed class TransmitQueue(DropCounters drops) : IDisposable
{
    /// <summary>Room for any datagram; what is sent is never longer than 1,200 bytes.</summary>
    public const int BufferLength = 1500;

    // A key frame of 250 KB: far more than one is, and all of it leaves at once.
    private const int Capacity = 256;

    private readonly Queue<Entry> _entries = new();
    private byte[]? _writing;
    private byte[]? _taken;

    /// <summary>A buffer of <see cref="BufferLength"/> bytes to write the next datagram into, until <see cref="Commit"/>.</summary>
    public Span<byte> Begin() => _writing ??= ArrayPool<byte>.Shared.Rent(BufferLength);

    /// <summary>Queues what was written; where the queue is full, it is dropped and counted.</summary>
    public void Commit(int length, IPEndPoint destination)
    {
        if (_entries.Count >= Capacity)
        {
            drops.Count(DropReason.QueueFull);
            return;
        }

        _entries.Enqueue(new Entry(_writing!, length, destination));
        _writing = null;
    }

    /// <summary>Queues a copy of a datagram.</summary>
    public void Add(ReadOnlySpan<byte> datagram, IPEndPoint destination)
    {
        datagram.CopyTo(Begin());
        Commit(datagram.Length, destination);
    }

    public bool TryTake(out RtcTransmit transmit)
    {
        Return(ref _taken);
        if (!_entries.TryDequeue(out var entry))
        {
            transmit = default;
            return false;
        }

        _taken = entry.Buffer;
        transmit = new RtcTransmit(entry.Buffer.AsSpan(0, entry.Length), entry.Destination);
        return true;
    }

    /// <summary>Gives the memory back; what was not taken is not sent.</summary>
    public void Dispose()
    {
        while (_entries.TryDequeue(out var entry))
        {
            ArrayPool<byte>.Shared.Return(entry.Buffer);
        }

        Return(ref _taken);
        Return(ref _writing);
    }

    private static void Return(ref byte[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = null;
        }
    }

    private readonly record struct Entry(byte[] Buffer, int Length, IPEndPoint Destination);
}
