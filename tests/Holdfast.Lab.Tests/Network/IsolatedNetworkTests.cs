using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Holdfast.Lab.Network.Isolated;

namespace Holdfast.Lab.Tests.Network;

/// <summary>Real packets through real namespaces. Where the kernel or the rights are missing, the tests say so and are skipped.</summary>
[Trait("Speed", "Slow")]
public sealed class IsolatedNetworkTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(300);

    private IsolatedNetwork _network = null!;
    private Socket _server = null!;
    private Socket _device = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(IsolatedNetwork.Obstacle is not null, IsolatedNetwork.Obstacle ?? "");
        _network = await IsolatedNetwork.CreateAsync();
        _server = NetworkNamespace.CreateSocket(_network.Server, SocketType.Dgram);
        _server.Bind(new IPEndPoint(IPAddress.Any, 4000));
        _device = NetworkNamespace.CreateSocket(_network.Device, SocketType.Dgram);
        _device.Bind(new IPEndPoint(IPAddress.Any, 5000));
    }

    public async ValueTask DisposeAsync()
    {
        _server?.Dispose();
        _device?.Dispose();
        if (_network is not null)
        {
            await _network.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_packet_goes_through_and_back_and_the_server_sees_the_router()
    {
        var from = await SendUpAsync();

        Assert.Equal(IPAddress.Parse("10.77.3.1"), from!.Address);
        Assert.True(await SendDownAsync(from));
    }

    [Fact]
    public async Task What_is_dropped_one_way_still_goes_the_other_and_all_comes_back_when_healed()
    {
        var from = await SendUpAsync();

        await _network.DropAsync(Traffic.Everything, Direction.Down);
        Assert.NotNull(await SendUpAsync());
        Assert.False(await SendDownAsync(from!, mayArrive: false));

        await _network.HealAsync();
        await _network.DropAsync(Traffic.Udp, Direction.Up);
        Assert.Null(await SendUpAsync(Silence));
        Assert.True(await SendDownAsync(from!));

        await _network.HealAsync();
        Assert.NotNull(await SendUpAsync());
    }

    [Fact]
    public async Task Tcp_can_be_lost_while_udp_is_not()
    {
        using var listener = NetworkNamespace.CreateSocket(_network.Server);
        listener.Bind(new IPEndPoint(IPAddress.Any, 4001));
        listener.Listen();
        await _network.DropAsync(Traffic.Tcp);

        Assert.NotNull(await SendUpAsync());
        Assert.False(await ConnectAsync(Silence));

        await _network.HealAsync();
        Assert.True(await ConnectAsync(Patience));
    }

    [Fact]
    public async Task The_servers_name_is_known_to_programs_of_the_device_until_names_are_taken_away()
    {
        Assert.Contains($"{_network.ServerAddress} ", await ResolveAsync(), StringComparison.Ordinal);

        await _network.DropAsync(Traffic.Names);
        Assert.NotNull(await SendUpAsync());
        await Assert.ThrowsAsync<IsolationException>(ResolveAsync);

        await _network.HealAsync();
        Assert.Contains($"{_network.ServerAddress} ", await ResolveAsync(), StringComparison.Ordinal);

        Task<string> ResolveAsync() =>
            SystemCommand.RunAsync("ip", ["netns", "exec", _network.Device, "getent", "ahostsv4", IsolatedNetwork.ServerName]);
    }

    [Fact]
    public async Task A_share_of_the_packets_is_lost()
    {
        await _network.DropAsync(Traffic.Udp, Direction.Up, percent: 50);

        var arrived = 0;
        for (var i = 0; i < 40; i++)
        {
            arrived += await SendUpAsync(TimeSpan.FromMilliseconds(30)) is null ? 0 : 1;
        }

        // Neither none nor all: the chance of either is one in 10^12.
        Assert.InRange(arrived, 1, 39);
    }

    [Fact]
    public async Task What_is_more_than_a_narrow_line_carries_is_lost_and_what_is_less_is_not()
    {
        var from = await SendUpAsync();
        await _network.LimitAsync(80_000);

        // The 10 kB of a second, and 6 kB.
        Assert.InRange(await SendManyDownAsync(from!, 60), 10, 25);

        // One at a time is less than it carries: it fills up again.
        while (await SendManyDownAsync(from!, 1) == 0)
        {
            Cancellation.ThrowIfCancellationRequested();
        }


        await _network.HealAsync();
        Assert.Equal(60, await SendManyDownAsync(from!, 60));
    }

    [Fact]
    public async Task Packets_are_lost_several_in_a_row()
    {
        var from = await SendUpAsync();
        await _network.LoseInARowAsync(packets: 3, of: 20);

        Assert.Equal(51, await SendManyDownAsync(from!, 60));
    }

    [Fact]
    public async Task After_a_rebinding_the_same_socket_comes_from_another_port()
    {
        var before = await SendUpAsync();

        // One port of 64,000 at random may be the same once.
        var ports = new HashSet<int> { before!.Port };
        for (var i = 0; i < 3; i++)
        {
            await _network.RebindAsync();
            ports.Add((await SendUpAsync())!.Port);
        }

        Assert.True(ports.Count > 1);
        Assert.False(await SendDownAsync(before, mayArrive: false));
    }

    [Fact]
    public async Task The_device_moves_to_another_network_and_back()
    {
        await _network.MoveToMobileAsync();
        Assert.NotNull(await SendUpAsync());

        await _network.MoveToWifiAsync();
        Assert.NotNull(await SendUpAsync());

        await _network.UnplugAsync();
        Assert.Throws<SocketException>(() => _device.SendTo("x"u8, new IPEndPoint(_network.ServerAddress, 4000)));

        await _network.PlugInAsync();
        Assert.NotNull(await SendUpAsync());
    }

    [Fact]
    public async Task What_was_built_is_gone_afterwards_and_sockets_are_made_where_they_are_asked_for()
    {
        Assert.Throws<IsolationException>(() => NetworkNamespace.CreateSocket("holdfast-lab-nobody"));
        using var here = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.DoesNotContain(NetworkInterface.GetAllNetworkInterfaces(), static link => string.Equals(link.Name, "wifi", StringComparison.Ordinal));

        await _network.DisposeAsync();

        Assert.False(File.Exists($"/run/netns/{_network.Device}"));
        Assert.False(File.Exists($"/run/netns/{_network.Router}"));
    }

    /// <returns>Where the server saw it come from; null: it did not arrive.</returns>
    private async Task<IPEndPoint?> SendUpAsync(TimeSpan? patience = null)
    {
        var mark = Guid.NewGuid().ToByteArray();
        var begun = TimeProvider.System.GetTimestamp();
        var limit = patience ?? Patience;
        var buffer = new byte[64];
        var sent = begun;
        _device.SendTo(mark, new IPEndPoint(_network.ServerAddress, 4000));
        while (TimeProvider.System.GetElapsedTime(begun) < limit)
        {
            if (_server.Available == 0)
            {
                if (TimeProvider.System.GetElapsedTime(sent) > Silence)
                {
                    // A link that has just come up may lose the first.
                    _device.SendTo(mark, new IPEndPoint(_network.ServerAddress, 4000));
                    sent = TimeProvider.System.GetTimestamp();
                }

                await Task.Yield();
                continue;
            }

            var result = await _server.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), Cancellation);
            if (buffer.AsSpan(0, result.ReceivedBytes).SequenceEqual(mark))
            {
                return (IPEndPoint)result.RemoteEndPoint;
            }
        }

        return null;
    }

    private async Task<bool> SendDownAsync(IPEndPoint to, bool mayArrive = true)
    {
        var mark = Guid.NewGuid().ToByteArray();
        var begun = TimeProvider.System.GetTimestamp();
        var buffer = new byte[64];
        _server.SendTo(mark, to);
        while (TimeProvider.System.GetElapsedTime(begun) < (mayArrive ? Patience : Silence))
        {
            if (_device.Available == 0)
            {
                await Task.Yield();
                continue;
            }

            var count = await _device.ReceiveAsync(buffer, Cancellation);
            if (buffer.AsSpan(0, count).SequenceEqual(mark))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Sends packets of 1,000 bytes one right after the other; returns how many arrive.</summary>
    private async Task<int> SendManyDownAsync(IPEndPoint to, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _server.SendTo(new byte[972], to);
        }

        var (arrived, buffer) = (0, new byte[1024]);
        for (var heard = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(heard) < Silence;)
        {
            if (_device.Available == 0)
            {
                await Task.Yield();
                continue;
            }

            await _device.ReceiveAsync(buffer, Cancellation);
            (arrived, heard) = (arrived + 1, TimeProvider.System.GetTimestamp());
        }

        return arrived;
    }

    private async Task<bool> ConnectAsync(TimeSpan patience)
    {
        using var socket = NetworkNamespace.CreateSocket(_network.Device);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(patience);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(_network.ServerAddress, 4001), limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
