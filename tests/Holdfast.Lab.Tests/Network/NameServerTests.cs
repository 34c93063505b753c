using System.Buffers.Binary;
using System.Net;
using Holdfast.Lab.Network.Isolated;

namespace Holdfast.Lab.Tests.Network;

public sealed class NameServerTests
{
    private const ushort Ipv4 = 1;
    private const ushort Ipv6 = 28;

    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.7");

    [Theory]
    [InlineData("holdfast.test")]
    [InlineData("HoldFast.TEST")]
    public void Its_name_stands_for_its_address(string asked)
    {
        var answer = Answer(Query(asked, Ipv4));

        Assert.Equal(0x1234, BinaryPrimitives.ReadUInt16BigEndian(answer));
        Assert.Equal(0x8580, BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(2)));
        Assert.Equal(1, BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(6)));
        Assert.Equal(Address.GetAddressBytes(), answer[^4..]);
    }

    [Fact]
    public void It_has_no_other_kind_of_address()
    {
        var answer = Answer(Query("holdfast.test", Ipv6));

        Assert.Equal(0, answer[3] & 0x0F);
        Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(6)));
    }

    [Theory]
    [InlineData("example.test")]
    [InlineData("test")]
    [InlineData("holdfast.test.example")]
    public void There_is_no_other_name(string asked)
    {
        var answer = Answer(Query(asked, Ipv4));

        Assert.Equal(3, answer[3] & 0x0F);
    }

    [Fact]
    public void What_is_no_question_is_not_answered_and_does_not_throw()
    {
        var query = Query("holdfast.test", Ipv4);
        for (var length = 0; length < query.Length; length++)
        {
            Assert.Empty(Answer(query[..length]));
        }

        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var garbage = (byte[])query.Clone();
            garbage[random.Next(garbage.Length)] = (byte)random.Next(256);
            garbage[random.Next(garbage.Length)] = (byte)random.Next(256);
            Answer(garbage);
            random.NextBytes(garbage);
            Answer(garbage);
        }

        query[2] |= 0x80;
        Assert.Empty(Answer(query));
    }

    private static byte[] Answer(byte[] query)
    {
        var answer = new byte[1024];
        return answer[..NameServer.Answer(query, NameServer.Encode("holdfast.test"), Address, answer)];
    }

    private static byte[] Query(string name, ushort kind) =>
    [
        0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0,
        .. NameServer.Encode(name),
        (byte)(kind >> 8), (byte)kind, 0, 1,
    ];
}
