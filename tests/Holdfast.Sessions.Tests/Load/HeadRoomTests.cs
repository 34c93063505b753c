using CsCheck;

namespace Holdfast.Sessions.Tests.Load;

/// <summary>How full a server says it is, from made-up measurements in virtual time.</summary>
public sealed class HeadRoomTests
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);
    private static readonly LoadSample s_quiet = new(TimeSpan.FromMilliseconds(4), 0.2, 0.2, 0.3, 0.5, TimeSpan.Zero);

    private readonly HeadRoom _room = new();
    private TimeSpan _now;

    private static Gen<LoadSample> Samples { get; } = Gen.Select(
        Gen.Double[0, 400], Gen.Double[0, 1.5], Gen.Double[0, 1].Nullable(), Gen.Double[0, 1].Nullable(), Gen.Double[0, 30].Nullable(), Gen.Double[0, 12],
        static (late, busy, process, machine, runnable, wait) =>
            new LoadSample(TimeSpan.FromMilliseconds(late), busy, process, machine, runnable, TimeSpan.FromSeconds(wait)));

    [Fact]
    public void A_server_with_time_does_nothing_however_busy_its_machine_is_with_other_things() =>
        Samples.Array[1, 100].Sample(samples =>
        {
            var room = new HeadRoom();
            var now = TimeSpan.Zero;
            foreach (var sample in samples)
            {
                // Ticks in time, loops half idle: that nobody else has time is nobody's harm.
                room.Observe(now += s_look, sample with { Lateness = sample.Lateness / 6, BusyShare = sample.BusyShare * 0.46, LongestWait = TimeSpan.Zero });
                Assert.Equal((LoadLevel.Free, LoadReason.None), (room.Level, room.Reason));
            }
        });

    [Fact]
    public void More_work_than_time_is_known_within_two_seconds()
    {
        Look(s_quiet, 50);
        Look(s_quiet with { BusyShare = 1.1, Lateness = TimeSpan.FromMilliseconds(40), Machine = 1 }, 10);
        Assert.Equal((LoadLevel.Full, LoadReason.Ticking), (_room.Level, _room.Reason));
    }

    [Fact]
    public void Lateness_counts_where_the_machine_has_no_time_and_is_a_hiccup_where_it_has()
    {
        var late = s_quiet with { Lateness = TimeSpan.FromMilliseconds(120) };
        Look(late with { Machine = 0.4 }, 50);
        Assert.Equal(LoadLevel.FewerPictures, _room.Level);
        Look(late with { Machine = 0.99 }, 10);
        Assert.Equal((LoadLevel.Full, LoadReason.Lateness), (_room.Level, _room.Reason));
    }

    [Fact]
    public void A_moment_without_time_is_forgotten()
    {
        Look(s_quiet, 5);
        Look(s_quiet with { Lateness = TimeSpan.FromMilliseconds(150), Machine = 1 }, 1);
        Assert.Equal(LoadLevel.Free, _room.Level);
    }

    [Fact]
    public void Speech_that_has_waited_long_keeps_newcomers_out_until_the_line_is_short()
    {
        Look(s_quiet with { BusyShare = 0.9, LongestWait = TimeSpan.FromSeconds(4.9) }, 20);
        Assert.Equal(LoadLevel.SpeechWaits, _room.Level);
        Look(s_quiet with { BusyShare = 0.7, LongestWait = TimeSpan.FromSeconds(5.1) }, 1);
        Assert.Equal((LoadLevel.Full, LoadReason.Waiting), (_room.Level, _room.Reason));

        Look(s_quiet with { BusyShare = 0.7, LongestWait = TimeSpan.FromSeconds(4) }, 100);
        Assert.Equal(LoadLevel.Full, _room.Level);
        Look(s_quiet with { BusyShare = 0.7, LongestWait = TimeSpan.FromSeconds(1) }, 50);
        Assert.Equal(LoadLevel.SpeechWaits, _room.Level);

        // The line is no work: as soon as there is time again, it moves on, however long it is, and keeps nobody out.
        Look(s_quiet with { BusyShare = 0.7, LongestWait = TimeSpan.FromSeconds(60) }, 1);
        Assert.Equal(LoadLevel.Full, _room.Level);
        Look(s_quiet with { LongestWait = TimeSpan.FromSeconds(60) }, 60);
        Assert.Equal((LoadLevel.Free, LoadLevel.Free, LoadReason.None), (_room.Measured, _room.Level, _room.Reason));
    }

    [Fact]
    public void Between_two_levels_nothing_flaps()
    {
        Look(s_quiet with { BusyShare = 0.75 }, 20);
        Assert.Equal(LoadLevel.FewerPictures, _room.Level);
        for (var i = 0; i < 50; i++)
        {
            // Half the pictures, and the half of the work is gone; then there is more of it again.
            Look(s_quiet with { BusyShare = i % 2 == 0 ? 0.5 : 0.69 }, 10);
            Assert.Equal(LoadLevel.FewerPictures, _room.Level);
        }
    }

    [Fact]
    public void Whatever_is_measured_it_comes_down_one_step_in_four_seconds_and_gives_a_reason_while_it_is_up() =>
        Samples.Array[1, 200].Sample(samples =>
        {
            var room = new HeadRoom();
            var (now, before, changed) = (TimeSpan.Zero, LoadLevel.Free, TimeSpan.Zero);
            foreach (var sample in samples)
            {
                room.Observe(now += s_look, sample);
                if (room.Measured < before)
                {
                    Assert.Equal(before - 1, room.Measured);
                    Assert.True(now - changed >= HeadRoom.Steady, $"{now - changed}");
                }

                if (room.Measured != before)
                {
                    (before, changed) = (room.Measured, now);
                }

                Assert.Equal(room.Level == LoadLevel.Free, room.Reason == LoadReason.None);
                Assert.InRange(room.Strain, 0, 2);
            }

            for (var i = 0; i < 5 * 25 && room.Level > LoadLevel.Free; i++)
            {
                room.Observe(now += s_look, s_quiet);
            }

            Assert.Equal(LoadLevel.Free, room.Level);
        });

    private void Look(LoadSample sample, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _room.Observe(_now += s_look, sample);
        }
    }
}
