using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Holdfast.Browser.Kit;
using Holdfast.Lab.Network.Isolated;

namespace Holdfast.Browser.Tests;

/// <summary>A real server on a machine whose addresses come and go: a network namespace. Without the rights for one the test says so and is skipped.</summary>
public sealed class AddressTests : IAsyncLifetime
{
    private const string Offer = """
        v=0
        o=- 1 1 IN IP4 127.0.0.1
        s=-
        t=0 0
        m=audio 9 UDP/TLS/RTP/SAVPF 111
        c=IN IP4 0.0.0.0
        a=ice-ufrag:ufrag
        a=ice-pwd:passwordpasswordpassword
        a=fingerprint:sha-256 F0:BA:84:30:B4:34:AC:9F:8A:30:31:AD:8F:80:A8:B2:BE:C7:41:F3:4B:00:C8:BC:7B:54:DE:81:B6:59:13:36
        a=setup:actpass
        a=rtcp-mux
        a=recvonly
        a=rtpmap:111 opus/48000/2

        """;

    private readonly string _machine = $"holdfast-machine-{Environment.ProcessId}";
    private ServerProcess _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "A network namespace needs Linux and root.");
        await SystemCommand.RunAsync("ip", ["netns", "add", _machine]);
        await IpAsync("link set lo up");

        // As on a machine with Docker: its bridge is the first interface, with a container at it.
        await IpAsync("link add docker0 type bridge");
        await PlugAsync("container");
        await IpAsync("link set container master docker0");
        await IpAsync("addr add 172.17.0.1/16 dev docker0");
        await IpAsync("link set docker0 up");

        // An interface that got no address from anybody, and gave itself one.
        await PlugAsync("lonely", "169.254.7.7/16");
        await PlugAsync("wan", "203.0.113.7/24");
        await IpAsync("route add default via 203.0.113.1 dev wan");
        _server = await ServerProcess.StartInAsync(
            _machine, "--urls", "http://0.0.0.0:0", "--Holdfast:Store:Enabled=false",
            "--Holdfast:Access:Anonymous=Everywhere"); // it is asked from its public addresses too
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        if (File.Exists($"/run/netns/{_machine}"))
        {
            await SystemCommand.RunAsync("ip", ["netns", "delete", _machine]);
        }
    }

    [Fact]
    public async Task Addresses_are_named_as_they_come_and_go_the_one_that_was_reached_first_and_bridges_last()
    {
        Assert.Equal(["203.0.113.7", "172.17.0.1", "127.0.0.1"], await NamedAsync("127.0.0.1"), StringComparer.Ordinal);

        await PlugAsync("late", "198.51.100.9/24");
        Assert.Equal(["198.51.100.9", "203.0.113.7", "172.17.0.1"], await NamedAsync("198.51.100.9"), StringComparer.Ordinal);
        Assert.Equal(["203.0.113.7", "198.51.100.9", "172.17.0.1", "127.0.0.1"], await NamedAsync("127.0.0.1"), StringComparer.Ordinal);

        await IpAsync("link delete wan");
        Assert.Equal(["198.51.100.9", "172.17.0.1"], await NamedAsync("198.51.100.9"), StringComparer.Ordinal);
        Assert.Equal(["198.51.100.9", "172.17.0.1"], await NamedAsync("169.254.7.7"), StringComparer.Ordinal);
    }

    private Task<string> IpAsync(string command) => SystemCommand.RunAsync("ip", ["-n", _machine, .. command.Split(' ')]);

    /// <summary>An interface with a carrier: one end of a pair.</summary>
    private async Task PlugAsync(string name, string? address = null)
    {
        await IpAsync($"link add {name} type veth peer name {name}-far");
        await IpAsync($"link set {name}-far up");
        await IpAsync($"link set {name} up");
        if (address is not null)
        {
            await IpAsync($"addr add {address} dev {name}");
        }
    }

    /// <summary>The IPv4 addresses in the answer to an offer that was sent to one of them, in order.</summary>
    private async Task<IEnumerable<string>> NamedAsync(string reached)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = (context, cancellation) => NetworkNamespace.ConnectAsync(_machine, context.DnsEndPoint, cancellation),
        };
        using var client = new HttpClient(handler);
        var address = new UriBuilder(_server.Address) { Host = reached, Path = "/api/sessions" }.Uri;

        using var response = await client.PostAsJsonAsync(address, new { sdp = Offer.ReplaceLineEndings("\r\n"), type = "offer" }, Cancellation);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);

        var lines = answer.GetProperty("answer").GetProperty("sdp").GetString()!.Split("\r\n");
        string[] named = [.. lines.Where(line => line.StartsWith("a=candidate:", StringComparison.Ordinal)).Select(line => line.Split(' ')[4])];
        Assert.DoesNotContain(named, static one => one.StartsWith("fe80", StringComparison.OrdinalIgnoreCase));
        string[] plain = [.. named.Where(one => IPAddress.Parse(one).AddressFamily == AddressFamily.InterNetwork)];
        Assert.Contains($"c=IN IP4 {plain[0]}", lines, StringComparer.Ordinal);
        return plain;
    }
}
