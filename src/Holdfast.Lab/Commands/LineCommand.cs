using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Holdfast.Lab.Line;
using Holdfast.Lab.Line.Report;
using Holdfast.Rtc;

namespace Holdfast.Lab.Commands;

/// <summary>holdfast-lab line: the server's sender on thin lines, in virtual time or from a real server.</summary>
internal static class LineCommand
{
    public const string Help = """
        holdfast-lab line [options]

        What arrives over a thin line: the server's own peer with a portrait that idles and then speaks, a bottleneck with a queue, loss
        and delay, and the lab's peer at the other end. In virtual time, so all lines together take minutes. For each: the first picture,
        how much later than on an empty line sound and pictures come, freezes, words torn, and how much of the line is used.

          --only TEXT               lines whose name contains it, such as "250 kbit/s" (all that have a queue); "policed" are
                                    those that have none and drop what is too much
          --seed NUMBER             of all that is left to chance (1)
          --html FILE               a report with plots: all lines at a glance, then each over time
          --json FILE               the same for programs, with what happened each 200 ms

        It needs no server. A dozen of the lines in real time, from a real server through the lab's relay:

          --server "COMMAND"        starts the server; addresses and a store are added: "dotnet Holdfast.Server.dll"
          --beside chromium         has Chromium send the same pictures and sound over the same lines, in turns with the server
          --for TIME                how long each line is watched (25s)

        Exit code: 0 done; 1 a sender could not be connected; 2 usage; 3 no server; 130 interrupted.
        """;

    public static async Task<int> RunAsync(Arguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var only = arguments.Text("--only") ?? "";
        var seed = (ulong)(arguments.Number("--seed", 0, int.MaxValue) ?? 1);
        if (arguments.Text("--server") is { } server)
        {
            return await RelayedLineCommand.RunAsync(server, only, seed, arguments, time, cancellationToken);
        }

        var (html, json) = (arguments.Text("--html"), arguments.Text("--json"));
        arguments.NoAddress();
        arguments.End();

        var begun = time.GetLocalNow();
        var clock = Stopwatch.StartNew();
        var stage = new LineStage();
        var cells = new List<LineCell>();
        var culture = CultureInfo.InvariantCulture;
        Console.WriteLine("first picture s | sound late p50/p95 ms | pictures late p95 ms | pictures/s | freezes (s) | words torn | sound missing | line used | settled s | line");
        var lines = only.Length == 0 ? LineScenario.Grid(seed) : LineScenario.Grid(seed).Concat(LineScenario.Policed(seed));
        foreach (var scenario in lines.Where(scenario => scenario.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var run = new LineRun(scenario, stage);
            var result = run.Run();
            cells.Add(new LineCell(scenario, result));
            Console.WriteLine(string.Create(
                culture,
                $"{result.FirstPicture?.ToString("0.00", culture) ?? "never",5} | {result.DelayP50,5:0}/{result.DelayP95,5:0} | {result.PictureDelayP95,5:0} | {result.Pictures,4:0.0} | {result.Freezes,3} ({result.FrozenSeconds:0.0}) | {result.WordsTorn,2}/{result.Words} | {result.SoundMissing,6:0.0 %} | {result.LineUse,6:0 %} | {result.SettledAfterStep?.ToString("0.0", culture) ?? "-",4} | {result.Name}"));
        }

        if (json is not null)
        {
            await JsonFile.WriteAsync(json, cells.ConvertAll(static cell => cell.Result), cancellationToken);
        }

        if (html is not null)
        {
            var report = new LineReport(begun, clock.Elapsed, seed, Product(), cells);
            await HtmlFile.WriteAsync(html, writer => LinePage.Write(report, writer));
        }

        return ExitCode.Fine;
    }

    internal static string Product() =>
        $"Holdfast {typeof(RtcTime).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "of this build"}";
}
