using CsCheck;
using Holdfast.Lab.Peer;
using Holdfast.Rtc.Rtp;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Rtp;

public sealed class Vp8Tests
{
    [Theory]
    [InlineData("10", 1, true, -1, -1, -1, -1)]
    [InlineData("00", 1, false, -1, -1, -1, -1)]
    [InlineData("908011", 3, true, 0x11, -1, -1, -1)]
    [InlineData("90809234", 4, true, 0x1234, -1, -1, -1)]
    [InlineData("80E0FFFF2A80", 6, false, 0x7FFF, 0x2A, 2, -1)]
    [InlineData("80F01107D3", 5, false, 0x11, 7, 3, 0x13)]
    [InlineData("80100F", 3, false, -1, -1, -1, 0x0F)]
    [InlineData("8000", 2, false, -1, -1, -1, -1)]
    public void Descriptors_are_read_as_RFC_7741_4_2_draws_them(
        string hex, int length, bool frameStart, int pictureId, int tl0, int layer, int keyIndex)
    {
        var bytes = Convert.FromHexString(hex + "AA");

        Assert.True(Vp8PayloadDescriptor.TryParse(bytes, out var descriptor));
        Assert.Equal((length, frameStart, pictureId), (descriptor.Length, descriptor.IsFrameStart, descriptor.PictureId));
        Assert.Equal((tl0, layer, keyIndex), (descriptor.Tl0PictureIndex, descriptor.TemporalLayer, descriptor.KeyIndex));
        for (var cut = 0; cut < length; cut++)
        {
            Assert.False(Vp8PayloadDescriptor.TryParse(bytes.AsSpan(0, cut), out _));
        }
    }

    [Fact]
    public void Only_partition_zero_starts_a_frame_and_N_is_read()
    {
        Assert.True(Vp8PayloadDescriptor.TryParse([0x33], out var descriptor));
        Assert.True(descriptor.IsPartitionStart);
        Assert.True(descriptor.IsNonReference);
        Assert.Equal(3, descriptor.PartitionIndex);
        Assert.False(descriptor.IsFrameStart);
    }

    [Fact]
    public void A_frame_is_split_evenly_and_joined_again()
    {
        var packetizer = new Vp8Packetizer(0x7FFE);
        var depacketizer = new Vp8Depacketizer();
        ushort sequence = 65_000;
        uint timestamp = 0;
        Gen.Select(Gen.Byte.Array[1, 5_000], Gen.Int[5, 1_200]).Sample(
            (frame, maximum) =>
            {
                var pictureId = packetizer.State;
                packetizer.Begin(frame, maximum);
                Assert.Equal((frame.Length + maximum - 5) / (maximum - 4), packetizer.Remaining);
                timestamp += 3_600;
                int shortest = int.MaxValue, longest = 0;
                byte[]? joined = null;
                var first = true;
                while (packetizer.Remaining > 0)
                {
                    var last = packetizer.Remaining == 1;
                    var buffer = new byte[12 + maximum];
                    var length = new RtpHeaderWriter(buffer, last, 96, sequence++, timestamp, 1).Finish();
                    var written = packetizer.WriteNext(frame, buffer.AsSpan(length));
                    (shortest, longest) = (Math.Min(shortest, written), Math.Max(longest, written));
                    Assert.True(RtpPacket.TryParse(buffer.AsSpan(0, length + written), out var packet));
                    Assert.True(Vp8PayloadDescriptor.TryParse(packet.Payload, out var descriptor));
                    Assert.Equal((first, (int)pictureId), (descriptor.IsFrameStart, descriptor.PictureId));
                    first = false;
                    Assert.Equal(last, depacketizer.TryAdd(packet, out var complete));
                    joined = last ? complete.ToArray() : null;
                }

                Assert.Equal(0, packetizer.WriteNext(frame, new byte[maximum]));
                Assert.Equal(frame, joined);
                Assert.True(longest <= maximum);
                Assert.True(longest - shortest <= 1);
                Assert.Equal((pictureId + 1) & 0x7FFF, packetizer.State);
            },
            iter: 300,
            threads: 1);
        Assert.Equal(0, depacketizer.BrokenFrames);
    }

    [Fact]
    public void A_frame_with_a_hole_is_given_up_and_the_next_one_is_whole()
    {
        var packetizer = new Vp8Packetizer(0);
        var depacketizer = new Vp8Depacketizer();
        var frames = new List<int>();
        ushort sequence = 0;
        for (var frame = 0; frame < 3; frame++)
        {
            var picture = new byte[100 + frame];
            packetizer.Begin(picture, 54);
            while (packetizer.Remaining > 0)
            {
                var buffer = new byte[100];
                var length = new RtpHeaderWriter(buffer, packetizer.Remaining == 1, 96, sequence++, (uint)frame, 1).Finish();
                length += packetizer.WriteNext(picture, buffer.AsSpan(length));
                Assert.True(RtpPacket.TryParse(buffer.AsSpan(0, length), out var packet));
                if (sequence - 1 != 3 && depacketizer.TryAdd(packet, out var complete))
                {
                    frames.Add(complete.Length);
                }
            }
        }

        // Frame 0 is packets 0 and 1, frame 1 is packets 2 to 4, of which 3 was lost.
        Assert.Equal([100, 102], frames);
        Assert.Equal(1, depacketizer.BrokenFrames);
    }

    [Fact]
    public void A_key_frame_is_known_by_its_first_bit()
    {
        Assert.True(PayloadFormat.Vp8.IsKeyFrame([0x10, 2]));
        Assert.False(PayloadFormat.Vp8.IsKeyFrame([0x11, 2]));
        Assert.False(PayloadFormat.Vp8.IsKeyFrame([]));
    }
}
