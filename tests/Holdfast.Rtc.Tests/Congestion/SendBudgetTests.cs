using Holdfast.Rtc.Congestion;

namespace Holdfast.Rtc.Tests.Congestion;

/// <summary>How much of a picture is on the line ahead of the sound that comes behind it.</summary>
public sealed class SendBudgetTests
{
    [Theory]
    [InlineData(100_000, 600, 60)]
    [InlineData(250_000, 1_200, 50)]
    [InlineData(500_000, 1_200, 46)]
    [InlineData(2_000_000, 1_200, 46)]
    public void A_picture_fills_the_line_and_keeps_sound_waiting_for_a_moment_only(int rate, int packet, int milliseconds)
    {
        var budget = new SendBudget();
        budget.EndBurst();
        var begin = new RtcTime(1_000_000);
        var (now, freeAt, longest, bytes) = (begin, begin, TimeSpan.Zero, 0);
        while (bytes < rate / 8)
        {
            budget.SetRate(now, rate, packet);
            if (budget.NextAt(now) is var next && next > now)
            {
                now = next;
                continue;
            }

            budget.OnSent(now, packet, frames: 0);
            bytes += packet + BandwidthEstimator.HeaderBytes;
            freeAt = (freeAt > now ? freeAt : now) + TimeSpan.FromSeconds((packet + BandwidthEstimator.HeaderBytes) * 8.0 / rate);
            longest = freeAt - now > longest ? freeAt - now : longest;
        }

        Assert.InRange(longest, TimeSpan.FromMilliseconds(milliseconds - 10), TimeSpan.FromMilliseconds(milliseconds));

        // A second's worth of bytes took a second, but for what is still on the line.
        Assert.InRange(now - begin, TimeSpan.FromMilliseconds(930), TimeSpan.FromMilliseconds(1_000));
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(2, 32)]
    public void Of_a_line_that_is_narrower_than_its_sound_a_fifth_is_left(int frames, int milliseconds)
    {
        var (budget, now) = (new SendBudget(), new RtcTime(1_000_000));
        budget.SetRate(now, 20_000, packet: 1_200);
        budget.EndBurst();
        budget.OnSent(now, 600, frames: 0);
        var before = budget.NextAt(now);

        budget.OnSent(now, 200 * frames, frames);

        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), budget.NextAt(now) - before);
    }
}
