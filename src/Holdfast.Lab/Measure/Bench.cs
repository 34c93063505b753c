using Holdfast.Lab.Peer;
using Holdfast.Lab.Sessions;
using Holdfast.Rtc;

namespace Holdfast.Lab.Measure;

/// <summary>How one server is measured.</summary>
internal sealed record BenchOptions
{
    /// <summary>Starts, and recoveries of each level.</summary>
    public int Times { get; init; } = 20;

    /// <summary>How long the network is away before each recovery.</summary>
    public TimeSpan Away { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Idle sessions at a time for their CPU.</summary>
    public int Idle { get; init; } = 3;

    /// <summary>Sessions that are held at a time for their memory and CPU.</summary>
    public int Held { get; init; } = 10;

    /// <summary>How long CPU is measured, without sessions and of idle ones.</summary>
    public TimeSpan Span { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long CPU of held sessions is measured.</summary>
    public TimeSpan HeldSpan { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a server has for what it does when the last client has gone.</summary>
    public TimeSpan UntilHeld { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>What one server came to. Times are milliseconds, CPU is in cores, memory in bytes.</summary>
internal sealed record BenchReport(
    string Name,
    string Server,
    DateTimeOffset At,
    Figures? FirstPicture,
    IReadOnlyDictionary<string, Figures> Recovery,
    int NotRecovered,
    double? CoresWithoutSession,
    int IdleSessions,
    double? CoresPerIdleSession,
    double? PicturesPerSecondOfIdleSession,
    int HeldSessions,
    double? SecondsHeld,
    double? CoresPerHeldSession,
    double? BytesPerHeldSession,
    double? MemoryBytes);

/// <summary>Measures one server, step by step, with the same peer whatever kind it is.</summary>
internal sealed class Bench(PeerHost host, ISessionService service, ServerMeter? meter, BenchOptions options, Action<string> onStep)
{
    private readonly Samples _firstPicture = new();
    private readonly SortedDictionary<int, Samples> _recovery = [];
    private int _notRecovered;

    public async Task<BenchReport> RunAsync(string name, CancellationToken cancellationToken)
    {
        // The very first start pays for compilers and pools on both sides.
        onStep("a first start, not counted");
        await StartOnceAsync(counts: false, cancellationToken);
        onStep($"{options.Times} starts");
        for (var i = 0; i < options.Times; i++)
        {
            await StartOnceAsync(counts: true, cancellationToken);
        }

        foreach (var level in service.Levels)
        {
            onStep($"{options.Times} recoveries beginning at level {level}, each after {options.Away.TotalSeconds:0.#} s without a network");
            await RecoverAsync(level, cancellationToken);
        }

        double? without = null, idle = null, pictures = null, heldCores = null, heldBytes = null;
        if (meter is not null)
        {
            onStep("CPU without a session");
            without = await CoresAsync(options.Span, cancellationToken);
            onStep($"CPU of {options.Idle} idle sessions");
            (idle, pictures) = await IdleAsync(without.Value, cancellationToken);
            onStep($"memory and CPU of {options.Held} held sessions");
            (heldCores, heldBytes) = await HeldAsync(without.Value, cancellationToken);
        }

        return new BenchReport(
            name,
            service.Address.ToString(),
            host.Clock.Time.GetUtcNow(),
            _firstPicture.Summarize(),
            _recovery.Where(level => level.Value.Count > 0).ToDictionary(level => $"level {level.Key}", level => level.Value.Summarize()!, StringComparer.Ordinal),
            _notRecovered,
            without,
            options.Idle,
            idle,
            pictures,
            options.Held,
            meter is null ? null : options.HeldSpan.TotalSeconds,
            heldCores,
            heldBytes,
            meter?.MemoryBytes);
    }

    private Task<(LabSession Session, SetUpTimes Times)> StartAsync(CancellationToken cancellationToken) =>
        LabSession.StartAsync(host, service, new LabSessionOptions(), cancellationToken);

    private async Task StartOnceAsync(bool counts, CancellationToken cancellationToken)
    {
        var (session, times) = await StartAsync(cancellationToken);
        await using var _ = session;
        if (counts)
        {
            _firstPicture.Add(times.FirstPicture);
        }

        await session.CloseAsync(cancellationToken);
    }

    private async Task RecoverAsync(int level, CancellationToken cancellationToken)
    {
        var (session, _) = await StartAsync(cancellationToken);
        await using var __ = session;
        for (var i = 0; i < options.Times; i++)
        {
            // Undisturbed for a while, as before a real outage.
            await host.Clock.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            session.Cut(LineCut.Both);
            await host.Clock.Delay(options.Away, cancellationToken);
            session.Cut(LineCut.None);
            var recovery = await session.RecoverAsync(level, cancellationToken);
            if (recovery.Level is { } used)
            {
                if (!_recovery.TryGetValue(used, out var samples))
                {
                    _recovery.Add(used, samples = new Samples());
                }

                samples.Add(recovery.Took);
            }
            else
            {
                _notRecovered++;
                onStep($"not recovered: {recovery.Problem}");
            }
        }

        await session.CloseAsync(cancellationToken);
    }

    private async Task<double> CoresAsync(TimeSpan span, CancellationToken cancellationToken)
    {
        // What was begun before may still be ending.
        await host.Clock.Delay(TimeSpan.FromSeconds(2), cancellationToken);
        meter!.Restart();
        await host.Clock.Delay(span, cancellationToken);
        return meter.Read()?.Cores ?? throw new ServerException(ServerFailure.Unreachable, "The server's process has ended.");
    }

    private async Task<(double Cores, double Pictures)> IdleAsync(double without, CancellationToken cancellationToken)
    {
        var sessions = new List<LabSession>();
        for (var i = 0; i < options.Idle; i++)
        {
            sessions.Add((await StartAsync(cancellationToken)).Session);
        }

        var before = sessions.Sum(session => session.Totals().Pictures);
        var began = host.Clock.Now;
        var cores = await CoresAsync(options.Span, cancellationToken);
        var pictures = (sessions.Sum(session => session.Totals().Pictures) - before) / (host.Clock.Now - began).TotalSeconds;
        foreach (var session in sessions)
        {
            await session.CloseAsync(cancellationToken);
            await session.DisposeAsync();
        }

        return ((cores - without) / options.Idle, pictures / options.Idle);
    }

    private async Task<(double Cores, double Bytes)> HeldAsync(double without, CancellationToken cancellationToken)
    {
        var before = meter!.MemoryBytes;
        var tickets = new List<SessionTicket>();
        for (var i = 0; i < options.Held; i++)
        {
            var (session, _) = await StartAsync(cancellationToken);
            tickets.Add(session.Ticket);

            // As a page does that is closed. Without a goodbye a server streams to nobody for half a minute: so many at once would keep a slow
            // one busy for longer than its grace period.
            await session.DisposeAsync();
        }

        await host.Clock.Delay(options.UntilHeld, cancellationToken);
        var cores = await CoresAsync(options.HeldSpan, cancellationToken);
        var bytes = meter.MemoryBytes - before;
        foreach (var ticket in tickets)
        {
            await service.CloseAsync(ticket, cancellationToken);
        }

        return ((cores - without) / options.Held, bytes / (double)options.Held);
    }
}
