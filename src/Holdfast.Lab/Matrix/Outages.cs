using Holdfast.Lab.Network.Isolated;

namespace Holdfast.Lab.Matrix;

/// <summary>A kind of outage, and how the lab makes it happen.</summary>
/// <param name="Row">As it is told.</param>
/// <param name="IsQuick">Whether it belongs to the few that are run with every change.</param>
/// <param name="HappenAsync">Makes it happen, from its beginning until the network is as it was.</param>
internal sealed record Outage(MatrixRow Row, bool IsQuick, Func<CellRun, Task> HappenAsync)
{
    /// <summary>Where only the person can know what should happen: a click is needed under every policy.</summary>
    public bool NeedsPerson { get; init; }

    /// <summary>What the person does to the page; there is nothing to detect.</summary>
    public bool IsPersonsDoing { get; init; }

    /// <summary>A network that works again and again in between: when the first second of it is noticed says nothing.</summary>
    public bool IsUneven { get; init; }

    /// <summary>Packets are lost one by one while sound goes on: what the browser has to make up is the network's doing, and no sign of a busy machine.</summary>
    public bool LosesPackets { get; init; }

    /// <summary>The page is opened by the server's name instead of its address.</summary>
    public bool IsByName { get; init; }

    /// <summary>The browser itself does not run during it, and can notice it only afterwards.</summary>
    public bool StopsBrowser { get; init; }
}

/// <summary>The outages of the matrix.</summary>
internal static class Outages
{
    public static IReadOnlyList<Outage> All { get; } =
    [
        new(
            new MatrixRow("none", "No outage", "Nothing happens: what the other rows are compared with."),
            IsQuick: false,
            static run => run.NothingAsync()),
        new(
            new MatrixRow("short", "2 s without network", "No packet passes for two seconds, neither media nor HTTP."),
            IsQuick: true,
            static run => WithoutAsync(run, Traffic.Everything, Direction.Both, seconds: 2)),
        new(
            new MatrixRow("long", "40 s without network", "No packet passes for forty seconds: the browser has given the connection up long before."),
            IsQuick: false,
            static run => WithoutAsync(run, Traffic.Everything, Direction.Both, seconds: 40)),
        new(
            new MatrixRow("cable", "Unplugged for 15 s", "The device's interfaces go down, and come back with the same address; the system tells the browser."),
            IsQuick: false,
            UnplugAsync),
        new(
            new MatrixRow("address", "Wi-Fi to mobile", "The interface goes down, and the device goes on with another one and another address."),
            IsQuick: true,
            MoveAsync),
        new(
            new MatrixRow("dns", "A network without DNS", "The device goes on with another interface, where the server's name cannot be resolved for 20 s: HTTP fails, media must not need it."),
            IsQuick: false,
            MoveWithoutNamesAsync)
        {
            IsByName = true,
        },
        new(
            new MatrixRow("nat", "NAT rebinding", "The router forgets the device's connections; the next packets come from another port."),
            IsQuick: true,
            RebindAsync),
        new(
            new MatrixRow("one-way", "One way for 8 s", "Nothing reaches the person; what the browser sends still reaches the server."),
            IsQuick: false,
            static run => WithoutAsync(run, Traffic.Everything, Direction.Down, seconds: 8)),
        new(
            new MatrixRow("udp", "UDP blocked for 15 s", "Media is lost both ways while HTTP works, as in networks that let only web pages through."),
            IsQuick: false,
            static run => WithoutAsync(run, Traffic.Udp, Direction.Both, seconds: 15)),
        new(
            new MatrixRow("http", "HTTP blocked for 15 s", "The server cannot be asked for anything while its media goes on."),
            IsQuick: false,
            static run => WithoutAsync(run, Traffic.Tcp, Direction.Both, seconds: 15)),
        new(
            new MatrixRow("flapping", "1 s on, 1 s off, for 30 s", "The network comes and goes each second."),
            IsQuick: false,
            FlapAsync)
        {
            IsUneven = true,
        },
        new(
            new MatrixRow("loss", "20 % loss for 30 s", "One packet in five is lost, either way, at random."),
            IsQuick: false,
            static run => ThroughAsync(run, run.Network.DropAsync(Traffic.Everything, Direction.Both, percent: 20)))
        {
            IsUneven = true,
            LosesPackets = true,
        },
        new(
            new MatrixRow("bursts", "Bursts of loss for 30 s", "Three packets in a row are lost of every sixty, either way, as where a telephone changes cells."),
            IsQuick: false,
            static run => ThroughAsync(run, run.Network.LoseInARowAsync(packets: 3, of: 60)))
        {
            IsUneven = true,
            LosesPackets = true,
        },
        new(
            new MatrixRow("narrow", "250 kbit/s for 30 s", "The way to the person carries 250 kbit/s all at once, and has no queue: what is more is lost."),
            IsQuick: false,
            static run => ThroughAsync(run, run.Network.LimitAsync(250_000)))
        {
            IsUneven = true,
            LosesPackets = true,
        },
        new(
            new MatrixRow("thin", "120 kbit/s for 30 s", "The way to the person carries 120 kbit/s all at once, and has no queue: what is more is lost."),
            IsQuick: false,
            static run => ThroughAsync(run, run.Network.LimitAsync(120_000)))
        {
            IsUneven = true,
            LosesPackets = true,
        },
        new(
            new MatrixRow("reload", "The page is reloaded", "The person presses F5 in the middle of a word."),
            IsQuick: false,
            static run => run.ReloadAsync())
        {
            IsPersonsDoing = true,
        },
        new(
            new MatrixRow("crash", "The tab crashes", "The process that draws the page is killed; the person loads the page again."),
            IsQuick: false,
            static run => run.CrashAsync())
        {
            IsPersonsDoing = true,
        },
        new(
            new MatrixRow("second-tab", "A second tab", "The person opens the same session in another tab and says yes when it asks whether to go on there."),
            IsQuick: false,
            static run => run.OpenSecondTabAsync())
        {
            NeedsPerson = true,
            IsPersonsDoing = true,
        },
        new(
            new MatrixRow("sleep", "The laptop sleeps for 60 s", "The whole browser is stopped (SIGSTOP), and nothing reaches it; it wakes, can notice only then and is timed from there, and its network comes 2 s later."),
            IsQuick: false,
            SleepAsync)
        {
            StopsBrowser = true,
        },
        new(
            new MatrixRow("server", "The server is restarted", "It is asked to end (SIGTERM), as a deployment does, and starts again."),
            IsQuick: false,
            static run => run.RestartServerAsync()),
        new(
            new MatrixRow("server-crash", "The server is killed", "Its process gets SIGKILL in the middle of a word and is started again at once."),
            IsQuick: true,
            static run => run.KillServerAsync()),
    ];

    private static async Task WithoutAsync(CellRun run, Traffic traffic, Direction direction, int seconds)
    {
        await run.Network.DropAsync(traffic, direction);
        run.Begin();
        await run.WaitAsync(seconds);
        await run.Network.HealAsync();
        run.End();
    }

    private static async Task UnplugAsync(CellRun run)
    {
        await run.Network.UnplugAsync();
        run.Begin();
        await run.WaitAsync(15);
        await run.Network.PlugInAsync();
        run.End();
    }

    private static async Task MoveAsync(CellRun run)
    {
        run.Begin();
        await run.Network.MoveToMobileAsync();
        run.End();
    }

    private static async Task MoveWithoutNamesAsync(CellRun run)
    {
        await run.Network.DropAsync(Traffic.Names);
        run.HealLater(seconds: 20);
        run.Begin();
        await run.Network.MoveToMobileAsync();
        run.End();
    }

    private static async Task RebindAsync(CellRun run)
    {
        run.Begin();
        await run.Network.RebindAsync();
        run.End();
    }

    private static async Task FlapAsync(CellRun run)
    {
        run.Begin();
        for (var i = 0; i < 15; i++)
        {
            await run.Network.DropAsync(Traffic.Everything);
            await run.WaitAsync(1);
            await run.Network.HealAsync();
            await run.WaitAsync(1);
        }

        run.End();
    }

    private static async Task ThroughAsync(CellRun run, Task worse)
    {
        await worse;
        run.Begin();
        await run.WaitAsync(30);
        await run.Network.HealAsync();
        run.End();
    }

    private static async Task SleepAsync(CellRun run)
    {
        await run.Network.DropAsync(Traffic.Everything);
        run.Begin();
        run.Browser.Suspend();
        try
        {
            await run.WaitAsync(60, isLooking: false);
        }
        finally
        {
            run.Browser.Resume();
        }

        run.End();
        run.HealLater(seconds: 2);
    }
}
