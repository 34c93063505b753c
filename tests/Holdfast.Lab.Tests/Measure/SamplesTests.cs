using Holdfast.Lab.Measure;

namespace Holdfast.Lab.Tests.Measure;

public sealed class SamplesTests
{
    [Fact]
    public void A_percentile_is_the_nearest_rank()
    {
        var samples = new Samples();
        foreach (var milliseconds in Enumerable.Range(1, 100).Reverse())
        {
            samples.Add(TimeSpan.FromMilliseconds(milliseconds));
        }

        Assert.Equal(new Figures(100, 50, 95, 99, 100), samples.Summarize());
    }

    [Fact]
    public void One_sample_is_all_of_them_and_none_is_nothing()
    {
        var samples = new Samples();
        Assert.Null(samples.Summarize());
        samples.Add(TimeSpan.FromSeconds(1));
        Assert.Equal(new Figures(1, 1000, 1000, 1000, 1000), samples.Summarize());
    }

    [Fact]
    public void A_comparison_says_how_many_times_the_first_is_better()
    {
        var left = Report("ours", 20, new Dictionary<string, Figures>(StringComparer.Ordinal) { ["level 1"] = Of(10), ["level 3"] = Of(40) }, 0.01);
        var right = Report("theirs", 60, new Dictionary<string, Figures>(StringComparer.Ordinal) { ["level 3"] = Of(80) }, 0.1);

        var lines = Comparison.Markdown(left, right).Split('\n');

        Assert.Contains("| click to first picture, p50 | 20 ms | 60 ms | 3.0x |", lines, StringComparer.Ordinal);
        Assert.Contains("| recovery, level 1, p50 | 10 ms | 80 ms | 8.0x |", lines, StringComparer.Ordinal);
        Assert.Contains("| recovery, level 3, p50 | 40 ms | 80 ms | 2.0x |", lines, StringComparer.Ordinal);
        Assert.Contains("| CPU of an idle session | 1.00 % of a core | 10.00 % of a core | 10.0x |", lines, StringComparer.Ordinal);
        Assert.Contains("| memory of a held session | - | - |  |", lines, StringComparer.Ordinal);
    }

    private static Figures Of(double milliseconds) => new(1, milliseconds, milliseconds, milliseconds, milliseconds);

    private static BenchReport Report(string name, double firstPicture, Dictionary<string, Figures> recovery, double cores) => new(
        name, "http://localhost/", DateTimeOffset.UnixEpoch, Of(firstPicture), recovery, 0, null, 1, cores, 25, 1, null, null, null);
}
