using Holdfast.Rtc;

namespace Holdfast.Sessions.Tests;

public sealed class FeedbackWatchTests
{
    private static readonly RtcTime Start = new(1_000_000_000_000);
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(600);

    [Fact]
    public void Nothing_is_missed_that_was_not_promised()
    {
        var watch = new FeedbackWatch(Least);
        Assert.False(watch.IsSilent(Start + TimeSpan.FromHours(1), awaitedSince: null));
    }

    [Fact]
    public void The_first_feedback_has_a_second_more()
    {
        var watch = new FeedbackWatch(Least);
        Assert.False(watch.IsSilent(Start + TimeSpan.FromMilliseconds(1_600), awaitedSince: Start));
        Assert.True(watch.IsSilent(Start + TimeSpan.FromMilliseconds(1_601), awaitedSince: Start));
    }

    [Fact]
    public void On_a_good_path_silence_is_noticed_after_the_least_threshold()
    {
        var watch = new FeedbackWatch(Least);
        var last = Feed(watch, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(20), count: 50);
        Assert.False(watch.IsSilent(last + Least, null));
        Assert.True(watch.IsSilent(last + Least + TimeSpan.FromMilliseconds(1), null));
    }

    [Fact]
    public void On_a_slow_path_more_patience_is_right()
    {
        var watch = new FeedbackWatch(Least);
        var last = Feed(watch, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(400), count: 50);
        Assert.False(watch.IsSilent(last + TimeSpan.FromMilliseconds(1_600), null));
        Assert.True(watch.IsSilent(last + TimeSpan.FromMilliseconds(2_100), null));
    }

    [Fact]
    public void With_rare_feedback_more_patience_is_right()
    {
        var watch = new FeedbackWatch(Least);
        var last = Feed(watch, TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(20), count: 50);
        Assert.False(watch.IsSilent(last + TimeSpan.FromMilliseconds(900), null));
        Assert.True(watch.IsSilent(last + TimeSpan.FromMilliseconds(1_100), null));
    }

    [Fact]
    public void An_outage_does_not_count_as_the_usual_interval()
    {
        var watch = new FeedbackWatch(Least);
        var last = Feed(watch, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(20), count: 50);
        watch.OnFeedback(last + TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(20));
        Assert.Equal(Least, watch.Threshold);
    }

    [Fact]
    public void A_new_path_owes_its_first_feedback_and_no_second_one()
    {
        var watch = new FeedbackWatch(Least);
        var last = Feed(watch, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(20), count: 5);
        watch.BeginAnew();
        Assert.False(watch.IsSilent(last + TimeSpan.FromSeconds(60), awaitedSince: null));
        Assert.False(watch.IsSilent(last + TimeSpan.FromSeconds(60), awaitedSince: last + TimeSpan.FromSeconds(59)));
        Assert.True(watch.IsSilent(last + TimeSpan.FromSeconds(60), awaitedSince: last + TimeSpan.FromSeconds(58)));
    }

    [Fact]
    public void A_path_of_very_long_round_trips_is_not_taken_for_dead_again_when_it_has_healed()
    {
        var watch = new FeedbackWatch(Least);
        var last = Feed(watch, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2), count: 1);
        watch.BeginAnew();
        Assert.False(watch.IsSilent(last + TimeSpan.FromSeconds(3), awaitedSince: last));
    }

    private static RtcTime Feed(FeedbackWatch watch, TimeSpan interval, TimeSpan roundTrip, int count)
    {
        var now = Start;
        for (var i = 0; i < count; i++)
        {
            now += interval;
            watch.OnFeedback(now, roundTrip);
        }

        return now;
    }
}
