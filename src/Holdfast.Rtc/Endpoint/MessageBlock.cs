using System.Net;
using System.Runtime.InteropServices;

namespace Holdfast.Rtc;

/// <summary>The system's description of many datagrams (<c>struct mmsghdr[]</c>), in memory that does not move, each with room for its bytes and an address.</summary>
internal sealed unsafe class MessageBlock
{
    // Of the longest address there is, a Unix socket's path included.
    private const int NameLength = 128;

    private readonly Message[] _messages;
    private readonly IoVector[] _vectors;
    private readonly byte[] _names;

    /// <summary>Of datagrams that lie behind one another.</summary>
    /// <param name="count">How many.</param>
    /// <param name="bytes">Their bytes, pinned.</param>
    /// <param name="stride">From one's first byte to the next's.</param>
    public MessageBlock(int count, byte[] bytes, int stride)
        : this(count)
    {
        for (var i = 0; i < count; i++)
        {
            _vectors[i].Bytes = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(bytes, i * stride);
        }
    }

    /// <summary>Of datagrams of which each is somewhere else (<see cref="Open"/>).</summary>
    /// <param name="count">How many.</param>
    public MessageBlock(int count)
    {
        _messages = GC.AllocateArray<Message>(count, pinned: true);
        _vectors = GC.AllocateArray<IoVector>(count, pinned: true);
        _names = GC.AllocateArray<byte>(count * NameLength, pinned: true);
        for (var i = 0; i < count; i++)
        {
            ref var header = ref _messages[i].Header;
            header.Name = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_names, i * NameLength);
            header.Vectors = (IoVector*)Marshal.UnsafeAddrOfPinnedArrayElement(_vectors, i);
            header.VectorCount = 1;
        }
    }

    /// <summary>The first of those from an index on.</summary>
    public Message* From(int index) => (Message*)Marshal.UnsafeAddrOfPinnedArrayElement(_messages, index);

    /// <summary>Says what is to be sent: so many bytes, and where to.</summary>
    public void Describe(int index, int length, SocketAddress destination)
    {
        destination.Buffer.Span[..destination.Size].CopyTo(_names.AsSpan(index * NameLength, NameLength));
        _messages[index].Header.NameLength = (uint)destination.Size;
        _vectors[index].Length = (nuint)length;
    }

    /// <summary>Says where one is to be received.</summary>
    public void Open(int index, IncomingDatagram datagram)
    {
        _messages[index].Header.NameLength = NameLength;
        _vectors[index].Bytes = (byte*)datagram.Pointer;
        _vectors[index].Length = ReceiveLoop.BufferLength;
    }

    /// <summary>Tells a datagram what was received: how much, and where it came from.</summary>
    public void Close(int index, IncomingDatagram datagram)
    {
        datagram.Length = (int)_messages[index].Length;
        var length = (int)Math.Min(_messages[index].Header.NameLength, (uint)datagram.Source.Buffer.Length);
        datagram.Source.Size = length;
        _names.AsSpan(index * NameLength, length).CopyTo(datagram.Source.Buffer.Span);
    }

    /// <summary><c>struct msghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary><c>struct mmsghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Message
    {
        public MessageHeader Header;
        public uint Length;
    }

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        public byte* Bytes;
        public nuint Length;
    }
}
