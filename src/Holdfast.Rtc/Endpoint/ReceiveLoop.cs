using System.Net;
using System.Net.Sockets;

namespace Holdfast.Rtc;

/// <summary>What a loop receives from: the system's socket, or one that fails on purpose.</summary>
internal interface IReceivingSocket
{
    /// <summary>An empty address for <see cref="Receive"/> to fill, again and again.</summary>
    SocketAddress CreateAddress();

    /// <summary>Waits for the next datagram.</summary>
    int Receive(Span<byte> buffer, SocketAddress source);
}

/// <summary>Takes in a datagram.</summary>
internal delegate void DatagramHandler(Span<byte> datagram, SocketAddress source);

/// <summary>Receives for all connections until the endpoint stops. Nothing that arrives, and nothing that goes wrong with it, ends the loop.</summary>
/// <param name="socket">Where from.</param>
/// <param name="deliver">What is done with each datagram.</param>
/// <param name="stopping">Set when the endpoint stops; the socket is closed then.</param>
/// <param name="refused">Is handed the system's errors.</param>
/// <param name="faulted">Is handed what nobody foresaw.</param>
internal sealed class ReceiveLoop(
    IReceivingSocket socket, DatagramHandler deliver, ManualResetEventSlim stopping, Action<SocketError> refused, Action<Exception> faulted)
{
    /// <summary>Bytes of the buffer; a datagram that fills it may have been longer, and is nobody's.</summary>
    public const int BufferLength = 2048;

    // A socket that does nothing but fail must not take a whole core to do so.
    private const int FailuresInARow = 100;
    private static readonly TimeSpan FailurePause = TimeSpan.FromMilliseconds(10);

    public void Run()
    {
        var source = socket.CreateAddress();
        Span<byte> buffer = new byte[BufferLength];
        var failures = 0;
        while (!stopping.IsSet)
        {
            try
            {
                var length = socket.Receive(buffer, source);
                deliver(buffer[..length], source);
                failures = 0;
                continue;
            }
            catch (SocketException) when (stopping.IsSet)
            {
                return;
            }
            catch (SocketException e)
            {
                // An ICMP error about a packet sent before, mostly.
                refused(e.SocketErrorCode);
            }
            catch (ObjectDisposedException) when (stopping.IsSet)
            {
                return;
            }
#pragma warning disable CA1031 // It receives for everybody.
            catch (Exception e)
#pragma warning restore CA1031
            {
                faulted(e);
            }

            if (++failures > FailuresInARow)
            {
                stopping.Wait(FailurePause);
            }
        }
    }
}
