using System.Globalization;
using Holdfast.Lab.Load;
using Holdfast.Lab.Measure;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;
using Spectre.Console;

namespace Holdfast.Lab.Commands;

/// <summary>holdfast-lab load: many sessions at once, with outages, and what became of them.</summary>
internal static class LoadCommand
{
    public const string Help = """
        holdfast-lab load [options] URL

        Many sessions at once: they start, stay, lose their network, come back, and go.

          --sessions N          how many (10)
          --for TIME            how long they stay once all are there (60s)
          --starts N/s          how fast they come (10/s)
          --again TIME          for how long who is not let in comes again, whenever the server says (Retry-After; 0s); all that is measured comes after it
          --speaking SHARE      the share that is spoken in all the time (5%); what they say is known, recorded and judged word by word
          --outages N/min       how often each session loses its network (0/min)
          --outage-length A-B   for how long (2s-8s)
          --levels LIST         the ways back, in turn: 0 heals by itself, 1 self-made answer, 2 ICE restart, 3 new connection (0,1,2,3)
          --network CONDITIONS  delay=40ms,jitter=10ms,loss=2%,burst=1%/5,reorder=1%,duplicate=1%,bandwidth=2M,queue=100ms,
                                bucket=6000 (a policer in place of the queue, bytes)
          --grace SECONDS       the grace period to ask for (the server's)
          --seed N              of all that is left to chance (1)
          --server-pid PID      the server's process on this machine: its CPU and memory are measured
          --json FILE           writes the report as JSON too; - is the standard output

        Exit code: 0 all sessions came about and came back, and no word was lost; 1 it is not so; 2 usage; 3 no server; 4 it is full or refuses.
        """;

    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(500);

    public static async Task<int> RunAsync(Arguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var options = Read(arguments, out var json, out var processId, out var address);
        var console = Consoles.For(json);
        await using var host = new PeerHost(time);
        using var http = HoldfastApi.CreateClient(address);
        var api = new HoldfastApi(http);
        await api.HealthAsync(cancellationToken);
        var meter = processId is { } id
            ? ServerMeter.TryOpen(id, host.Clock) ?? throw new UsageException($"There is no process {id} on this machine.")
            : null;
        await using var run = new LoadRun(host, new HoldfastService(api), options, meter);
        var report = await ShowAsync(console, host, run, options, cancellationToken);
        Write(console, report, meter is not null);
        if (json is not null)
        {
            await JsonFile.WriteAsync(json, report, cancellationToken);
        }

        return report.IsFine ? ExitCode.Fine : ExitCode.NotFine;
    }

    private static LoadOptions Read(Arguments arguments, out string? json, out int? processId, out Uri address)
    {
        var defaults = new LoadOptions();
        var (least, most) = OutageLength(arguments.Text("--outage-length"), defaults);
        var options = defaults with
        {
            Sessions = arguments.Number("--sessions", 1, 100_000) ?? defaults.Sessions,
            Duration = arguments.Duration("--for") ?? defaults.Duration,
            StartsPerSecond = arguments.Frequency("--starts") is { } starts and > 0 ? starts : defaults.StartsPerSecond,
            Patience = arguments.Duration("--again") ?? defaults.Patience,
            Speaking = arguments.Share("--speaking") ?? defaults.Speaking,
            OutagesPerSecond = arguments.Frequency("--outages") ?? 0,
            OutageLeast = least,
            OutageMost = most,
            Levels = Levels(arguments.Text("--levels")) ?? defaults.Levels,
            Network = arguments.Conditions("--network"),
            GraceSeconds = arguments.Number("--grace", 1, int.MaxValue),
            Seed = (ulong)(arguments.Number("--seed", 0, int.MaxValue) ?? 1),
        };
        json = arguments.Text("--json");
        processId = arguments.Number("--server-pid", 1, int.MaxValue);
        address = arguments.Address();
        arguments.End();
        return options;
    }

    private static (TimeSpan Least, TimeSpan Most) OutageLength(string? text, LoadOptions defaults)
    {
        if (text is null)
        {
            return (defaults.OutageLeast, defaults.OutageMost);
        }

        var parts = text.Split('-');
        if (parts.Length > 2
            || !Network.Quantities.TryDuration(parts[0], out var least)
            || !Network.Quantities.TryDuration(parts[^1], out var most)
            || most < least)
        {
            throw new UsageException($"--outage-length must be a time or a range such as 2s-8s; '{text}' is not.");
        }

        return (least, most);
    }

    private static List<int>? Levels(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var levels = new List<int>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            levels.Add(part is ['0' or '1' or '2' or '3'] ? part[0] - '0' : throw new UsageException($"--levels must be some of 0,1,2,3; '{part}' is not."));
        }

        return levels;
    }

    private static async Task<LoadReport> ShowAsync(
        IAnsiConsole console, PeerHost host, LoadRun run, LoadOptions options, CancellationToken cancellationToken)
    {
        var running = run.RunAsync(cancellationToken);
        if (!console.Profile.Capabilities.Interactive)
        {
            await ReportLinesAsync(console, host, run, options, running);
            return await running;
        }

        await console.Progress().HideCompleted(false).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new SpinnerColumn()).StartAsync(async progress =>
        {
            var coming = progress.AddTask("sessions start", maxValue: options.Sessions);
            var staying = progress.AddTask("they stay", maxValue: options.Duration.TotalSeconds);
            var judging = options.JudgesWords ? progress.AddTask("words are judged", maxValue: 1) : null;
            Rtc.RtcTime? since = null;
            while (!running.IsCompleted)
            {
                var counters = run.Counters;
                coming.Value = counters.Started + counters.Failed;
                since ??= run.Stage >= LoadStage.Staying ? host.Clock.Now : null;
                staying.Value = since is null ? 0 : (host.Clock.Now - since.Value).TotalSeconds;
                coming.Description = run.Stage == LoadStage.Listening
                    ? "the passage is learnt"
                    : $"{counters.Started} of {options.Sessions} started{(counters.Failed > 0 ? $", {counters.Failed} failed" : "")}";
                staying.Description = $"{counters.Live} live, {counters.Down} without network, {counters.Outages} outages, {counters.NotRecovered} not recovered";
                if (judging is not null && run.Proof is { } proof)
                {
                    judging.MaxValue = Math.Max(1, proof.PassagesSaid);
                    judging.Value = proof.Judged;
                    judging.Description = WordsOf(run.Stage, proof);
                }

                await Task.WhenAny(running, host.Clock.Delay(Refresh, CancellationToken.None));
            }

            coming.Value = options.Sessions;
            staying.Value = options.Duration.TotalSeconds;
        });
        return await running;
    }

    private static async Task ReportLinesAsync(IAnsiConsole console, PeerHost host, LoadRun run, LoadOptions options, Task running)
    {
        while (true)
        {
            await Task.WhenAny(running, host.Clock.Delay(Refresh * 10, CancellationToken.None));
            if (running.IsCompleted)
            {
                return;
            }

            console.WriteLine(LineOf(run, options));
        }
    }

    private static string LineOf(LoadRun run, LoadOptions options)
    {
        var counters = run.Counters;
        var words = run.Proof is { } proof ? $", {WordsOf(run.Stage, proof)}" : "";
        var sessions = $"{counters.Started} of {options.Sessions} started, {counters.Failed} failed, {counters.Live} live, {counters.Down} without network, "
            + $"{counters.Outages} outages, {counters.NotRecovered} not recovered";
        return run.Stage switch
        {
            LoadStage.Listening => "The passage is learnt on an undisturbed path.",
            LoadStage.Coming or LoadStage.Staying => sessions + words,
            LoadStage.HearingOut => $"The last passages are said to their end: {counters.Down} without network{words}",
            LoadStage.Judging => $"What was heard is judged{words}",
        };
    }

    private static string WordsOf(LoadStage stage, SpeechProof proof) => stage == LoadStage.Judging
        ? $"{proof.Judged} of {proof.PassagesSaid} passages judged, {proof.Lost} words lost"
        : $"{proof.WordsSaid} words said";

    private static void Write(IAnsiConsole console, LoadReport report, bool isMetered)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{report.SessionsStarted} of {report.SessionsWanted}[/] sessions at {report.Server}, {report.Seconds} s; {report.SessionsAtTheEnd} there in the end");
        var times = new Table().AddColumn("milliseconds").AddColumn("n").AddColumn("p50").AddColumn("p95").AddColumn("p99").AddColumn("most");
        Row(times, "click to answer", report.Answered);
        Row(times, "click to keys", report.Secured);
        Row(times, "click to first picture", report.FirstPicture);
        foreach (var (level, figures) in report.Recovery)
        {
            Row(times, $"recovery, {level}", figures);
        }

        console.Write(times);
        var counts = new Table().AddColumn("what").AddColumn("result");
        Row(counts, "came again when they were asked to", $"{report.CameAgain}");
        Row(counts, "outages, not recovered, climbed higher", $"{report.Outages}, {report.OutagesNotRecovered}, {report.ClimbedHigher}");
        Row(counts, "pictures a second and session", $"{report.PicturesPerSecondAndSession:0.0}");
        Row(counts, "freezes outside outages", $"{report.Freezes} ({report.FrozenSeconds:0.0} s)");
        Row(counts, "packets received", $"{report.PacketsReceived:#,0} ({report.MegabitsPerSecond:0.0} Mbit/s)");
        Row(counts, "packets lost (in outages too), sent again, never came", $"{report.PacketsLost:#,0}, {report.PacketsRepeated:#,0}, {report.PacketsNeverCame:#,0}");
        Row(counts, "heartbeats missed", report.HeartbeatsMissed.ToString(CultureInfo.InvariantCulture));
        if (report.Words is { Problem: null } words)
        {
            Row(counts, "words said, lost, lost a speaking session", $"{words.Said:#,0}, {words.Lost:#,0}, {words.LostPerSession:0.##}");
            Row(counts, "said again, a speaking session, most at a time", $"{words.RepeatedSeconds:0.0} s, {words.RepeatedSecondsPerSession:0.0} s, {words.LongestRepeatSeconds:0.0} s");
        }

        if (report.ServerCores is { } cores)
        {
            Row(counts, "server's CPU", $"{cores:0.0%} of a core, {report.ServerCoresPerSession:0.00%} a session");
            Row(counts, "server's memory", $"{report.ServerMegabytes:0} MB");
        }

        if (report.LabCores is { } own)
        {
            Row(counts, "the lab's own CPU", $"{own:0.0%} of a core{(report.MachineBusy is { } busy ? $"; this machine was {busy:0%} busy" : "")}");
        }

        console.Write(counts);
        if (report.IsMachineFull)
        {
            console.MarkupLine("[yellow]This machine was full: the figures say more about it than about the server. Use fewer sessions, or another machine for the lab.[/]");
        }

        if (!isMetered)
        {
            console.MarkupLine("[grey]The server's CPU and memory were not measured; where it runs on this machine, give --server-pid.[/]");
        }

        if (report.Words is { Problem: { } silence })
        {
            console.MarkupLineInterpolated($"[yellow]No words were judged: {silence}[/]");
        }

        foreach (var lost in report.Words?.LostWords ?? [])
        {
            console.MarkupLineInterpolated($"[yellow]lost in {lost}[/]");
        }

        foreach (var problem in report.Problems)
        {
            console.MarkupLineInterpolated($"[yellow]{problem}[/]");
        }
    }

    private static void Row(Table table, string name, Figures? figures)
    {
        if (figures is not null)
        {
            table.AddRow(name, $"{figures.Count}", $"{figures.P50:0}", $"{figures.P95:0}", $"{figures.P99:0}", $"{figures.Most:0}");
        }
    }

    private static void Row(Table table, string name, string value) => table.AddRow(Markup.Escape(name), Markup.Escape(value));
}
