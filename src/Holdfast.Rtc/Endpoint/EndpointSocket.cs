using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Holdfast.Rtc;

/// <summary>A UDP socket: opens it for IPv6 and IPv4, or for IPv4 where there is no IPv6, and translates addresses.</summary>
internal sealed partial class EndpointSocket : IDatagramSocket, IReceivingSocket
{
    // socket(7); the same on x64 and Arm.
    private const int SocketLevel = 1;
    private const int ReusePort = 15;

    // fcntl(2).
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;

    private static readonly TimeSpan s_collecting = TimeSpan.FromMilliseconds(1);

    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private readonly bool _isDualMode;

    /// <param name="socket">Is disposed with it, and never waits from now on.</param>
    /// <param name="localEndPoint">Where it listens.</param>
    internal EndpointSocket(Socket socket, IPEndPoint localEndPoint)
    {
        _socket = socket;
        _isDualMode = socket.AddressFamily == AddressFamily.InterNetworkV6;
        LocalEndPoint = localEndPoint;

        // A blocking socket waits in SendTo while the system's buffer is full, with everybody else's sound behind it.
        socket.Blocking = false;
        _handle = socket.SafeHandle;
        TakesMany = ManyDatagrams.AreThere(_handle);
    }

    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Whether disposing of it ends a wait for datagrams. Not where somebody else has it too.</summary>
    public bool EndsWaiting { get; private init; } = true;

    /// <summary>Whether the system takes many datagrams in one call.</summary>
    internal bool TakesMany { get; set; }

    /// <summary>Opens it.</summary>
    /// <param name="bindAddress">The address to listen on; null: all.</param>
    /// <param name="port">The port; 0: any.</param>
    /// <param name="bufferSize">Bytes of each of the system's buffers, if it gives as many.</param>
    /// <param name="use">Who else may have the port.</param>
    public static EndpointSocket Open(IPAddress? bindAddress, int port, int bufferSize, PortUse use = PortUse.Alone)
    {
        var address = bindAddress ?? (Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any);
        if (port == 0 || !OperatingSystem.IsLinux())
        {
            use = PortUse.Alone;
        }

        try
        {
            if (use == PortUse.Lendable)
            {
                // Another program's port is not shared, also where that one would share it: this fails as it always does.
                Bind(address, port, bufferSize, isShared: false).Dispose();
            }

            return Bind(address, port, bufferSize, isShared: use != PortUse.Alone);
        }
        catch (SocketException e) when (bindAddress is null && address.Equals(IPAddress.IPv6Any) && e.SocketErrorCode != SocketError.AddressAlreadyInUse)
        {
            // The system has IPv6 but it is switched off.
            return Bind(IPAddress.Any, port, bufferSize, isShared: use != PortUse.Alone);
        }
    }

    /// <summary>Takes one that somebody else opened.</summary>
    /// <param name="socket">Is bound. It is its owner's no longer.</param>
    /// <param name="bufferSize">As for <see cref="Open"/>.</param>
    /// <exception cref="ArgumentException">It is no UDP socket, or not bound.</exception>
    public static EndpointSocket Adopt(Socket socket, int bufferSize)
    {
        if (socket.SocketType != SocketType.Dgram || socket.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
            || socket.LocalEndPoint is not IPEndPoint { Port: > 0 } local)
        {
            throw new ArgumentException("This is no UDP socket that is bound to a port.", nameof(socket));
        }

        if (!OperatingSystem.IsWindows())
        {
            // What this process starts, a voice or ffmpeg, must not have the port after it.
            _ = SetDescriptor((int)socket.Handle, SetDescriptorFlags, CloseOnExec);
        }

        socket.ReceiveBufferSize = bufferSize;
        socket.SendBufferSize = bufferSize;
        return new EndpointSocket(socket, local) { EndsWaiting = false };
    }

    /// <summary>An empty address for <see cref="ReceiveAsync"/> to fill, again and again.</summary>
    public SocketAddress CreateAddress() => new(_socket.AddressFamily);

    /// <summary>The form of an address that the socket sends to.</summary>
    public SocketAddress ToSocketAddress(IPEndPoint endPoint) =>
        (_isDualMode && endPoint.AddressFamily == AddressFamily.InterNetwork
            ? new IPEndPoint(endPoint.Address.MapToIPv6(), endPoint.Port)
            : endPoint).Serialize();

    /// <summary>The address that was received from; an IPv4 address is one again.</summary>
    public IPEndPoint ToEndPoint(SocketAddress address)
    {
        var endPoint = (IPEndPoint)LocalEndPoint.Create(address);
        return endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
    }

    /// <summary>Waits for the next datagram without occupying a thread.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, SocketAddress source) => _socket.ReceiveFromAsync(buffer, SocketFlags.None, source);

    /// <summary>
    /// Waits until something is there, and receives all of it that there is room for, or one datagram where the system gives no more at once. Closing the socket ends
    /// the wait.
    /// </summary>
    public void Receive(IncomingBatch batch, TimeSpan atMost)
    {
        var mayBeMore = batch.WasFilled;
        batch.Prepare();
        while (mayBeMore || _socket.Poll(atMost, SelectMode.SelectRead))
        {
            if (TakesMany ? ManyDatagrams.TryReceive(_handle, batch) : TryReceiveOne(batch))
            {
                return;
            }

            mayBeMore = false;
        }
    }

    /// <summary>A millisecond: of the time of a datagram's arrival nothing is that exact, and nobody who is heard by it hears it.</summary>
    public void Collect() => _socket.Poll(s_collecting, SelectMode.SelectError);

    /// <summary>Sends a datagram, or lets it be lost: it never waits.</summary>
    public DropReason? Send(ReadOnlySpan<byte> datagram, SocketAddress destination)
    {
        try
        {
            _socket.SendTo(datagram, SocketFlags.None, destination);
            return null;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable)
        {
            return DropReason.SendBufferFull;
        }
        catch (SocketException)
        {
            return DropReason.SendFailed;
        }
        catch (ObjectDisposedException)
        {
            return DropReason.SendFailed;
        }
    }

    public void Send(DatagramBatch batch)
    {
        if (!TakesMany)
        {
            batch.SendEach(this);
            return;
        }

        try
        {
            ManyDatagrams.Send(_handle, batch);
        }
        catch (ObjectDisposedException)
        {
            batch.OnNoneSent(DropReason.SendFailed);
        }
    }

    public void Dispose()
    {
        if (EndsWaiting)
        {
            _socket.Dispose();
            return;
        }

        // To close it the runtime shuts down what is waiting on it, and with that the port of whoever gave it. So it stays open until the process ends.
        _handle.SetHandleAsInvalid();
    }

    private bool TryReceiveOne(IncomingBatch batch)
    {
        try
        {
            batch[0].Length = _socket.ReceiveFrom(batch[0].Room, SocketFlags.None, batch[0].Source);
            batch.OnReceived(1);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetDescriptor(int descriptor, int command, int flags);

    private static EndpointSocket Bind(IPAddress address, int port, int bufferSize, bool isShared)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = true;
            }

            if (isShared)
            {
                socket.SetRawSocketOption(SocketLevel, ReusePort, BitConverter.GetBytes(1));
            }

            socket.ReceiveBufferSize = bufferSize;
            socket.SendBufferSize = bufferSize;
            socket.Bind(new IPEndPoint(address, port));
            return new EndpointSocket(socket, (IPEndPoint)socket.LocalEndPoint!);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
