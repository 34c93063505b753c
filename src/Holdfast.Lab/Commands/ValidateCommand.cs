using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Validation;
using Holdfast.Media;
using Spectre.Console;

namespace Holdfast.Lab.Commands;

/// <summary>holdfast-lab validate: five questions about a deployment.</summary>
internal static class ValidateCommand
{
    public const string Help = """
        holdfast-lab validate [options] URL

        Five questions about a running server, each answered yes or no with what was measured. It takes about two minutes and
        disturbs nobody else: the network is taken away from this program's own sessions only.

          1 Normal use              pictures and sound arrive, are decoded, and what is to be said is heard
          2 Interruption            it is noticed, and heals by itself when the network is back
          3 Manual reconnect        after the connection was given up, each level of the ladder brings the same session back
          4 Grace period            alive just before its end, gone just after
          5 Feedback to the person  every state, the time that is left, and the reason of an end are told

          --grace SECONDS           of the session that is let expire (20)
          --json FILE               writes the answers as JSON too; - is the standard output

        Exit code: 0 five times yes; 1 at least one no; 2 usage; 3 no server.
        """;

    private const int LeastGraceSeconds = 12;

    public static async Task<int> RunAsync(Arguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var options = new ValidationOptions();
        options = options with { GraceSeconds = arguments.Number("--grace", LeastGraceSeconds, 3600) ?? options.GraceSeconds };
        var json = arguments.Text("--json");
        var address = arguments.Address();
        arguments.End();

        await using var host = new PeerHost(time);
        using var http = HoldfastApi.CreateClient(address);
        var api = new HoldfastApi(http);
        await api.HealthAsync(cancellationToken);
        var console = Consoles.For(json);
        var validator = new Validator(host, new HoldfastService(api), options);
        ValidationReport report;
        try
        {
            report = await validator.RunAsync(
                name => console.MarkupLineInterpolated($"[grey]{name} ...[/]"), step => Write(console, step), cancellationToken);
        }
        catch (MissingNativeLibraryException e)
        {
            throw new UsageException($"What arrives cannot be decoded here. {e.Message}");
        }

        console.WriteLine();
        var yes = report.Steps.Count(step => step.IsYes);
        console.MarkupLineInterpolated($"[bold]{yes} of {report.Steps.Count} yes[/] at {report.Server}");
        if (json is not null)
        {
            await JsonFile.WriteAsync(json, report, cancellationToken);
        }

        return report.IsYes ? ExitCode.Fine : ExitCode.NotFine;
    }

    private static void Write(IAnsiConsole console, ValidationStep step)
    {
        console.MarkupLine($"{(step.IsYes ? "[green]yes[/]" : "[red]no[/] ")} [bold]{Markup.Escape(step.Name)}[/]");
        foreach (var line in step.Measured)
        {
            console.WriteLine($"      {line}");
        }

        if (step.Problem is not null)
        {
            console.MarkupLineInterpolated($"      [red]{step.Problem}[/]");
        }
    }
}
