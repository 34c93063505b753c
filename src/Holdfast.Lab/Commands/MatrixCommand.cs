using Holdfast.Lab.Browsers;
using Holdfast.Lab.Matrix;
using Holdfast.Lab.Matrix.Report;
using Holdfast.Lab.Network.Isolated;
using Holdfast.Lab.Words;
using Spectre.Console;

namespace Holdfast.Lab.Commands;

/// <summary>holdfast-lab matrix: real browsers, real outages.</summary>
internal static class MatrixCommand
{
    public static readonly string Help = $"""
        holdfast-lab matrix [options] --server "COMMAND"

        Real browsers talk with a server of their own while real outages happen: each kind of outage under each policy in each
        browser. What was heard is compared word by word with what was said. Device, router and server are network namespaces
        of this machine, so nobody else is disturbed; that needs Linux, root, iproute2, nftables and conntrack.

          --server "COMMAND"        starts the server; addresses are added: "dotnet Holdfast.Server.dll"
          --browsers LIST           of chromium, firefox (both)
          --policies LIST           of manual, assisted, auto (all)
          --outages LIST            by their names (all): {string.Join(", ", Outages.All.Select(static outage => outage.Row.Key))}
          --quick                   the few that are run with every change, in Chromium, manual
          --lanes N                 cells at a time, each with a network and a server of its own (1)
          --seed N                  decides when in the speech the outages come (1)
          --html FILE               writes the report
          --json FILE               writes it for programs; - is the standard output
          --update FILE             an earlier report for programs: what is not run now is taken from it
          --keep FOLDER             keeps what each browser played, as WAV files

        Exit code: 0 all came back with no word lost; 1 some did not; 2 usage; 3 no server.
        """;

    private static readonly string[] Policies = ["manual", "assisted", "auto"];

    public static async Task<int> RunAsync(Arguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var command = arguments.Text("--server") ?? throw new UsageException("Which server? Give the command that starts it: --server \"dotnet Holdfast.Server.dll\"");
        var quick = arguments.Flag("--quick");
        var outages = arguments.Text("--outages") is { } list
            ? Choose("--outages", list, Outages.All, static outage => outage.Row.Key)
            : [.. Outages.All.Where(outage => !quick || outage.IsQuick)];
        var policies = arguments.Text("--policies") is { } chosen ? Choose("--policies", chosen, Policies, static policy => policy) : quick ? ["manual"] : Policies;
        var browsers = arguments.Text("--browsers") is { } named
            ? Choose("--browsers", named, Enum.GetValues<BrowserKind>(), static kind => kind.ToString().ToLowerInvariant())
            : quick ? [BrowserKind.Chromium] : Enum.GetValues<BrowserKind>();
        var options = new MatrixOptions
        {
            Server = command.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Outages = outages,
            Policies = policies,
            Browsers = browsers,
            Passage = quick ? Passages.Alphabet[..2] : Passages.Alphabet,
            Lanes = arguments.Number("--lanes", 1, 16) ?? 1,
            Seed = arguments.Number("--seed", 0, int.MaxValue) ?? 1,
            Recordings = arguments.Text("--keep"),
        };
        var (html, json) = (arguments.Text("--html"), arguments.Text("--json"));
        var earlier = arguments.Text("--update") is { } path ? await JsonFile.ReadAsync<MatrixReport>("--update", path, cancellationToken) : null;
        arguments.NoAddress();
        arguments.End();

        var console = Consoles.For(json);
        var all = outages.Count * policies.Count * browsers.Count;
        var done = 0;
        MatrixReport report;
        try
        {
            console.MarkupLineInterpolated($"[grey]{all} cells; building the network, starting the server, learning the words ...[/]");
            report = await new MatrixRun(options, time).RunAsync(cell => Tell(console, ++done, all, cell), cancellationToken);
        }
        catch (IsolationException e)
        {
            throw new UsageException(e.Message);
        }

        report = earlier is null ? report : report.Over(earlier);
        if (html is not null)
        {
            await HtmlFile.WriteAsync(html, writer => MatrixPage.Write(report, writer));
        }

        if (json is not null)
        {
            await JsonFile.WriteAsync(json, report, cancellationToken);
        }

        var fine = report.Cells.Count(static cell => cell.Problem is null);
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{fine} of {report.Cells.Count} cells[/] came back as they should, in {report.Took.TotalMinutes:F0} minutes");
        return report.IsFine ? ExitCode.Fine : ExitCode.NotFine;
    }

    private static void Tell(IAnsiConsole console, int done, int all, MatrixCell cell)
    {
        var mark = cell.Problem is null ? "[green]yes[/]" : "[red]no[/] ";
        var back = cell.RecoveredAfter is { } after ? $"back {after:F2} s after {(cell.IsFromClick ? "the click" : "the path")}" : "the picture never stopped";
        var noticed = cell.DetectedAfter is { } detected ? $"noticed after {detected:F2} s, " : "";
        console.MarkupLine(
            $"[grey]{done,3}/{all}[/] {mark} {Spectre.Console.Markup.Escape($"{cell.Outage,-10} {cell.Policy,-8} {cell.Browser,-8} {noticed}{back}, level {cell.Level?.ToString() ?? "-"}, {cell.WordsLost.Count} lost, {cell.SecondsRepeated:F1} s again, {cell.Seconds:F0} s{(cell.Attempts > 1 ? $", attempt {cell.Attempts}" : "")}")}");
        if (cell.Problem is not null)
        {
            console.MarkupLineInterpolated($"            [red]{cell.Problem}[/]");
        }
    }

    internal static IReadOnlyList<T> Choose<T>(string option, string list, IReadOnlyList<T> all, Func<T, string> name)
    {
        var chosen = new List<T>();
        foreach (var one in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var found = all.Where(candidate => string.Equals(name(candidate), one, StringComparison.OrdinalIgnoreCase)).ToArray();
            chosen.AddRange(found is [_, ..] ? found : throw new UsageException($"{option}: '{one}' is none of {string.Join(", ", all.Select(name))}."));
        }

        return chosen.Count > 0 ? chosen : throw new UsageException($"{option} is empty.");
    }
}
