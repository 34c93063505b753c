using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Holdfast.Rtc.Dtls;

namespace Holdfast.Rtc;

/// <summary>
/// One connection to another server, which this side offers and sends sound and pictures along (<see cref="RtcEndpoint.Publish"/>). It has a socket of its own, and is
/// called from any thread. One that ended is of no more use: another one is made.
/// </summary>
public sealed class RtcPublication : IAsyncDisposable
{
    private readonly RtcEndpoint _endpoint;
    private readonly EndpointSocket _socket;
    private readonly Lock _gate = new();
    private readonly PublishingPeer _peer;
    private readonly ITimer _timer;
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<RtcReason> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _receiving;
    private RtcTime _wakesAt = RtcTime.Never;
    private IPEndPoint? _destination;
    private SocketAddress? _destinationAddress;
    private bool _wantsKeyFrame;
    private bool _isDisposed;

    internal RtcPublication(RtcEndpoint endpoint, DtlsCertificate certificate, HandshakeThreads handshakes, TimeProvider time, EndpointSocket socket)
    {
        (_endpoint, _socket) = (endpoint, socket);
        var own = new HostAddresses([], socket.LocalEndPoint.Address, socket.LocalEndPoint.Port).All;
        IPEndPoint[] elsewhere = [.. own.Where(static address => !IPAddress.IsLoopback(address.Address))];
        _peer = new PublishingPeer(handshakes, certificate, elsewhere.Length > 0 ? elsewhere : own, handshakes.IsLockstep ? null : Wake);
        _timer = time.CreateTimer(static self => ((RtcPublication)self!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _receiving = ReceiveAsync();
    }

    /// <summary>The SDP offer, with all candidates.</summary>
    public string Offer => _peer.Offer;

    /// <summary>The codec in which the server takes pictures, by its name in SDP, such as "VP8"; null before its answer.</summary>
    public string? VideoCodec
    {
        get
        {
            lock (_gate)
            {
                return _peer.VideoCodec;
            }
        }
    }

    /// <summary>Completes when media may flow; never, where that does not come about: see <see cref="Ended"/>.</summary>
    public Task Connected => _connected.Task;

    /// <summary>Completes with the reason when there is no connection any more, or will not be one. It never fails.</summary>
    public Task<RtcReason> Ended => _ended.Task;

    /// <summary>Takes the server's answer, and begins to connect. Once.</summary>
    /// <param name="answerSdp">The answer.</param>
    /// <param name="error">Why it is no use, a sentence for a person.</param>
    public bool TryAccept(string answerSdp, [NotNullWhen(false)] out string? error)
    {
        lock (_gate)
        {
            var accepted = _peer.TryAccept(_endpoint.Now, answerSdp, out error);
            Flush();
            return accepted;
        }
    }

    /// <summary>Whether the next picture must be a key frame, since the server asked for one or missed one; told once.</summary>
    public bool TakeKeyFrameRequest()
    {
        lock (_gate)
        {
            var wanted = _wantsKeyFrame;
            _wantsKeyFrame = false;
            return wanted;
        }
    }

    /// <summary>Sends one Opus packet.</summary>
    /// <param name="captureTime">When its first sample is played in the performance, on the clock of <see cref="RtcEndpoint.Now"/>.</param>
    /// <param name="opus">One Opus packet.</param>
    /// <returns>False where it was not sent: not connected.</returns>
    public bool SendAudio(RtcTime captureTime, ReadOnlySpan<byte> opus)
    {
        lock (_gate)
        {
            var sent = _peer.SendAudio(_endpoint.Now, captureTime, opus);
            Flush();
            return sent;
        }
    }

    /// <summary>Sends one encoded picture.</summary>
    /// <param name="captureTime">When it is shown in the performance, on the clock of <see cref="RtcEndpoint.Now"/>.</param>
    /// <param name="picture">One picture, in <see cref="VideoCodec"/>.</param>
    /// <param name="isKeyFrame">Whether it is a key frame.</param>
    /// <returns>False where it was not sent: not connected, or the line is too slow; a key frame is wanted then.</returns>
    public bool SendVideo(RtcTime captureTime, ReadOnlySpan<byte> picture, bool isKeyFrame)
    {
        lock (_gate)
        {
            var sent = _peer.SendVideo(_endpoint.Now, captureTime, picture, isKeyFrame);
            Flush();
            return sent;
        }
    }

    /// <summary>Says goodbye to the server (RTCP BYE and DTLS close_notify), ends the connection and closes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _peer.Close(_endpoint.Now);
                Flush();
                _isDisposed = true;
                _socket.Dispose();
                _peer.Dispose();
            }
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
        await _receiving.ConfigureAwait(false);
    }

    private void Wake()
    {
        lock (_gate)
        {
            _wakesAt = RtcTime.Never;
            Guard(static (self, now) => self._peer.HandleTimeout(now));
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(ReceiveLoop.BufferLength, pinned: true);
        var source = _socket.CreateAddress();
        await Task.Yield();
        while (true)
        {
            int length;
            try
            {
                length = await _socket.ReceiveAsync(buffer, source).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
            {
                if (exception is ObjectDisposedException || _ended.Task.IsCompleted || Volatile.Read(ref _isDisposed))
                {
                    return;
                }

                // An ICMP error about a datagram sent before.
                continue;
            }

            if (length < ReceiveLoop.BufferLength)
            {
                Take(buffer.AsSpan(0, length), _socket.ToEndPoint(source));
            }
        }
    }

    private void Take(Span<byte> datagram, IPEndPoint source)
    {
        lock (_gate)
        {
            try
            {
                _peer.HandleDatagram(_endpoint.Now, source, datagram);
            }
#pragma warning disable CA1031 // What nobody foresaw ends this connection, and no other.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                OnFault(exception);
            }

            Flush();
        }
    }

    private void Guard(Action<RtcPublication, RtcTime> step)
    {
        try
        {
            step(this, _endpoint.Now);
        }
#pragma warning disable CA1031 // What nobody foresaw ends this connection, and no other.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            OnFault(exception);
        }

        Flush();
    }

    private void OnFault(Exception exception)
    {
        _endpoint.OnFault(exception);
        _ended.TrySetResult(RtcReason.InternalError);
    }

    /// <summary>Sends what is to be sent, tells what is to be told, and sees to it that it is woken in time. Under the lock.</summary>
    private void Flush()
    {
        if (_isDisposed)
        {
            return;
        }

        Send();
        while (_peer.TryPollEvent(out var rtcEvent))
        {
            switch (rtcEvent)
            {
                case RtcEvent.KeyFrameRequested:
                    _wantsKeyFrame = true;
                    break;
                case RtcEvent.StateChanged { State: RtcConnectionState.Connected }:
                    _connected.TrySetResult();
                    break;
                case RtcEvent.StateChanged { State: RtcConnectionState.Closed } closed:
                    _ended.TrySetResult(closed.Reason);
                    break;
                default:
                    break;
            }
        }

        if (_peer.NextTimeout is var next && next < _wakesAt)
        {
            // Whoever is woken too soon is armed again.
            _wakesAt = next;
            var wait = next - _endpoint.Now;
            _timer.Change(wait > TimeSpan.Zero ? wait + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Sends what there is, all together: a picture is several datagrams.</summary>
    private void Send()
    {
        if (!_peer.TryPollTransmit(out var transmit))
        {
            return;
        }

        var batch = _endpoint.Batches.Take();
        do
        {
            if (batch.IsFull)
            {
                Send(batch);
            }

            batch.Add(transmit.Datagram, AddressOf(transmit.Destination));
        }
        while (_peer.TryPollTransmit(out transmit));
        Send(batch);
        _endpoint.Batches.Return(batch);
    }

    private void Send(DatagramBatch batch)
    {
        if (!_endpoint.IsFenced)
        {
            _socket.Send(batch);
            for (var i = 0; i < batch.Count; i++)
            {
                if (batch.ReasonOf(i) is { } reason)
                {
                    _peer.Counters.Drops.Count(reason);
                }

                if (batch.FaultOf(i) is { } fault)
                {
                    OnFault(fault);
                }
            }
        }

        batch.Clear();
    }

    private SocketAddress AddressOf(IPEndPoint destination)
    {
        if (!destination.Equals(_destination))
        {
            (_destination, _destinationAddress) = (destination, _socket.ToSocketAddress(destination));
        }

        return _destinationAddress!;
    }
}
