using Holdfast.Lab.Measure;

namespace Holdfast.Lab.Tests.Measure;

public sealed class MachineMeterTests
{
    [Fact]
    public void Waiting_for_a_disk_is_not_being_busy()
    {
        Assert.Equal((5_000, 10_000), MachineMeter.Parse("cpu  3000 500 1000 4000 1000 100 300 100 0 0"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cpu0 1 2 3 4 5 6 7 8 9 10")]
    [InlineData("cpu  1 2 3 4")]
    [InlineData("cpu  1 2 3 many 5 6 7 8 9 10")]
    public void Another_line_says_nothing(string line) => Assert.Null(MachineMeter.Parse(line));

    [Fact]
    public void A_machine_that_computes_is_busy()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells.");
        var meter = new MachineMeter();
        var until = Environment.TickCount64 + 300;
        while (Environment.TickCount64 < until)
        {
        }

        Assert.InRange(meter.Busy() ?? 0, 0.5 / Environment.ProcessorCount, 1);
    }
}
