using Holdfast.Lab.Measure;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;
using Spectre.Console;

namespace Holdfast.Lab.Commands;

/// <summary>holdfast-lab measure: one server, step by step.</summary>
internal static class MeasureCommand
{
    public const string Help = """
        holdfast-lab measure [options] URL

        One server, step by step: starts, recoveries of each level it has, CPU of an idle session, memory and CPU of a held one.

          --api holdfast|livetalking  which API it has (holdfast); the latter is measured by /offer and /reconnect
          --as-browser                offers name the client as browsers do that hide its addresses: by a .local name
          --name NAME                 what it is called in the report
          --times N                   starts, and recoveries of each level (20)
          --away TIME                 without a network before each recovery (2s)
          --idle N                    idle sessions for the CPU (3)
          --held N                    held sessions for the memory and the CPU (10)
          --span TIME                 how long CPU is measured without sessions and of idle ones (20s)
          --held-span TIME            how long CPU of held sessions is measured (60s)
          --until-held TIME           how long a server has for what it does when the last client has gone (10s)
          --server-pid PID            the server's process on this machine; without it, CPU and memory are left out
          --json FILE                 writes the report as JSON; two of them are compared by holdfast-lab compare
        """;

    public static async Task<int> RunAsync(Arguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var defaults = new BenchOptions();
        var options = defaults with
        {
            Times = arguments.Number("--times", 1, 10_000) ?? defaults.Times,
            Away = arguments.Duration("--away") ?? defaults.Away,
            Idle = arguments.Number("--idle", 1, 10_000) ?? defaults.Idle,
            Held = arguments.Number("--held", 1, 10_000) ?? defaults.Held,
            Span = arguments.Duration("--span") ?? defaults.Span,
            HeldSpan = arguments.Duration("--held-span") ?? defaults.HeldSpan,
            UntilHeld = arguments.Duration("--until-held") ?? defaults.UntilHeld,
        };
        var kind = arguments.Text("--api") ?? "holdfast";
        var hides = arguments.Flag("--as-browser");
        var name = arguments.Text("--name") ?? kind;
        var processId = arguments.Number("--server-pid", 1, int.MaxValue);
        var json = arguments.Text("--json");
        var address = arguments.Address();
        arguments.End();

        await using var host = new PeerHost(time);
        using var http = HoldfastApi.CreateClient(address);
        ISessionService service = kind switch
        {
            "holdfast" => new HoldfastService(new HoldfastApi(http), naming: hides ? CandidateNaming.Names : CandidateNaming.None),
            "livetalking" => new LiveTalkingService(http, hides ? CandidateNaming.Names : CandidateNaming.Addresses),
            _ => throw new UsageException($"--api must be holdfast or livetalking; '{kind}' is not."),
        };
        var meter = processId is { } id
            ? ServerMeter.TryOpen(id, host.Clock) ?? throw new UsageException($"There is no process {id} on this machine.")
            : null;
        var console = Consoles.For(json);
        var bench = new Bench(host, service, meter, options, step => console.MarkupLineInterpolated($"[grey]{name}: {step}[/]"));
        var report = await bench.RunAsync(name, cancellationToken);
        Write(console, Comparison.Rows(report));
        if (json is not null)
        {
            await JsonFile.WriteAsync(json, report, cancellationToken);
        }

        return report.NotRecovered == 0 ? ExitCode.Fine : ExitCode.NotFine;
    }

    private static void Write(IAnsiConsole console, IEnumerable<ComparisonRow> rows)
    {
        var table = new Table().AddColumn("what").AddColumn("result");
        foreach (var row in rows)
        {
            table.AddRow(Markup.Escape(row.What), Markup.Escape(row.Text(row.Left)));
        }

        console.Write(table);
    }
}
