using CsCheck;
using Holdfast.Lab.Peer;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Rtc.Tests.Rtp;

public sealed class RtpPacketTests
{
    /// <summary>One CSRC, two one-byte extensions (id 3: two bytes, id 1: one byte), payload 4 bytes, padding 2.</summary>
    private static readonly byte[] s_packet = Convert.FromHexString(
        "B1E0ABCD0102030405060708" + "0000000A" + "BEDE0002" + "31BEEF00" + "10610000" + "DEADBEEF" + "0002");

    [Fact]
    public void All_fields_of_a_packet_are_read()
    {
        Assert.True(RtpPacket.TryParse(s_packet, out var packet));

        Assert.True(packet.Marker);
        Assert.Equal(96, packet.PayloadType);
        Assert.Equal(0xABCD, packet.SequenceNumber);
        Assert.Equal(0x01020304u, packet.Timestamp);
        Assert.Equal(0x05060708u, packet.Ssrc);
        Assert.Equal("DEADBEEF", Convert.ToHexString(packet.Payload));
        Assert.True(packet.Extensions.TryGet(3, out var transport));
        Assert.Equal("BEEF", Convert.ToHexString(transport));
        Assert.True(packet.Extensions.TryGet(1, out var mid));
        Assert.Equal("a", System.Text.Encoding.ASCII.GetString(mid));
        Assert.False(packet.Extensions.TryGet(2, out _));
        Assert.False(packet.Extensions.TryGet(0, out _));
    }

    [Fact]
    public void Two_byte_extensions_are_read_too_and_may_be_empty()
    {
        Assert.True(RtpPacket.TryParse(
            Convert.FromHexString("90600001000000000000000110000003" + "1100" + "00" + "2005AABBCCDDEE" + "0000"), out var packet));

        Assert.True(packet.Extensions.TryGet(0x11, out var empty));
        Assert.True(empty.IsEmpty);
        Assert.True(packet.Extensions.TryGet(0x20, out var value));
        Assert.Equal("AABBCCDDEE", Convert.ToHexString(value));
    }

    [Theory]
    [InlineData("90600001000000000000000112340001" + "31BEEF00", "another profile's extension")]
    [InlineData("906000010000000000000001BEDE0001" + "0000003F", "an element that runs over the end")]
    [InlineData("906000010000000000000001BEDE0001" + "F031BEEF", "identifier 15 ends the list")]
    [InlineData("90600001000000000000000110000001" + "00000003", "a two-byte element without its length")]
    public void An_extension_that_is_not_there_is_not_found(string hex, string why)
    {
        Assert.True(RtpPacket.TryParse(Convert.FromHexString(hex), out var packet), why);

        Assert.False(packet.Extensions.TryGet(3, out _), why);
    }

    [Theory]
    [InlineData("A06000010000000000000001", "padded without a payload")]
    [InlineData("A0600001000000000000000100", "padding of no bytes")]
    [InlineData("A06000010000000000000001FF03", "padding longer than the payload")]
    [InlineData("406000010000000000000001", "version 1")]
    [InlineData("906000010000000000000001BEDEFFFF", "an extension longer than the packet")]
    public void A_packet_that_does_not_fit_together_is_refused(string hex, string why) =>
        Assert.False(RtpPacket.TryParse(Convert.FromHexString(hex), out _), why);

    [Fact]
    public void A_packet_that_only_pads_has_an_empty_payload()
    {
        Assert.True(RtpPacket.TryParse(Convert.FromHexString("A06000010000000000000001000003"), out var packet));

        Assert.True(packet.Payload.IsEmpty);
    }

    [Fact]
    public void A_packet_cut_at_any_length_does_not_throw_and_a_cut_header_is_refused()
    {
        const int HeaderLength = 28;
        for (var length = 0; length < s_packet.Length; length++)
        {
            var cut = s_packet.AsSpan(0, length).ToArray();
            var parsed = RtpPacket.TryParse(cut, out _);
            Assert.False(parsed && length <= HeaderLength);
            Assert.Equal(length >= HeaderLength, RtpPacket.TryGetHeaderLength(cut, out _));
        }
    }

    [Fact]
    public void Any_bytes_at_all_are_parsed_or_refused_without_an_exception() =>
        Gen.Byte.Array[0, 80].Sample(
            bytes =>
            {
                if (RtpPacket.TryParse(bytes, out var packet))
                {
                    for (var id = 0; id < 256; id++)
                    {
                        packet.Extensions.TryGet((byte)id, out _);
                    }

                    _ = Holdfast.Lab.Peer.Vp8PayloadDescriptor.TryParse(packet.Payload, out _);
                    _ = RepeatedPayload.TryParse(packet.Payload, out _, out _);
                }
            },
            iter: 20_000);

    [Fact]
    public void What_the_writer_writes_the_parser_reads() =>
        Gen.Select(Gen.Bool, Gen.Byte[0, 127], Gen.UShort, Gen.UInt, Gen.UInt, Gen.Byte[0, 14], Gen.Byte.Array[1, 16]).Sample(
            (marker, payloadType, sequence, timestamp, ssrc, id, mid) =>
            {
                var buffer = new byte[100];
                Array.Fill(buffer, (byte)0xFF);
                var writer = new RtpHeaderWriter(buffer, marker, payloadType, sequence, timestamp, ssrc);
                writer.AddTransportSequence(id == 14 ? (byte)1 : (byte)14, 0x1234);
                writer.Add(id, mid);
                var length = writer.Finish();
                buffer[length] = 0x77;

                Assert.True(RtpPacket.TryParse(buffer.AsSpan(0, length + 1), out var packet));
                Assert.Equal((marker, payloadType, sequence, timestamp, ssrc), (packet.Marker, packet.PayloadType, packet.SequenceNumber, packet.Timestamp, packet.Ssrc));
                Assert.True(packet.Extensions.TryGet(id == 14 ? (byte)1 : (byte)14, out var transport));
                Assert.Equal("1234", Convert.ToHexString(transport));
                Assert.Equal(id != 0, packet.Extensions.TryGet(id, out var value));
                Assert.Equal(id == 0 ? [] : mid, value.ToArray());
                Assert.Equal(0x77, Assert.Single(packet.Payload.ToArray()));
            });

    [Fact]
    public void A_header_without_extensions_is_twelve_bytes()
    {
        var buffer = new byte[12];
        var writer = new RtpHeaderWriter(buffer, false, 111, 1, 2, 3);
        writer.AddTransportSequence(0, 9);

        Assert.Equal(12, writer.Finish());
        Assert.Equal("806F00010000000200000003", Convert.ToHexString(buffer));
    }

    [Fact]
    public void Absolute_send_time_is_seconds_in_6_18_fixed_point()
    {
        var buffer = new byte[20];
        var writer = new RtpHeaderWriter(buffer, false, 96, 1, 2, 3);

        // 1900 to 1970 is a whole number of 64 s periods, so 65.25 s of Unix time are 1.25 s.
        writer.AddAbsoluteSendTime(5, new RtcTime(65_250_000));
        var length = writer.Finish();

        Assert.True(RtpPacket.TryParse(buffer.AsSpan(0, length), out var packet));
        Assert.True(packet.Extensions.TryGet(5, out var value));
        Assert.Equal("050000", Convert.ToHexString(value));
    }

    [Fact]
    public void A_retransmission_carries_the_original_number_and_payload()
    {
        Assert.True(RtpPacket.TryParse(s_packet, out var original));
        var buffer = new byte[64];
        var header = new RtpHeaderWriter(buffer, original.Marker, 97, 1, original.Timestamp, 42);
        var length = header.Finish();
        length += RtxPayload.Write(buffer.AsSpan(length), original);

        Assert.True(RtpPacket.TryParse(buffer.AsSpan(0, length), out var repeated));
        Assert.True(RepeatedPayload.TryParse(repeated.Payload, out var sequence, out var payload));
        Assert.Equal(0xABCD, sequence);
        Assert.Equal("DEADBEEF", Convert.ToHexString(payload));
        Assert.Equal(original.Timestamp, repeated.Timestamp);
        Assert.False(RepeatedPayload.TryParse([1], out _, out _));
    }
}
