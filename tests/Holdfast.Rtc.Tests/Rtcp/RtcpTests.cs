using System.Text;
using CsCheck;
using Holdfast.Lab.Peer;
using Holdfast.Rtc.Rtcp;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Rtcp;

public sealed class RtcpTests
{
    private static readonly ReportBlock s_block = new(0xAABBCCDD, 12, -3, 0x0001_FFFF, 99, 0x11223344, 0x55667788);

    private delegate void Write(ref RtcpWriter writer);

    [Fact]
    public void A_sender_report_is_laid_out_as_RFC_3550_6_4_1_draws_it()
    {
        var bytes = Compound((ref RtcpWriter writer) => writer.WriteSenderReport(1, 0x0102030405060708, 9, 10, 11, [s_block]));

        Assert.Equal(
            "81C8000C" + "00000001" + "0102030405060708" + "00000009" + "0000000A" + "0000000B"
            + "AABBCCDD" + "0CFFFFFD" + "0001FFFF" + "00000063" + "11223344" + "55667788",
            Convert.ToHexString(bytes));
    }

    [Fact]
    public void A_compound_packet_is_read_packet_by_packet()
    {
        var bytes = Compound((ref RtcpWriter writer) =>
        {
            writer.WriteSenderReport(1, 2, 3, 4, 5, [s_block, s_block with { Ssrc = 6 }]);
            writer.WriteReceiverReport(7, [s_block]);
            writer.WriteSourceDescription([1], "name"u8);
            writer.WriteGoodbye([1, 2], "going home"u8);
        });

        Assert.True(RtcpCompound.TryParse(bytes, out var compound));
        Assert.True(compound.TryReadNext(out var packet));
        Assert.True(SenderReport.TryParse(packet, out var sender));
        Assert.Equal((1u, 2ul, 3u, 4u, 5u), (sender.Ssrc, sender.NtpTimestamp, sender.RtpTimestamp, sender.PacketCount, sender.OctetCount));
        Assert.Equal(2, sender.Blocks.Count);
        Assert.Equal(s_block, sender.Blocks[0]);
        Assert.Equal(6u, sender.Blocks[1].Ssrc);
        Assert.True(compound.TryReadNext(out packet));
        Assert.True(ReceiverReport.TryParse(packet, out var receiver));
        Assert.Equal((7u, 1), (receiver.Ssrc, receiver.Blocks.Count));
        Assert.True(compound.TryReadNext(out packet));
        Assert.True(SourceDescription.TryGetCname(packet, 1, out var cname));
        Assert.Equal("name", Encoding.UTF8.GetString(cname));
        Assert.False(SourceDescription.TryGetCname(packet, 2, out _));
        Assert.True(compound.TryReadNext(out packet));
        Assert.True(Goodbye.TryParse(packet, out var goodbye));
        Assert.Equal((2, 1u, 2u), (goodbye.Count, goodbye[0], goodbye[1]));
        Assert.Equal("going home", Encoding.UTF8.GetString(goodbye.Reason));
        Assert.False(compound.TryReadNext(out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("a name of some length")]
    public void A_name_of_any_length_ends_on_a_whole_word_after_a_zero(string name)
    {
        var bytes = Compound((ref RtcpWriter writer) => writer.WriteSourceDescription([5], Encoding.UTF8.GetBytes(name)));

        Assert.Equal(0, bytes.Length % 4);
        Assert.Equal(0, bytes[^1]);
        Assert.True(RtcpCompound.TryParse(bytes, out var compound));
        Assert.True(compound.TryReadNext(out var packet));
        Assert.True(SourceDescription.TryGetCname(packet, 5, out var cname));
        Assert.Equal(name, Encoding.UTF8.GetString(cname));
    }

    [Fact]
    public void Each_stream_has_the_name_in_a_chunk_of_its_own()
    {
        var bytes = Compound((ref RtcpWriter writer) => writer.WriteSourceDescription([5, 6, 7], "one"u8));

        Assert.True(RtcpCompound.TryParse(bytes, out var compound));
        Assert.True(compound.TryReadNext(out var packet));
        Assert.Equal(3, packet.CountOrFormat);
        foreach (var ssrc in new uint[] { 5, 6, 7 })
        {
            Assert.True(SourceDescription.TryGetCname(packet, ssrc, out var cname));
            Assert.Equal("one", Encoding.UTF8.GetString(cname));
        }
    }

    [Fact]
    public void The_name_of_a_second_chunk_is_found()
    {
        var packet = new RtcpPacket(
            RtcpPacketType.SourceDescription, 2, Convert.FromHexString("00000001" + "01024141" + "00000000" + "00000002" + "0201FF01" + "01420000"));

        Assert.True(SourceDescription.TryGetCname(packet, 2, out var cname));
        Assert.Equal("B", Encoding.UTF8.GetString(cname));
    }

    [Fact]
    public void Any_set_of_missing_numbers_survives_a_NACK() =>
        Gen.Select(Gen.UShort, Gen.Int[1, 40].Array[1, 60]).Sample(
            (first, steps) =>
            {
                var missing = steps.Select(step => first += (ushort)step).ToArray();
                var bytes = Compound((ref RtcpWriter writer) => writer.WriteNack(1, 2, missing));

                Assert.True(RtcpCompound.TryParse(bytes, out var compound));
                Assert.True(compound.TryReadNext(out var packet));
                Assert.True(GenericNack.TryParse(packet, out var nack));
                Assert.Equal((1u, 2u), (nack.SenderSsrc, nack.MediaSsrc));
                var read = new List<ushort>();
                foreach (var sequence in nack)
                {
                    read.Add(sequence);
                }

                Assert.Equal(missing, read);
            });

    [Fact]
    public void A_NACK_is_laid_out_as_RFC_4585_6_2_1_draws_it()
    {
        var bytes = Compound((ref RtcpWriter writer) => writer.WriteNack(1, 2, [0xFFFF, 0, 15, 16]));

        Assert.Equal("81CD0004" + "00000001" + "00000002" + "FFFF8001" + "00100000", Convert.ToHexString(bytes));
    }

    [Fact]
    public void Key_frame_requests_survive()
    {
        var bytes = Compound((ref RtcpWriter writer) =>
        {
            writer.WritePictureLossIndication(1, 2);
            writer.WriteFullIntraRequest(3, 4, 200);
        });

        Assert.Equal("81CE0002" + "00000001" + "00000002" + "84CE0004" + "00000003" + "00000000" + "00000004" + "C8000000", Convert.ToHexString(bytes));
        Assert.True(RtcpCompound.TryParse(bytes, out var compound));
        Assert.True(compound.TryReadNext(out var packet));
        Assert.True(PictureLossIndication.TryParse(packet, out var loss));
        Assert.Equal(new PictureLossIndication(1, 2), loss);
        Assert.False(FullIntraRequest.TryParse(packet, out _));
        Assert.True(compound.TryReadNext(out packet));
        Assert.True(FullIntraRequest.TryParse(packet, out var request));
        Assert.Equal((3u, 1, (4u, (byte)200)), (request.SenderSsrc, request.Count, request[0]));
    }

    [Fact]
    public void A_bitrate_survives_REMB_to_18_significant_bits() =>
        Gen.Long[0, long.MaxValue].Select(Gen.Int[0, 62], (value, shift) => value >> shift).Sample(
            bitrate =>
            {
                var bytes = Compound((ref RtcpWriter writer) => writer.WriteReceiverEstimatedBitrate(1, bitrate, [7, 8]));

                Assert.True(RtcpCompound.TryParse(bytes, out var compound));
                Assert.True(compound.TryReadNext(out var packet));
                Assert.True(ReceiverEstimatedBitrate.TryParse(packet, out var estimate));
                Assert.InRange(estimate.BitsPerSecond, bitrate - (bitrate >> 17), bitrate);
                Assert.Equal((2, 7u, 8u), (estimate.Count, estimate[0], estimate[1]));
            });

    [Fact]
    public void A_REMB_beyond_all_measure_is_no_overflow()
    {
        var packet = new RtcpPacket(RtcpPacketType.PayloadFeedback, 15, Convert.FromHexString("0000000100000000" + "52454D42" + "00FFFFFF"));

        Assert.True(ReceiverEstimatedBitrate.TryParse(packet, out var estimate));
        Assert.Equal(long.MaxValue, estimate.BitsPerSecond);
    }

    [Fact]
    public void Padding_is_taken_off_even_of_one_byte_as_Chromium_pads()
    {
        Assert.True(RtcpCompound.TryParse(Convert.FromHexString("A1CD0003" + "00000001" + "00000002" + "AABBCC01"), out var compound));
        Assert.True(compound.TryReadNext(out var packet));

        Assert.Equal("0000000100000002AABBCC", Convert.ToHexString(packet.Body));
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("80C90001", "longer than the datagram")]
    [InlineData("40C90000", "version 1")]
    [InlineData("80600000", "RTP")]
    [InlineData("A0C90000", "padding without a body")]
    [InlineData("A0C900010000000" + "0", "padding of no bytes")]
    [InlineData("A0C9000100000005", "padding longer than the body")]
    [InlineData("80C9000000", "a byte left over")]
    public void A_compound_that_does_not_fit_together_is_refused_as_a_whole(string hex, string why) =>
        Assert.False(RtcpCompound.TryParse(Convert.FromHexString("80C90001000000AA" + hex)[(hex.Length == 0 ? 8 : 0)..], out _), why);

    [Fact]
    public void Counts_that_promise_more_than_there_is_are_refused()
    {
        var body = new byte[24 + 23];
        Assert.False(SenderReport.TryParse(new RtcpPacket(RtcpPacketType.SenderReport, 1, body), out _));
        Assert.False(ReceiverReport.TryParse(new RtcpPacket(RtcpPacketType.ReceiverReport, 2, body), out _));
        Assert.False(Goodbye.TryParse(new RtcpPacket(RtcpPacketType.Goodbye, 31, body), out _));
        Assert.False(Goodbye.TryParse(new RtcpPacket(RtcpPacketType.Goodbye, 1, [0, 0, 0, 1, 9, 1]), out _));
        Assert.False(GenericNack.TryParse(new RtcpPacket(RtcpPacketType.TransportFeedback, 1, body[..8]), out _));
        Assert.False(FullIntraRequest.TryParse(new RtcpPacket(RtcpPacketType.PayloadFeedback, 4, body[..8]), out _));
    }

    [Fact]
    public void Every_kind_of_packet_cut_at_any_length_is_refused_without_an_exception()
    {
        var whole = Compound((ref RtcpWriter writer) =>
        {
            writer.WriteSenderReport(1, 2, 3, 4, 5, [s_block]);
            writer.WriteSourceDescription([1], "name"u8);
            writer.WriteGoodbye([1], "bye"u8);
            writer.WriteNack(1, 2, [5, 9]);
            writer.WriteFullIntraRequest(3, 4, 200);
            writer.WriteReceiverEstimatedBitrate(1, 1_000_000, [7]);
            writer.WriteTransportFeedback(1, 2, 3, [new(4, new RtcTime(1_000_000)), new(9, new RtcTime(1_500_000))]);
        });
        Assert.True(RtcpCompound.TryParse(whole, out var compound));
        var ends = new HashSet<int> { whole.Length };
        var end = 0;
        while (compound.TryReadNext(out var packet))
        {
            for (var length = 0; length < packet.Body.Length; length++)
            {
                ReadAll(new RtcpPacket(packet.Type, packet.CountOrFormat, packet.Body[..length]));
            }

            end += RtcpCompound.HeaderLength + packet.Body.Length;
            ends.Add(end);
        }

        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Equal(ends.Contains(length), RtcpCompound.TryParse(whole.AsSpan(0, length).ToArray(), out _));
        }
    }

    [Fact]
    public void Any_bytes_at_all_are_read_or_refused_without_an_exception() =>
        Gen.Select(Gen.Byte[200, 207], Gen.Byte[0, 31], Gen.Byte.Array[0, 120]).Sample(
            (type, format, body) =>
            {
                ReadAll(new RtcpPacket((RtcpPacketType)type, format, body));
                byte[] datagram = [(byte)(0x80 | format), type, 0, (byte)(body.Length / 4), .. body];
                if (RtcpCompound.TryParse(datagram, out var compound))
                {
                    while (compound.TryReadNext(out var packet))
                    {
                        ReadAll(packet);
                    }
                }
            },
            iter: 50_000);

    private static void ReadAll(in RtcpPacket packet)
    {
        if (SenderReport.TryParse(packet, out var sender))
        {
            for (var i = 0; i < sender.Blocks.Count; i++)
            {
                _ = sender.Blocks[i];
            }
        }

        _ = ReceiverReport.TryParse(packet, out _);
        _ = SourceDescription.TryGetCname(packet, 1, out _);
        _ = PictureLossIndication.TryParse(packet, out _);
        if (Goodbye.TryParse(packet, out var goodbye) && goodbye.Count > 0)
        {
            _ = goodbye[goodbye.Count - 1];
        }

        if (FullIntraRequest.TryParse(packet, out var request))
        {
            _ = request[request.Count - 1];
        }

        if (ReceiverEstimatedBitrate.TryParse(packet, out var estimate))
        {
            Assert.True(estimate.BitsPerSecond >= 0);
        }

        if (GenericNack.TryParse(packet, out var nack))
        {
            foreach (var sequence in nack)
            {
                _ = sequence;
            }
        }

        if (TransportFeedback.TryParse(packet, out var feedback))
        {
            var count = 0;
            foreach (var status in feedback)
            {
                count++;
                _ = status;
            }

            Assert.Equal(feedback.StatusCount, count);
        }
    }

    private static byte[] Compound(Write write)
    {
        var buffer = new byte[1_500];
        Array.Fill(buffer, (byte)0xEE);
        var writer = new RtcpWriter(buffer);
        write(ref writer);
        return buffer[..writer.Length];
    }
}
