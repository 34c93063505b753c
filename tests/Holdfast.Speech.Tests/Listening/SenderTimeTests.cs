namespace Holdfast.Speech.Tests.Listening;

/// <summary>What lies between two packets: it was lost, it was never sent, or nobody can know.</summary>
public sealed class SenderTimeTests
{
    private const int Millisecond = HearingFormat.SampleRate / 1_000;

    [Theory]
    [InlineData(0, 0, 0, 0)] // the very next packet
    [InlineData(100, 5, 100, 0)]
    [InlineData(300, 15, 300, 0)]
    [InlineData(1_000, 50, 1_000, 0)]
    [InlineData(30_000, 1_500, 30_000, 0)] // an outage
    [InlineData(400, 0, 0, 400)] // nothing was sent while nobody spoke (DTX)
    [InlineData(59_000, 0, 0, 59_000)]
    [InlineData(420, 1, 20, 400)] // one packet of comfort noise was lost
    [InlineData(-20, 0, 0, 0)] // a damaged packet was taken for longer than it was
    public void What_is_missing_is_as_long_as_its_time_stamps_say(int milliseconds, int lostBefore, int lost, int silent)
    {
        foreach (var first in (uint[])[0, 123_456_789, uint.MaxValue - 500, uint.MaxValue])
        {
            var time = Started(first, out var next);
            Assert.Equal(
                new Between(lost * Millisecond, silent * Millisecond, IsAnotherClock: false),
                time.Before(unchecked(next + (uint)(milliseconds * 48)), lostBefore));
        }
    }

    [Theory]
    [InlineData(-1_000, 0)] // another stream, whose clock began elsewhere
    [InlineData(-1_000, 50)]
    [InlineData(70_000, 0)]
    [InlineData(600_000, 3)] // more than so few packets can hold
    [InlineData(int.MinValue / 48, 0)]
    public void A_jump_that_no_loss_explains_is_another_clock(int milliseconds, int lostBefore)
    {
        var time = Started(1_000_000, out var next);
        Assert.True(time.Before(unchecked(next + (uint)(milliseconds * 48L)), lostBefore).IsAnotherClock);
    }

    [Fact]
    public void Before_the_first_packet_nothing_is_missing()
    {
        var time = default(SenderTime);
        Assert.Equal(default, time.Before(77, lostBefore: 1_000));

        time = Started(5, out var next);
        time.Restart();
        Assert.Equal(default, time.Before(next + 960_000, lostBefore: 20));
    }

    private static SenderTime Started(uint first, out uint next)
    {
        var time = default(SenderTime);
        time.Advance(first, 20 * Millisecond);
        next = unchecked(first + 960);
        return time;
    }
}
