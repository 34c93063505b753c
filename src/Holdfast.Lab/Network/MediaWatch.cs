using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Holdfast.Lab.Network;

/// <summary>
/// Sees the packets of media that leave a UDP port for an address of this machine, and knows the moment of each from the kernel: what a browser plays, and when, says
/// as much about the browser and the machine as about who sends.
/// </summary>
/// <remarks>Linux, and the right to see packets (<c>CAP_NET_RAW</c>). Without a link in between: what leaves has arrived.</remarks>
internal sealed partial class MediaWatch : IDisposable
{
    private const int EthernetHeader = 14;
    private const int LeastIpHeader = 20;
    private const int Ip6Header = 40;
    private const int UdpHeader = 8;
    private const int Udp = 17;

    /// <summary><c>SIOCGSTAMPNS</c>: when the packet came that was read last.</summary>
    private const nuint WhenItCame = 0x8907;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Socket _socket;
    private readonly int _port;
    private readonly Thread _thread;
    private volatile bool _isOver;
    private TimeSpan _last = TimeSpan.MinValue;
    private TimeSpan _longest;

    private MediaWatch(Socket socket, int port)
    {
        (_socket, _port) = (socket, port);
        _thread = new Thread(Watch) { IsBackground = true, Name = "media watch" };
        _thread.Start();
    }

    /// <summary>Begins to look; null where this machine does not let it.</summary>
    /// <param name="port">The port that is sent from.</param>
    public static MediaWatch? TryStart(int port)
    {
        try
        {
            // All there is (3, in the byte order of the network). What a machine sends to itself is seen twice, as it leaves and as it comes, at one moment.
            var socket = new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)BinaryPrimitives.ReverseEndianness((ushort)3))
            {
                ReceiveTimeout = (int)Patience.TotalMilliseconds,
                ReceiveBufferSize = 4 << 20,
            };
            return new MediaWatch(socket, port);
        }
        catch (Exception e) when (e is SocketException or PlatformNotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The longest time between two packets since this was asked last; a pause that still lasts does not count.</summary>
    public TimeSpan TakeLongestPause()
    {
        lock (_gate)
        {
            var longest = _longest;
            _longest = TimeSpan.Zero;
            return longest;
        }
    }

    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
        _socket.Dispose();
    }

    /// <summary>Whether it is RTP (RFC 7983 section 7, and RFC 5761 section 4 for what is RTCP) in UDP in IP, sent from a port.</summary>
    internal static bool IsMediaFrom(int port, ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetHeader + LeastIpHeader)
        {
            return false;
        }

        var packet = frame[EthernetHeader..];
        var (header, protocol) = (packet[0] >> 4) switch
        {
            4 => (Math.Max(LeastIpHeader, 4 * (packet[0] & 0x0F)), packet[9]),
            6 => (Ip6Header, packet[6]),
            _ => (0, 0),
        };
        if (protocol != Udp || packet.Length < header + UdpHeader + 2)
        {
            return false;
        }

        var datagram = packet[header..];
        return BinaryPrimitives.ReadUInt16BigEndian(datagram) == port
            && datagram[UdpHeader] is >= 128 and <= 191
            && datagram[UdpHeader + 1] is < 192 or > 223;
    }

    private void Watch()
    {
        Span<byte> frame = stackalloc byte[128];
        while (!_isOver)
        {
            try
            {
                // What does not fit is cut off: only the headers are looked at.
                var count = _socket.Receive(frame, SocketFlags.None);
                if (IsMediaFrom(_port, frame[..count]) && TryReadTime(out var at))
                {
                    Note(at);
                }
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock or SocketError.MessageSize or SocketError.NetworkDown)
            {
                // Looks again whether it is over.
            }
        }
    }

    private void Note(TimeSpan at)
    {
        lock (_gate)
        {
            if (_last != TimeSpan.MinValue && at - _last > _longest)
            {
                _longest = at - _last;
            }

            _last = at;
        }
    }

    private unsafe bool TryReadTime(out TimeSpan at)
    {
        Span<long> time = stackalloc long[2];
        fixed (long* pointer = time)
        {
            // The first time it only asks the kernel to note it from then on.
            var isKnown = Ioctl((int)_socket.SafeHandle.DangerousGetHandle(), WhenItCame, pointer) == 0;
            at = TimeSpan.FromSeconds(time[0]) + TimeSpan.FromTicks(time[1] / 100);
            return isKnown;
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int Ioctl(int file, nuint request, void* value);
}
