using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc.Tests.Rtp;

public sealed class ReceiverStatisticsTests
{
    private static readonly RtcTime s_start = new(1_000_000_000);

    [Fact]
    public void Loss_is_counted_in_total_and_since_the_last_report()
    {
        var statistics = new ReceiverStatistics(7, 48_000);
        for (var i = 65_500; i < 65_600; i++)
        {
            if (i % 4 != 0 || i == 65_500)
            {
                statistics.OnPacket(s_start, (ushort)i, 0);
            }
        }

        var first = statistics.Report(s_start);
        for (var i = 65_600; i < 65_610; i++)
        {
            statistics.OnPacket(s_start, (ushort)i, 0);
        }

        var second = statistics.Report(s_start);

        Assert.Equal((24, 24 * 256 / 100), (first.CumulativeLost, first.FractionLost));
        Assert.Equal((24, 0), (second.CumulativeLost, second.FractionLost));
        Assert.Equal(65_609u, second.HighestSequence);
        Assert.Equal(7u, second.Ssrc);
    }

    [Fact]
    public void Duplicates_can_make_the_loss_negative_but_not_the_fraction()
    {
        var statistics = new ReceiverStatistics(7, 48_000);
        statistics.OnPacket(s_start, 1, 0);
        statistics.OnPacket(s_start, 1, 0);

        var report = statistics.Report(s_start);

        Assert.Equal((-1, 0), (report.CumulativeLost, report.FractionLost));
    }

    [Fact]
    public void A_steady_stream_has_no_jitter_and_an_unsteady_one_approaches_the_mean_deviation()
    {
        var steady = new ReceiverStatistics(7, 48_000);
        var unsteady = new ReceiverStatistics(7, 48_000);
        for (var i = 0; i < 500; i++)
        {
            var sent = s_start + TimeSpan.FromMilliseconds(20 * i);
            steady.OnPacket(sent, (ushort)i, unchecked((uint)(4_294_900_000 + 960 * i)));
            unsteady.OnPacket(sent + TimeSpan.FromMilliseconds(i % 2 * 10), (ushort)i, (uint)(960 * i));
        }

        Assert.Equal(0u, steady.Report(s_start).Jitter);
        Assert.Equal(TimeSpan.Zero, steady.Jitter);

        // each packet is 10 ms, 480 units, off the one before
        Assert.InRange(unsteady.Report(s_start).Jitter, 460u, 480u);
        Assert.InRange(unsteady.Jitter.TotalMilliseconds, 9.5, 10);
    }

    [Fact]
    public void The_last_sender_report_is_named_so_that_the_sender_can_tell_the_round_trip()
    {
        var statistics = new ReceiverStatistics(7, 48_000);
        statistics.OnPacket(s_start, 1, 0);
        Assert.Equal((0u, 0u), (statistics.Report(s_start).LastSenderReport, statistics.Report(s_start).DelaySinceLastSenderReport));

        // sent at start, 30 ms there, held for 500 ms, 40 ms back
        statistics.OnSenderReport(s_start + TimeSpan.FromMilliseconds(30), s_start.ToNtp());
        var block = statistics.Report(s_start + TimeSpan.FromMilliseconds(530));

        // RFC 3550 section 6.4.1: what is left of the time since, in units of 1/65,536 s, is the round trip.
        var arrived = (uint)((s_start + TimeSpan.FromMilliseconds(570)).ToNtp() >> 16);
        Assert.InRange((arrived - block.LastSenderReport - block.DelaySinceLastSenderReport) / 65.536, 69.9, 70.1);
    }

    [Fact]
    public void A_stream_that_never_came_is_reported_without_a_division_by_zero()
    {
        var report = new ReceiverStatistics(7, 48_000).Report(s_start);

        Assert.Equal((0, 0, 0u), (report.CumulativeLost, (int)report.FractionLost, report.HighestSequence));
    }
}
