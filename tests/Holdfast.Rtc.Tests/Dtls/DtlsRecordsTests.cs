using System.Buffers.Binary;
using Holdfast.Rtc.Dtls;

namespace Holdfast.Rtc.Tests.Dtls;

public sealed class DtlsRecordsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 16)]
    [InlineData(17, 16)]
    [InlineData(110, 16)]
    public void No_more_than_sixteen_records_of_a_datagram_are_taken(int records, int taken)
    {
        byte[] datagram = [.. Enumerable.Range(0, records).SelectMany(_ => Record(5))];

        Assert.Equal(taken * (DtlsRecords.HeaderLength + 5), DtlsRecords.TakeFirst(datagram).Length);
    }

    [Fact]
    public void A_record_that_promises_more_than_there_is_ends_the_count()
    {
        byte[] datagram = [.. Record(5), .. Record(9_000), 1, 2, 3];

        Assert.Equal(datagram.Length, DtlsRecords.TakeFirst(datagram).Length);
        Assert.Equal(5, DtlsRecords.TakeFirst([22, 254, 253, 0, 0]).Length);
        Assert.Equal(0, DtlsRecords.TakeFirst([]).Length);
    }

    private static byte[] Record(ushort length)
    {
        var record = new byte[DtlsRecords.HeaderLength + Math.Min((int)length, 5)];
        record[0] = 22;
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(11), length);
        return record;
    }
}
