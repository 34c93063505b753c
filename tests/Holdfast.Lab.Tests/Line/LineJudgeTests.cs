using Holdfast.Lab.Line;
using Holdfast.Lab.Line.Relayed;
using Holdfast.Lab.Network;
using Holdfast.Lab.Peer;
using Holdfast.Rtc;

namespace Holdfast.Lab.Tests.Line;

/// <summary>What is told of a line in real time, from records that nobody made.</summary>
public sealed class LineJudgeTests
{
    private const int SamplesPerTick = 960;

    // All of it wraps around within the run.
    private const uint FirstSound = uint.MaxValue - (300 * SamplesPerTick);
    private const uint FirstPicture = uint.MaxValue - 90_000;

    private static readonly RtcTime s_connected = new(1_800_000_000_000_000);
    private static readonly LineScenario s_line = new() { Bandwidth = 400e3, Duration = TimeSpan.FromSeconds(20), Delay = TimeSpan.FromMilliseconds(20) };

    [Fact]
    public void Late_is_what_took_longer_than_the_shortest_and_only_after_two_seconds()
    {
        // A second late in the beginning; then each tenth packet 80 ms, the others 5 ms, one of them nothing.
        var record = new LineRecord();
        Hear(record, tick => tick < 90 ? 1_000 : tick == 400 ? 0 : tick % 10 == 0 ? 80 : 5);

        var result = Judge(record).Result;

        Assert.Equal((5, 80), (result.DelayP50, result.DelayP95));
        Assert.Equal(0, result.SoundMissing);
        Assert.All(result.Series.Skip(20), static sample => Assert.Equal(5, sample.Delay));
        Assert.Equal(1_000, result.Series[6].Delay);
    }

    [Fact]
    public void Three_in_a_row_and_one_that_a_copy_makes_up_are_no_gap_and_one_more_is()
    {
        int[] lost = [200, 201, 202, 203, 300, 301, 302, 303, 304, 400];
        var record = new LineRecord();
        Hear(record, static _ => 0, lost);

        var sender = Judge(record, words: [190, 220, 290, 305]);

        Assert.Equal(1, sender.SoundGaps);
        Assert.Equal((4, 1), (sender.Result.Words, sender.Result.WordsTorn));
        Assert.Equal(10 / 999.0, sender.Result.SoundMissing, tolerance: 0.0001);
    }

    [Fact]
    public void Sound_that_stops_is_missing_to_the_end()
    {
        var record = new LineRecord();
        Hear(record, static _ => 0, [.. Enumerable.Range(500, 500)]);

        var sender = Judge(record, words: [480, 600]);

        Assert.InRange(sender.Result.SoundMissing, 0.49, 0.51);
        Assert.Equal(1, sender.SoundGaps);
        Assert.Equal((2, 2), (sender.Result.Words, sender.Result.WordsTorn));
    }

    [Fact]
    public void Pictures_count_from_the_connection_and_stand_still_where_none_comes()
    {
        var record = new LineRecord();
        for (var i = 0; i < 500; i++)
        {
            // Nothing from 8 s to 10 s, and nothing in the last 3 s.
            if (i is not ((>= 200 and < 250) or >= 425))
            {
                record.OnPicture(new ShownPicture(s_connected + TimeSpan.FromMilliseconds(300 + (i * 40)), i == 0, unchecked(FirstPicture + (uint)(i * 3_600))), KeyFrame);
            }
        }

        var sender = Judge(record);

        Assert.Equal(0.3, sender.Result.FirstPicture);
        Assert.Equal((1, 4.8), (sender.Result.Freezes, sender.Result.FrozenSeconds));
        Assert.Equal(18.8, sender.Result.Pictures);
        Assert.Equal(0, sender.Result.PictureDelayP95);
        Assert.Equal(320, sender.PictureWidth);
    }

    [Fact]
    public void The_line_is_used_by_what_it_carries_and_packets_wait_for_it()
    {
        var record = new LineRecord();
        for (var i = 0; i < 2_000; i++)
        {
            var at = s_connected + TimeSpan.FromMilliseconds(i * 10);
            var verdict = i % 10 == 0 ? new PacketVerdict(PacketFate.QueueFull, RtcTime.Never, null)
                : new PacketVerdict(PacketFate.Delivered, at + s_line.Delay + TimeSpan.FromMilliseconds(i % 5 == 0 ? 90 : 30), null);
            record.OnPacket(new RelayedPacket(PathDirection.ToClient, at, 222, verdict));
            record.OnPacket(new RelayedPacket(PathDirection.ToServer, at, 1_000, verdict));
        }

        var sender = Judge(record);

        // 90 packets of 250 bytes a second, headers included.
        Assert.Equal(90 * 250 * 8 / 400e3, sender.Result.LineUse, tolerance: 0.001);
        Assert.Equal(0.1, sender.Result.Lost);
        Assert.Equal((30, 90), (sender.WaitedP50, sender.WaitedP95));
        Assert.All(sender.Result.Series, static sample => Assert.Equal(200, sample.Sent));
    }

    [Fact]
    public void Of_a_sender_that_sent_nothing_that_is_told()
    {
        var sender = Judge(new LineRecord(), words: [1]);

        Assert.Null(sender.Result.FirstPicture);
        Assert.Equal((0, 0, 0.0), (sender.Result.Words, sender.PictureWidth, sender.Result.LineUse));
        Assert.Equal(100, sender.Result.Series.Count);
    }

    // The head of a VP8 key frame of 320x240 (RFC 6386 section 9.1).
    private static ReadOnlySpan<byte> KeyFrame => [0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x40, 0x01, 0xF0, 0x00];

    private static SenderResult Judge(LineRecord record, IEnumerable<int>? words = null) =>
        new LineJudge(s_line, record, s_connected, [.. (words ?? []).Select(static tick => unchecked(FirstSound + (uint)(tick * SamplesPerTick)))]).Judge("somebody");

    private static void Hear(LineRecord record, Func<int, double> late, params int[] lost)
    {
        for (var tick = 0; tick < 1_000; tick++)
        {
            if (!lost.Contains(tick))
            {
                record.OnSound(s_connected + TimeSpan.FromMilliseconds((tick * 20) + late(tick)), unchecked(FirstSound + (uint)(tick * SamplesPerTick)), []);
            }
        }
    }
}
