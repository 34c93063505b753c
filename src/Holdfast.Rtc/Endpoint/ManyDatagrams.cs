using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Holdfast.Rtc;

/// <summary>Linux' system calls that send and receive many datagrams at once (sendmmsg, recvmmsg). They never wait.</summary>
internal static unsafe partial class ManyDatagrams
{
    private const int DoNotWait = 0x40; // MSG_DONTWAIT

    // errno, the same on x64 and arm64.
    private const int Interrupted = 4;
    private const int WouldBlock = 11;
    private const int NoBufferSpace = 105;

    /// <summary>Whether the system has them for this socket: asked by calling them with nothing, which a filter (seccomp) answers as it would with something.</summary>
    public static bool AreThere(SafeHandle socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            var none = default(MessageBlock.Message);
            return Send(socket, &none, 0, DoNotWait) == 0 && Receive(socket, &none, 0, DoNotWait, null) == 0;
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            return false;
        }
    }

    /// <summary>
    /// Sends datagrams in their order, in one call where all goes well. One that the system does not take is passed over, and the next call begins behind it:
    /// so none is sent twice, and each has a reason of its own.
    /// </summary>
    public static void Send(SafeHandle socket, DatagramBatch batch)
    {
        var messages = batch.Messages;
        for (var i = 0; i < batch.Count; i++)
        {
            messages.Describe(i, batch[i].Length, batch.DestinationOf(i));
        }

        for (var next = 0; next < batch.Count;)
        {
            var sent = Send(socket, messages.From(next), (uint)(batch.Count - next), DoNotWait);
            if (sent > 0)
            {
                next += sent;
            }
            else if (Marshal.GetLastPInvokeError() is not Interrupted and var error)
            {
                batch.OnNotSent(next++, error is WouldBlock or NoBufferSpace ? DropReason.SendBufferFull : DropReason.SendFailed);
            }
        }
    }

    /// <summary>Receives what is there, up to the room of the batch, in one call.</summary>
    /// <returns>False where nothing is there after all.</returns>
    /// <exception cref="SocketException">The system refused; what it told is an errno, which is in the message.</exception>
    public static bool TryReceive(SafeHandle socket, IncomingBatch batch)
    {
        var messages = batch.Messages;
        for (var i = 0; i < batch.Room; i++)
        {
            messages.Open(i, batch[i]);
        }

        var received = Receive(socket, messages.From(0), (uint)batch.Room, DoNotWait, null);
        if (received <= 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error is Interrupted or WouldBlock
                ? false
                : throw new SocketException((int)SocketError.SocketError, $"recvmmsg: errno {error}");
        }

        for (var i = 0; i < received; i++)
        {
            messages.Close(i, batch[i]);
        }

        batch.OnReceived(received);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Receive(SafeHandle socket, MessageBlock.Message* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Send(SafeHandle socket, MessageBlock.Message* messages, uint count, int flags);
}
