using Holdfast.Lab.Network;

namespace Holdfast.Lab.Tests.Network;

public sealed class QuantitiesTests
{
    [Fact]
    public void Conditions_are_read_as_people_write_them()
    {
        Assert.True(LinkConditions.TryParse(
            "delay=40ms, jitter=10ms,loss=2%,burst=1%/5,reorder=0.01,duplicate=0.1%,bandwidth=2M,queue=0.1s,bucket=6000", out var conditions, out _));

        Assert.Equal(TimeSpan.FromMilliseconds(40), conditions.Delay);
        Assert.Equal(TimeSpan.FromMilliseconds(10), conditions.Jitter);
        Assert.Equal(0.02, conditions.Loss);
        Assert.Equal(0.01, conditions.Burst!.Share, 9);
        Assert.Equal(0.2, conditions.Burst.Leave);
        Assert.Equal(0.01, conditions.Reorder);
        Assert.Equal(0.001, conditions.Duplicate, 9);
        Assert.Equal(2_000_000, conditions.Bandwidth);
        Assert.Equal(TimeSpan.FromMilliseconds(100), conditions.Queue);
        Assert.Equal(6_000, conditions.Bucket);
    }

    [Theory]
    [InlineData("delay")]
    [InlineData("delay=x")]
    [InlineData("delay=-1s")]
    [InlineData("loss=120%")]
    [InlineData("loss=NaN")]
    [InlineData("burst=1%")]
    [InlineData("burst=1%/0")]
    [InlineData("burst=100%/5")]
    [InlineData("bandwidth=0")]
    [InlineData("bandwidth=5x")]
    [InlineData("bucket=0")]
    [InlineData("bucket=6k")]
    [InlineData("speed=5")]
    public void What_is_none_is_named(string text)
    {
        Assert.False(LinkConditions.TryParse(text, out _, out var error));
        Assert.Contains($"'{text}'", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2/min", 2 / 60.0)]
    [InlineData("1/s", 1)]
    [InlineData("36/h", 0.01)]
    [InlineData("0/s", 0)]
    public void Frequencies_are_read(string text, double perSecond)
    {
        Assert.True(Quantities.TryFrequency(text, out var read));
        Assert.Equal(perSecond, read, 9);
    }
}
