using System.Globalization;
using System.Net;
using Holdfast.Lab.Converse;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;

namespace Holdfast.Lab.Commands;

/// <summary>holdfast-lab converse: how long a spoken turn takes, stage by stage.</summary>
internal static class ConverseCommand
{
    public const string Help = """
        holdfast-lab converse [options] URL

        People who talk with the avatar, all at a time: a real voice into a real Opus encoder over a real connection. They listen to
        the beginning of each answer, then break it off, by turns with the command to stop and by speaking into it.

          --sessions NUMBER         people (1)
          --duration TIME           how long they talk (60s)
          --sound FILE              what they say: a recording of a voice, 20 s at the most (espeak-ng says "What do you see?")
          --serve PORT              serves an instant recogniser and an instant model on this port meanwhile, so that what is
                                    measured is the pipeline's own time. The server is to use them:
                                      --Holdfast:Listening:BaseUrl=http://127.0.0.1:PORT/v1
                                      --Holdfast:Dialogue:Models:instant:BaseUrl=http://127.0.0.1:PORT/v1
                                      --Holdfast:Dialogue:Models:instant:Model=instant
          --json FILE               the same for programs; - is the standard output

        Of the time from the end of speech to its words, 500 ms are the silence that ends a turn, unless the server is set otherwise.

        Exit code: 0 done; 1 a turn came to nothing; 2 usage; 3 no server; 130 interrupted.
        """;

    public static async Task<int> RunAsync(Arguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var options = new ConverseOptions();
        options = options with
        {
            Sessions = arguments.Number("--sessions", 1, 1_000) ?? options.Sessions,
            Duration = arguments.Duration("--duration") ?? options.Duration,
        };
        var path = arguments.Text("--sound");
        var port = arguments.Number("--serve", 1, 65_535);
        var json = arguments.Text("--json");
        var address = arguments.Address();
        arguments.End();

        var sentence = await Sentence.LoadAsync(path, cancellationToken);
        await using var instant = port is { } taken ? Serve(taken) : null;
        await using var host = new PeerHost(time);
        using var http = HoldfastApi.CreateClient(address);
        var api = new HoldfastApi(http);
        await api.HealthAsync(cancellationToken);
        var report = await new ConverseRun(host, new HoldfastService(api), sentence, options).RunAsync(cancellationToken);
        Write(report);
        if (json is not null)
        {
            await JsonFile.WriteAsync(json, report, cancellationToken);
        }

        return report is { Failed: 0, Turns: > 0 } ? ExitCode.Fine : ExitCode.NotFine;
    }

    private static InstantService Serve(int port)
    {
        try
        {
            return InstantService.Start(port);
        }
        catch (HttpListenerException e)
        {
            throw new UsageException($"--serve: {e.Message}");
        }
    }

    private static void Write(ConverseReport report)
    {
        var culture = CultureInfo.InvariantCulture;
        Console.WriteLine(string.Create(
            culture, $"{report.Sessions} sessions, {report.Turns} turns in {report.Seconds:0} s ({report.TurnsPerSecond:0.00} a second), {report.Failed} came to nothing"));
        Console.WriteLine();
        Console.WriteLine("| stage | samples | p50 ms | p95 ms |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var (name, figures) in report.Stages)
        {
            Console.WriteLine(figures is null ? $"| {name} | 0 | | |" : string.Create(culture, $"| {name} | {figures.Count} | {figures.P50:0} | {figures.P95:0} |"));
        }
    }
}
