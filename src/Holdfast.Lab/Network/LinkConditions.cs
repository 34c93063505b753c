using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Holdfast.Lab.Network;

/// <summary>Loss in bursts after Gilbert and Elliott: a good and a bad state, each with its own loss, entered and left at random per packet.</summary>
/// <param name="Enter">The probability that a packet finds the state turned bad, 0 to 1.</param>
/// <param name="Leave">That a bad state has ended; its inverse is the mean length of a burst in packets.</param>
/// <param name="Loss">Loss in the bad state.</param>
internal sealed record BurstLoss(double Enter, double Leave, double Loss = 1)
{
    /// <summary>The share that is lost in the long run.</summary>
    public double Share => Enter + Leave == 0 ? 0 : Loss * Enter / (Enter + Leave);
}

/// <summary>What one direction of a path does to packets.</summary>
internal sealed record LinkConditions
{
    /// <summary>How long every packet takes.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Up to so much more, evenly distributed. Order is kept.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>The share that is lost, each packet by itself, 0 to 1.</summary>
    public double Loss { get; init; }

    /// <summary>Loss in bursts besides; null for none.</summary>
    public BurstLoss? Burst { get; init; }

    /// <summary>The share of packets that are overtaken, 0 to 1.</summary>
    public double Reorder { get; init; }

    /// <summary>How much later those come.</summary>
    public TimeSpan ReorderBy { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The share that arrives twice, 0 to 1.</summary>
    public double Duplicate { get; init; }

    /// <summary>Bits a second; null: unlimited.</summary>
    public double? Bandwidth { get; init; }

    /// <summary>How long a packet may wait for the bandwidth before it is dropped.</summary>
    public TimeSpan Queue { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Bytes that a policer lets pass at once: the line has no queue then, saves up to so much of what it did not carry, and drops what finds nothing
    /// saved. Null: there is a queue.
    /// </summary>
    public int? Bucket { get; init; }

    public static LinkConditions Perfect { get; } = new();

    /// <summary>
    /// Reads conditions as people write them: <c>delay=40ms,jitter=10ms,loss=2%,burst=1%/5,reorder=1%,duplicate=0.1%,bandwidth=2M,queue=100ms</c>.
    /// A burst is its share of all packets and its mean length in packets. <c>bucket=6000</c>, in bytes, is a policer in place of the queue.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out LinkConditions? conditions, [NotNullWhen(false)] out string? error)
    {
        conditions = null;
        var read = Perfect;
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || Apply(read, part[..equals], part[(equals + 1)..]) is not { } next)
            {
                error = $"'{part}' is none of delay=40ms, jitter=10ms, loss=2%, burst=1%/5, reorder=1%, duplicate=1%, bandwidth=2M, queue=100ms, bucket=6000.";
                return false;
            }

            read = next;
        }

        conditions = read;
        error = null;
        return true;
    }

    private static LinkConditions? Apply(LinkConditions conditions, string name, string value) => name switch
    {
        "delay" when Quantities.TryDuration(value, out var delay) => conditions with { Delay = delay },
        "jitter" when Quantities.TryDuration(value, out var jitter) => conditions with { Jitter = jitter },
        "queue" when Quantities.TryDuration(value, out var queue) => conditions with { Queue = queue },
        "bucket" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var bucket) && bucket > 0 => conditions with { Bucket = bucket },
        "loss" when Quantities.TryShare(value, out var loss) => conditions with { Loss = loss },
        "reorder" when Quantities.TryShare(value, out var reorder) => conditions with { Reorder = reorder },
        "duplicate" when Quantities.TryShare(value, out var duplicate) => conditions with { Duplicate = duplicate },
        "bandwidth" when Quantities.TryRate(value, out var bandwidth) => conditions with { Bandwidth = bandwidth },
        "burst" when TryBurst(value, out var burst) => conditions with { Burst = burst },
        _ => null,
    };

    private static bool TryBurst(string value, [NotNullWhen(true)] out BurstLoss? burst)
    {
        burst = null;
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0
            || !Quantities.TryShare(value[..slash], out var share)
            || share >= 1
            || !double.TryParse(value[(slash + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var length)
            || !(length >= 1))
        {
            return false;
        }

        // share = enter / (enter + leave)
        var leave = 1 / length;
        var enter = share * leave / (1 - share);
        burst = new BurstLoss(enter, leave);
        return enter <= 1;
    }
}
