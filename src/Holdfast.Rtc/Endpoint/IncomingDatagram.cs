using System.Net;
using System.Runtime.InteropServices;

namespace Holdfast.Rtc;

/// <summary>
/// A datagram that was received, in memory that is used again. It has one owner at a time: the pool, the batch that receives into it, or the inbox that it waits in.
/// </summary>
/// <param name="block">Pinned memory that it shares with others.</param>
/// <param name="offset">Where its own <see cref="ReceiveLoop.BufferLength"/> bytes begin.</param>
/// <param name="source">Room for an address of the socket's family.</param>
internal sealed class IncomingDatagram(byte[] block, int offset, SocketAddress source)
{
    /// <summary>How many bytes were received.</summary>
    public int Length { get; set; }

    /// <summary>Where it came from.</summary>
    public SocketAddress Source => source;

    /// <summary>Whose it may be: found at the first look.</summary>
    public Addressee Addressee { get; set; }

    public Span<byte> Bytes => block.AsSpan(offset, Length);

    /// <summary>All the room there is.</summary>
    public Span<byte> Room => block.AsSpan(offset, ReceiveLoop.BufferLength);

    /// <summary>The same for the system; it does not move.</summary>
    public nint Pointer => Marshal.UnsafeAddrOfPinnedArrayElement(block, offset);
}
