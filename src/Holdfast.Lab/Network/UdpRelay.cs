using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Holdfast.Lab.Peer;
using Holdfast.Rtc;

namespace Holdfast.Lab.Network;

/// <summary>Which direction of a path.</summary>
[Flags]
internal enum PathDirection
{
    None = 0,
    ToServer = 1,
    ToClient = 2,
    Both = ToServer | ToClient,
}

/// <summary>A packet that a relay was handed, and what becomes of it.</summary>
/// <param name="Direction">Where it was to go.</param>
/// <param name="At">When it came to the relay.</param>
/// <param name="Length">Its bytes, without IP and UDP headers.</param>
/// <param name="Verdict">Whether and when it arrives.</param>
internal readonly record struct RelayedPacket(PathDirection Direction, RtcTime At, int Length, PacketVerdict Verdict);

/// <summary>
/// A bad network between clients and one server, in this process and without privileges: clients send to its port, each gets an
/// outgoing socket of its own, as behind a NAT, and every packet meets the fate that an <see cref="ImpairedLink"/> decides.
/// </summary>
internal sealed class UdpRelay : IAsyncDisposable
{
    private const int BufferLength = 2048;
    private const int SocketBufferLength = 4 * 1024 * 1024;

    private readonly LabClock _clock;
    private readonly IPEndPoint _server;
    private readonly SeededRandom _random;
    private readonly Socket _socket;
    private readonly Lock _gate = new();
    private readonly Dictionary<IPEndPoint, RelayFlow> _flows = [];
    private readonly DeliveryQueue _queue;
    private readonly Task _receiving;
    private LinkConditions _toServer;
    private LinkConditions _toClient;
    private PathDirection _down;
    private volatile bool _isDisposed;

    /// <param name="clock">The clock.</param>
    /// <param name="server">Where clients' packets go.</param>
    /// <param name="listen">Where clients send to; port 0 takes a free one.</param>
    /// <param name="toServer">What happens on the way to the server.</param>
    /// <param name="toClient">What happens on the way back.</param>
    /// <param name="seed">Of all that is left to chance.</param>
    public UdpRelay(
        LabClock clock, IPEndPoint server, IPEndPoint listen, LinkConditions toServer, LinkConditions toClient, ulong seed)
    {
        (_clock, _server, _toServer, _toClient) = (clock, server, toServer, toClient);
        _random = new SeededRandom(seed);
        _queue = new DeliveryQueue(clock);
        _socket = Open(listen);
        Address = (IPEndPoint)_socket.LocalEndPoint!;
        _receiving = ReceiveAsync();
    }

    /// <summary>Where clients are to send to.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Is told each packet as it comes, where somebody wants to know; it must not take long.</summary>
    public Action<RelayedPacket>? OnPacket { get; init; }

    /// <summary>Clients that have sent something.</summary>
    public int Flows
    {
        get
        {
            lock (_gate)
            {
                return _flows.Count;
            }
        }
    }

    /// <summary>Packets that met a fate, over all clients and both ways.</summary>
    public long Count(PacketFate fate)
    {
        lock (_gate)
        {
            return _flows.Values.Sum(flow => flow.ToServer.Count(fate) + flow.ToClient.Count(fate));
        }
    }

    /// <summary>Nothing gets through in these directions until it is called again.</summary>
    public void TakeDown(PathDirection directions)
    {
        lock (_gate)
        {
            _down = directions;
            foreach (var flow in _flows.Values)
            {
                Apply(flow);
            }
        }
    }

    /// <summary>Changes the network for all clients, present and to come.</summary>
    public void Change(LinkConditions toServer, LinkConditions toClient)
    {
        lock (_gate)
        {
            (_toServer, _toClient) = (toServer, toClient);
            foreach (var flow in _flows.Values)
            {
                Apply(flow);
            }
        }
    }

    /// <summary>The NAT forgets: from now on every client comes from another port, without knowing it.</summary>
    public void Rebind()
    {
        lock (_gate)
        {
            foreach (var flow in _flows.Values)
            {
                flow.Rebind(OpenTowardsServer());
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        _socket.Dispose();
        lock (_gate)
        {
            foreach (var flow in _flows.Values)
            {
                flow.Dispose();
            }
        }

        await _receiving;
        await _queue.DisposeAsync();
    }

    private static Socket Open(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveBufferSize = SocketBufferLength,
            SendBufferSize = SocketBufferLength,
        };
        socket.Bind(address);
        return socket;
    }

    private Socket OpenTowardsServer()
    {
        var any = _server.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
        return Open(new IPEndPoint(any, 0));
    }

    private void Apply(RelayFlow flow)
    {
        flow.ToServer.Conditions = _toServer;
        flow.ToClient.Conditions = _toClient;
        flow.ToServer.IsDown = _down.HasFlag(PathDirection.ToServer);
        flow.ToClient.IsDown = _down.HasFlag(PathDirection.ToClient);
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[BufferLength];
        var any = new IPEndPoint(Address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (await TryReceiveAsync(_socket, buffer, any) is { } received)
        {
            if (received.ReceivedBytes == 0)
            {
                continue;
            }

            lock (_gate)
            {
                if (_isDisposed)
                {
                    return;
                }

                var client = (IPEndPoint)received.RemoteEndPoint;
                if (!_flows.TryGetValue(client, out var flow))
                {
                    flow = CreateFlow(client);
                }

                var outgoing = flow.Socket;
                Pass(PathDirection.ToServer, flow.ToServer, buffer.AsSpan(0, received.ReceivedBytes), outgoing, _server);
            }
        }
    }

    private RelayFlow CreateFlow(IPEndPoint client)
    {
        var flow = new RelayFlow(
            OpenTowardsServer(),
            new ImpairedLink(_toServer, _random.NextUInt64()),
            new ImpairedLink(_toClient, _random.NextUInt64()),
            socket => ReturnAsync(client, socket));
        Apply(flow);
        _flows.Add(client, flow);
        return flow;
    }

    private async Task ReturnAsync(IPEndPoint client, Socket socket)
    {
        await Task.Yield();
        var buffer = new byte[BufferLength];
        while (await TryReceiveAsync(socket, buffer, _server) is { } received)
        {
            lock (_gate)
            {
                if (!_isDisposed && received.ReceivedBytes > 0 && _flows.TryGetValue(client, out var flow))
                {
                    Pass(PathDirection.ToClient, flow.ToClient, buffer.AsSpan(0, received.ReceivedBytes), _socket, client);
                }
            }
        }
    }

    private void Pass(PathDirection direction, ImpairedLink link, ReadOnlySpan<byte> datagram, Socket socket, IPEndPoint destination)
    {
        var now = _clock.Now;
        var verdict = link.Send(now, datagram.Length);
        OnPacket?.Invoke(new RelayedPacket(direction, now, datagram.Length, verdict));
        if (!verdict.IsDelivered)
        {
            return;
        }

        var bytes = datagram.ToArray();
        _queue.Add(verdict.At, bytes, socket, destination);
        if (verdict.AgainAt is { } again)
        {
            _queue.Add(again, bytes, socket, destination);
        }
    }

    /// <summary>Null where the socket is closed; 0 bytes where an earlier packet came back with an error.</summary>
    private static async Task<SocketReceiveFromResult?> TryReceiveAsync(Socket socket, byte[] buffer, IPEndPoint from)
    {
        try
        {
            return await socket.ReceiveFromAsync(buffer, SocketFlags.None, from);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted)
        {
            return null;
        }
        catch (SocketException)
        {
            return new SocketReceiveFromResult { ReceivedBytes = 0, RemoteEndPoint = from };
        }
    }
}
