using System.Net;
using System.Net.Sockets;

namespace Holdfast.Rtc;

/// <summary>What a loop receives from: the system's socket, or one that fails on purpose.</summary>
internal interface IReceivingSocket
{
    /// <summary>An address of its family, to be filled again and again.</summary>
    SocketAddress CreateAddress();

    /// <summary>Waits for the next datagrams; there are none in the batch where the time is over before.</summary>
    void Receive(IncomingBatch batch, TimeSpan atMost);

    /// <summary>Whether disposing of it ends a wait.</summary>
    bool EndsWaiting => true;

    /// <summary>Lets a moment pass in which more may arrive.</summary>
    void Collect();
}

/// <summary>Receives for all connections until the endpoint stops. Nothing that arrives, and nothing that goes wrong with it, ends the loop.</summary>
/// <param name="socket">Where from.</param>
/// <param name="batch">What it receives into.</param>
/// <param name="deliver">What is done with what was received, or with the time that is over.</param>
/// <param name="patience">How long it is waited at the most.</param>
/// <param name="stopping">Set when the endpoint stops; the socket is closed then.</param>
/// <param name="refused">Is handed the system's errors.</param>
/// <param name="faulted">Is handed what nobody foresaw.</param>
internal sealed class ReceiveLoop(
    IReceivingSocket socket,
    IncomingBatch batch,
    Action<IncomingBatch> deliver,
    Func<TimeSpan> patience,
    ManualResetEventSlim stopping,
    Action<SocketError> refused,
    Action<Exception> faulted)
{
    /// <summary>Bytes of the buffer; a datagram that fills it may have been longer, and is nobody's.</summary>
    public const int BufferLength = 2048;

    // A socket that does nothing but fail must not take a whole core to do so.
    private const int FailuresInARow = 100;
    private static readonly TimeSpan FailurePause = TimeSpan.FromMilliseconds(10);

    public void Run()
    {
        var failures = 0;
        while (!stopping.IsSet)
        {
            try
            {
                socket.Receive(batch, patience());
                deliver(batch);
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
