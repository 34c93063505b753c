using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Srtp;
using Holdfast.Rtc.Tests.Srtp;

namespace Holdfast.Rtc.Tests.Rtp;

public sealed class SendHistoryTests
{
    private static readonly RtcTime s_start = new(1_000_000_000);
    private static readonly TimeSpan s_roundTrip = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void A_kept_packet_comes_back_as_it_was_across_the_wrap()
    {
        using var history = new SendHistory(SendHistoryLimits.Video);
        for (var i = 65_400; i < 65_700; i++)
        {
            history.Add(s_start, (ushort)i, Packet(i));
        }

        for (var i = 65_400; i < 65_700; i++)
        {
            Assert.Equal(ResendVerdict.Resend, history.Resend(s_start + s_roundTrip, (ushort)i, s_roundTrip, out var packet));
            Assert.Equal(Packet(i), packet.ToArray());
        }

        Assert.Equal(ResendVerdict.NotKept, history.Resend(s_start, 200, s_roundTrip, out _));
        Assert.Equal(ResendVerdict.NotKept, history.Resend(s_start, 65_399, s_roundTrip, out _));
    }

    [Fact]
    public void The_first_request_is_answered_however_soon_it_comes_and_no_other_within_a_round_trip_nor_for_ever()
    {
        using var history = new SendHistory(SendHistoryLimits.Video with { ResendsPerPacket = 2 });
        history.Add(s_start, 1, Packet(1));

        Assert.Equal(ResendVerdict.Resend, history.Resend(s_start + s_roundTrip * 0.9, 1, s_roundTrip, out _));
        Assert.Equal(ResendVerdict.TooSoon, history.Resend(s_start + s_roundTrip * 1.8, 1, s_roundTrip, out _));
        Assert.Equal(ResendVerdict.Resend, history.Resend(s_start + s_roundTrip * 2, 1, s_roundTrip, out _));
        Assert.Equal(ResendVerdict.TooOften, history.Resend(s_start + s_roundTrip * 9, 1, s_roundTrip, out _));
    }

    [Fact]
    public void It_is_bounded_in_packets_bytes_and_age()
    {
        var limits = new SendHistoryLimits(Packets: 64, Bytes: 48 * 1024, Age: TimeSpan.FromSeconds(1), ResendsPerPacket: 9);
        using var history = new SendHistory(limits);

        for (var i = 0; i < 65; i++)
        {
            history.Add(s_start, (ushort)i, [1]);
        }

        Assert.Equal(ResendVerdict.NotKept, history.Resend(s_start, 0, TimeSpan.Zero, out _));
        Assert.Equal(ResendVerdict.Resend, history.Resend(s_start, 1, TimeSpan.Zero, out _));

        for (var i = 100; i < 160; i++)
        {
            history.Add(s_start, (ushort)i, new byte[1_200]);
        }

        Assert.Equal(48 * 1024, history.RentedBytes);
        Assert.Equal(ResendVerdict.NotKept, history.Resend(s_start, 100, TimeSpan.Zero, out _));
        Assert.Equal(ResendVerdict.Resend, history.Resend(s_start, 159, TimeSpan.Zero, out _));

        Assert.Equal(ResendVerdict.NotKept, history.Resend(s_start + TimeSpan.FromSeconds(1.1), 159, TimeSpan.Zero, out _));
    }

    [Fact]
    public void Memory_follows_the_bitrate_and_is_given_back()
    {
        using var history = new SendHistory(new(512, 512 * 1024, TimeSpan.FromSeconds(1), 9));
        Assert.Equal(0, history.RentedBytes);

        // 50 packets of 200 bytes a second are 10 kB a second.
        var now = s_start;
        for (var i = 0; i < 2_000; i++)
        {
            history.Add(now, (ushort)i, new byte[200]);
            now += TimeSpan.FromMilliseconds(20);
        }

        Assert.True(history.RentedBytes <= 3 * 16 * 1024);
        history.Release();
        Assert.Equal(0, history.RentedBytes);
        Assert.Equal(ResendVerdict.NotKept, history.Resend(now, 1_999, TimeSpan.Zero, out _));
        history.Add(now, 2_000, [1, 2]);
        Assert.Equal(ResendVerdict.Resend, history.Resend(now, 2_000, TimeSpan.Zero, out var packet));
        Assert.Equal([1, 2], packet.ToArray());
    }

    [Theory]
    [MemberData(nameof(SrtpContextTests.Profiles), MemberType = typeof(SrtpContextTests))]
    public void A_retransmission_without_RTX_is_the_same_ciphertext_and_moves_no_index(object profile)
    {
        var (sender, receiver) = SrtpContextTests.Pair(profile);
        using var history = new SendHistory(SendHistoryLimits.Video);
        for (var i = 65_530; i < 65_550; i++)
        {
            history.Add(s_start, (ushort)i, SrtpContextTests.Protect(sender, SrtpContextTests.Rtp((ushort)i, 7, [(byte)i])));
        }

        var state = sender.ExportState().Streams;

        // The NACK for a packet from before the wrap comes after it.
        for (var i = 65_530; i < 65_550; i++)
        {
            Assert.Equal(ResendVerdict.Resend, history.Resend(s_start, (ushort)i, TimeSpan.Zero, out var packet));
            Assert.True(receiver.TryUnprotectRtp(packet.ToArray(), out var length, out _));
            Assert.Equal(13, length);
        }

        Assert.Equal(state, sender.ExportState().Streams);
        Assert.Equal(ResendVerdict.Resend, history.Resend(s_start, 65_530, TimeSpan.Zero, out var again));
        Assert.False(receiver.TryUnprotectRtp(again.ToArray(), out _, out var failure));
        Assert.Equal(SrtpFailure.Replayed, failure);
    }

    private static byte[] Packet(int number) => [.. Enumerable.Range(0, 50 + number % 1_000).Select(i => (byte)(i * number))];
}
