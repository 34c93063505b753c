using System.Net;
using System.Net.Sockets;
using Holdfast.Rtc.Tests.Kit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Rtc.Tests.Endpoint;

/// <summary>What many connections send one after the other leaves together, and is to each of them what it was.</summary>
public sealed class OutboxTests : IAsyncLifetime
{
    private readonly CountingSocket _socket = new();
    private readonly RtcEndpoint _endpoint = new(new RtcEndpointOptions(), new ClockWithoutTimers(), NullLogger<RtcEndpoint>.Instance);
    private readonly List<LoopbackClient> _clients = [];
    private readonly Thread _receiver;

    public OutboxTests() => _receiver = new Thread(() => _socket.Run(_endpoint)) { IsBackground = true };

    public ValueTask InitializeAsync()
    {
        _endpoint.Start(_socket);
        _receiver.Start();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _endpoint.DisposeAsync();
        _receiver.Join();
    }

    [Fact]
    public void What_three_connections_send_leaves_in_one_call_and_each_ones_order_stays()
    {
        RtcConnection[] connections = [Connect("firstfirst"), Connect("secondsecond"), Connect("thirdthird")];
        _socket.Watch();

        _endpoint.BeginSending();
        for (byte i = 1; i <= 5; i++)
        {
            Assert.All(connections, connection => Assert.True(connection.SendAudio(_endpoint.Now, [i])));
        }

        Assert.Empty(_socket.Calls);
        _endpoint.EndSending();

        Assert.Equal([15], _socket.Calls);
        Assert.All(_clients, client => AssertHears(client, 1, 2, 3, 4, 5));
    }

    [Fact]
    public void What_follows_on_another_thread_does_not_overtake()
    {
        var connection = Connect("firstfirst");
        _socket.Watch();

        _endpoint.BeginSending();
        Assert.True(connection.SendAudio(_endpoint.Now, [1]));
        Assert.True(connection.SendAudio(_endpoint.Now, [2]));
        Elsewhere(() => connection.SendAudio(_endpoint.Now, [3]));
        Assert.Equal([2, 1], _socket.Calls);
        Assert.True(connection.SendAudio(_endpoint.Now, [4]));
        _endpoint.EndSending();

        Assert.Equal([2, 1, 1], _socket.Calls);
        AssertHears(_clients[0], 1, 2, 3, 4);
    }

    [Fact]
    public void Two_threads_that_both_collect_keep_the_order()
    {
        var connection = Connect("firstfirst");
        _endpoint.BeginSending();
        for (byte i = 1; i < 40; i += 2)
        {
            Assert.True(connection.SendAudio(_endpoint.Now, [i]));
            Elsewhere(() =>
            {
                _endpoint.BeginSending();
                var sent = connection.SendAudio(_endpoint.Now, [(byte)(i + 1)]);
                _endpoint.EndSending();
                return sent;
            });
        }

        _endpoint.EndSending();
        AssertHears(_clients[0], [.. Enumerable.Range(1, 40).Select(static i => (byte)i)]);
    }

    [Fact]
    public void More_than_there_is_room_for_leaves_when_the_room_is_full()
    {
        var connection = Connect("firstfirst");
        _socket.Watch();
        _endpoint.BeginSending();
        for (var i = 0; i < (2 * DatagramBatch.Capacity) + 1; i++)
        {
            Assert.True(connection.SendAudio(_endpoint.Now, [(byte)i]));
        }

        _endpoint.EndSending();

        Assert.Equal([DatagramBatch.Capacity, DatagramBatch.Capacity, 1], _socket.Calls);
    }

    [Fact]
    public void What_was_collected_leaves_when_something_long_follows_and_when_it_has_waited()
    {
        var connection = Connect("firstfirst");
        _socket.Watch();
        _endpoint.BeginSending();
        _endpoint.BeginSending();
        connection.SendAudio(_endpoint.Now, [1]);
        _endpoint.FlushSending();
        Assert.Equal([1], _socket.Calls);

        connection.SendAudio(_endpoint.Now, [2]);
        var since = _endpoint.Now;
        while (_endpoint.Now - since < Outbox.LongestWait)
        {
        }

        _endpoint.ContinueSending();
        Assert.Equal([1, 1], _socket.Calls);

        connection.SendAudio(_endpoint.Now, [3]);
        _endpoint.EndSending();
        Assert.Equal([1, 1], _socket.Calls);
        _endpoint.EndSending();
        Assert.Equal([1, 1, 1], _socket.Calls);
    }

    [Fact]
    public void A_connection_that_ends_or_goes_to_another_process_leaves_nothing_behind()
    {
        var (closed, given) = (Connect("firstfirst"), Connect("secondsecond"));
        _socket.Watch();
        _endpoint.BeginSending();
        closed.SendAudio(_endpoint.Now, [1]);
        given.SendAudio(_endpoint.Now, [2]);

        Assert.NotNull(given.GiveAway());
        Assert.Equal([2], _socket.Calls);
        closed.Close();
        Assert.Equal(2, _socket.Calls.Count);
        _endpoint.EndSending();

        Assert.Equal(2, _socket.Calls.Count);
        AssertHears(_clients[0], 1);
        AssertHears(_clients[1], 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sound_that_waits_for_more_leaves_before_another_process_goes_on(bool isCollected)
    {
        var connection = Connect("firstfirst", new OfferOptions { SoundAttributes = "a=ptime:40" });
        _socket.Watch();
        if (isCollected)
        {
            _endpoint.BeginSending();
        }

        Assert.True(connection.SendAudio(_endpoint.Now, [8, 1]));
        Assert.Empty(_socket.Calls);
        Assert.NotNull(connection.GiveAway());
        Assert.Equal([1], _socket.Calls);
        AssertHears(_clients[0], 8);
        if (isCollected)
        {
            _endpoint.EndSending();
        }
    }

    [Fact]
    public void Nothing_that_was_collected_leaves_once_another_process_has_the_connections()
    {
        var connection = Connect("firstfirst");
        _socket.Watch();
        _endpoint.BeginSending();
        connection.SendAudio(_endpoint.Now, [1]);
        var sent = _endpoint.GetStatistics().DatagramsSent;

        _endpoint.Fence();
        _endpoint.EndSending();

        Assert.Empty(_socket.Calls);
        Assert.Equal(sent, _endpoint.GetStatistics().DatagramsSent);
        Assert.Equal(1, connection.GetStatistics().Dropped[DropReason.SendFailed]);
    }

    [Fact]
    public void Each_connection_counts_its_own_losses_of_a_call_that_they_share()
    {
        var (first, second) = (Connect("firstfirst"), Connect("secondsecond"));
        _socket.Watch();
        _socket.Refuses = port => port == _clients[1].Client.Address.Port ? DropReason.SendBufferFull : null;
        var sent = _endpoint.GetStatistics().DatagramsSent;

        _endpoint.BeginSending();
        for (byte i = 1; i <= 3; i++)
        {
            Assert.True(first.SendAudio(_endpoint.Now, [i]));
            Assert.True(second.SendAudio(_endpoint.Now, [i]));
        }

        _endpoint.EndSending();

        Assert.Equal(sent + 3, _endpoint.GetStatistics().DatagramsSent);
        Assert.False(first.GetStatistics().Dropped.ContainsKey(DropReason.SendBufferFull));
        Assert.Equal(3, second.GetStatistics().Dropped[DropReason.SendBufferFull]);
        Assert.Equal(3, _endpoint.GetStatistics().Dropped[DropReason.SendBufferFull]);
        AssertHears(_clients[0], 1, 2, 3);
    }

    [Fact]
    public void A_fault_of_one_ends_that_one_at_its_next_step_and_no_other()
    {
        var (broken, sound) = (Connect("firstfirst"), Connect("secondsecond"));
        _socket.Refuses = port => port == _clients[0].Client.Address.Port ? throw new NotSupportedException("on purpose") : null;

        _endpoint.BeginSending();
        Assert.True(broken.SendAudio(_endpoint.Now, [1]));
        Assert.True(sound.SendAudio(_endpoint.Now, [2]));
        _endpoint.EndSending();
        AssertHears(_clients[1], 2);

        Assert.False(broken.SendAudio(_endpoint.Now, [3]));
        Assert.Equal(RtcConnectionState.Closed, broken.State);
        Assert.Equal(RtcConnectionState.Connected, sound.State);
    }

    [Fact]
    public void Sending_allocates_nothing_collected_or_not()
    {
        var connection = Connect("firstfirst");
        var packet = new byte[80];
        var picture = new byte[3000];

        void Tick()
        {
            _endpoint.BeginSending();
            connection.SendAudio(_endpoint.Now, packet);
            connection.SendVideo(_endpoint.Now, picture, isKeyFrame: true);
            _endpoint.ContinueSending();
            _endpoint.EndSending();
            connection.SendAudio(_endpoint.Now, packet);
        }

        for (var i = 0; i < 300; i++)
        {
            Tick();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Tick();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Elsewhere(Func<bool> work)
    {
        var worked = false;
        var thread = new Thread(() => worked = work());
        thread.Start();
        thread.Join();
        Assert.True(worked);
    }

    private static void AssertHears(LoopbackClient client, params byte[] packets)
    {
        Assert.True(client.RunUntil(() => client.Client.Media!.Audio.Count > packets.Length, seconds: 60));
        Assert.Equal(packets, client.Client.Media!.Audio.Skip(1).Select(static packet => packet[0]));
    }

    private RtcConnection Connect(string tag, OfferOptions? offer = null)
    {
        var client = new LoopbackClient(() => _endpoint.Now, options: offer);
        _clients.Add(client);
        var options = new RtcPeerOptions { Tag = tag, IceSecret = SimulatedServer.Secret };
        Assert.True(_endpoint.TryAccept(options, client.Client.Offer, new Deaf(), out var connection, out var error), error);
        client.Client.Start(connection.Answer);
        Assert.True(client.RunUntil(() => client.Client.IsConnected && connection.State == RtcConnectionState.Connected, seconds: 60));

        // What follows the end of a handshake, such as the first report, is over when this was heard.
        Assert.True(connection.SendAudio(_endpoint.Now, [0]));
        Assert.True(client.RunUntil(() => client.Client.Media!.Audio.Count == 1, seconds: 60));
        return connection;
    }

    private sealed class Deaf : IRtcConnectionObserver
    {
        public void OnEvent(RtcConnection connection, RtcEvent rtcEvent)
        {
        }
    }

    /// <summary>The system's clock; nothing is ever due.</summary>
    private sealed class ClockWithoutTimers : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Never();

        private sealed class Never : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    /// <summary>A real socket on loopback that notes how many datagrams are sent with each call of the thread that watches, and refuses whom it is told to.</summary>
    private sealed class CountingSocket : IDatagramSocket
    {
        private readonly EndpointSocket _inner = EndpointSocket.Open(IPAddress.Loopback, 0, 1 << 20);
        private readonly ManualResetEventSlim _isOver = new();
        private volatile bool _isDeaf;
        private bool _isWatched;

        public List<int> Calls { get; } = [];

        public Func<int, DropReason?>? Refuses { get; set; }

        public IPEndPoint LocalEndPoint => _inner.LocalEndPoint;

        /// <summary>
        /// Notes from now on. Nobody else has anything to send meanwhile: clients only run when they are asked to, nothing is due, and what they sent before was taken in.
        /// </summary>
        public void Watch()
        {
            _isOver.Reset();
            _isDeaf = true;
            _inner.Send("over"u8, _inner.ToSocketAddress(LocalEndPoint));
            _isOver.Wait();
            _isDeaf = false;
            _isWatched = true;
        }

        public SocketAddress ToSocketAddress(IPEndPoint endPoint) => _inner.ToSocketAddress(endPoint);

        public IPEndPoint ToEndPoint(SocketAddress address) => _inner.ToEndPoint(address);

        public DropReason? Send(ReadOnlySpan<byte> datagram, SocketAddress destination) =>
            Refuses?.Invoke(ToEndPoint(destination).Port) ?? _inner.Send(datagram, destination);

        public void Send(DatagramBatch batch)
        {
            if (_isWatched)
            {
                lock (Calls)
                {
                    Calls.Add(batch.Count);
                }
            }

            if (Refuses is null)
            {
                _inner.Send(batch);
            }
            else
            {
                batch.SendEach(this);
            }
        }

        public void Run(RtcEndpoint endpoint)
        {
            var (receiving, source, buffer) = (new OneByOne(_inner), _inner.CreateAddress(), new byte[ReceiveLoop.BufferLength]);
            try
            {
                while (true)
                {
                    var datagram = buffer.AsSpan(0, receiving.Receive(buffer, source));
                    if (datagram.SequenceEqual("over"u8))
                    {
                        _isOver.Set();
                    }
                    else if (!_isDeaf)
                    {
                        endpoint.Deliver(datagram, source);
                    }
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
            }
        }

        public void Dispose()
        {
            _inner.Dispose();
            _isOver.Dispose();
        }
    }
}
