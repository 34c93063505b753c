using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using Holdfast.Lab.Browsers;
using Holdfast.Lab.Network.Isolated;
using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;
using Holdfast.Lab.Words;

namespace Holdfast.Lab.Matrix;

/// <summary>What is run.</summary>
internal sealed record MatrixOptions
{
    /// <summary>The program that is the server, and its arguments.</summary>
    public required IReadOnlyList<string> Server { get; init; }

    public IReadOnlyList<Outage> Outages { get; init; } = Matrix.Outages.All;

    public IReadOnlyList<string> Policies { get; init; } = ["manual", "assisted", "auto"];

    public IReadOnlyList<BrowserKind> Browsers { get; init; } = [BrowserKind.Chromium, BrowserKind.Firefox];

    /// <summary>Which outages a browser has, where it has not all of them.</summary>
    public Func<BrowserKind, Outage, bool> IsWanted { get; init; } = static (_, _) => true;

    /// <summary>How many cells run at a time, each in a network with a server of its own.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>Decides when in the passage the outages come.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>What is said in each cell; the outages come two to five seconds after its beginning.</summary>
    public string[][] Passage { get; init; } = Passages.Alphabet;

    /// <summary>A folder for what each browser played, as WAV files; null: it is not kept.</summary>
    public string? Recordings { get; init; }
}

/// <summary>Runs the cells, one after the other or several at a time.</summary>
internal sealed class MatrixRun(MatrixOptions options, TimeProvider time)
{
    private static readonly TimeSpan CellLimit = TimeSpan.FromMinutes(4);

    private const double MostMadeUp = 0.7;
    private const int MostAttempts = 3;

    private readonly ConcurrentBag<(int Index, MatrixCell Cell)> _cells = [];
    private string _product = "Holdfast";
    private SpokenPassage? _passage;

    /// <param name="onCell">Is told each cell when it is done.</param>
    /// <param name="cancellationToken">Gives up; what is built is taken down.</param>
    /// <exception cref="IsolationException">Networks cannot be isolated here, or the server does not start.</exception>
    public async Task<MatrixReport> RunAsync(Action<MatrixCell> onCell, CancellationToken cancellationToken)
    {
        var begun = time.GetUtcNow();
        var loadAtBegin = Load();
        var cells =
            from browser in options.Browsers
            from outage in options.Outages
            where options.IsWanted(browser, outage)
            from policy in options.Policies
            select (outage, policy, browser);
        var work = new Work(cells.Select(static (cell, index) => new Assignment(index, cell.outage, cell.policy, cell.browser)), options.Browsers);

        // The first lane learns how the passage sounds; the others need it too.
        await using var first = await LaneAsync(cancellationToken);
        await LearnAsync(first, cancellationToken);
        var lanes = new List<Lane> { first };
        try
        {
            while (lanes.Count < Math.Min(options.Lanes, work.Count))
            {
                lanes.Add(await LaneAsync(cancellationToken));
            }

            await Task.WhenAll(lanes.Select((lane, index) => WorkAsync(lane, options.Browsers[index % options.Browsers.Count], work, onCell, cancellationToken)));
        }
        finally
        {
            foreach (var lane in lanes.Skip(1))
            {
                await lane.DisposeAsync();
            }
        }

        return new MatrixReport(
            begun, time.GetUtcNow() - begun, _product,
            new MatrixMachine(Processor(), Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, $"{RuntimeInformation.OSDescription}; .NET {Environment.Version}", loadAtBegin, Load()),
            [.. _passage!.Words.Select(static word => word.Text)],
            [.. options.Outages.Select(static outage => outage.Row)],
            [.. _cells.OrderBy(static one => one.Index).Select(static one => one.Cell)]);
    }

    private async Task LearnAsync(Lane lane, CancellationToken cancellationToken)
    {
        await using var host = new PeerHost(time) { NetworkNamespace = lane.Network.Device };
        using var http = HoldfastApi.CreateClient(lane.Server.Address, lane.Network.Device);
        var api = new HoldfastApi(http);
        _product = $"Holdfast {(await api.AboutAsync(cancellationToken)).Version}";
        _passage = await PassageReference.RecordAsync(host, new HoldfastService(api), options.Passage, cancellationToken);
    }

    private async Task<Lane> LaneAsync(CancellationToken cancellationToken)
    {
        var network = await IsolatedNetwork.CreateAsync();
        var server = new ServerUnderTest(options.Server, network, time);
        var lane = new Lane(network, server);
        try
        {
            await server.StartAsync(cancellationToken);
            return lane;
        }
        catch
        {
            await lane.DisposeAsync();
            throw;
        }
    }

    private async Task WorkAsync(Lane lane, BrowserKind preferred, Work work, Action<MatrixCell> onCell, CancellationToken cancellationToken)
    {
        while (work.TryTake(preferred, out var one))
        {
            var begun = time.GetTimestamp();
            var cell = await RunAsync(lane, one, cancellationToken);
            while (!one.Outage.LosesPackets && cell is { WordsLost.Count: > 0, SecondsMadeUp: > MostMadeUp, Attempts: < MostAttempts })
            {
                // A machine that cannot play what has arrived says nothing about what was sent.
                await lane.Network.RestoreAsync();
                var attempts = cell.Attempts + 1;
                cell = (await RunAsync(lane, one, cancellationToken)) with { Attempts = attempts };
            }

            cell = cell with { Seconds = Math.Round(time.GetElapsedTime(begun).TotalSeconds, 1) };
            _cells.Add((one.Index, cell));
            onCell(cell);
            await lane.Network.RestoreAsync();
        }
    }

    private async Task<MatrixCell> RunAsync(Lane lane, Assignment assignment, CancellationToken cancellationToken)
    {
        var (index, outage, policy, kind) = assignment;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(CellLimit);
        var version = kind.ToString();
        try
        {
            var address = outage.IsByName ? lane.Server.NamedAddress : lane.Server.Address;
            await using var browser = await RemoteBrowser.LaunchAsync(new BrowserLaunch(kind, lane.Network.Device, address), time, limit.Token);
            version = browser.Version;
            var visitor = await Visitor.OpenAsync(browser, address, policy, "en", time, limit.Token);
            var run = new CellRun(outage, policy, lane.Network, lane.Server, browser, visitor, _passage!, new Random(options.Seed * 1_000 + index), time);
            var cell = await run.RunAsync(limit.Token);
            Keep(visitor, cell, kind);
            return cell with { Browser = Key(kind), BrowserVersion = version };
        }
        catch (Exception e) when (e is BrowserException or IsolationException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // A cell that cannot be run is a cell that failed: the others still tell something.
            return new MatrixCell
            {
                Outage = outage.Row.Key,
                Policy = policy,
                Browser = Key(kind),
                BrowserVersion = version,
                Problem = e is OperationCanceledException ? $"It was not done within {CellLimit.TotalMinutes:F0} minutes." : e.Message,
            };
        }
    }

    private void Keep(Visitor visitor, MatrixCell cell, BrowserKind kind)
    {
        if (options.Recordings is { } folder)
        {
            Directory.CreateDirectory(folder);
            visitor.Recording.Save(Path.Combine(folder, $"{cell.Outage}-{cell.Policy}-{Key(kind)}.wav"));
        }
    }

    private static string Key(BrowserKind kind) => kind == BrowserKind.Chromium ? "chromium" : "firefox";

    private static double? Load()
    {
        const string File = "/proc/loadavg";
        return System.IO.File.Exists(File) && double.TryParse(System.IO.File.ReadAllText(File).Split(' ')[0], CultureInfo.InvariantCulture, out var load) ? load : null;
    }

    private static string Processor()
    {
        const string File = "/proc/cpuinfo";
        var line = System.IO.File.Exists(File) ? System.IO.File.ReadLines(File).FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private sealed record Assignment(int Index, Outage Outage, string Policy, BrowserKind Browser);

    /// <summary>
    /// What is still to be done. Each lane has a browser of its own while there is work for it: two different ones at a time disturb each other less than two
    /// of the heavier kind.
    /// </summary>
    private sealed class Work(IEnumerable<Assignment> all, IReadOnlyList<BrowserKind> browsers)
    {
        private readonly Dictionary<BrowserKind, ConcurrentQueue<Assignment>> _queues =
            all.GroupBy(static one => one.Browser).ToDictionary(static group => group.Key, static group => new ConcurrentQueue<Assignment>(group));

        public int Count => _queues.Values.Sum(static queue => queue.Count);

        public bool TryTake(BrowserKind preferred, [NotNullWhen(true)] out Assignment? one)
        {
            one = null;
            foreach (var browser in browsers.OrderBy(browser => browser == preferred ? 0 : 1))
            {
                if (_queues.TryGetValue(browser, out var queue) && queue.TryDequeue(out one))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private sealed record Lane(IsolatedNetwork Network, ServerUnderTest Server) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await Network.DisposeAsync();
        }
    }
}
