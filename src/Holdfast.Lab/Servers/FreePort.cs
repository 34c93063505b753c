using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Holdfast.Lab.Servers;

/// <summary>
/// Ports for servers that are named before they start, and that start again. They are none of those that the system gives to whoever connects somewhere: while
/// a killed server is away, nobody else gets its port by chance.
/// </summary>
internal static class FreePort
{
    private const int First = 10_000;

    /// <summary>Where the system begins to give ports away, where it does not say so: as Linux does.</summary>
    private const int UsualLimit = 32_768;

    private static readonly Lock Gate = new();
    private static readonly int Limit = ReadLimit();

    // Others who test on this machine begin elsewhere.
    private static int s_last = First + (Environment.ProcessId * 97 % (Limit - First));

    /// <summary>One that is free for UDP and for TCP, and that nobody else in this process was given.</summary>
    /// <exception cref="InvalidOperationException">None is.</exception>
    public static int Next()
    {
        lock (Gate)
        {
            for (var i = First; i < Limit; i++)
            {
                s_last = s_last + 1 < Limit ? s_last + 1 : First;
                if (IsFree(SocketType.Dgram, ProtocolType.Udp, s_last) && IsFree(SocketType.Stream, ProtocolType.Tcp, s_last))
                {
                    return s_last;
                }
            }
        }

        throw new InvalidOperationException($"No port from {First} to {Limit} is free for both UDP and TCP.");
    }

    private static bool IsFree(SocketType type, ProtocolType protocol, int port)
    {
        using var socket = new Socket(type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int ReadLimit()
    {
        const string Range = "/proc/sys/net/ipv4/ip_local_port_range";
        return File.Exists(Range) && int.TryParse(File.ReadAllText(Range).Split('\t', ' ')[0], CultureInfo.InvariantCulture, out var begins) && begins > First + 1_000
            ? begins
            : UsualLimit;
    }
}
