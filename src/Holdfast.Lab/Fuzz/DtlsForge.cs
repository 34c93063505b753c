using System.Buffers.Binary;
using Holdfast.Rtc.Dtls;

namespace Holdfast.Lab.Fuzz;

/// <summary>Writes DTLS records: any type, version, epoch and length, handshake messages in fragments that do not fit, alerts.</summary>
internal sealed class DtlsForge(FuzzDice dice)
{
    public int Write(Span<byte> buffer)
    {
        var length = 0;
        for (var records = dice.OneIn(8) ? 40 : 1 + dice.Next(3); records > 0 && length < 1_300; records--)
        {
            length += WriteRecord(buffer[length..]);
        }

        return length;
    }

    private int WriteRecord(Span<byte> buffer)
    {
        var body = dice.Next(dice.OneIn(5) ? 120 : 30);
        buffer[0] = dice.OneIn(4) ? (byte)(20 + dice.Next(44)) : dice.Pick<byte>([20, 21, 22, 23]);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[1..], dice.Pick<ushort>([0xFEFD, 0xFEFD, 0xFEFF, 0xFEFC, dice.Word()]));
        BinaryPrimitives.WriteUInt16BigEndian(buffer[3..], dice.Pick<ushort>([0, 1, 1, 2, dice.Word()]));
        BinaryPrimitives.WriteUInt16BigEndian(buffer[5..], dice.OneIn(3) ? dice.Word() : (ushort)0);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[7..], dice.OneIn(2) ? dice.Long() : (uint)dice.Next(16));
        BinaryPrimitives.WriteUInt16BigEndian(buffer[11..], dice.OneIn(8) ? dice.Word() : (ushort)body);
        var content = buffer.Slice(DtlsRecords.HeaderLength, body);
        dice.Fill(content);
        if (buffer[0] == 22 && body >= 12)
        {
            // A handshake header: type, length, message number, fragment offset and length.
            content[0] = dice.Pick<byte>([1, 2, 11, 14, 15, 16, 20, dice.Byte()]);
            content[1] = dice.OneIn(6) ? dice.Byte() : (byte)0;
            content[6] = dice.OneIn(6) ? dice.Byte() : (byte)0;
            content[9] = dice.OneIn(6) ? dice.Byte() : (byte)0;
            BinaryPrimitives.WriteUInt16BigEndian(content[10..], (ushort)(body - 12));
        }
        else if (buffer[0] == 21 && body >= 2)
        {
            content[0] = (byte)(1 + dice.Next(2));
            content[1] = dice.Pick<byte>([0, 10, 20, 40, 42, dice.Byte()]);
        }

        return DtlsRecords.HeaderLength + body;
    }
}
