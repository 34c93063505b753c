using Holdfast.Lab.Dashboard;

namespace Holdfast.Lab.Commands;

/// <summary>holdfast-lab dashboard: whether a dashboard's panels have something to show, and what.</summary>
internal static class DashboardCommand
{
    public const string Help = """
        holdfast-lab dashboard [options] PROMETHEUS

        Asks Prometheus what the panels of a Grafana dashboard ask, and draws the answers, without Grafana. Panels that are answered
        with nothing are named: the dashboard asks for what nobody measures, or nothing of it has happened.

          --dashboard FILE          the dashboard's JSON (deploy/grafana/holdfast.json)
          --last TIME               how much of the past is shown (10m)
          --ago TIME                how long ago it ends (0s)
          --rate TIME               over how long rates are taken (30s); four times as long as Prometheus waits between two questions, at least
          --html FILE               all panels, drawn, in one page

        Exit code: 0 every panel has something to show; 1 some have not; 2 usage; 3 no Prometheus; 4 it refuses a question.
        """;

    /// <summary>More are not to be seen in a panel.</summary>
    private const double MostPoints = 300;

    public static async Task<int> RunAsync(Arguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = arguments.Text("--dashboard") ?? Path.Combine("deploy", "grafana", "holdfast.json");
        var last = arguments.Duration("--last") ?? TimeSpan.FromMinutes(10);
        var ago = arguments.Duration("--ago") ?? TimeSpan.Zero;
        var rate = arguments.Duration("--rate") ?? TimeSpan.FromSeconds(30);
        var html = arguments.Text("--html");
        var address = arguments.Address();
        arguments.End();

        var dashboard = await GrafanaDashboard.ReadAsync(path, cancellationToken);
        using var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        var end = (time.GetUtcNow() - ago).ToUnixTimeMilliseconds() / 1e3;
        var when = new TimeSpanAsked(end - last.TotalSeconds, end, Math.Max(1, last.TotalSeconds / MostPoints));
        var answer = await DashboardRun.RunAsync(dashboard, new PrometheusApi(http), when, rate, cancellationToken);
        foreach (var panel in answer.Panels.Where(static panel => !panel.Panel.IsHeading))
        {
            Console.WriteLine($"{(panel.Lines.Count == 0 ? "nothing" : $"{panel.Lines.Count,3} lines"),-9} {panel.Panel.Title}");
            foreach (var silent in panel.Silent)
            {
                Console.WriteLine($"          answered with nothing: {silent}");
            }
        }

        if (html is not null)
        {
            await HtmlFile.WriteAsync(html, writer => DashboardPage.Write(answer, writer));
        }

        return answer.Empty.Any() ? ExitCode.NotFine : ExitCode.Fine;
    }
}
