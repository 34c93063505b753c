using CsCheck;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Tests.Srtp;

namespace Holdfast.Rtc.Tests.Rtp;

public sealed class RtpReceiveBufferTests
{
    private static readonly RtcTime s_start = new(1_000_000_000);

    [Fact]
    public void What_arrives_in_order_is_handed_on_at_once()
    {
        using var buffer = new RtpReceiveBuffer();
        for (var i = 65_530; i < 65_545; i++)
        {
            Assert.Equal(ReceiveOutcome.Queued, Add(buffer, s_start, i));
            Assert.Equal([i & 0xFFFF], Poll(buffer, s_start));
            Assert.Equal(RtcTime.Never, buffer.NextDeadline);
        }
    }

    [Fact]
    public void A_late_packet_is_put_in_its_place()
    {
        using var buffer = new RtpReceiveBuffer();
        Add(buffer, s_start, 65_535);
        Assert.Equal([65_535], Poll(buffer, s_start));
        Add(buffer, s_start, 65_538);
        Add(buffer, s_start, 65_537);
        Assert.Empty(Poll(buffer, s_start));

        Add(buffer, s_start + TimeSpan.FromMilliseconds(59), 65_536);

        Assert.Equal([0, 1, 2], Poll(buffer, s_start + TimeSpan.FromMilliseconds(59)));
    }

    [Fact]
    public void A_gap_is_given_up_when_one_has_waited_too_long()
    {
        using var buffer = new RtpReceiveBuffer();
        Add(buffer, s_start, 10);
        Poll(buffer, s_start);
        Add(buffer, s_start, 13);

        Assert.Equal(s_start + TimeSpan.FromMilliseconds(60), buffer.NextDeadline);
        Assert.Empty(Poll(buffer, s_start + TimeSpan.FromMilliseconds(59)));
        var payload = new byte[RtpReceiveBuffer.MaximumPayload];
        Assert.True(buffer.TryPoll(buffer.NextDeadline, payload, out var packet));

        Assert.Equal((13, 2), (packet.SequenceNumber, packet.LostBefore));
        Assert.Equal(ReceiveOutcome.TooLate, Add(buffer, s_start, 12));
    }

    [Fact]
    public void Duplicates_are_dropped_before_and_after_they_were_handed_on()
    {
        using var buffer = new RtpReceiveBuffer();
        Add(buffer, s_start, 1);
        Poll(buffer, s_start);
        Add(buffer, s_start, 3);

        Assert.Equal(ReceiveOutcome.TooLate, Add(buffer, s_start, 1));
        Assert.Equal(ReceiveOutcome.Duplicate, Add(buffer, s_start, 3));
    }

    [Fact]
    public void After_an_outage_nothing_waits_for_what_was_sent_meanwhile()
    {
        using var buffer = new RtpReceiveBuffer();
        Add(buffer, s_start, 1);
        Poll(buffer, s_start);

        Add(buffer, s_start + TimeSpan.FromSeconds(30), 1_501);

        Assert.Equal([1_501], Poll(buffer, s_start + TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void It_holds_no_more_than_its_capacity_and_does_not_wait_when_full()
    {
        using var buffer = new RtpReceiveBuffer(5, TimeSpan.FromSeconds(1));
        Add(buffer, s_start, 0);
        Poll(buffer, s_start);
        for (var i = 2; i < 7; i++)
        {
            Assert.Equal(ReceiveOutcome.Queued, Add(buffer, s_start, i));
        }

        Assert.Equal(ReceiveOutcome.Full, Add(buffer, s_start, 7));
        Assert.Equal([2, 3, 4, 5, 6], Poll(buffer, s_start));
    }

    [Fact]
    public void A_payload_comes_back_with_its_header()
    {
        using var buffer = new RtpReceiveBuffer();
        Assert.True(RtpPacket.TryParse(SrtpContextTests.Rtp(9, 7, [5, 6, 7], marker: true), out var packet));
        buffer.Add(s_start, packet);
        var payload = new byte[RtpReceiveBuffer.MaximumPayload];

        Assert.True(buffer.TryPoll(s_start, payload, out var received));

        Assert.Equal(new ReceivedRtp(3, 9, 0x01020304, 96, true, 0, s_start), received);
        Assert.Equal([5, 6, 7], payload[..3]);
    }

    [Fact]
    public void For_any_loss_reordering_and_duplication_the_order_is_right_and_every_packet_is_accounted_for() =>
        Gen.Select(Gen.Int[0, 65_535], Gen.Select(Gen.Int[0, 9], Gen.Int[0, 150]).Array[1, 300]).Sample(
            (first, packets) =>
            {
                // one packet each 20 ms; 10 % lost, 10 % duplicated, delays up to 150 ms
                using var buffer = new RtpReceiveBuffer();
                var arrivals = packets
                    .SelectMany((packet, i) => Enumerable.Repeat((Number: first + i, At: i * 20 + packet.Item2), packet.Item1 switch { 0 => 0, 1 => 2, _ => 1 }))
                    .OrderBy(arrival => arrival.At)
                    .ToList();
                var handedOn = new List<(int Number, int Lost)>();
                var queued = 0;
                foreach (var (number, at) in arrivals)
                {
                    var now = s_start + TimeSpan.FromMilliseconds(at);
                    queued += Add(buffer, now, number) == ReceiveOutcome.Queued ? 1 : 0;
                    Drain(buffer, now, handedOn);
                    Assert.True(buffer.NextDeadline > now);
                }

                Drain(buffer, RtcTime.Never - TimeSpan.FromDays(1), handedOn);

                Assert.Equal(queued, handedOn.Count);
                for (var i = 1; i < handedOn.Count; i++)
                {
                    Assert.Equal((ushort)(handedOn[i - 1].Number + handedOn[i].Lost + 1), handedOn[i].Number);
                }
            },
            iter: 200);

    private static void Drain(RtpReceiveBuffer buffer, RtcTime now, List<(int Number, int Lost)> into)
    {
        var payload = new byte[RtpReceiveBuffer.MaximumPayload];
        while (buffer.TryPoll(now, payload, out var packet))
        {
            into.Add((packet.SequenceNumber, packet.LostBefore));
        }
    }

    private static ReceiveOutcome Add(RtpReceiveBuffer buffer, RtcTime now, int number)
    {
        Assert.True(RtpPacket.TryParse(SrtpContextTests.Rtp((ushort)number, 7, [1]), out var packet));
        return buffer.Add(now, packet);
    }

    private static List<int> Poll(RtpReceiveBuffer buffer, RtcTime now)
    {
        var handedOn = new List<(int Number, int Lost)>();
        Drain(buffer, now, handedOn);
        return [.. handedOn.Select(packet => packet.Number)];
    }
}
