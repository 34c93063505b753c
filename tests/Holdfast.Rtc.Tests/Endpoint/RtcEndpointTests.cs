using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Holdfast.Rtc.Tests.Kit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Rtc.Tests.Endpoint;

/// <summary>The endpoint on a real loopback socket.</summary>
public sealed class RtcEndpointTests : IAsyncLifetime
{
    private readonly RtcEndpoint _endpoint = Create();
    private readonly Observer _observer = new();

    public ValueTask InitializeAsync()
    {
        _endpoint.Start();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _endpoint.DisposeAsync();

    [Fact]
    public void Media_flows_over_IPv4()
    {
        using var client = new LoopbackClient(() => _endpoint.Now);

        AssertMediaFlows(client, Connect(client));
    }

    [Fact]
    public void Media_flows_over_IPv6()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        using var client = new LoopbackClient(() => _endpoint.Now, IPAddress.IPv6Loopback);

        AssertMediaFlows(client, Connect(client));
    }

    [Fact]
    public void Connections_share_the_port_and_do_not_mix()
    {
        using var first = new LoopbackClient(() => _endpoint.Now);
        using var second = new LoopbackClient(() => _endpoint.Now);
        var (a, b) = (Connect(first, "firstfirst"), Connect(second, "secondsecond"));

        a.SendAudio(_endpoint.Now, [1]);
        b.SendAudio(_endpoint.Now, [2]);

        Assert.True(first.RunUntil(() => first.Client.Media!.Audio.Count == 1));
        Assert.True(second.RunUntil(() => second.Client.Media!.Audio.Count == 1));
        Assert.Equal([1], first.Client.Media!.Audio[0]);
        Assert.Equal([2], second.Client.Media!.Audio[0]);
        Assert.Equal(2, _endpoint.GetStatistics().Connections);
    }

    [Fact]
    public void Events_come_in_order()
    {
        using var client = new LoopbackClient(() => _endpoint.Now);
        var connection = Connect(client);
        connection.Close();

        Assert.Equal(
            [RtcConnectionState.Connecting, RtcConnectionState.Connected, RtcConnectionState.Closed],
            _observer.Of(connection).OfType<RtcEvent.StateChanged>().Select(changed => changed.State));
        Assert.Equal(RtcReason.ClosedLocally, _observer.Of(connection).OfType<RtcEvent.StateChanged>().Last().Reason);
    }

    [Fact]
    public void A_closed_connection_is_forgotten()
    {
        using var client = new LoopbackClient(() => _endpoint.Now);
        var connection = Connect(client);

        connection.Close();

        Assert.True(client.RunUntil(() => client.Client.Dtls!.End == RtcReason.ClosedByPeer));
        Assert.Equal(0, _endpoint.GetStatistics().Connections);
        Assert.False(connection.SendAudio(_endpoint.Now, [1]));
        client.Send(new byte[20]);
        Assert.True(client.RunUntil(() => _endpoint.GetStatistics().Dropped.Count > 0));
    }

    [Fact]
    public void The_clients_goodbye_ends_it()
    {
        using var client = new LoopbackClient(() => _endpoint.Now);
        var connection = Connect(client);

        client.Client.Dtls!.Close();
        client.Client.HandleTimeout(_endpoint.Now);

        // The observer is told right after the state has changed, on the endpoint's thread.
        Assert.True(client.RunUntil(() => _observer.Of(connection).OfType<RtcEvent.StateChanged>().LastOrDefault() is { Reason: RtcReason.ClosedByPeer }));
        Assert.Equal(RtcConnectionState.Closed, connection.State);
    }

    [Fact]
    public void The_microphone_is_heard()
    {
        using var client = new LoopbackClient(() => _endpoint.Now, options: new OfferOptions { HasMicrophone = true });
        var connection = Connect(client);
        var buffer = new byte[2048];
        ReceivedAudio audio = default;

        client.Client.Media!.Speak([5, 6, 7]);

        Assert.True(client.RunUntil(() => connection.TryReceiveAudio(buffer, out audio)));
        Assert.Equal([5, 6, 7], buffer[..audio.Length]);
    }

    [Fact]
    public void A_client_that_changes_its_port_is_followed()
    {
        using var client = new LoopbackClient(() => _endpoint.Now);
        var connection = Connect(client);

        using var moved = new LoopbackClient(() => _endpoint.Now);
        client.Client.Address = moved.Client.Address;
        client.Client.RestartByDerivation(1, SimulatedServer.Secret);
        moved.Take(client.Client);

        Assert.True(moved.RunUntil(() => connection.Generation == 1));
        connection.SendAudio(_endpoint.Now, [9]);
        Assert.True(moved.RunUntil(() => client.Client.Media!.Audio.Count == 1));
    }

    [Fact]
    public void Nobodys_datagrams_are_counted_and_answered_with_nothing()
    {
        using var client = new LoopbackClient(() => _endpoint.Now);
        var connection = Connect(client);
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var endpoint = new IPEndPoint(IPAddress.Loopback, _endpoint.Port);
        foreach (byte first in new byte[] { 0, 20, 128, 255 })
        {
            stranger.SendTo([first, .. new byte[50]], endpoint);
        }

        stranger.SendTo(new byte[5000], endpoint);
        stranger.SendTo([], endpoint);

        Assert.True(client.RunUntil(() => _endpoint.GetStatistics().Dropped.Values.Sum() >= 6));
        Assert.Equal(0, stranger.Available);
        AssertMediaFlows(client, connection);
    }

    [Fact]
    public async Task An_unreachable_client_is_no_error()
    {
        var client = new LoopbackClient(() => _endpoint.Now);
        var connection = Connect(client);
        client.Dispose();

        // The first is answered by ICMP port unreachable, which later calls on the socket then report.
        for (var i = 0; i < 20; i++)
        {
            Assert.True(connection.SendAudio(_endpoint.Now, [1]));
        }

        using var next = new LoopbackClient(() => _endpoint.Now);
        AssertMediaFlows(next, Connect(next, "nextnextnext"));
        await _endpoint.DisposeAsync();
    }

    [Fact]
    public void Sending_through_the_socket_allocates_nothing()
    {
        using var client = new LoopbackClient(() => _endpoint.Now);
        var connection = Connect(client);
        var frame = new byte[3000];
        Send(500);

        // A queue may still grow once, where this thread had to wait for another: what every packet allocates is allocated each time.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => Allocated()));

        long Allocated()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Send(100);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        void Send(int count)
        {
            for (var i = 0; i < count; i++)
            {
                connection.SendAudio(_endpoint.Now, frame.AsSpan(0, 100));
                connection.SendVideo(_endpoint.Now, frame, isKeyFrame: false);
            }
        }
    }

    [Fact]
    public async Task Stopping_closes_what_is_there()
    {
        using var client = new LoopbackClient(() => _endpoint.Now);
        var connection = Connect(client);

        await _endpoint.DisposeAsync();

        Assert.Equal(RtcReason.EndpointStopped, _observer.Of(connection).OfType<RtcEvent.StateChanged>().Last().Reason);
        Assert.True(client.RunUntil(() => client.Client.Dtls!.End == RtcReason.ClosedByPeer));
        Assert.Throws<ObjectDisposedException>(() => _endpoint.TryAccept(Options("late"), client.Client.Offer, _observer, out _, out _));
    }

    [Fact]
    public void A_tag_is_taken_once()
    {
        using var client = new LoopbackClient(() => _endpoint.Now);
        Connect(client, "unique");

        Assert.Throws<InvalidOperationException>(
            () => _endpoint.TryAccept(Options("unique"), client.Client.Offer, _observer, out _, out _));
        Assert.Equal(1, _endpoint.GetStatistics().Connections);
    }

    [Fact]
    public async Task A_port_that_is_taken_stops_the_start()
    {
        await using var second = Create(_endpoint.Port);

        Assert.Throws<SocketException>(second.Start);
    }

    [Fact]
    public async Task Announced_addresses_take_the_place_of_the_own()
    {
        var options = new RtcEndpointOptions { Port = 0 };
        options.AnnouncedAddresses.Add("203.0.113.5");
        options.AnnouncedAddresses.Add("2001:db8::5");
        await using var endpoint = new RtcEndpoint(options, TimeProvider.System, NullLogger<RtcEndpoint>.Instance);

        endpoint.Start();

        Assert.Equal(
            [new IPEndPoint(IPAddress.Parse("203.0.113.5"), endpoint.Port), new IPEndPoint(IPAddress.Parse("2001:db8::5"), endpoint.Port)],
            endpoint.Candidates);
    }

    [Fact]
    public void Own_addresses_include_loopback_and_it_is_last()
    {
        var candidates = _endpoint.Candidates;

        Assert.Contains(candidates, candidate => candidate.Address.Equals(IPAddress.Loopback));
        var firstLoopback = candidates.TakeWhile(candidate => !IPAddress.IsLoopback(candidate.Address)).Count();
        Assert.All(candidates.Skip(firstLoopback), candidate => Assert.True(IPAddress.IsLoopback(candidate.Address)));
    }

    [Fact]
    public async Task Warming_up_disturbs_nothing()
    {
        Assert.True(await _endpoint.WarmUpAsync());

        Assert.Equal(0, _endpoint.GetStatistics().Connections);
    }

    private static RtcEndpoint Create(int port = 0) =>
        new(new RtcEndpointOptions { Port = port }, TimeProvider.System, NullLogger<RtcEndpoint>.Instance);

    private static RtcPeerOptions Options(string tag) => new() { Tag = tag, IceSecret = SimulatedServer.Secret };

    private RtcConnection Connect(LoopbackClient client, string tag = "routingtag")
    {
        Assert.True(_endpoint.TryAccept(Options(tag), client.Client.Offer, _observer, out var connection, out var error), error);
        client.Client.Start(connection.Answer);
        Assert.True(client.RunUntil(() => client.Client.IsConnected && connection.State == RtcConnectionState.Connected));
        return connection;
    }

    private void AssertMediaFlows(LoopbackClient client, RtcConnection connection)
    {
        Assert.True(connection.SendVideo(_endpoint.Now, new byte[5000], isKeyFrame: true, tag: 3));
        Assert.True(client.RunUntil(() => client.Client.Media!.Frames().Count == 1));
        Assert.True(client.RunUntil(() => connection.GetStatistics().PacketsAcknowledged >= 5));
    }

    private sealed class Observer : IRtcConnectionObserver
    {
        private readonly ConcurrentQueue<(RtcConnection Connection, RtcEvent Event)> _told = new();

        public IEnumerable<RtcEvent> Of(RtcConnection connection) =>
            _told.Where(told => told.Connection == connection).Select(told => told.Event);

        public void OnEvent(RtcConnection connection, RtcEvent rtcEvent) => _told.Enqueue((connection, rtcEvent));
    }
}
