using Holdfast.Lab.Measure;

namespace Holdfast.Lab.Tests.Measure;

public sealed class ComparisonTests
{
    [Fact]
    public void Ratios_say_how_many_times_the_first_is_better()
    {
        var left = Report("ours", 20, new Dictionary<string, Figures>(StringComparer.Ordinal) { ["level 1"] = Of(10), ["level 3"] = Of(40) }, 0.01, 0.0001, 100);
        var right = Report("theirs", 60, new Dictionary<string, Figures>(StringComparer.Ordinal) { ["level 3"] = Of(80) }, 0.1, 0.001, 400);

        var lines = Comparison.Markdown(left, right).Split('\n');

        Assert.Contains("| click to first picture, p50 | 20 ms | 60 ms | 3.0x |", lines, StringComparer.Ordinal);
        Assert.Contains("| recovery, level 1, p50 | 10 ms | 80 ms | 8.0x |", lines, StringComparer.Ordinal);
        Assert.Contains("| recovery, level 3, p50 | 40 ms | 80 ms | 2.0x |", lines, StringComparer.Ordinal);
        Assert.Contains("| CPU of an idle session | 1.00 % of a core | 10.00 % of a core | 10.0x |", lines, StringComparer.Ordinal);
        Assert.Contains("| CPU of 100 held sessions in 60 s | 0.60 s | 6.00 s | 10.0x |", lines, StringComparer.Ordinal);
        Assert.Contains("| memory of a held session | 100 KiB | 400 KiB | 4.0x |", lines, StringComparer.Ordinal);
    }

    [Fact]
    public void What_one_of_them_was_not_asked_for_has_no_ratio_nor_has_what_is_below_the_noise()
    {
        var none = new Dictionary<string, Figures>(StringComparer.Ordinal);
        var left = Report("ours", 20, new Dictionary<string, Figures>(StringComparer.Ordinal) { ["level 2"] = Of(30) }, 0.01, -0.00001, null);

        var lines = Comparison.Markdown(left, Report("theirs", 60, none, 0.1, null, null)).Split('\n');

        Assert.Contains("| recovery, level 2, p95 | 30 ms | - |  |", lines, StringComparer.Ordinal);
        Assert.Contains("| CPU of 100 held sessions in 60 s | -0.06 s | - |  |", lines, StringComparer.Ordinal);
        Assert.Contains("| memory of a held session | - | - |  |", lines, StringComparer.Ordinal);
    }

    private static Figures Of(double milliseconds) => new(1, milliseconds, milliseconds, milliseconds, milliseconds);

    private static BenchReport Report(string name, double firstPicture, Dictionary<string, Figures> recovery, double cores, double? held, double? kibibytes) => new(
        name, "http://localhost/", DateTimeOffset.UnixEpoch, Of(firstPicture), recovery, 0, null, 1, cores, 25, 100, 60, held, kibibytes * 1024, null);
}
