using CsCheck;
using Holdfast.Rtc.Srtp;

namespace Holdfast.Rtc.Tests.Srtp;

public sealed class ReplayWindowTests
{
    [Fact]
    public void It_agrees_with_a_set_of_all_that_was_seen_for_any_order_of_arrival()
    {
        // steps of all sizes, back and forth
        var step = Gen.Frequency(
            (6, Gen.Int[-20, 20]), (2, Gen.Int[-1_100, 70]), (1, Gen.Int[0, 5_000]));
        step.Array[1, 400].Sample(
            steps =>
            {
                var window = default(ReplayWindow);
                var seen = new HashSet<long>();
                long at = 0, highest = -1;
                foreach (var by in steps)
                {
                    at = Math.Max(0, at + by);
                    var isNew = at > highest || (highest - at < ReplayWindow.Size && !seen.Contains(at));

                    Assert.Equal(isNew, window.IsNew(at));
                    if (isNew)
                    {
                        window.Accept(at);
                        seen.Add(at);
                        highest = Math.Max(highest, at);
                    }

                    Assert.Equal(highest, window.Highest);
                }
            },
            iter: 300);
    }

    [Fact]
    public void It_reaches_back_far_enough_for_a_late_retransmission() => Assert.True(ReplayWindow.Size >= 128);

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(100_000)]
    public void A_restored_window_takes_nothing_up_to_its_start_and_everything_after(long highest)
    {
        var window = ReplayWindow.StartingAfter(highest);

        for (var index = Math.Max(0, highest - 2_000); index <= highest; index++)
        {
            Assert.False(window.IsNew(index));
        }

        window.Accept(highest + 300);
        for (var index = highest + 1; index < highest + 300; index++)
        {
            Assert.True(window.IsNew(index));
            window.Accept(index);
            Assert.False(window.IsNew(index));
        }
    }
}
