using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Holdfast.Rtc.Dtls;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Endpoint;

/// <summary>What nobody foresaw, brought about on purpose: it ends the connection that it belongs to, and nothing else.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private readonly FaultLog<RtcEndpoint> _log = new();
    private readonly FaultySocket _socket = new();
    private readonly HandshakeThreads _threads = new(maximum: 8);
    private readonly RtcEndpoint _endpoint;
    private readonly Thread _receiver;

    public FaultTests()
    {
        _endpoint = new RtcEndpoint(new RtcEndpointOptions(), TimeProvider.System, _log, _threads);
        _receiver = new Thread(() => _socket.Run(_endpoint)) { IsBackground = true };
    }

    public ValueTask InitializeAsync()
    {
        _endpoint.Start(_socket);
        _receiver.Start();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Fails = _ => false;
        await _endpoint.DisposeAsync();
        _receiver.Join();
    }

    [Fact]
    public void A_socket_that_throws_for_one_client_ends_that_clients_connection_only()
    {
        var observer = new Observer();
        using var first = new LoopbackClient(() => _endpoint.Now);
        using var second = new LoopbackClient(() => _endpoint.Now);
        var (broken, sound) = (Connect(first, observer, "brokenbroken"), Connect(second, observer, "soundsound"));

        _socket.Fails = port => port == first.Client.Address.Port;
        Assert.False(broken.SendAudio(_endpoint.Now, [1]));

        AssertEndedByFault(broken, observer);
        AssertMediaFlows(second, sound);
        Assert.All(_log.Faults, fault => Assert.IsType<NotSupportedException>(fault));
    }

    [Fact]
    public void A_fault_while_a_datagram_is_taken_in_leaves_the_loop_to_others()
    {
        var observer = new Observer();
        using var first = new LoopbackClient(() => _endpoint.Now);
        using var second = new LoopbackClient(() => _endpoint.Now);
        var (broken, sound) = (Connect(first, observer, "brokenbroken"), Connect(second, observer, "soundsound"));

        // Its next check is answered on the thread that receives for both.
        _socket.Fails = port => port == first.Client.Address.Port;
        Assert.True(first.RunUntil(() => broken.State == RtcConnectionState.Closed));

        AssertEndedByFault(broken, observer);
        AssertMediaFlows(second, sound);
    }

    [Fact]
    public void A_fault_at_a_deadline_leaves_the_queue_to_others()
    {
        var observer = new Observer();
        using var first = new LoopbackClient(() => _endpoint.Now);
        using var second = new LoopbackClient(() => _endpoint.Now);
        var (broken, sound) = (Connect(first, observer, "brokenbroken"), Connect(second, observer, "soundsound"));
        Assert.True(sound.SendAudio(_endpoint.Now, [1]));

        // Nothing is received any more, so what is sent next are the reports that are due. On a busy machine one may be sent just before it can
        // fail, and then none is due until there is something to report of again.
        _socket.IsDeaf = true;
        for (var tries = 0; tries < 5 && !IsOver(broken, observer, TimeSpan.FromSeconds(tries == 0 ? 0 : 3)); tries++)
        {
            _socket.Fails = static _ => false;
            Assert.True(broken.SendAudio(_endpoint.Now, [1]));
            _socket.Fails = port => port == first.Client.Address.Port;
        }

        AssertEndedByFault(broken, observer);
        _socket.IsDeaf = false;
        var reports = second.Client.Media!.SenderReports.Count;
        Assert.True(sound.SendAudio(_endpoint.Now, [2]));
        Assert.True(second.RunUntil(() => second.Client.Media!.SenderReports.Count > reports));
    }

    [Fact]
    public void An_observer_that_throws_ends_its_own_connection_and_is_told_so()
    {
        var (faulty, calm) = (new Observer(), new Observer());
        using var first = new LoopbackClient(() => _endpoint.Now);
        using var second = new LoopbackClient(() => _endpoint.Now);
        var (broken, sound) = (Connect(first, faulty, "brokenbroken"), Connect(second, calm, "soundsound"));

        faulty.Throws = true;
        first.Client.Media!.SayGoodbye();
        Assert.True(first.RunUntil(() => first.Client.Dtls!.End == RtcReason.ClosedByPeer));

        AssertEndedByFault(broken, faulty);
        AssertMediaFlows(second, sound);
        Assert.All(_log.Faults, fault => Assert.Equal("on purpose", fault.Message));
    }

    [Fact]
    public void A_handshake_that_cannot_be_begun_ends_its_connection()
    {
        var observer = new Observer();
        using var first = new LoopbackClient(() => _endpoint.Now);
        Assert.True(_endpoint.TryAccept(Options("brokenbroken"), first.Client.Offer, observer, out var broken, out _));
        _threads.Dispose();

        first.Client.Start(broken.Answer);

        Assert.True(first.RunUntil(() => broken.State == RtcConnectionState.Closed));
        AssertEndedByFault(broken, observer);
        Assert.IsType<ObjectDisposedException>(Assert.Single(_log.Faults));
    }

    [Fact]
    public void A_loop_whose_socket_and_whose_handler_throw_goes_on()
    {
        using var stopping = new ManualResetEventSlim();
        var (taken, refused, faults) = (new List<int>(), new List<SocketError>(), new List<Exception>());
        var socket = new ScriptedSocket(stopping, [
            () => 1, () => throw new SocketException((int)SocketError.ConnectionReset), () => 2, () => throw new InvalidOperationException("on purpose"),
            () => 3, () => throw new ObjectDisposedException("too early"), () => 4]);
        var loop = new ReceiveLoop(
            socket,
            new IncomingBatch(new DatagramPool(socket.CreateAddress)),
            batch =>
            {
                taken.Add(batch[0].Length);
                if (batch[0].Length == 2)
                {
                    throw new ArithmeticException("on purpose");
                }
            },
            static () => Timeout.InfiniteTimeSpan,
            stopping,
            refused.Add,
            faults.Add);

        loop.Run();

        Assert.Equal([1, 2, 3, 4], taken);
        Assert.Equal([SocketError.ConnectionReset], refused);
        Assert.Equal([typeof(ArithmeticException), typeof(InvalidOperationException), typeof(ObjectDisposedException)], faults.Select(fault => fault.GetType()));
    }

    private static RtcPeerOptions Options(string tag) => new() { Tag = tag, IceSecret = SimulatedServer.Secret };

    private RtcConnection Connect(LoopbackClient client, Observer observer, string tag)
    {
        Assert.True(_endpoint.TryAccept(Options(tag), client.Client.Offer, observer, out var connection, out var error), error);
        client.Client.Start(connection.Answer);
        Assert.True(client.RunUntil(() => client.Client.IsConnected && connection.State == RtcConnectionState.Connected));
        return connection;
    }

    private void AssertMediaFlows(LoopbackClient client, RtcConnection connection)
    {
        Assert.True(connection.SendVideo(_endpoint.Now, new byte[5000], isKeyFrame: true, tag: 3));
        Assert.True(client.RunUntil(() => client.Client.Media!.Frames().Count == 1 && connection.GetStatistics().PacketsAcknowledged >= 5));
    }

    private static bool IsOver(RtcConnection connection, Observer observer, TimeSpan within) => SpinWait.SpinUntil(
        () => observer.Of(connection).LastOrDefault() is RtcEvent.StateChanged { State: RtcConnectionState.Closed }, within);

    private void AssertEndedByFault(RtcConnection connection, Observer observer)
    {
        Assert.True(IsOver(connection, observer, TimeSpan.FromSeconds(10)));
        Assert.Equal(new RtcEvent.StateChanged(RtcConnectionState.Closed, RtcReason.InternalError), observer.Of(connection).Last());
        Assert.False(connection.SendAudio(_endpoint.Now, [1]));
        Assert.NotEmpty(_log.Faults);
        Assert.Contains(_log.Lines, line => line.Contains($"{connection.Tag} of Session 4711 ", StringComparison.Ordinal));
        Assert.Equal(_log.Faults.Count, _endpoint.GetStatistics().Dropped[DropReason.InternalError]);
        Assert.Null(_endpoint.Routes.Find(System.Text.Encoding.ASCII.GetBytes(connection.Tag)));
    }

    private sealed class Observer : IRtcConnectionObserver
    {
        private readonly ConcurrentQueue<(RtcConnection Connection, RtcEvent Event)> _told = new();

        public bool Throws { get; set; }

        public override string ToString() => "Session 4711";

        public IEnumerable<RtcEvent> Of(RtcConnection connection) =>
            _told.Where(told => told.Connection == connection).Select(told => told.Event);

        public void OnEvent(RtcConnection connection, RtcEvent rtcEvent)
        {
            _told.Enqueue((connection, rtcEvent));
            if (Throws)
            {
                throw new InvalidOperationException("on purpose");
            }
        }
    }

    /// <summary>A real socket on loopback that throws what no socket should, for whom it is told to.</summary>
    private sealed class FaultySocket : IDatagramSocket
    {
        private readonly EndpointSocket _inner = EndpointSocket.Open(IPAddress.Loopback, 0, 256 * 1024);

        public Func<int, bool> Fails { get; set; } = _ => false;

        /// <summary>Whether what arrives is lost.</summary>
        public bool IsDeaf { get; set; }

        public IPEndPoint LocalEndPoint => _inner.LocalEndPoint;

        public SocketAddress ToSocketAddress(IPEndPoint endPoint) => _inner.ToSocketAddress(endPoint);

        public IPEndPoint ToEndPoint(SocketAddress address) => _inner.ToEndPoint(address);

        public DropReason? Send(ReadOnlySpan<byte> datagram, SocketAddress destination) =>
            Fails(ToEndPoint(destination).Port) ? throw new NotSupportedException("on purpose") : _inner.Send(datagram, destination);

        public void Run(RtcEndpoint endpoint)
        {
            var (receiving, source, buffer) = (new OneByOne(_inner), _inner.CreateAddress(), new byte[ReceiveLoop.BufferLength]);
            try
            {
                while (true)
                {
                    var length = receiving.Receive(buffer, source);
                    if (!IsDeaf)
                    {
                        endpoint.Deliver(buffer.AsSpan(0, length), source);
                    }
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
            }
        }

        public void Dispose() => _inner.Dispose();
    }

    /// <summary>Receives what a list says, one after the other, and stops the loop behind it.</summary>
    private sealed class ScriptedSocket(ManualResetEventSlim stopping, Func<int>[] script) : IReceivingSocket
    {
        private int _next;

        public SocketAddress CreateAddress() => new(AddressFamily.InterNetwork);

        public void Receive(IncomingBatch batch, TimeSpan atMost)
        {
            var step = script[_next++];
            if (_next == script.Length)
            {
                stopping.Set();
            }

            batch.Prepare();
            batch[0].Length = step();
            batch.OnReceived(1);
        }

        public void Collect()
        {
        }
    }
}
