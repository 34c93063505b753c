using System.Buffers.Binary;
using Holdfast.Lab.Peer;
using Holdfast.Rtc.Srtp;

namespace Holdfast.Lab.Tests.Peer;

public sealed class NumberAuditTests
{
    [Fact]
    public void A_number_that_protects_two_packets_is_found_also_after_the_sequence_number_wrapped()
    {
        var audit = new NumberAudit(SrtpProfile.AeadAes128Gcm);
        for (var i = 0; i < 70_000; i++)
        {
            audit.Look(Packet((ushort)i, content: (byte)i));
        }

        Assert.Equal(0, audit.Reused);
        Assert.Equal(1, audit.LongestJump);

        // 69,999 once more, with something else in it.
        audit.Look(Packet(unchecked((ushort)69_999), content: 1));

        Assert.Equal(1, audit.Reused);
    }

    [Fact]
    public void The_same_packet_again_is_no_second_use()
    {
        var audit = new NumberAudit(SrtpProfile.AeadAes128Gcm);
        audit.Look(Packet(7, content: 1));
        audit.Look(Packet(7, content: 1));

        Assert.Equal(0, audit.Reused);
        Assert.Equal(2, audit.Seen);
    }

    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm, 0)]
    [InlineData(SrtpProfile.Aes128CmHmacSha1_80, 10)]
    public void The_index_of_control_packets_is_looked_at_where_the_profile_has_it(object profile, int tagBehind)
    {
        var audit = new NumberAudit((SrtpProfile)profile);
        audit.Look(Control(index: 5, content: 1, tagBehind));
        audit.Look(Control(index: 6, content: 2, tagBehind));
        Assert.Equal(0, audit.Reused);

        audit.Look(Control(index: 6, content: 3, tagBehind));
        Assert.Equal(1, audit.Reused);
    }

    private static byte[] Packet(ushort sequence, byte content)
    {
        var packet = new byte[40];
        (packet[0], packet[1]) = (0x80, 111);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), 0x1234);
        packet[20] = content;
        return packet;
    }

    private static byte[] Control(uint index, byte content, int tagBehind)
    {
        var packet = new byte[60];
        (packet[0], packet[1]) = (0x80, 200);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), 0x1234);
        packet[20] = content;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(60 - 4 - tagBehind), index | 0x8000_0000);
        return packet;
    }
}
