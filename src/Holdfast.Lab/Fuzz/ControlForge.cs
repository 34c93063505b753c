using System.Buffers.Binary;
using Holdfast.Lab.Peer;
using Holdfast.Rtc;
using Holdfast.Rtc.Rtcp;

namespace Holdfast.Lab.Fuzz;

/// <summary>Writes RTCP compounds of every kind that is known, with numbers that lie, and then breaks some of their fields.</summary>
/// <param name="dice">What decides.</param>
internal sealed class ControlForge(FuzzDice dice)
{
    private const int MostBytes = 1_296;

    // SR to BYE, APP, transport and payload feedback, XR.
    private static readonly byte[] s_types = [200, 201, 202, 203, 204, 205, 206, 207];

    private readonly ushort[] _missing = new ushort[64];
    private readonly TransportArrival[] _arrivals = new TransportArrival[64];

    /// <summary>SSRCs that mean something to the receiver, and some that do not.</summary>
    public uint[] Ssrcs { get; set; } = [1];

    /// <summary>A sequence number near those that were sent last.</summary>
    public ushort NearSequence { get; set; }

    /// <summary>Writes a compound whose first packet is from an SSRC; returns its length.</summary>
    public int Write(Span<byte> buffer, uint sender)
    {
        var length = 0;
        for (var packets = dice.OneIn(20) ? 40 : 1 + dice.Next(5); packets > 0 && length < MostBytes - 320; packets--)
        {
            length += dice.OneIn(3) ? WriteRaw(buffer[length..MostBytes]) : WriteKnown(buffer[length..MostBytes], sender);
        }

        if (dice.OneIn(2))
        {
            BreakFields(buffer[..length]);
        }

        // What makes it RTCP, and whose it is, so that it can be protected.
        buffer[0] = (byte)(0x80 | (buffer[0] & 0x3F));
        buffer[1] = buffer[1] is >= 192 and <= 223 ? buffer[1] : (byte)201;
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], sender);
        return Math.Max(length, 8);
    }

    private int WriteKnown(Span<byte> buffer, uint sender)
    {
        var writer = new RtcpWriter(buffer);
        var ssrc = Ssrc();
        switch (dice.Next(8))
        {
            case 0:
                writer.WriteSenderReport(sender, dice.Long(), dice.Long(), dice.Long(), dice.Long(), [Block(), Block()]);
                break;
            case 1:
                writer.WriteReceiverReport(sender, [Block(), Block(), Block()]);
                break;
            case 2:
                writer.WriteSourceDescription([sender, ssrc], "name"u8);
                break;
            case 3:
                writer.WriteGoodbye([sender, ssrc], "reason"u8);
                break;
            case 4:
                writer.WriteNack(sender, ssrc, Missing());
                break;
            case 5:
                writer.WriteTransportFeedback(sender, ssrc, dice.Byte(), Arrivals());
                break;
            case 6:
                writer.WriteFullIntraRequest(sender, ssrc, dice.Byte());
                writer.WritePictureLossIndication(sender, ssrc);
                break;
            default:
                writer.WriteReceiverEstimatedBitrate(sender, dice.Long(), [ssrc]);
                break;
        }

        return writer.Length;
    }

    /// <summary>A packet of any type, count and content; feedback that promises as much as it can.</summary>
    private int WriteRaw(Span<byte> buffer)
    {
        var length = 4 * (1 + dice.Next(dice.OneIn(4) ? 75 : 12));
        var packet = buffer[..length];
        dice.Fill(packet[4..]);
        packet[0] = (byte)(0x80 | (dice.OneIn(8) ? 0x20 : 0) | dice.Pick<byte>([0, 1, 4, 15, 31, (byte)dice.Next(32)]));
        packet[1] = dice.Pick<byte>(s_types);
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)(length / 4 - 1));
        if (length >= 12)
        {
            BinaryPrimitives.WriteUInt32BigEndian(packet[8..], Ssrc());
        }

        if (length >= 24 && dice.OneIn(2))
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[12..], (ushort)(NearSequence - dice.Next(2048)));
            BinaryPrimitives.WriteUInt16BigEndian(packet[14..], (ushort)(0x1FFF * ((length - 20) / 2)));
            for (var at = 20; at + 2 <= length; at += 2)
            {
                BinaryPrimitives.WriteUInt16BigEndian(packet[at..], 0x1FFF);
            }
        }

        return length;
    }

    private void BreakFields(Span<byte> compound)
    {
        for (var at = 0; at + 4 <= compound.Length;)
        {
            var next = at + 4 * (BinaryPrimitives.ReadUInt16BigEndian(compound[(at + 2)..]) + 1);
            if (dice.OneIn(3))
            {
                var end = Math.Min(next, compound.Length);
                switch (dice.Next(5))
                {
                    case 0:
                        compound[at] = (byte)(compound[at] & 0xE0 | dice.Next(32));
                        break;
                    case 1:
                        compound[at + 1] = dice.Pick<byte>(s_types);
                        break;
                    case 2:
                        BinaryPrimitives.WriteUInt16BigEndian(compound[(at + 2)..], dice.OneIn(2) ? dice.Word() : (ushort)dice.Next(64));
                        break;
                    case 3:
                        compound[at] ^= 0x20;
                        compound[end - 1] = dice.Byte();
                        break;
                    default:
                        compound[at + dice.Next(end - at)] = dice.Byte();
                        break;
                }
            }

            at = next;
        }
    }

    private uint Ssrc() => dice.OneIn(6) ? dice.Long() : dice.Pick<uint>(Ssrcs);

    private ReportBlock Block() => new(Ssrc(), dice.Byte(), (short)dice.Word(), dice.Long(), dice.Long(), dice.Long(), dice.Long());

    private ReadOnlySpan<ushort> Missing()
    {
        var count = 1 + dice.Next(_missing.Length);
        var number = (ushort)(NearSequence - dice.Next(600));
        for (var i = 0; i < count; i++)
        {
            _missing[i] = number;
            number += (ushort)(1 + (dice.OneIn(4) ? dice.Next(300) : 0));
        }

        return _missing.AsSpan(0, count);
    }

    private ReadOnlySpan<TransportArrival> Arrivals()
    {
        var count = 1 + dice.Next(_arrivals.Length);
        var number = (ushort)(NearSequence - dice.Next(1500));
        var at = new RtcTime(1_000_000_000L + dice.Next(1_000_000));
        for (var i = 0; i < count; i++)
        {
            _arrivals[i] = new TransportArrival(number, at);
            number += (ushort)(1 + (dice.OneIn(8) ? dice.Next(400) : 0));
            at += TimeSpan.FromMicroseconds(dice.Next(200_000) - 2_000);
        }

        return _arrivals.AsSpan(0, count);
    }
}
