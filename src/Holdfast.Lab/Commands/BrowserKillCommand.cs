using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Holdfast.Lab.Browsers;
using Holdfast.Lab.Kill;
using Holdfast.Lab.Kill.Browsing;
using Holdfast.Lab.Servers;
using Holdfast.Lab.Words;
using Spectre.Console;

namespace Holdfast.Lab.Commands;

/// <summary>holdfast-lab kill --browsers: the same with real browsers.</summary>
internal static class BrowserKillCommand
{
    public static async Task<int> RunAsync(
        string command, KillOptions options, string named, string? json, Arguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var browsers = MatrixCommand.Choose("--browsers", named, Enum.GetValues<BrowserKind>(), static kind => kind.ToString().ToLowerInvariant());
        var recordings = arguments.Text("--keep");
        arguments.NoAddress();
        arguments.End();
        var console = Consoles.For(json);
        string[] more =
        [
            "--Holdfast:Access:Anonymous=Everywhere", // this machine's address may be a public one
            "--Holdfast:Speech:English=espeak", // whose words are told apart best
        ];
        return await KillCommand.WithServerAsync(command, ThisMachine(), options, more, time, async (server, _) =>
        {
            var run = new BrowserKillRun(server, Passages.Alphabet[..2], options.By, options.Kills, browsers, options.Seed, recordings, time);
            var (done, all) = (0, browsers.Count * options.Kills);
            var report = await run.RunAsync(trial => Tell(console, ++done, all, trial), cancellationToken);
            Write(console, report);
            if (json is not null)
            {
                await JsonFile.WriteAsync(json, report, cancellationToken);
            }

            return report.IsFine;
        });
    }

    /// <summary>An address that is not loopback: Firefox sends no media there. Where there is none, Chromium does.</summary>
    private static IPAddress ThisMachine() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(static one => one.OperationalStatus == OperationalStatus.Up)
        .SelectMany(static one => one.GetIPProperties().UnicastAddresses)
        .Select(static unicast => unicast.Address)
        .FirstOrDefault(static address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address)) ?? IPAddress.Loopback;

    private static void Tell(IAnsiConsole console, int done, int all, BrowserKillTrial trial)
    {
        var mark = trial.Problem is null ? "[green]yes[/]" : "[red]no[/] ";
        var connections = string.Join("; ", trial.Connections.Select(static states => string.Join('-', states)));
        console.MarkupLine(
            $"[grey]{done,3}/{all}[/] {mark} {Spectre.Console.Markup.Escape($"{trial.Browser,-8} gap {trial.GapMilliseconds:0} ms, of them {trial.SentGapMilliseconds:0} without a packet, start to media {trial.StartToMediaMilliseconds:0} ms, {connections}, {trial.WordsLost.Count} of {trial.Words} words lost, {trial.SecondsRepeated:F1} s again, {trial.SecondsMadeUp:F1} s made up")}");
        if (trial.Problem is not null)
        {
            console.MarkupLineInterpolated($"            [red]{trial.Problem}[/]");
        }
    }

    private static void Write(IAnsiConsole console, BrowserKillReport report)
    {
        console.WriteLine();
        var table = new Table().AddColumn("gap in milliseconds").AddColumn("n").AddColumn("p50").AddColumn("p95").AddColumn("p99").AddColumn("most");
        foreach (var (browser, gaps) in report.Gaps)
        {
            KillCommand.Row(table, $"{browser}, nothing new was played", gaps);
            KillCommand.Row(table, $"{browser}, nothing was sent", report.SentGaps[browser]);
        }

        console.Write(table);
        foreach (var group in report.Trials.GroupBy(static trial => trial.BrowserVersion, StringComparer.Ordinal))
        {
            console.MarkupLineInterpolated(
                $"{group.Key}, {KillCommand.Named(report.By)} {group.Count()} times: {group.Count(static trial => trial.IsSameSession)} in the same session, {group.Count(static trial => trial.Connections.Count == 1)} with one connection, {group.Sum(static trial => trial.WordsLost.Count)} of {group.Sum(static trial => trial.Words)} words lost, {group.Count(static trial => trial.Problem is null)} as they should be");
        }
    }
}
