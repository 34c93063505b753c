using System.Globalization;
using System.Net;
using Holdfast.Lab.Kill;
using Holdfast.Lab.Measure;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Servers;
using Holdfast.Lab.Sessions;
using Spectre.Console;

namespace Holdfast.Lab.Commands;

/// <summary>holdfast-lab kill: a server that is killed again and again.</summary>
internal static class KillCommand
{
    public const string Help = """
        holdfast-lab kill [options] --server "COMMAND"

        Starts a server of its own, has it speak to peers, and kills its process (SIGKILL) again and again at random, also while it starts. It is
        started again at once. What was heard is compared word by word with what was said; of every packet it is noted whether its
        number was used before.

          --server "COMMAND"     starts the server; addresses and a store are added: "dotnet Holdfast.Server.dll"
          --kills N              how often (300)
          --by HOW               kill (SIGKILL), stop (SIGTERM), or takeover: a newer server is started beside it and takes over (kill)
          --sessions N           that listen (2)
          --during-start SHARE   of the kills hit a server that is just starting (25%)
          --life TIME            it lives at the most, from the moment when media flows again (6s)
          --hold-port            keeps the media port open meanwhile, as systemd does: what is sent while there is no server waits for it
          --browsers LIST        real browsers at the product's own page instead of the lab's peers, each kill with a fresh one: of chromium, firefox
          --keep FOLDER          with --browsers: keeps what each browser played, as WAV files
          --seed N               of all that is left to chance (1)
          --json FILE            writes the report as JSON too; - is the standard output

        Exit code: 0 no word was lost, no number used twice and nobody had to come back; 1 it is not so; 2 usage; 3 no server.
        """;

    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(Arguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var command = arguments.Text("--server") ?? throw new UsageException("Which server? Give the command that starts it: --server \"dotnet Holdfast.Server.dll\"");
        var defaults = new KillOptions();
        var options = defaults with
        {
            Kills = arguments.Number("--kills", 1, 100_000) ?? defaults.Kills,
            By = arguments.Text("--by") switch
            {
                null or "kill" => Ending.Kill,
                "stop" => Ending.Stop,
                "takeover" => Ending.TakeOver,
                { } other => throw new UsageException($"--by must be kill, stop or takeover; '{other}' is not."),
            },
            Sessions = arguments.Number("--sessions", 1, 100) ?? defaults.Sessions,
            DuringStart = arguments.Share("--during-start") is { } share ? Math.Min(share, 0.9) : defaults.DuringStart,
            LongestLife = arguments.Duration("--life") ?? defaults.LongestLife,
            HoldsPort = arguments.Flag("--hold-port"),
            Seed = (ulong)(arguments.Number("--seed", 0, int.MaxValue) ?? 1),
        };
        var json = arguments.Text("--json");
        if (arguments.Text("--browsers") is { } browsers)
        {
            return await BrowserKillCommand.RunAsync(command, options, browsers, json, arguments, time, cancellationToken);
        }

        arguments.NoAddress();
        arguments.End();

        var console = Consoles.For(json);
        return await WithServerAsync(command, IPAddress.Loopback, options, [], time, async (server, address) =>
        {
            await using var host = new PeerHost(time);
            using var http = HoldfastApi.CreateClient(address);
            var run = new KillRun(host, new HoldfastService(new HoldfastApi(http)), server, options);
            var report = await ShowAsync(console, host, run, options, cancellationToken);
            Write(console, report);
            if (json is not null)
            {
                await JsonFile.WriteAsync(json, report, cancellationToken);
            }

            return report.IsFine;
        });
    }

    /// <summary>Has work done with a server that has a store of its own, which is gone with it.</summary>
    /// <param name="command">Starts it.</param>
    /// <param name="host">Where it serves.</param>
    /// <param name="options">How it ends each time.</param>
    /// <param name="more">Settings besides.</param>
    /// <param name="time">The clock.</param>
    /// <param name="work">With the server and its address; whether all was as it should be.</param>
    internal static async Task<int> WithServerAsync(
        string command, IPAddress host, KillOptions options, IEnumerable<string> more, TimeProvider time, Func<ServerProcess, Uri, Task<bool>> work)
    {
        var store = Directory.CreateTempSubdirectory("holdfast-kill-");
        try
        {
            var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{host}:{FreePort.Next()}/"));
            using var port = options.HoldsPort ? new HeldPort(address.Port) : null;
            IEnumerable<string> all = [.. CommandOf(command, address, store.FullName, options.By), .. more];
            await using var server = new ServerProcess(port is null ? [.. all] : port.Before(all), address, networkNamespace: null, time);
            return await work(server, address) ? ExitCode.Fine : ExitCode.NotFine;
        }
        finally
        {
            store.Delete(recursive: true);
        }
    }

    /// <summary>How the server is started each time.</summary>
    private static IReadOnlyList<string> CommandOf(string command, Uri address, string store, Ending by) =>
    [
        .. command.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        "--urls", address.ToString().TrimEnd('/'),
        string.Create(CultureInfo.InvariantCulture, $"--Holdfast:Rtc:Port={address.Port}"),
        $"--Holdfast:Store:Directory={store}",
        $"--Holdfast:Store:TakeOver={(by == Ending.TakeOver ? "true" : "false")}",
        "--Holdfast:HeadRoom:Enabled=false", // a busy machine is to be seen in what was lost, not to be turned away
    ];

    private static async Task<KillReport> ShowAsync(IAnsiConsole console, PeerHost host, KillRun run, KillOptions options, CancellationToken cancellationToken)
    {
        var running = run.RunAsync(cancellationToken);
        while (await Task.WhenAny(running, host.Clock.Delay(Refresh, CancellationToken.None)) != running)
        {
            console.MarkupLineInterpolated($"[grey]{run.Kills} of {options.Kills} kills, {run.KillsDuringStart} of them during a start[/]");
        }

        return await running;
    }

    private static void Write(IAnsiConsole console, KillReport report)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{report.Kills} times {Named(report.By)}[/], {report.KillsDuringStart} of them during a start; {report.Sessions} sessions listened");
        var times = new Table().AddColumn("milliseconds").AddColumn("n").AddColumn("p50").AddColumn("p95").AddColumn("p99").AddColumn("most");
        Row(times, "gap, last media before to first after", report.Gap);
        Row(times, "start of the process to first media", report.StartToMedia);
        console.Write(times);
        var counts = new Table().AddColumn("what").AddColumn("result");
        counts.AddRow("words said, lost", $"{report.Words.Said}, {report.Words.Lost}");
        counts.AddRow("said again, most at a time", $"{report.Words.RepeatedSeconds:0.0} s, {report.Words.LongestRepeatSeconds:0.0} s");
        counts.AddRow("passages not finished", $"{report.Words.NotFinished}");
        counts.AddRow("connections that did not go on", $"{report.NotBack}");
        counts.AddRow("packets looked at, numbers used twice", $"{report.PacketsSeen:#,0}, {report.NumbersReused}");
        counts.AddRow("longest step of a stream's numbers", $"{report.LongestJump:#,0}");
        counts.AddRow("packets that could not be opened", $"{report.Refused}");
        console.Write(counts);
        foreach (var problem in report.Problems.Concat(report.Words.LostWords.Select(static lost => $"lost in {lost}")))
        {
            console.MarkupLineInterpolated($"[yellow]{problem}[/]");
        }
    }

    internal static string Named(Ending by) => by switch
    {
        Ending.Kill => "killed",
        Ending.Stop => "stopped",
        Ending.TakeOver => "taken over",
    };

    internal static void Row(Table table, string name, Figures? figures)
    {
        if (figures is not null)
        {
            table.AddRow(name, $"{figures.Count}", $"{figures.P50:0}", $"{figures.P95:0}", $"{figures.P99:0}", $"{figures.Most:0}");
        }
    }
}
