namespace Holdfast.Rtc.Tests.Peer;

/// <summary>Which packets are worth sending again, around key frames.</summary>
public sealed class KeyFrameMarkTests
{
    private const ushort First = 0xFFFE;

    [Theory]
    [InlineData(0xFFFD, true, true)]
    [InlineData(0xFFFE, false, false)]
    [InlineData(0x0001, false, false)]

    // What builds on it, until the next one waits.
    [InlineData(0x0002, false, true)]
    [InlineData(0x0100, false, true)]
    public void Only_the_newest_key_frame_is_worth_completing_while_the_next_one_waits(int sequenceNumber, bool isLeftBehind, bool isWhileNextWaits)
    {
        var mark = default(KeyFrameMark);
        mark.Begin(First);
        for (var i = 0; i < 4; i++)
        {
            mark.OnPacket((ushort)(First + i), isKeyFrame: true);
        }

        Assert.Equal(isLeftBehind, mark.IsLeftBehind((ushort)sequenceNumber, isNextWaiting: false));
        Assert.Equal(isWhileNextWaits, mark.IsLeftBehind((ushort)sequenceNumber, isNextWaiting: true));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Before_the_first_one_all_is_worth_it_until_that_waits(bool isWaiting) => Assert.Equal(isWaiting, default(KeyFrameMark).IsLeftBehind(7, isWaiting));

    [Fact]
    public void Without_another_key_frame_for_as_long_as_numbers_last_what_is_new_is_worth_it_all_the_same()
    {
        var mark = default(KeyFrameMark);
        mark.Begin(First);
        mark.OnPacket(First, isKeyFrame: true);
        for (var i = 1; i < 200_000; i++)
        {
            var sequenceNumber = (ushort)(First + i);
            mark.OnPacket(sequenceNumber, isKeyFrame: false);

            Assert.False(mark.IsLeftBehind(sequenceNumber, isNextWaiting: false));
            Assert.True(mark.IsLeftBehind(sequenceNumber, isNextWaiting: true));
        }
    }
}
