using System.Globalization;
using System.Net;
using Holdfast.Lab.Browsers;
using Holdfast.Lab.Kill;
using Holdfast.Lab.Line;
using Holdfast.Lab.Line.Relayed;
using Holdfast.Lab.Line.Report;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Report;
using Holdfast.Lab.Sessions;
using Spectre.Console;

namespace Holdfast.Lab.Commands;

/// <summary>holdfast-lab line --server: a real server, and a browser beside it, in real time.</summary>
internal static class RelayedLineCommand
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(25);

    /// <summary>A browser is connected a little before its video is seen.</summary>
    private static readonly TimeSpan ConnectMargin = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(string command, string only, ulong seed, Arguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var duration = arguments.Duration("--for") ?? Usual;
        var beside = arguments.Text("--beside") switch
        {
            null => false,
            var name when string.Equals(name, "chromium", StringComparison.OrdinalIgnoreCase) => true,
            var name => throw new UsageException($"--beside must be chromium; '{name}' is not."),
        };
        var (html, json) = (arguments.Text("--html"), arguments.Text("--json"));
        arguments.NoAddress();
        arguments.End();
        LineScenario[] lines = [.. RelayedLines.All(duration, seed).Where(line => line.Name.Contains(only, StringComparison.OrdinalIgnoreCase))];
        if (lines.Length == 0)
        {
            throw new UsageException($"--only: none of the lines is called so. There are: {string.Join("; ", RelayedLines.All(duration, seed).Select(static line => line.Name))}.");
        }

        var begun = time.GetLocalNow();
        var clock = time.GetTimestamp();
        var console = Consoles.For(json);
        var text = LineVideo.TextFor(duration);
        await using var chromium = beside ? await ChromiumAsync(text, lines[0].SpeaksFrom + ConnectMargin, console, time, cancellationToken) : null;
        return await KillCommand.WithServerAsync(command, IPAddress.Loopback, new KillOptions(), [], time, async (server, address) =>
        {
            await server.StartAsync(cancellationToken);
            await using var host = new PeerHost(time);
            using var http = HoldfastApi.CreateClient(address);
            ILineSource ours = new ServerSource(new HoldfastService(new HoldfastApi(http)), text);
            ILineSource[] sources = chromium is null ? [ours] : [ours, chromium];
            var run = new RelayedRun(host);
            var cells = new List<RelayedCell>();
            WriteLine(console, "first s | sound late ms | waited ms | pictures late ms | a second | wide | coarse | freezes (s) | gaps | torn | missing | used | sender, line");
            foreach (var line in lines)
            {
                var cell = await run.RunAsync(line, sources, cancellationToken);
                cells.Add(cell);
                Tell(console, cell);
                Array.Reverse(sources); // whoever was second is first on the next line
            }

            if (html is not null)
            {
                var report = new BesideReport(begun, time.GetElapsedTime(clock), seed, LineCommand.Product(), chromium?.Version, cells);
                await HtmlFile.WriteAsync(html, writer => BesidePage.Write(report, writer));
            }

            if (json is not null)
            {
                await JsonFile.WriteAsync(json, cells.ConvertAll(static cell => new { line = cell.Scenario.Name, cell.Senders, cell.Problems }), cancellationToken);
            }

            return cells.TrueForAll(static cell => cell.Problems.Count == 0);
        });
    }

    private static async Task<ChromiumSource> ChromiumAsync(string text, TimeSpan idles, IAnsiConsole console, TimeProvider time, CancellationToken cancellationToken)
    {
        console.MarkupLine("[grey]What the browser sends is rendered ...[/]");
        var video = await LineVideo.RenderAsync(text, idles, time, cancellationToken);
        try
        {
            return await ChromiumSource.StartAsync(video, time, cancellationToken);
        }
        catch (BrowserException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private static void Tell(IAnsiConsole console, RelayedCell cell)
    {
        foreach (var sender in cell.Senders)
        {
            var result = sender.Result;
            WriteLine(console, string.Create(
                CultureInfo.InvariantCulture,
                $"{result.FirstPicture?.ToString("0.00", CultureInfo.InvariantCulture) ?? "never",7} | {result.DelayP50,6:0} /{result.DelayP95,5:0} | {sender.WaitedP50,3:0} /{sender.WaitedP95,4:0} | {result.PictureDelayP95,16:0} | {result.Pictures,8:0.0} | {sender.PictureWidth,4} | {sender.Coarseness,6} | {result.Freezes,4} ({result.FrozenSeconds,4:0.0}) | {sender.SoundGaps,4} | {(result.Words == 0 ? "-" : Wording.Text($"{result.WordsTorn}/{result.Words}")),5} | {result.SoundMissing,7:0.0 %} | {result.LineUse,4:0 %} | {sender.Sender,-8} {result.Name}"));
        }

        foreach (var problem in cell.Problems)
        {
            console.MarkupLineInterpolated($"[yellow]{problem} ({cell.Scenario.Name})[/]");
        }
    }

    /// <summary>A row is not broken, however narrow the screen is.</summary>
    private static void WriteLine(IAnsiConsole console, string line) => console.Profile.Out.Writer.WriteLine(line);
}
