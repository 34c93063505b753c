using System.Net;

namespace Holdfast.Rtc.Tests.Kit;

/// <summary>Receives one datagram after the other from a socket that gives many at once.</summary>
internal sealed class OneByOne(EndpointSocket socket)
{
    private readonly IncomingBatch _batch = new(new DatagramPool(socket.CreateAddress, DatagramPool.PerBlock));
    private int _next;

    public SocketAddress CreateAddress() => socket.CreateAddress();

    /// <summary>Waits for the next one. Closing the socket ends the wait.</summary>
    public int Receive(Span<byte> buffer, SocketAddress source)
    {
        while (_next == _batch.Count)
        {
            socket.Receive(_batch, Timeout.InfiniteTimeSpan);
            _next = 0;
        }

        var datagram = _batch[_next++];
        datagram.Bytes.CopyTo(buffer);
        source.Size = datagram.Source.Size;
        datagram.Source.Buffer.Span[..source.Size].CopyTo(source.Buffer.Span);
        return datagram.Length;
    }
}
