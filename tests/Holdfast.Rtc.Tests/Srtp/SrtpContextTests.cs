using System.Buffers.Binary;
using CsCheck;
using Holdfast.Rtc.Srtp;

namespace Holdfast.Rtc.Tests.Srtp;

public sealed class SrtpContextTests
{
    public static TheoryData<object> Profiles => [SrtpProfile.Aes128CmHmacSha1_80, SrtpProfile.AeadAes128Gcm];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void What_is_protected_is_opened_again_whatever_its_header_and_length(object profile)
    {
        var (sender, receiver) = Pair(profile);
        ushort sequence = 0;
        Gen.Select(Gen.Byte.Array[0, 1200], Gen.Int[0, 15], Gen.Int[-1, 5], Gen.Bool).Sample(
            (payload, csrcs, extensionWords, marker) =>
            {
                var plain = Rtp(sequence++, 7, payload, csrcs, extensionWords, marker);
                var packet = Protect(sender, plain);

                Assert.True(receiver.TryUnprotectRtp(packet, out var length, out var failure));
                Assert.Equal(SrtpFailure.None, failure);
                Assert.Equal(plain, packet[..length]);
            },
            iter: 300,
            threads: 1);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void RTCP_is_opened_again_whatever_its_length(object profile)
    {
        var (sender, receiver) = Pair(profile);
        Gen.Byte.Array[0, 300].Sample(
            body =>
            {
                byte[] plain = [0x81, 200, 0, 6, 0, 0, 0, 9, .. body];
                var packet = ProtectRtcp(sender, plain);

                Assert.True(receiver.TryUnprotectRtcp(packet, out var length, out _));
                Assert.Equal(plain, packet[..length]);
            },
            iter: 200,
            threads: 1);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Nothing_of_the_payload_is_readable_and_all_of_the_header_is(object profile)
    {
        var (sender, _) = Pair(profile);
        var plain = Rtp(1, 7, new byte[64], extensionWords: 2);

        var packet = Protect(sender, plain);

        Assert.Equal(plain[..24], packet[..24]);
        Assert.DoesNotContain(0L, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(packet.AsSpan(24, 64)).ToArray());
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_changed_bit_anywhere_is_noticed_and_leaves_packet_and_state_alone(object profile)
    {
        var (sender, receiver) = Pair(profile);
        var packet = Protect(sender, Rtp(5, 7, [1, 2, 3, 4, 5], extensionWords: 1));
        for (var bit = 0; bit < packet.Length * 8; bit++)
        {
            var forged = packet.ToArray();
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            var before = forged.ToArray();

            Assert.False(receiver.TryUnprotectRtp(forged, out var length, out var failure));
            Assert.Equal(0, length);
            Assert.True(failure is SrtpFailure.AuthenticationFailed or SrtpFailure.Malformed);
            Assert.Equal(before, forged);
        }

        Assert.Empty(receiver.ExportState().Streams);
        Assert.True(receiver.TryUnprotectRtp(packet, out _, out _));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_changed_bit_anywhere_in_RTCP_is_noticed(object profile)
    {
        var (sender, receiver) = Pair(profile);
        var packet = ProtectRtcp(sender, [0x81, 200, 0, 2, 0, 0, 0, 9, 1, 2, 3, 4]);
        for (var bit = 0; bit < packet.Length * 8; bit++)
        {
            var forged = packet.ToArray();
            forged[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.False(receiver.TryUnprotectRtcp(forged, out _, out var failure));
            Assert.True(failure is SrtpFailure.AuthenticationFailed or SrtpFailure.Malformed or SrtpFailure.NotEncrypted);
        }

        Assert.True(receiver.TryUnprotectRtcp(packet, out _, out _));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_packet_cut_at_any_length_is_refused(object profile)
    {
        var (sender, receiver) = Pair(profile);
        var rtp = Protect(sender, Rtp(5, 7, [1, 2, 3, 4, 5], csrcs: 2, extensionWords: 1));
        var rtcp = ProtectRtcp(sender, [0x81, 200, 0, 2, 0, 0, 0, 9, 1, 2, 3, 4]);
        for (var length = 0; length < rtp.Length; length++)
        {
            Assert.False(receiver.TryUnprotectRtp(rtp.AsSpan(0, length).ToArray(), out _, out var failure));
            Assert.NotEqual(SrtpFailure.None, failure);
        }

        for (var length = 0; length < rtcp.Length; length++)
        {
            Assert.False(receiver.TryUnprotectRtcp(rtcp.AsSpan(0, length).ToArray(), out _, out var failure));
            Assert.NotEqual(SrtpFailure.None, failure);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Any_bytes_at_all_are_refused_without_an_exception(object profile)
    {
        var (_, receiver) = Pair(profile);
        Gen.Byte.Array[0, 4000].Sample(
            bytes =>
            {
                if (bytes.Length > 0)
                {
                    bytes[0] = (byte)(0x80 | (bytes[0] & 0x3F));
                }

                Assert.False(receiver.TryUnprotectRtp(bytes, out _, out _));
                Assert.False(receiver.TryUnprotectRtcp(bytes, out _, out _));
            },
            iter: 500,
            threads: 1);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_replayed_packet_is_refused(object profile)
    {
        var (sender, receiver) = Pair(profile);
        var rtp = Protect(sender, Rtp(5, 7, [1]));
        var rtcp = ProtectRtcp(sender, [0x80, 201, 0, 1, 0, 0, 0, 9]);
        Assert.True(receiver.TryUnprotectRtp(rtp.ToArray(), out _, out _));
        Assert.True(receiver.TryUnprotectRtcp(rtcp.ToArray(), out _, out _));

        Assert.False(receiver.TryUnprotectRtp(rtp, out _, out var rtpFailure));
        Assert.False(receiver.TryUnprotectRtcp(rtcp, out _, out var rtcpFailure));

        Assert.Equal(SrtpFailure.Replayed, rtpFailure);
        Assert.Equal(SrtpFailure.Replayed, rtcpFailure);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Reordered_packets_are_all_accepted_across_the_wrap_of_the_sequence_number(object profile)
    {
        var (sender, receiver) = Pair(profile);
        var packets = Enumerable.Range(65_500, 100).Select(i => Protect(sender, Rtp((ushort)i, 7, [(byte)i]))).ToArray();
        Assert.True(receiver.TryUnprotectRtp(packets[0], out _, out _));

        // every ten in reverse, so that the old roll-over count is needed after the new one
        foreach (var packet in packets.Skip(1).Chunk(10).SelectMany(chunk => chunk.Reverse()))
        {
            Assert.True(receiver.TryUnprotectRtp(packet, out _, out _));
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void The_roll_over_counter_advances_on_both_sides_wrap_after_wrap(object profile)
    {
        var (sender, receiver) = Pair(profile);
        for (var i = 0; i < 5 * 65_536; i += 1_000)
        {
            var plain = Rtp((ushort)i, 7, [1, 2, 3]);
            var packet = Protect(sender, plain);

            Assert.True(receiver.TryUnprotectRtp(packet, out var length, out _));
            Assert.Equal(plain, packet[..length]);
        }

        Assert.Equal(4, receiver.ExportState().Streams[0].HighestRtpIndex >> 16);
        Assert.Equal(4, sender.ExportState().Streams[0].HighestRtpIndex >> 16);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_forged_packet_does_not_move_the_roll_over_estimate(object profile)
    {
        var (sender, receiver) = Pair(profile);
        Assert.True(receiver.TryUnprotectRtp(Protect(sender, Rtp(30_000, 7, [1])), out _, out _));

        var forged = Rtp(62_000, 7, new byte[40]);
        Assert.False(receiver.TryUnprotectRtp(forged, out _, out var failure));

        Assert.Equal(SrtpFailure.AuthenticationFailed, failure);
        Assert.True(receiver.TryUnprotectRtp(Protect(sender, Rtp(30_001, 7, [1])), out _, out _));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void No_index_is_protected_twice(object profile)
    {
        var (sender, _) = Pair(profile);
        Protect(sender, Rtp(100, 7, [1]));
        Protect(sender, Rtp(101, 7, [1]));
        var before = Stream(sender);

        Assert.Throws<InvalidOperationException>(() => Protect(sender, Rtp(101, 7, [2])));
        Assert.Throws<InvalidOperationException>(() => Protect(sender, Rtp(100, 7, [2])));
        Assert.Throws<InvalidOperationException>(() => Protect(sender, Rtp(65_535, 7, [2])));

        // A refused retransmission has not moved the roll-over counter either.
        Assert.Equal(before, Stream(sender));
        Protect(sender, Rtp(102, 7, [1]));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Each_SSRC_has_its_own_roll_over_counter(object profile)
    {
        var (sender, receiver) = Pair(profile);
        foreach (var (sequence, ssrc) in new (ushort, uint)[] { (65_535, 1), (10, 2), (0, 1), (11, 2), (1, 1) })
        {
            Assert.True(receiver.TryUnprotectRtp(Protect(sender, Rtp(sequence, ssrc, [1])), out _, out _));
        }

        Assert.Equal([(1u, 65_537L), (2u, 11L)], receiver.ExportState().Streams.Select(stream => (stream.Ssrc, stream.HighestRtpIndex)));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void The_number_of_streams_is_bounded_and_strangers_cannot_use_it_up(object profile)
    {
        var (sender, receiver) = Pair(profile);
        for (uint ssrc = 0; ssrc < 1_000; ssrc++)
        {
            Assert.False(receiver.TryUnprotectRtp(Rtp(1, ssrc, new byte[50]), out _, out _));
        }

        for (uint ssrc = 0; ssrc < SrtpContext.MaximumStreams; ssrc++)
        {
            Assert.True(receiver.TryUnprotectRtp(Protect(sender, Rtp(1, ssrc, [1])), out _, out _));
        }

        var (other, _) = Pair(profile);
        Assert.False(receiver.TryUnprotectRtp(Protect(other, Rtp(1, 1_000, [1])), out _, out var failure));
        Assert.Equal(SrtpFailure.TooManyStreams, failure);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_process_that_starts_from_a_stored_state_goes_on_behind_it_and_is_understood(object profile)
    {
        var (sender, receiver) = Pair(profile);
        var (_, freshReceiver) = Pair(profile);
        for (var i = 65_000; i < 65_500; i++)
        {
            Assert.True(receiver.TryUnprotectRtp(Protect(sender, Rtp((ushort)i, 7, [1])), out _, out _));
        }

        ProtectRtcp(sender, [0x80, 201, 0, 1, 0, 0, 0, 9]);
        var state = sender.ExportState();
        var stored = state with
        {
            NextRtcpIndex = state.NextRtcpIndex + 1_000,
            Streams = [.. state.Streams.Select(static stream => stream with { HighestRtpIndex = stream.HighestRtpIndex + 16_384 })],
        };

        // sent after the state was stored, and so within the reservation
        var last = Protect(sender, Rtp(65_501, 7, [1]));
        Assert.True(receiver.TryUnprotectRtp(last, out _, out _));

        using var restarted = new SrtpContext(stored);
        Assert.Throws<InvalidOperationException>(() => Protect(restarted, Rtp(65_502, 7, [1])));
        var next = (ushort)(stored.Streams[0].HighestRtpIndex + 1);
        var plain = Rtp(next, 7, [1, 2, 3]);
        var packet = Protect(restarted, plain);

        Assert.Equal((65_499 + 16_384 + 1) & 0xFFFF, (int)next);
        Assert.True(receiver.TryUnprotectRtp(packet, out var length, out _));
        Assert.Equal(plain, packet[..length]);
        Assert.True(receiver.TryUnprotectRtcp(ProtectRtcp(restarted, [0x80, 201, 0, 1, 0, 0, 0, 9]), out _, out _));
        Assert.False(freshReceiver.TryUnprotectRtp(Protect(restarted, Rtp((ushort)(next + 1), 7, [1])), out _, out _), "roll-over count 1 is part of what is authenticated");
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_receiver_that_starts_from_a_stored_state_still_refuses_what_it_had_seen(object profile)
    {
        var (sender, receiver) = Pair(profile);
        var old = Protect(sender, Rtp(65_535, 7, [1]));
        Assert.True(receiver.TryUnprotectRtp(old.ToArray(), out _, out _));
        Assert.True(receiver.TryUnprotectRtp(Protect(sender, Rtp(0, 7, [1])), out _, out _));

        using var restarted = new SrtpContext(receiver.ExportState());

        Assert.False(restarted.TryUnprotectRtp(old, out _, out var failure));
        Assert.Equal(SrtpFailure.Replayed, failure);
        var late = Protect(sender, Rtp(2, 7, [1]));
        Assert.True(restarted.TryUnprotectRtp(Protect(sender, Rtp(3, 7, [1])), out _, out _));
        Assert.True(restarted.TryUnprotectRtp(late, out _, out _));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void An_unencrypted_SRTCP_packet_is_refused(object profile)
    {
        var (sender, receiver) = Pair(profile);
        var packet = ProtectRtcp(sender, [0x80, 201, 0, 1, 0, 0, 0, 9]);
        var indexAt = (SrtpProfile)profile == SrtpProfile.AeadAes128Gcm ? packet.Length - 4 : packet.Length - 14;
        packet[indexAt] &= 0x7F;

        Assert.False(receiver.TryUnprotectRtcp(packet, out _, out var failure));
        Assert.Equal(SrtpFailure.NotEncrypted, failure);
    }

    [Fact]
    public void Key_and_salt_must_have_the_profiles_lengths()
    {
        Assert.Throws<ArgumentException>(() => new SrtpContext(SrtpProfile.AeadAes128Gcm, new byte[16], new byte[14]));
        Assert.Throws<ArgumentException>(() => new SrtpContext(SrtpProfile.Aes128CmHmacSha1_80, new byte[32], new byte[14]));
    }

    [Fact]
    public void A_state_does_not_show_its_keys_as_text()
    {
        var (sender, _) = Pair(SrtpProfile.AeadAes128Gcm);

        Assert.Equal("AeadAes128Gcm, 0 streams", sender.ExportState().ToString());
    }

    internal static (SrtpContext Sender, SrtpContext Receiver) Pair(object profile)
    {
        var key = Enumerable.Range(1, SrtpContext.KeyLength((SrtpProfile)profile)).Select(i => (byte)(i * 7)).ToArray();
        var salt = Enumerable.Range(1, SrtpContext.SaltLength((SrtpProfile)profile)).Select(i => (byte)(i * 13)).ToArray();
        return (new SrtpContext((SrtpProfile)profile, key, salt), new SrtpContext((SrtpProfile)profile, key, salt));
    }

    internal static byte[] Rtp(ushort sequence, uint ssrc, byte[] payload, int csrcs = 0, int extensionWords = -1, bool marker = false)
    {
        var extension = extensionWords < 0 ? [] : new byte[4 + 4 * extensionWords];
        if (extensionWords >= 0)
        {
            extension[0] = 0xBE;
            extension[1] = 0xDE;
            extension[3] = (byte)extensionWords;
        }

        byte[] packet = [(byte)(0x80 | csrcs | (extensionWords < 0 ? 0 : 0x10)), (byte)(96 | (marker ? 0x80 : 0)), 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, .. new byte[4 * csrcs], .. extension, .. payload];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        return packet;
    }

    internal static byte[] Protect(SrtpContext context, byte[] plain)
    {
        byte[] packet = [.. plain, .. new byte[context.RtpOverhead]];
        Assert.Equal(packet.Length, context.ProtectRtp(packet, plain.Length));
        return packet;
    }

    private static byte[] ProtectRtcp(SrtpContext context, byte[] plain)
    {
        byte[] packet = [.. plain, .. new byte[context.RtcpOverhead]];
        Assert.Equal(packet.Length, context.ProtectRtcp(packet, plain.Length));
        return packet;
    }

    private static SrtpStreamState Stream(SrtpContext context) => Assert.Single(context.ExportState().Streams);
}
