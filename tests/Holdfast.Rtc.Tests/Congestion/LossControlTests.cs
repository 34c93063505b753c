using Holdfast.Rtc.Congestion;

namespace Holdfast.Rtc.Tests.Congestion;

/// <summary>Loss that comes from sending too much is told from loss that the line has anyway by sending less for a moment.</summary>
public sealed class LossControlTests
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(50);

    private readonly LossControl _loss = new();
    private LossCount _told;
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

    [Fact]
    public void A_line_that_takes_the_small_ones_only_is_asked_for_too_much()
    {
        // A line that loses a tenth by itself is learnt, and no reason to send less.
        for (var i = 0; i < 20; i++)
        {
            Judge(lost: 10, sent: 240_000);
        }

        // Half of what is sent is too much, which is a quarter of the packets: less than what is dreadful, and as lossy lines are.
        Assert.Equal(LossAdvice.Cut, JudgeBySize(smallLost: 5, largeLost: 20, sent: 240_000));
        Assert.Equal(LossAdvice.Cut, JudgeBySize(smallLost: 5, largeLost: 18, sent: 200_000));

        // Where some is still too much, it is not taken for the line's own.
        var inherent = _loss.Inherent;
        Assert.Equal(LossAdvice.Cut, Judge(lost: 18, sent: 150_000));
        Assert.Equal(inherent, _loss.Inherent, tolerance: 0.001);
        Assert.Equal(LossAdvice.Grow, Judge(lost: 2, sent: 110_000));
    }

    [Fact]
    public void A_line_that_lost_large_ones_once_by_chance_is_not_cut_for_ever()
    {
        // A burst took a picture with it. As many as before are lost however little is sent.
        var (sent, cuts) = (240_000.0, 0);
        Assert.Equal(LossAdvice.Cut, JudgeBySize(smallLost: 1, largeLost: 15, sent));
        for (; cuts < 20 && Judge(lost: 12, sent *= 0.85) == LossAdvice.Cut; cuts++)
        {
        }

        Assert.InRange(cuts, 0, 4);
        Assert.Equal(0.12, _loss.Inherent, tolerance: 0.01);
    }

    [Fact]
    public void Chance_is_hardly_ever_taken_for_it()
    {
        var random = new Random(5);
        var wrong = 0;
        for (var i = 0; i < 2_000; i++)
        {
            var told = new LossCount();
            for (var n = 0; n < 60; n++)
            {
                told.Add(n % 2 == 0 ? 100 : random.Next(200, 1_200), random.Next(10) == 0);
            }

            wrong += told.IsBySize ? 1 : 0;
        }

        Assert.InRange(wrong, 0, 20);
    }

    private LossAdvice JudgeBySize(int smallLost, int largeLost, double sent)
    {
        _now += TimeSpan.FromSeconds(1);
        for (var i = 0; i < 60; i++)
        {
            _told.Add(bytes: 120, isLost: i < smallLost);
        }

        for (var i = 0; i < 40; i++)
        {
            _told.Add(bytes: 1_000, isLost: i < largeLost);
        }

        return Judge(sent);
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
        for (var i = 0; i < 100; i++)
        {
            _told.Add(bytes: 1_000, isLost: i < lost);
        }

        return Judge(sent, isSpare, isQueueing);
    }

    private LossAdvice Judge(double sent, bool isSpare = false, bool isQueueing = false)
    {
        _loss.Add(_told);
        _told = default;
        return _loss.Judge(_now, RoundTrip, sent, isSpare, isQueueing);
    }
}
