using System.Buffers.Binary;
using Holdfast.Rtc.Dtls;

namespace Holdfast.Rtc.Tests.Dtls;

public sealed class DtlsRecordsTests
{
    private const byte ChangeCipherSpec = 20;
    private const byte Alert = 21;
    private const byte Handshake = 22;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 16)]
    [InlineData(17, 16)]
    [InlineData(110, 16)]
    public void No_more_than_sixteen_records_of_a_datagram_are_taken(int records, int taken)
    {
        byte[] datagram = [.. Enumerable.Range(0, records).SelectMany(_ => Record(Handshake, epoch: 0, length: 5))];

        Assert.Equal(taken * (DtlsRecords.HeaderLength + 5), Take(datagram).Length);
    }

    [Fact]
    public void A_record_that_promises_more_than_there_is_ends_the_datagram()
    {
        var whole = Record(Handshake, epoch: 0, length: 5);

        Assert.Equal(whole, Take([.. whole, .. Record(Handshake, epoch: 0, length: 50)[..^1]]));
        Assert.Empty(Take([22, 254, 253, 0, 0]));
        Assert.Empty(Take([]));
    }

    [Fact]
    public void What_is_too_short_to_be_protected_is_not_taken()
    {
        Assert.Empty(Take(Record(Alert, epoch: 1, length: 23)));
        Assert.NotEmpty(Take(Record(Alert, epoch: 1, length: 26)));
        Assert.Empty(Take(Record(Alert, epoch: 2, length: 26)));
    }

    [Fact]
    public void Behind_the_handshake_only_its_last_flight_is_taken_without_protection()
    {
        Assert.Empty(Take(Record(Alert, epoch: 0, length: 2)));
        Assert.NotEmpty(Take(Record(Alert, epoch: 0, length: 2), isEstablished: false));
        Assert.NotEmpty(Take(Record(Handshake, epoch: 0, length: 30)));
        Assert.NotEmpty(Take(Record(ChangeCipherSpec, epoch: 0, length: 1)));
    }

    private static byte[] Take(byte[] datagram, bool isEstablished = true)
    {
        var taken = new byte[datagram.Length];
        return taken[..DtlsRecords.Take(datagram, taken, isEstablished)];
    }

    private static byte[] Record(byte type, ushort epoch, ushort length)
    {
        var record = new byte[DtlsRecords.HeaderLength + length];
        record[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(1), 0xFEFD);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(3), epoch);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(11), length);
        return record;
    }
}
