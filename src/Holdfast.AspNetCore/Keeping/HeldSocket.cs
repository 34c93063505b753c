using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Holdfast.AspNetCore;

/// <summary>
/// The media port where who started this process keeps it open (systemd's <c>.socket</c> unit, sd_listen_fds(3)): what clients send while there is no server
/// waits in the system's buffer, and no client is told that the port is closed. Firefox sends each check of consent once, and calls a connection
/// disconnected whose check was not answered.
/// </summary>
internal static class HeldSocket
{
    // Descriptors that are handed over begin here.
    private const int First = 3;
    private const int Most = 64;

    /// <summary>Takes the UDP socket with the media port out of what was handed over.</summary>
    /// <param name="port">The port that is set.</param>
    /// <returns>Null where nothing was handed over to this process.</returns>
    /// <exception cref="MediaPortException">A UDP socket was, with another port.</exception>
    public static Socket? Take(int port)
    {
        if (OperatingSystem.IsWindows() || Number("LISTEN_PID") != Environment.ProcessId)
        {
            return null;
        }

        var count = Math.Clamp(Number("LISTEN_FDS"), 0, Most);
        int? other = null;
        for (var descriptor = First; descriptor < First + count; descriptor++)
        {
            if (Open(descriptor) is not { } socket)
            {
                continue;
            }

            var its = ((IPEndPoint)socket.LocalEndPoint!).Port;
            if (its == port)
            {
                return socket;
            }

            other ??= its;
        }

        return other is { } wrong ? throw new MediaPortException(port, wrong) : null;
    }

    private static Socket? Open(int descriptor)
    {
        try
        {
            // What was handed over is not closed: others may want what this is not looking for.
            var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: false));
            return socket is { SocketType: SocketType.Dgram, LocalEndPoint: IPEndPoint } ? socket : null;
        }
        catch (SocketException)
        {
            // A file, or a pipe.
            return null;
        }
    }

    private static int Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
