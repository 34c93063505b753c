using System.Buffers.Binary;
using Holdfast.Rtc.Rtcp;

namespace Holdfast.Rtc.Tests.Kit;

/// <summary>RTCP whose numbers stand for far more than it has bytes.</summary>
internal static class WorstPackets
{
    private const int EmptyRun = 0x1FFF;

    /// <summary>Feedback about so many packets from a number on, none of which arrived.</summary>
    public static byte[] EmptyFeedback(ushort first, int statuses, byte feedbackCount = 0)
    {
        var runs = (statuses + EmptyRun - 1) / EmptyRun;
        var packet = Feedback(RtcpPacketType.TransportFeedback, RtcpFeedbackFormat.TransportWide, (20 + 2 * runs + 3) & ~3);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12), first);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(14), (ushort)statuses);
        packet[19] = feedbackCount;
        for (var i = 0; i < runs; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20 + 2 * i), (ushort)Math.Min(EmptyRun, statuses));
            statuses -= EmptyRun;
        }

        return packet;
    }

    /// <summary>A NACK of so many entries, each of 17 packets in a row.</summary>
    public static byte[] Nack(uint ssrc, ushort first, int entries)
    {
        var packet = Feedback(RtcpPacketType.TransportFeedback, RtcpFeedbackFormat.GenericNack, 12 + 4 * entries);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        for (var i = 0; i < entries; i++, first += 17)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12 + 4 * i), first);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(14 + 4 * i), ushort.MaxValue);
        }

        return packet;
    }

    /// <summary>A FIR that names a stream so many times, each time as another request.</summary>
    public static byte[] FullIntra(uint ssrc, int entries)
    {
        var packet = Feedback(RtcpPacketType.PayloadFeedback, RtcpFeedbackFormat.FullIntraRequest, 12 + 8 * entries);
        for (var i = 0; i < entries; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12 + 8 * i), ssrc);
            packet[16 + 8 * i] = (byte)i;
        }

        return packet;
    }

    public static byte[] Repeat(int times, byte[] packet) => [.. Enumerable.Repeat(packet, times).SelectMany(bytes => bytes)];

    private static byte[] Feedback(RtcpPacketType type, byte format, int length)
    {
        var packet = new byte[length];
        packet[0] = (byte)(0x80 | format);
        packet[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)(length / 4 - 1));
        return packet;
    }
}
