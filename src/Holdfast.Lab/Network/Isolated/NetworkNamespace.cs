using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Holdfast.Lab.Network.Isolated;

/// <summary>Sockets in another network namespace: a socket belongs for good to the one in which it was made.</summary>
internal static partial class NetworkNamespace
{
    private const int NetworkOnly = 0x40000000; // CLONE_NEWNET

    /// <param name="name">As <c>ip netns</c> knows it.</param>
    /// <param name="type">A stream for TCP, datagrams for UDP; IPv4.</param>
    /// <exception cref="IsolationException">There is no such namespace, or this process may not enter it.</exception>
    public static Socket CreateSocket(string name, SocketType type = SocketType.Stream)
    {
        Socket? socket = null;
        Exception? problem = null;

        // A thread of its own, which ends there: one of the pool would serve others in the wrong network.
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle($"/run/netns/{name}");
                if (SetNamespace(file, NetworkOnly) != 0)
                {
                    throw new IOException(Marshal.GetLastPInvokeErrorMessage());
                }

                socket = new Socket(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException)
            {
                problem = e;
            }
        });
        thread.Start();
        thread.Join();
        return socket ?? throw new IsolationException($"The network namespace {name} cannot be entered: {problem?.Message}", problem);
    }

    /// <summary>A connection by TCP from a namespace: what an HTTP client or a WebSocket goes over.</summary>
    /// <param name="name">As <c>ip netns</c> knows it.</param>
    /// <param name="server">With an address, not a name: nobody answers for names there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<Stream> ConnectAsync(string name, DnsEndPoint server, CancellationToken cancellationToken)
    {
        var socket = CreateSocket(name);
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(server.Host), server.Port), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetNamespace(SafeHandle file, int kind);
}
