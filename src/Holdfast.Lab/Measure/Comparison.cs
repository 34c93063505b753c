using System.Globalization;

namespace Holdfast.Lab.Measure;

/// <summary>One line of a comparison.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Left">The first server's figure; null where there is none.</param>
/// <param name="Right">The second's.</param>
/// <param name="Unit">ms, core, s (of a processor), KiB or /s.</param>
internal sealed record ComparisonRow(string What, double? Left, double? Right, string Unit)
{
    /// <summary>How many times the first is better, where less is better; null where that says nothing.</summary>
    public double? Ratio => Left > 0 && Right is not null && Unit is not "/s" ? Right / Left : null;

    public string Text(double? value) => value is null ? "-" : Unit switch
    {
        "ms" when value < 10 => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} ms"),
        "ms" => string.Create(CultureInfo.InvariantCulture, $"{value:0} ms"),
        "core" => string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.00} % of a core"),
        "s" => string.Create(CultureInfo.InvariantCulture, $"{value:0.00} s"),
        "KiB" => string.Create(CultureInfo.InvariantCulture, $"{value / 1024:0} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {Unit}"),
    };
}

/// <summary>Sets two servers' figures side by side.</summary>
internal static class Comparison
{
    /// <summary>The figures of one server.</summary>
    public static IReadOnlyList<ComparisonRow> Rows(BenchReport report) => Rows(report, null);

    /// <summary>The figures of both. A level that only one of them has is set against the other's cheapest way back.</summary>
    public static IReadOnlyList<ComparisonRow> Rows(BenchReport left, BenchReport? right)
    {
        var rows = new List<ComparisonRow>
        {
            new("click to first picture, p50", left.FirstPicture?.P50, right?.FirstPicture?.P50, "ms"),
            new("click to first picture, p95", left.FirstPicture?.P95, right?.FirstPicture?.P95, "ms"),
        };
        foreach (var (level, figures) in left.Recovery)
        {
            var other = right?.Recovery.GetValueOrDefault(level) ?? right?.Recovery.Values.FirstOrDefault();
            rows.Add(new($"recovery, {level}, p50", figures.P50, other?.P50, "ms"));
            rows.Add(new($"recovery, {level}, p95", figures.P95, other?.P95, "ms"));
        }

        rows.Add(new("CPU without a session", left.CoresWithoutSession, right?.CoresWithoutSession, "core"));
        rows.Add(new("CPU of an idle session", left.CoresPerIdleSession, right?.CoresPerIdleSession, "core"));
        rows.Add(new("pictures of an idle session", left.PicturesPerSecondOfIdleSession, right?.PicturesPerSecondOfIdleSession, "/s"));
        rows.Add(new($"CPU of {left.HeldSessions} held sessions in {left.SecondsHeld:0} s", Held(left), Held(right), "s"));
        rows.Add(new("memory of a held session", left.BytesPerHeldSession, right?.BytesPerHeldSession, "KiB"));
        rows.Add(new("memory of the process in the end", left.MemoryBytes, right?.MemoryBytes, "KiB"));
        return rows;
    }

    /// <summary>What all held sessions together took of a processor, in seconds.</summary>
    private static double? Held(BenchReport? report) => report?.CoresPerHeldSession * report?.HeldSessions * report?.SecondsHeld;

    /// <summary>The comparison as a table in Markdown.</summary>
    public static string Markdown(BenchReport left, BenchReport right)
    {
        var lines = new List<string>
        {
            $"| what | {left.Name} | {right.Name} | ratio |",
            "|---|---|---|---|",
        };
        lines.AddRange(Rows(left, right).Select(row =>
            $"| {row.What} | {row.Text(row.Left)} | {row.Text(row.Right)} | {(row.Ratio is { } ratio ? string.Create(CultureInfo.InvariantCulture, $"{ratio:0.0}x") : "")} |"));
        return string.Join('\n', lines);
    }
}
