using System.Globalization;
using System.Net;

namespace Holdfast.Lab.Network.Isolated;

/// <summary>What is taken away from a path.</summary>
internal enum Traffic
{
    /// <summary>All of it: no network.</summary>
    Everything,

    /// <summary>Media: networks that let only web pages through.</summary>
    Udp,

    /// <summary>HTTP: the session's server cannot be asked while its media goes on.</summary>
    Tcp,

    /// <summary>DNS: what the server's name stands for cannot be asked.</summary>
    Names,
}

/// <summary>Which way packets are lost.</summary>
[Flags]
internal enum Direction
{
    /// <summary>From the person to the server.</summary>
    Up = 1,

    /// <summary>From the server to the person.</summary>
    Down = 2,

    /// <summary>Both ways.</summary>
    Both = Up | Down,
}

/// <summary>
/// A person's device, a router and a server, each a network namespace of this machine's kernel: what no relay can do (interfaces that go
/// down, addresses that change, a NAT that forgets) happens for real, and disturbs nobody else. Linux, and root.
/// </summary>
/// <remarks>
/// <code>
/// device  wifi   10.77.1.2 ---- 10.77.1.1  router  10.77.3.1 ---- 10.77.3.2  server
///         mobile 10.77.2.2 ---- 10.77.2.1  (NAT)
/// </code>
/// The server's network also answers for the server's name, <see cref="ServerName"/>: the device asks it as devices ask, through the router.
/// All namespaces are the process's own and go with it; what a process that was killed left behind, the next one removes.
/// </remarks>
internal sealed class IsolatedNetwork : IAsyncDisposable
{
    private const string Prefix = "holdfast-lab-";

    // ip-netns(8): what lies here takes the place of /etc's own for programs that run in a namespace.
    private const string Settings = "/etc/netns";
    private static int _count;

    private readonly string _name;
    private NameServer? _names;

    private IsolatedNetwork(string name) => _name = name;

    /// <summary>Where the person's browser runs.</summary>
    public string Device => _name + "-device";

    /// <summary>Where the server runs.</summary>
    public string Server => _name + "-server";

    /// <summary>What is between them.</summary>
    public string Router => _name + "-router";

    /// <summary>The server, as the device knows it.</summary>
    public IPAddress ServerAddress { get; } = IPAddress.Parse("10.77.3.2");

    /// <summary>The server by name, of a domain that is nobody's (RFC 6761 section 6.2).</summary>
    public static string ServerName => "holdfast.test";

    /// <summary>Why this machine cannot isolate networks; null where it can.</summary>
    public static string? Obstacle
    {
        get
        {
            if (!OperatingSystem.IsLinux())
            {
                return "Network namespaces are Linux's.";
            }

            if (!Environment.IsPrivilegedProcess)
            {
                return "Network namespaces need root.";
            }

            var folders = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':');
            var missing = ((string[])["ip", "nft", "conntrack"]).Where(program => !folders.Any(folder => File.Exists(Path.Combine(folder, program)))).ToArray();
            return missing.Length == 0 ? null : $"Missing: {string.Join(", ", missing)}. Debian: apt-get install iproute2 nftables conntrack";
        }
    }

    /// <exception cref="IsolationException">This machine cannot, or the kernel refused.</exception>
    public static async Task<IsolatedNetwork> CreateAsync()
    {
        if (Obstacle is { } obstacle)
        {
            throw new IsolationException(obstacle);
        }

        await RemoveOrphansAsync();
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        var network = new IsolatedNetwork(name);
        try
        {
            await network.BuildAsync();
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>From now on these packets are lost, besides those that already are.</summary>
    /// <param name="traffic">Which.</param>
    /// <param name="direction">Which way.</param>
    /// <param name="percent">How many of a hundred, at random.</param>
    public async Task DropAsync(Traffic traffic, Direction direction = Direction.Both, int percent = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(percent, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        var (up, down) = traffic switch
        {
            Traffic.Udp => ("meta l4proto udp ", "meta l4proto udp "),
            Traffic.Tcp => ("meta l4proto tcp ", "meta l4proto tcp "),
            Traffic.Names => ("th dport 53 ", "th sport 53 "),
            _ => ("", ""),
        };
        var chance = percent == 100 ? "" : string.Create(CultureInfo.InvariantCulture, $"numgen random mod 100 < {percent} ");
        var rules = new List<string>();
        if (direction.HasFlag(Direction.Up))
        {
            rules.Add($"add rule inet holdfast forward oifname wan {up}{chance}drop");
        }

        if (direction.HasFlag(Direction.Down))
        {
            rules.Add($"add rule inet holdfast forward iifname wan {down}{chance}drop");
        }

        await FilterAsync(rules);
    }

    /// <summary>
    /// The way to the person carries so much and no more, and has no queue: what comes too fast is lost, as behind a policer. What was not used of the last second
    /// may come at once, and 6 kB besides (how nftables counts bytes).
    /// </summary>
    /// <param name="bitsPerSecond">With IP and UDP headers.</param>
    public Task LimitAsync(int bitsPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bitsPerSecond, 8_000);
        return FilterAsync([string.Create(CultureInfo.InvariantCulture, $"add rule inet holdfast forward iifname wan limit rate over {bitsPerSecond / 8} bytes/second burst 6000 bytes drop")]);
    }

    /// <summary>Packets are lost several in a row, either way.</summary>
    /// <param name="packets">So many in a row.</param>
    /// <param name="of">Of so many.</param>
    public Task LoseInARowAsync(int packets, int of)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(packets, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(of, packets);
        var share = string.Create(CultureInfo.InvariantCulture, $"numgen inc mod {of} < {packets} drop");
        return FilterAsync([$"add rule inet holdfast forward oifname wan meta l4proto udp {share}", $"add rule inet holdfast forward iifname wan meta l4proto udp {share}"]);
    }

    /// <summary>No packet is lost any more.</summary>
    public Task HealAsync() => FilterAsync(["flush chain inet holdfast forward"]);

    /// <summary>Wi-Fi goes, and the device has another address, as when somebody leaves the house with a telephone.</summary>
    public async Task MoveToMobileAsync()
    {
        await InAsync(Device, "link", "set", "wifi", "down");
        await InAsync(Device, "route", "replace", "default", "via", "10.77.2.1");
    }

    /// <summary>Back home.</summary>
    public async Task MoveToWifiAsync()
    {
        await InAsync(Device, "link", "set", "wifi", "up");
        await InAsync(Device, "route", "replace", "default", "via", "10.77.1.1");
    }

    /// <summary>The device has no interface any more; the browser is told so by the system.</summary>
    public async Task UnplugAsync()
    {
        await InAsync(Device, "link", "set", "wifi", "down");
        await InAsync(Device, "link", "set", "mobile", "down");
    }

    /// <summary>The cable is in again, with the same addresses.</summary>
    public async Task PlugInAsync()
    {
        await InAsync(Device, "link", "set", "wifi", "up");
        await InAsync(Device, "link", "set", "mobile", "up");
        await InAsync(Device, "route", "replace", "default", "via", "10.77.1.1");
    }

    /// <summary>As it was in the beginning, whatever was done to it.</summary>
    public async Task RestoreAsync()
    {
        await HealAsync();
        await PlugInAsync();
    }

    /// <summary>The router forgets whose packets are whose, and gives the next ones another port.</summary>
    public Task RebindAsync() =>
        SystemCommand.RunAsync("ip", ["netns", "exec", Router, "conntrack", "-F"]);

    public async ValueTask DisposeAsync()
    {
        if (_names is not null)
        {
            await _names.DisposeAsync();
        }

        foreach (var name in (string[])[Device, Router, Server])
        {
            await RemoveAsync(name);
        }
    }

    private static Task InAsync(string name, params string[] arguments) => SystemCommand.RunAsync("ip", ["-n", name, .. arguments]);

    private static async Task RemoveAsync(string name)
    {
        var settings = Path.Combine(Settings, name);
        if (Directory.Exists(settings))
        {
            Directory.Delete(settings, recursive: true);
        }

        try
        {
            await SystemCommand.RunAsync("ip", ["netns", "delete", name]);
        }
        catch (IsolationException)
        {
            // It was never made, or is gone already.
        }
    }

    private static async Task RemoveOrphansAsync()
    {
        var names = await SystemCommand.RunAsync("ip", ["netns", "list"]);
        foreach (var name in names.Split('\n').Select(static line => line.Split(' ')[0]).Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            if (!int.TryParse(name[Prefix.Length..].Split('-')[0], CultureInfo.InvariantCulture, out var process) || !Directory.Exists($"/proc/{process}"))
            {
                await RemoveAsync(name);
            }
        }
    }

    private async Task BuildAsync()
    {
        foreach (var name in (string[])[Device, Router, Server])
        {
            await SystemCommand.RunAsync("ip", ["netns", "add", name]);
            await InAsync(name, "link", "set", "lo", "up");

            // An interface that comes up has its IPv6 address a second or two later, when nobody else answers for it. A browser takes that for
            // another change of the network and drops what it is just loading, in whatever comes next.
            await SystemCommand.RunAsync("ip", ["netns", "exec", name, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6"]);
        }

        await ConnectAsync(Device, "wifi", "10.77.1.2/24", "wifi", "10.77.1.1/24");
        await ConnectAsync(Device, "mobile", "10.77.2.2/24", "mobile", "10.77.2.1/24");
        await ConnectAsync(Server, "wan", "10.77.3.2/24", "wan", "10.77.3.1/24");
        await InAsync(Device, "route", "add", "default", "via", "10.77.1.1");
        await InAsync(Server, "route", "add", "default", "via", "10.77.3.1");
        await SystemCommand.RunAsync("ip", ["netns", "exec", Router, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]);
        await FilterAsync(
        [
            "add table inet holdfast",
            "add chain inet holdfast forward { type filter hook forward priority 0; }",
            "add table ip holdfast_nat",
            "add chain ip holdfast_nat post { type nat hook postrouting priority 100; }",

            // A port at random: after the table of connections was forgotten, the same client comes from elsewhere.
            "add rule ip holdfast_nat post oifname wan masquerade random",
        ]);
        _names = NameServer.Start(Server, ServerName, ServerAddress);
        var settings = Directory.CreateDirectory(Path.Combine(Settings, Device)).FullName;
        await File.WriteAllTextAsync(Path.Combine(settings, "resolv.conf"), $"nameserver {ServerAddress}\noptions timeout:2 attempts:2\n");
    }

    private async Task ConnectAsync(string name, string link, string address, string routerLink, string routerAddress)
    {
        await SystemCommand.RunAsync("ip", ["link", "add", link, "netns", name, "type", "veth", "peer", "name", routerLink, "netns", Router]);
        await InAsync(name, "addr", "add", address, "dev", link);
        await InAsync(Router, "addr", "add", routerAddress, "dev", routerLink);
        await InAsync(name, "link", "set", link, "up");
        await InAsync(Router, "link", "set", routerLink, "up");
    }

    private Task FilterAsync(IEnumerable<string> commands) =>
        SystemCommand.RunAsync("ip", ["netns", "exec", Router, "nft", "-f", "-"], string.Join('\n', commands) + "\n");
}
