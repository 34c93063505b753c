using CsCheck;

namespace Holdfast.Sessions.Tests;

public sealed class VideoBitrateTests
{
    private const int Min = 150_000;
    private const int Max = 900_000;

    [Fact]
    public void It_begins_at_the_most_and_stays_there_without_loss()
    {
        var bitrate = new VideoBitrate(Min, Max);
        Assert.Equal(Max, bitrate.Current);
        bitrate.OnFeedback(received: 500, lost: 0);
        Assert.Equal(Max, bitrate.Current);
    }

    [Fact]
    public void Heavy_loss_brings_it_down_by_half_the_loss()
    {
        var bitrate = new VideoBitrate(Min, Max);
        bitrate.OnFeedback(received: 80, lost: 20);
        Assert.Equal(810_000, bitrate.Current, tolerance: 1);
    }

    [Fact]
    public void A_few_packets_make_no_opinion()
    {
        var bitrate = new VideoBitrate(Min, Max);
        bitrate.OnFeedback(received: 5, lost: 5);
        Assert.Equal(Max, bitrate.Current);
    }

    [Fact]
    public void It_stays_between_a_little_and_much_loss_and_comes_back_without_any()
    {
        var bitrate = new VideoBitrate(Min, Max);
        bitrate.OnFeedback(50, 50);
        var down = bitrate.Current;
        bitrate.OnFeedback(95, 5);
        Assert.Equal(down, bitrate.Current);
        for (var i = 0; i < 100; i++)
        {
            bitrate.OnFeedback(100, 0);
        }

        Assert.Equal(Max, bitrate.Current);
    }

    [Fact]
    public void The_receivers_own_limit_counts_at_once_and_can_be_lifted()
    {
        var bitrate = new VideoBitrate(Min, Max);
        bitrate.OnReceiverLimit(300_000);
        Assert.Equal(300_000, bitrate.Current);
        bitrate.OnReceiverLimit(long.MaxValue);
        Assert.Equal(Max, bitrate.Current);
    }

    [Fact]
    public void Whatever_is_reported_it_stays_within_its_bounds() =>
        Gen.Select(Gen.Int[0, 500], Gen.Int[0, 500], Gen.Long[0, long.MaxValue]).Array.Sample(reports =>
        {
            var bitrate = new VideoBitrate(Min, Max);
            foreach (var (received, lost, limit) in reports)
            {
                bitrate.OnFeedback(received, lost);
                bitrate.OnReceiverLimit(limit);
                Assert.InRange(bitrate.Current, Min, Max);
            }
        });
}
