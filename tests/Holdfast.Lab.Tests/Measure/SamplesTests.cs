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
}
