namespace Holdfast.Lab.Measure;

/// <summary>Durations of one kind. Many may add at a time.</summary>
internal sealed class Samples
{
    private readonly Lock _gate = new();
    private readonly List<double> _milliseconds = [];

    public void Add(TimeSpan sample)
    {
        lock (_gate)
        {
            _milliseconds.Add(sample.TotalMilliseconds);
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _milliseconds.Count;
            }
        }
    }

    /// <summary>The figures; null where there is no sample.</summary>
    public Figures? Summarize()
    {
        double[] sorted;
        lock (_gate)
        {
            sorted = [.. _milliseconds];
        }

        Array.Sort(sorted);
        return sorted.Length == 0
            ? null
            : new Figures(sorted.Length, Percentile(sorted, 0.5), Percentile(sorted, 0.95), Percentile(sorted, 0.99), sorted[^1]);
    }

    /// <summary>The nearest rank: the smallest sample that so large a share of all does not exceed.</summary>
    /// <param name="sorted">At least one sample, in order.</param>
    /// <param name="share">Above 0, at most 1.</param>
    internal static double Percentile(ReadOnlySpan<double> sorted, double share) =>
        sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
}

/// <summary>What is told of samples, in milliseconds.</summary>
internal sealed record Figures(int Count, double P50, double P95, double P99, double Most);
