using System.Net;
using System.Net.Sockets;
using Holdfast.Lab.Peer;
using Holdfast.Rtc;

namespace Holdfast.Lab.Network;

/// <summary>Packets under way: each is sent when its time has come, in the order of their times.</summary>
internal sealed class DeliveryQueue : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly LabClock _clock;
    private readonly PriorityQueue<Packet, (RtcTime At, long Order)> _packets = new();
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _sending;
    private long _order;

    public DeliveryQueue(LabClock clock)
    {
        _clock = clock;
        _sending = SendAsync();
    }

    /// <summary>Adds a packet; one whose time has come is sent at once.</summary>
    public void Add(RtcTime at, byte[] datagram, Socket socket, IPEndPoint destination)
    {
        var packet = new Packet(datagram, socket, destination);
        bool isFirst;
        lock (_gate)
        {
            if (at <= _clock.Now && (!_packets.TryPeek(out _, out var first) || first.At > at))
            {
                Send(packet);
                return;
            }

            _packets.Enqueue(packet, (at, _order++));
            isFirst = ReferenceEquals(_packets.Peek(), packet);
        }

        if (isFirst)
        {
            _wake.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _sending;
        _wake.Dispose();
        _stopping.Dispose();
    }

    private async Task SendAsync()
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                var wait = SendDue();

                // A timer is only good to a millisecond; nothing is sent before its time.
                var rounded = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
                await _wake.WaitAsync(rounded, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The relay is disposed.
        }
    }

    private TimeSpan SendDue()
    {
        lock (_gate)
        {
            while (_packets.TryPeek(out var packet, out var due))
            {
                var wait = due.At - _clock.Now;
                if (wait > TimeSpan.Zero)
                {
                    return wait < Longest ? wait : Longest;
                }

                _packets.Dequeue();
                Send(packet);
            }
        }

        return Longest;
    }

    private static void Send(Packet packet)
    {
        try
        {
            packet.Socket.SendTo(packet.Datagram, SocketFlags.None, packet.Destination);
        }
        catch (SocketException)
        {
            // A failed send is a lost packet.
        }
        catch (ObjectDisposedException)
        {
            // The way it would have taken is gone.
        }
    }

    private sealed record Packet(byte[] Datagram, Socket Socket, IPEndPoint Destination);
}
