namespace Holdfast.Rtc.Tests.Peer;

/// <summary>Numbers of packets over the death of their process: none is used twice.</summary>
public sealed class NumberLineTests
{
    [Fact]
    public void Before_anything_is_stored_every_number_may_be_used()
    {
        var line = new NumberLine(7);
        Assert.True(line.Has(1_000_000, isFree: false));
        Assert.False(line.IsLow);
    }

    [Fact]
    public void The_first_block_may_be_used_while_it_is_being_written_and_the_next_only_when_it_is()
    {
        var line = Established(first: 100);
        var next = line.Reserve(isFree: false).Next;
        Use(line, (int)(next - line.Next));
        Assert.False(line.Has(1, isFree: false));
        Assert.Equal(next, line.Next);

        var after = line.Reserve(isFree: false).Next;
        Assert.False(line.Has(1, isFree: false));
        line.Confirm();
        Assert.True(line.Has((int)(after - line.Next), isFree: false));
        Assert.False(line.Has((int)(after - line.Next) + 1, isFree: false));
    }

    [Fact]
    public void More_are_wanted_when_a_quarter_is_used()
    {
        var line = Established(first: 0);
        line.Reserve(isFree: false);
        line.Confirm();
        Use(line, NumberLine.Block / 4 - 1);
        Assert.False(line.IsLow);
        Use(line, 2);
        Assert.True(line.IsLow);
    }

    [Fact]
    public void Who_goes_on_begins_behind_what_was_reserved_and_has_nothing_until_he_has_reserved()
    {
        var line = Established(first: 100);
        var next = new NumberLine(line.Reserve(isFree: false));
        Assert.True(next.Next > line.Next);
        Assert.False(next.Has(1, isFree: false));
        next.Reserve(isFree: false);
        Assert.False(next.Has(1, isFree: false));
        next.Confirm();
        Assert.True(next.Has(NumberLine.FirstBlock, isFree: false));
        Assert.False(next.Has(NumberLine.FirstBlock + 1, isFree: false));
    }

    [Fact]
    public void Killed_twenty_times_in_a_row_without_a_word_from_the_client_the_receiver_still_understands()
    {
        var line = Established(first: 100);
        var arrived = line.Next - 1;
        var record = line.Reserve(isFree: false);
        for (var i = 0; i < 20; i++)
        {
            var next = new NumberLine(record);
            next.Reserve(isFree: false);
            next.Confirm();
            Use(next, 200);
            Assert.True(next.Next - arrived < 1 << 15);
            record = next.Reserve(isFree: false);
        }
    }

    [Fact]
    public void However_often_it_is_killed_no_number_is_as_far_ahead_as_would_be_taken_for_an_old_one()
    {
        var line = Established(first: 100);
        var arrived = line.Next - 1;
        var record = line.Reserve(isFree: false);
        for (var i = 0; i < 1_000; i++)
        {
            var next = new NumberLine(record);
            record = next.Reserve(isFree: false);
            next.Confirm();
            while (next.Has(1, isFree: false))
            {
                Assert.True(next.Take() - arrived < 1 << 15);
            }
        }
    }

    [Fact]
    public void Where_nobody_would_go_on_with_it_every_number_may_be_used_and_what_is_written_then_may_be_used_at_once()
    {
        var line = Established(first: 0);
        Use(line, (int)(line.Reserve(isFree: false).Next - line.Next));
        Assert.False(line.Has(1, isFree: false));
        Assert.True(line.Has(1, isFree: true));
        Use(line, 50);
        line.OnReported((ushort)(line.Next - 1));
        Assert.True(line.IsLow);
        var next = line.Reserve(isFree: true).Next;
        Assert.True(line.Has((int)(next - line.Next), isFree: false));
        Assert.True(next > line.Next + 10_000);
    }

    [Fact]
    public void Only_what_was_sent_after_a_mark_shows_that_the_mark_has_arrived()
    {
        var (line, start) = (new NumberLine(0), new RtcTime(1_000_000));
        Use(line, 100);
        line.OnArrived(start, start + TimeSpan.FromSeconds(1));
        Assert.Equal(-1, line.Reserve(isFree: false).Arrived);
        Use(line, 100);
        line.OnArrived(start + TimeSpan.FromSeconds(1), start + TimeSpan.FromSeconds(2));
        Assert.Equal(-1, line.Reserve(isFree: false).Arrived);
        line.OnArrived(start + TimeSpan.FromSeconds(1.5), start + TimeSpan.FromSeconds(2));
        Assert.Equal(99, line.Reserve(isFree: false).Arrived);
        line.OnReported(198);
        Assert.Equal(198, line.Reserve(isFree: false).Arrived);
    }

    [Fact]
    public void Who_gives_it_away_leaves_no_gap()
    {
        var line = Established(first: 100);
        line.Reserve(isFree: false);
        var next = line.Next;
        Assert.Equal(next, line.End().Next);
        Assert.False(line.Has(1, isFree: false));
    }

    private static NumberLine Established(long first)
    {
        var line = new NumberLine(first);
        Use(line, 50);
        line.OnReported((ushort)(line.Next - 1));
        return line;
    }

    private static void Use(NumberLine line, int count)
    {
        for (var i = 0; i < count; i++)
        {
            line.Take();
        }
    }
}
