using Holdfast.Rtc.Congestion;

namespace Holdfast.Rtc.Tests.Congestion;

/// <summary>Loss that comes from sending too much is told from loss that the line has anyway by sending less for a moment.</summary>
public sealed class LossControlTests
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(50);

    private readonly LossControl _loss = new();
    private RtcTime _now = new(1_000_000);

    [Fact]
    public void Loss_that_stays_when_less_is_sent_is_the_lines_own()
    {
        Assert.Equal(LossAdvice.Hold, Judge(lost: 12, sent: 150_000));
        Assert.Equal(LossAdvice.Cut, Judge(lost: 12, sent: 150_000));

        Assert.Equal(LossAdvice.TakeBack, Judge(lost: 12, sent: 130_000));

        Assert.Equal(0.12, _loss.Inherent, 2);
        Assert.Equal(LossAdvice.Grow, Judge(lost: 12, sent: 150_000));
    }

    [Fact]
    public void Loss_that_ends_when_less_is_sent_is_not()
    {
        Judge(lost: 12, sent: 150_000);
        Assert.Equal(LossAdvice.Cut, Judge(lost: 12, sent: 150_000));

        Assert.Equal(LossAdvice.Grow, Judge(lost: 0, sent: 115_000));

        Assert.True(_loss.HasHelped);
        Assert.InRange(_loss.Inherent, 0, 0.04);
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

    private LossAdvice Judge(int lost, double sent, bool isSpare = false, bool isQueueing = false)
    {
        _now += TimeSpan.FromSeconds(1);
        _loss.Add(100 - lost, lost);
        return _loss.Judge(_now, RoundTrip, sent, isSpare, isQueueing);
    }
}
