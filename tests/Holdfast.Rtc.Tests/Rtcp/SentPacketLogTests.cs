using CsCheck;
using Holdfast.Rtc.Rtcp;

namespace Holdfast.Rtc.Tests.Rtcp;

public sealed class SentPacketLogTests
{
    private static readonly RtcTime s_start = new(1_000_000_000);

    [Fact]
    public void Feedback_tells_what_arrived_and_what_did_not()
    {
        var log = Sent(65_534, 5);
        Assert.Equal((5, 500L), (log.PacketsInFlight, log.BytesInFlight));

        var resolved = Resolve(log, 65_534, 65_535, 65_537);

        Assert.Equal(
            [(65_534L, 0ul, true), (65_535L, 1ul, true), (65_536L, 2ul, false), (65_537L, 3ul, true)],
            resolved.Select(packet => (packet.Index, packet.Tag, packet.Received)));
        Assert.All(resolved, packet => Assert.Equal((100, s_start + TimeSpan.FromMilliseconds(20 * (double)packet.Tag)), (packet.Size, packet.SentAt)));
        Assert.Equal((1, 100L), (log.PacketsInFlight, log.BytesInFlight));
        Assert.Equal(s_start + TimeSpan.FromMilliseconds(60), log.NewestAcknowledgedSentAt);
    }

    [Fact]
    public void Nothing_is_told_twice_but_a_packet_taken_for_lost_may_still_arrive()
    {
        var log = Sent(0, 4);
        Resolve(log, 0, 2);

        Assert.Empty(Resolve(log, 0, 2));
        Assert.Equal([(1L, true)], Resolve(log, 0, 1, 2).Select(packet => (packet.Index, packet.Received)));
        Assert.Empty(Resolve(log, 0, 2));
        Assert.Equal(1, log.PacketsInFlight);
    }

    [Fact]
    public void Numbers_never_sent_and_long_forgotten_are_ignored()
    {
        var log = Sent(100, 10, capacity: 8);

        Assert.Empty(Resolve(log, 99));
        Assert.Empty(Resolve(log, 110, 111, 200));
        Assert.Equal([104L, 105L], Resolve(log, 101, 104, 105).Where(packet => packet.Received).Select(packet => packet.Index));
        Assert.Equal(RtcTime.Never, Sent(0, 3).NewestAcknowledgedSentAt);
    }

    [Fact]
    public void What_is_forgotten_in_flight_is_no_longer_counted()
    {
        var log = Sent(0, 1_000, capacity: 16);

        Assert.Equal((16, 1_600L), (log.PacketsInFlight, log.BytesInFlight));
        Assert.Equal(1_000, log.NextSequence);
    }

    [Fact]
    public void What_is_released_is_forgotten_and_the_numbers_go_on()
    {
        var log = Sent(10, 5);
        log.Release();
        Assert.Equal((0, 0L), (log.PacketsInFlight, log.BytesInFlight));
        Assert.Empty(Resolve(log, 10, 14));

        Assert.Equal(15, log.Add(s_start, 100, tag: 7));
        Assert.Equal([(15L, 7ul)], Resolve(log, 14, 15).Select(packet => (packet.Index, packet.Tag)));
    }

    [Fact]
    public void What_two_feedbacks_in_a_row_leave_out_has_not_arrived()
    {
        var log = Sent(65_530, 30);
        Feed(log, 254, 65_530, 65_531);

        Assert.Equal(
            [(65_532L, false), (65_533L, false), (65_534L, true)],
            Feed(log, 255, 65_534).Select(packet => (packet.Index, packet.Received)));
        Assert.Equal(
            [(65_535L, false), (65_536L, false), (65_537L, true)],
            Feed(log, 0, 65_537).Select(packet => (packet.Index, packet.Received)));

        // Late, it may still arrive, and is not told to be lost once more.
        Assert.Equal([(65_533L, true), (65_538L, true)], Feed(log, 1, 65_533, 65_538).Select(packet => (packet.Index, packet.Received)));
        Assert.Equal([(65_539L, true)], Feed(log, 2, 65_539).Select(packet => (packet.Index, packet.Received)));
    }

    [Fact]
    public void What_a_feedback_may_have_told_that_was_itself_lost_is_not_known()
    {
        var log = Sent(0, 40);
        Feed(log, 7, 0, 1);

        Assert.Equal([10L], Feed(log, 9, 10).Select(packet => packet.Index));

        // The one that was overtaken comes now, and the next one goes on from the newest.
        Assert.Equal([5L], Feed(log, 8, 5).Select(packet => packet.Index));
        Assert.Equal([(11L, false), (12L, true)], Feed(log, 10, 12).Select(packet => (packet.Index, packet.Received)));
        Assert.Equal([20L], Feed(log, 10, 20).Select(packet => packet.Index));
        Assert.Equal(Enumerable.Range(13, 17).Where(i => i != 20).Select(i => (long)i), Feed(log, 11, 29).Select(packet => packet.Index));
    }

    [Fact]
    public void A_gap_longer_than_what_is_remembered_says_nothing()
    {
        var log = Sent(0, 3_000, capacity: 16);
        Feed(log, 1, 10);

        Assert.Equal([2_999L], Feed(log, 2, 2_999).Select(packet => packet.Index));
    }

    [Fact]
    public void For_any_loss_each_packet_is_told_once_and_truly() =>
        Gen.Select(Gen.UShort, Gen.Bool.Array[1, 500], Gen.Int[1, 60]).Sample(
            (first, arrived, batch) =>
            {
                var log = Sent(first, arrived.Length);
                var told = new Dictionary<long, bool>();
                for (var from = 0; from < arrived.Length; from += batch)
                {
                    var received = Enumerable.Range(from, Math.Min(batch, arrived.Length - from)).Where(i => arrived[i]).Select(i => first + i).ToArray();
                    if (received.Length > 0)
                    {
                        foreach (var packet in Resolve(log, received))
                        {
                            told.Add(packet.Index, packet.Received);
                        }
                    }
                }

                Assert.All(told, pair => Assert.Equal(arrived[pair.Key - first], pair.Value));
                Assert.Equal(arrived.Count(one => one), told.Count(pair => pair.Value));
                Assert.Equal(arrived.Length - told.Count, log.PacketsInFlight);
            },
            iter: 200);

    private static SentPacketLog Sent(ushort first, int count, int capacity = 1024)
    {
        var log = new SentPacketLog(capacity, first);
        for (var i = 0; i < count; i++)
        {
            Assert.Equal((ushort)(first + i), log.NextSequence);
            Assert.Equal((ushort)(first + i), log.Add(s_start + TimeSpan.FromMilliseconds(20 * i), 100, (ulong)i));
        }

        return log;
    }

    /// <summary>Feedback that names these as received, and those between them as not.</summary>
    private static List<ResolvedPacket> Resolve(SentPacketLog log, params int[] received) => Feed(log, feedbackCount: 3, received);

    private static List<ResolvedPacket> Feed(SentPacketLog log, byte feedbackCount, params int[] received)
    {
        var arrivals = received.Select((number, i) => new TransportArrival((ushort)number, new RtcTime(5_000_000 + i * 1_000))).ToArray();
        var buffer = new byte[2_000];
        var writer = new RtcpWriter(buffer);
        Assert.Equal(arrivals.Length, writer.WriteTransportFeedback(1, 2, feedbackCount, arrivals));
        Assert.True(RtcpCompound.TryParse(buffer.AsSpan(0, writer.Length), out var compound));
        Assert.True(compound.TryReadNext(out var packet));
        Assert.True(TransportFeedback.TryParse(packet, out var feedback));
        var resolved = new List<ResolvedPacket>();
        var allowance = int.MaxValue;
        foreach (var one in log.Resolve(feedback, ref allowance))
        {
            resolved.Add(one);
        }

        return resolved;
    }
}
