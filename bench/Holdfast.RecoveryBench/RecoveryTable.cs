namespace Holdfast.RecoveryBench;

/// <summary>Prints the recoveries of one kind after the other, a line each.</summary>
internal sealed class RecoveryTable(int times)
{
    public void Begin()
    {
        Console.WriteLine("| from the click to the first new picture | p50 | p95 | least | most | as meant |");
        Console.WriteLine("|---|---|---|---|---|---|");
    }

    /// <param name="name">What the line is called.</param>
    /// <param name="level">The level that was meant.</param>
    /// <param name="recoveries">What came of it.</param>
    public void Add(string name, int level, IReadOnlyList<Recovery> recoveries)
    {
        var sorted = recoveries.Select(one => one.Milliseconds).Order().ToArray();
        var asMeant = recoveries.Count(one => one.Level == level && one.SameSession);
        Console.WriteLine(FormattableString.Invariant(
            $"| {name} | {Percentile(sorted, 0.50):F0} ms | {Percentile(sorted, 0.95):F0} ms | {sorted[0]:F0} ms | {sorted[^1]:F0} ms | {asMeant} of {times} |"));
    }

    /// <summary>Nearest rank: the smallest time that this share of the recoveries did not exceed.</summary>
    private static double Percentile(double[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
}
