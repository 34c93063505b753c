namespace Holdfast.Rtc.Tests.Peer;

/// <summary>When packets of pictures are sent a second time before anybody asks.</summary>
public sealed class PictureRepeatsTests
{
    private static readonly RtcTime s_start = new(1_800_000_000_000_000);

    private readonly PictureRepeats _repeats = new();

    [Theory]
    [InlineData(0.02, 0, 300, 2_500_000, true)]
    [InlineData(0, 0.1, 300, 500_000, true)]
    [InlineData(0.005, 0.005, 300, 2_500_000, false)] // next to nothing is lost
    [InlineData(0.1, 0.1, 40, 2_500_000, false)] // what is asked for is there again at once
    [InlineData(0.1, 0.1, 300, 250_000, false)] // half of that is no picture
    [InlineData(0.2, 0, 300, 500_000, false)] // what is lost may be lost because too much is sent
    [InlineData(0.02, 0.02, 300, 500_000, false)] // smaller pictures would cost more than they gain
    public void They_are_worth_it_on_a_long_line_that_loses_by_itself_and_has_room(double loss, double inherent, int roundTrip, int rate, bool isWanted)
    {
        _repeats.Judge(s_start, loss, inherent, TimeSpan.FromMilliseconds(roundTrip), rate);

        Assert.Equal(isWanted, _repeats.IsWanted);
    }

    [Fact]
    public void Nobody_knows_how_long_the_line_is_and_nothing_is_sent_twice()
    {
        _repeats.Judge(s_start, 0.1, 0.1, null, 2_500_000);

        Assert.False(_repeats.IsWanted);
    }

    [Fact]
    public void They_go_on_for_ten_seconds_after_the_last_reason_and_end_at_once_where_there_is_no_room()
    {
        Judge(0, loss: 0.02, rate: 2_500_000);
        Judge(9, loss: 0, rate: 2_500_000);
        Assert.True(_repeats.IsWanted);

        Judge(9.5, loss: 0, rate: 250_000);
        Assert.False(_repeats.IsWanted);

        Judge(10.5, loss: 0, rate: 2_500_000);
        Assert.False(_repeats.IsWanted);

        void Judge(double seconds, double loss, int rate) =>
            _repeats.Judge(s_start + TimeSpan.FromSeconds(seconds), loss, 0, TimeSpan.FromMilliseconds(300), rate);
    }

    [Fact]
    public void A_packet_is_due_a_moment_after_it_was_sent_and_not_for_long()
    {
        _repeats.Judge(s_start, 0.1, 0.1, TimeSpan.FromMilliseconds(300), 2_500_000);
        _repeats.Add(s_start, 7);
        _repeats.Add(s_start + TimeSpan.FromMilliseconds(200), 8);

        Assert.False(_repeats.TryTake(s_start + PictureRepeats.Behind - TimeSpan.FromMilliseconds(1), out _));
        Assert.Equal(s_start + PictureRepeats.Behind, _repeats.NextAt);
        Assert.True(_repeats.TryTake(s_start + TimeSpan.FromMilliseconds(240), out var number));
        Assert.Equal(8, number);
        Assert.Equal(RtcTime.Never, _repeats.NextAt);
    }

    [Fact]
    public void As_many_wait_as_are_remembered_and_no_more()
    {
        _repeats.Add(s_start, 1);
        Assert.Equal(RtcTime.Never, _repeats.NextAt);

        _repeats.Judge(s_start, 0.1, 0.1, TimeSpan.FromMilliseconds(300), 2_500_000);
        for (var i = 0; i < 1_000; i++)
        {
            _repeats.Add(s_start, (ushort)i);
        }

        var taken = 0;
        while (_repeats.TryTake(s_start + PictureRepeats.Behind, out var number))
        {
            Assert.Equal(taken++, number);
        }

        Assert.Equal(128, taken);
        _repeats.Add(s_start, 1);
        _repeats.Restart();
        Assert.Equal((false, RtcTime.Never), (_repeats.IsWanted, _repeats.NextAt));
    }
}
