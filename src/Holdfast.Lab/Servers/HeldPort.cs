using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Holdfast.Lab.Servers;

/// <summary>A UDP port that is kept open while the server that has it is killed and started again, as systemd does (sd_listen_fds(3)).</summary>
internal sealed partial class HeldPort : IDisposable
{
    private const int SetDescriptorFlags = 2;
    private readonly Socket _socket;

    /// <exception cref="SocketException">The port is taken.</exception>
    public HeldPort(int port)
    {
        _socket = new Socket(SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 22 };
        _socket.Bind(new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, port));

        // What is started has it too.
        _ = SetDescriptor((int)_socket.Handle, SetDescriptorFlags, 0);
    }

    /// <summary>A command that hands it over to a program.</summary>
    public IReadOnlyList<string> Before(IEnumerable<string> command) =>
    [
        "bash", "-c", string.Create(CultureInfo.InvariantCulture, $"exec 3<&{(int)_socket.Handle}; export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$@\""), "bash", .. command,
    ];

    public void Dispose() => _socket.Dispose();

    [LibraryImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetDescriptor(int descriptor, int command, int flags);
}
