using Holdfast.Lab.Matrix;

namespace Holdfast.Lab.Tests.Matrix;

public sealed class MatrixReportTests
{
    [Fact]
    public void What_was_run_again_takes_the_place_of_what_an_earlier_report_has()
    {
        var earlier = Report(3, ["nat", "long"], [Cell("nat", "Lost: golf."), Cell("long", null)]);

        var both = Report(1, ["nat", "dns"], [Cell("nat", null), Cell("dns", null)]).Over(earlier);

        Assert.Equal(["nat", "long", "dns"], both.Rows.Select(static row => row.Key), StringComparer.Ordinal);
        Assert.Equal(["nat", "long", "dns"], both.Cells.Select(static cell => cell.Outage), StringComparer.Ordinal);
        Assert.True(both.IsFine);
        Assert.False(earlier.IsFine);
        Assert.Equal(TimeSpan.FromMinutes(4), both.Took);
    }

    private static MatrixReport Report(int minutes, string[] rows, MatrixCell[] cells) => new(
        DateTimeOffset.UnixEpoch, TimeSpan.FromMinutes(minutes), "Holdfast", new MatrixMachine("A processor", 2, 1, "A system", null, null), ["alpha"],
        [.. rows.Select(static key => new MatrixRow(key, key, key))], cells);

    private static MatrixCell Cell(string outage, string? problem) =>
        new() { Outage = outage, Policy = "manual", Browser = "chromium", BrowserVersion = "Chromium 1", Problem = problem };
}
