using System.Globalization;
using Holdfast.Lab.Network;

namespace Holdfast.Lab.Line;

/// <summary>A line, and what happens on it.</summary>
internal sealed record LineScenario
{
    /// <summary>Bits a second, IP and UDP headers included.</summary>
    public required double Bandwidth { get; init; }

    /// <summary>How long a packet may wait for the bandwidth before it is dropped.</summary>
    public TimeSpan Queue { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Bytes that a policer lets pass at once, in place of a queue; null: there is a queue.</summary>
    public int? Bucket { get; init; }

    /// <summary>The share that is lost besides, each way.</summary>
    public double Loss { get; init; }

    /// <summary>Loss in bursts besides, each way.</summary>
    public BurstLoss? Burst { get; init; }

    /// <summary>Whether the client takes copies of sound (RFC 2198), as Chromium does and Firefox does not.</summary>
    public bool TakesCopies { get; init; } = true;

    /// <summary>One way.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Other bandwidths, from so long after the connection on.</summary>
    public IReadOnlyList<LineStep> Steps { get; init; } = [];

    /// <summary>Whether a download shares the line, from <see cref="CompetitorFrom"/> on.</summary>
    public bool HasCompetitor { get; init; }

    /// <summary>When the download begins, after the connection.</summary>
    public TimeSpan CompetitorFrom { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From when on the avatar speaks, after the connection.</summary>
    public TimeSpan SpeaksFrom { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long it is watched, after the connection.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Of all that is left to chance.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>As a person writes it.</summary>
    public string Name => string.Create(
        CultureInfo.InvariantCulture,
        $"{Rate(Bandwidth)}{string.Concat(Steps.Select(step => $" > {Rate(step.Bandwidth)}"))}, {(Bucket is { } bucket ? string.Create(CultureInfo.InvariantCulture, $"policed, bucket {bucket / 1e3:0.#} kB") : string.Create(CultureInfo.InvariantCulture, $"queue {Queue.TotalMilliseconds:0} ms"))}, loss {Loss * 100:0} %, delay {Delay.TotalMilliseconds:0} ms{(HasCompetitor ? ", beside a download" : "")}{(TakesCopies ? "" : ", no copies of sound")}");

    /// <summary>The bandwidth at a time after the connection.</summary>
    public double BandwidthAt(TimeSpan time)
    {
        var bandwidth = Bandwidth;
        foreach (var step in Steps)
        {
            bandwidth = time >= step.At ? step.Bandwidth : bandwidth;
        }

        return bandwidth;
    }

    /// <summary>The grid: each rate with each queue, loss and delay; then steps and a download.</summary>
    public static IEnumerable<LineScenario> Grid(ulong seed)
    {
        foreach (var bandwidth in (double[])[100e3, 150e3, 250e3, 500e3, 1e6, 2e6, 5e6])
        {
            foreach (var queue in (int[])[50, 200, 2_000])
            {
                foreach (var loss in (double[])[0, 0.02, 0.10])
                {
                    foreach (var delay in (int[])[20, 150])
                    {
                        yield return new LineScenario
                        {
                            Bandwidth = bandwidth,
                            Queue = TimeSpan.FromMilliseconds(queue),
                            Loss = loss,
                            Delay = TimeSpan.FromMilliseconds(delay),
                            Seed = seed,
                        };
                    }
                }
            }
        }

        foreach (var scenario in Special(seed))
        {
            yield return scenario;
        }
    }

    /// <summary>Lines that change, and a line that is shared.</summary>
    public static IEnumerable<LineScenario> Special(ulong seed)
    {
        LineStep[] down = [new(TimeSpan.FromSeconds(12), 250e3)];
        LineStep[] up = [new(TimeSpan.FromSeconds(12), 2e6)];
        foreach (var queue in (int[])[50, 200, 2_000])
        {
            var line = new LineScenario { Bandwidth = 2e6, Queue = TimeSpan.FromMilliseconds(queue), Seed = seed };
            yield return line with { Steps = down };
            yield return line with { Bandwidth = 250e3, Steps = up };
            yield return line with { Bandwidth = 1e6, HasCompetitor = true, Duration = TimeSpan.FromSeconds(40) };
        }
    }

    /// <summary>
    /// Lines that drop what is too much and let none of it wait. What they save in between they hand out at once, so that a few packets in a row arrive as
    /// if there were no bound.
    /// </summary>
    public static IEnumerable<LineScenario> Policed(ulong seed)
    {
        foreach (var bandwidth in (double[])[120e3, 240e3, 480e3, 1e6, 5e6])
        {
            foreach (var bucket in (int[])[6_000, 24_000])
            {
                foreach (var delay in (int[])[20, 150])
                {
                    var line = new LineScenario
                    {
                        Bandwidth = bandwidth,
                        Bucket = bucket,
                        Delay = TimeSpan.FromMilliseconds(delay),
                        Duration = TimeSpan.FromSeconds(40),
                        Seed = seed,
                    };
                    yield return line;
                    if (bandwidth < 1e6)
                    {
                        // As in a browser's session: a good line that is one of these all of a sudden, and a good one again later.
                        yield return line with { Bandwidth = 5e6, Steps = [new(TimeSpan.FromSeconds(8), bandwidth), new(TimeSpan.FromSeconds(28), 5e6)] };
                        yield return line with { TakesCopies = false };
                    }
                }
            }
        }
    }

    /// <summary>A rate as a person writes it.</summary>
    internal static string Rate(double bits) => bits >= 1e6
        ? string.Create(CultureInfo.InvariantCulture, $"{bits / 1e6:0.#} Mbit/s")
        : string.Create(CultureInfo.InvariantCulture, $"{bits / 1e3:0} kbit/s");
}

/// <summary>Another bandwidth from a time on.</summary>
internal readonly record struct LineStep(TimeSpan At, double Bandwidth);
