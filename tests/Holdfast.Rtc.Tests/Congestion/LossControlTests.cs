using Holdfast.Rtc.Congestion;

namespace Holdfast.Rtc.Tests.Congestion;

/// <summary>Loss that comes from sending too much is told from loss that the line has anyway by sending less for a moment.</summary>
public sealed class LossControlTests
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(50);

    private readonly LossControl _loss = new();
    private RtcTime _now = new(1_000_000);

    [Theory]
    [InlineData(12)]

    // Less by chance: one window more or less says nothing.
    [InlineData(7)]
    public void Loss_that_stays_when_less_is_sent_is_the_lines_own(int lostInTrial)
    {
        Try();

        Assert.Equal(LossAdvice.None, Judge(lostInTrial, sent: 130_000));
        Assert.Equal(LossAdvice.TakeBack, Judge(lostInTrial, sent: 130_000));

        Assert.False(_loss.HasHelped);
        Assert.InRange(_loss.Inherent, 0.07, 0.12);
        Assert.Equal(LossAdvice.Grow, Judge(lost: 12, sent: 150_000));
    }

    [Fact]
    public void Loss_that_ends_when_less_is_sent_is_not()
    {
        Try();

        Judge(lost: 0, sent: 115_000);
        Assert.Equal(LossAdvice.Grow, Judge(lost: 0, sent: 115_000));

        Assert.True(_loss.HasHelped);
        Assert.InRange(_loss.Inherent, 0, 0.06);
    }

    [Fact]
    public void A_trial_that_did_not_make_less_leave_says_nothing()
    {
        Try();
        var before = _loss.Inherent;

        Judge(lost: 12, sent: 149_000);
        Assert.Equal(LossAdvice.TakeBack, Judge(lost: 12, sent: 149_000));

        Assert.Equal(before, _loss.Inherent);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Nothing_is_tried_where_packets_wait_or_little_is_sent(bool isSpare, bool isQueueing)
    {
        for (var i = 0; i < 6; i++)
        {
            Assert.NotEqual(LossAdvice.Cut, Judge(lost: 10, sent: 100_000, isSpare, isQueueing));
        }
    }

    private void Try()
    {
        Assert.Equal(LossAdvice.Hold, Judge(lost: 12, sent: 150_000));
        Assert.Equal(LossAdvice.Hold, Judge(lost: 12, sent: 150_000));
        Assert.Equal(LossAdvice.Cut, Judge(lost: 12, sent: 150_000));
    }

    private LossAdvice Judge(int lost, double sent, bool isSpare = false, bool isQueueing = false)
    {
        _now += TimeSpan.FromSeconds(1);
        _loss.Add(100 - lost, lost);
        return _loss.Judge(_now, RoundTrip, sent, isSpare, isQueueing);
    }
}
