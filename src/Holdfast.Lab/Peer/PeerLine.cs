using System.Net;
using System.Net.Sockets;
using Holdfast.Rtc;

namespace Holdfast.Lab.Peer;

/// <summary>Which way nothing gets through.</summary>
[Flags]
internal enum LineCut
{
    None = 0,

    /// <summary>What the server sends is lost.</summary>
    Incoming = 1,

    /// <summary>What the client sends is lost.</summary>
    Outgoing = 2,

    Both = Incoming | Outgoing,
}

/// <summary>One peer on one socket. The only owner of the peer: every access to it goes through <see cref="With"/>.</summary>
internal sealed class PeerLine : IAsyncDisposable
{
    private const int ReceiveBufferLength = 2048;

    private readonly Lock _gate = new();
    private readonly PeerHost _host;
    private readonly ClientPeer _peer;
    private readonly List<Waiter> _waiters = [];
    private Socket _socket;
    private Task _receiving;
    private volatile LineCut _cut;
    private bool _isDisposed;

    public PeerLine(PeerHost host, CandidateNaming naming, bool speaks = false)
    {
        _host = host;
        _socket = PeerSocket.Open(host.NetworkNamespace);
        _peer = host.CreatePeer(PeerSocket.Candidates(_socket, naming), OnHandshakeProgress, speaks);
        _receiving = ReceiveAsync(_socket);
    }

    /// <summary>What is lost on purpose.</summary>
    public LineCut Cut
    {
        get => _cut;
        set => _cut = value;
    }

    /// <summary>Does something with the peer, then sends what it wants sent.</summary>
    public T With<T>(Func<ClientPeer, RtcTime, T> action)
    {
        lock (_gate)
        {
            var result = action(_peer, _host.Clock.Now);
            Flush();
            return result;
        }
    }

    /// <summary>Does something with the peer, then sends what it wants sent.</summary>
    public void With(Action<ClientPeer, RtcTime> action) => With((peer, now) =>
    {
        action(peer, now);
        return true;
    });

    /// <summary>Waits until something is so; the condition is looked at after each datagram and every few milliseconds.</summary>
    /// <returns>False where it is not within the limit.</returns>
    public async Task<bool> WaitAsync(Func<ClientPeer, RtcTime, bool> condition, TimeSpan limit, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(condition);
        lock (_gate)
        {
            if (condition(_peer, _host.Clock.Now))
            {
                return true;
            }

            _waiters.Add(waiter);
        }

        try
        {
            await waiter.Done.Task.WaitAsync(limit, _host.Clock.Time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            lock (_gate)
            {
                _waiters.Remove(waiter);
            }
        }
    }

    /// <summary>Goes on from another port, as a client does whose network or NAT changed; the server is not told but by a check.</summary>
    public void ChangeAddress()
    {
        lock (_gate)
        {
            var old = _socket;
            _socket = PeerSocket.Open(_host.NetworkNamespace);
            _receiving = ReceiveAsync(_socket);
            old.Dispose();
            _peer.OnAddressChanged(_host.Clock.Now);
            Flush();
        }
    }

    /// <summary>Ends without a word to the server, as a browser that crashed; without more, goodbye is said first.</summary>
    public async ValueTask DisposeAsync(bool silently)
    {
        Task receiving;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            if (!silently)
            {
                _peer.Close(_host.Clock.Now);
                Flush();
            }

            _socket.Dispose();
            _peer.Dispose();
            receiving = _receiving;
            foreach (var waiter in _waiters)
            {
                waiter.Done.TrySetCanceled();
            }
        }

        _host.Forget(this);
        await receiving;
    }

    public ValueTask DisposeAsync() => DisposeAsync(silently: false);

    /// <summary>Gives the peer its time, where it is due, and looks at what is waited for.</summary>
    internal void Drive(RtcTime now)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            if (_peer.NextTimeout <= now)
            {
                _peer.HandleTimeout(now);
                Flush();
            }

            LookAtWaiters(now);
        }
    }

    private async Task ReceiveAsync(Socket socket)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(ReceiveBufferLength, pinned: true);
        var source = new SocketAddress(socket.AddressFamily);
        var template = (IPEndPoint)socket.LocalEndPoint!;
        await Task.Yield();
        while (true)
        {
            int length;
            try
            {
                length = await socket.ReceiveFromAsync(buffer, SocketFlags.None, source);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted)
            {
                return;
            }
            catch (SocketException)
            {
                // An ICMP error about a datagram sent before.
                continue;
            }

            if (!_cut.HasFlag(LineCut.Incoming))
            {
                Take(buffer.AsSpan(0, length), PeerSocket.Plain((IPEndPoint)template.Create(source)));
            }
        }
    }

    private void Take(Span<byte> datagram, IPEndPoint source)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            var now = _host.Clock.Now;
            _peer.HandleDatagram(now, source, datagram);
            Flush();
            LookAtWaiters(now);
        }
    }

    private void OnHandshakeProgress()
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                var now = _host.Clock.Now;
                _peer.HandleTimeout(now);
                Flush();
                LookAtWaiters(now);
            }
        }
    }

    private void LookAtWaiters(RtcTime now)
    {
        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            if (_waiters[i].Condition(_peer, now))
            {
                _waiters[i].Done.TrySetResult();
                _waiters.RemoveAt(i);
            }
        }
    }

    private void Flush()
    {
        while (_peer.TryTakeDatagram(out var datagram))
        {
            if (_cut.HasFlag(LineCut.Outgoing))
            {
                continue;
            }

            try
            {
                var destination = datagram.Destination;
                _socket.SendTo(datagram.Bytes, SocketFlags.None, _socket.AddressFamily == AddressFamily.InterNetworkV6 && destination.AddressFamily == AddressFamily.InterNetwork
                    ? new IPEndPoint(destination.Address.MapToIPv6(), destination.Port)
                    : destination);
            }
            catch (SocketException)
            {
                // A failed send is a lost packet.
            }
        }
    }

    private sealed record Waiter(Func<ClientPeer, RtcTime, bool> Condition)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
