using System.Net;

namespace Holdfast.Rtc;

/// <summary>What the endpoint needs of a UDP socket; the system's, or a simulated network's.</summary>
internal interface IDatagramSocket : IDisposable
{
    /// <summary>Where it listens.</summary>
    IPEndPoint LocalEndPoint { get; }

    /// <summary>The form of an address that it sends to.</summary>
    SocketAddress ToSocketAddress(IPEndPoint endPoint);

    /// <summary>The address behind what was received from.</summary>
    IPEndPoint ToEndPoint(SocketAddress address);

    /// <summary>Sends a datagram without ever waiting. Where it cannot, that is a lost packet like any other.</summary>
    /// <returns>Why it was not sent; null where it was.</returns>
    DropReason? Send(ReadOnlySpan<byte> datagram, SocketAddress destination);

    /// <summary>Sends many, in their order, in as few system calls as there are for it. Says of each that was not sent why.</summary>
    void Send(DatagramBatch batch) => batch.SendEach(this);
}
