using System.Buffers.Binary;
using Holdfast.Rtc.Rtp;

namespace Holdfast.Lab.Fuzz;

/// <summary>Writes RTP packets with any sources, extensions, padding and payload.</summary>
internal sealed class RtpForge(FuzzDice dice)
{
    /// <summary>Writes a packet; returns its length. Its lengths hold as far as SRTP needs them to.</summary>
    public int Write(Span<byte> buffer, uint ssrc, ushort sequence)
    {
        buffer[0] = 0x80;
        buffer[1] = dice.OneIn(3) ? dice.Byte() : (byte)(111 | (dice.OneIn(4) ? 0x80 : 0));
        buffer[1] = buffer[1] is >= 192 and <= 223 ? (byte)111 : buffer[1];
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], dice.Long());
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], ssrc);
        var length = RtpPacket.FixedHeaderLength;
        if (dice.OneIn(3))
        {
            var sources = dice.Next(16);
            buffer[0] |= (byte)sources;
            dice.Fill(buffer.Slice(length, 4 * sources));
            length += 4 * sources;
        }

        if (dice.OneIn(2))
        {
            var words = dice.OneIn(8) ? dice.Next(200) : dice.Next(8);
            buffer[0] |= 0x10;
            BinaryPrimitives.WriteUInt16BigEndian(buffer[length..], dice.Pick<ushort>([RtpExtensions.OneByteProfile, 0x1000, 0x100F, dice.Word()]));
            BinaryPrimitives.WriteUInt16BigEndian(buffer[(length + 2)..], (ushort)words);
            dice.Fill(buffer.Slice(length + 4, 4 * words));
            length += 4 + 4 * words;
        }

        var payload = dice.OneIn(10) ? dice.Next(400) : dice.Next(60);
        dice.Fill(buffer.Slice(length, payload));
        length += payload;
        if (dice.OneIn(6))
        {
            // Padding that counts itself, or that lies.
            buffer[0] |= 0x20;
        }

        return length;
    }
}
