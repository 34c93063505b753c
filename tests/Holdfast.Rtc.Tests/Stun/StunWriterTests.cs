using System.Net;
using System.Text;
using CsCheck;
using Holdfast.Rtc.Stun;

namespace Holdfast.Rtc.Tests.Stun;

public sealed class StunWriterTests
{
    private static readonly byte[] TransactionId = Convert.FromHexString("b7e7a701bc34d686fa87dfae");

    [Fact]
    public void The_IPv4_and_IPv6_addresses_of_RFC_5769_are_written_as_there()
    {
        Assert.Equal(Rfc5769.IPv4Response[36..48], MappedAddress(IPAddress.Parse("192.0.2.1")));
        Assert.Equal(Rfc5769.IPv4Response[36..48], MappedAddress(IPAddress.Parse("::ffff:192.0.2.1")));
        Assert.Equal(Rfc5769.IPv6Response[36..60], MappedAddress(IPAddress.Parse("2001:db8:1234:5678:11:2233:4455:6677")));
    }

    [Fact]
    public void The_request_of_RFC_5769_is_written_as_there()
    {
        // The RFC pads USERNAME with blanks, which the HMAC covers; the padding is free, and ours is zeros. So the
        // message is compared up to there.
        var buffer = new byte[200];
        var writer = new StunWriter(buffer, StunClass.Request, TransactionId);
        writer.WriteAttribute(StunAttribute.Software, "STUN test client"u8);
        writer.WritePriority(0x6e0001ff);
        writer.WriteAttribute(StunAttribute.IceControlled, [0x93, 0x2f, 0xf9, 0xb1, 0x51, 0x26, 0x3b, 0x36]);
        writer.WriteUsername("evtj:h6vY"u8);
        writer.WriteMessageIntegrity(Rfc5769.ShortTermKey);
        writer.WriteFingerprint();

        Assert.Equal(Rfc5769.Request.Length, writer.Length);
        Assert.Equal(Rfc5769.Request[..73], buffer[..73]);
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message));
        Assert.True(message.VerifyIntegrity(Rfc5769.ShortTermKey));
        Assert.True(message.VerifyFingerprint());
    }

    [Fact]
    public void What_is_written_is_read_back() =>
        Gen.Select(
            Gen.Byte.Array[12],
            Gen.Char.AlphaNumeric.Array[0, 40],
            Gen.UInt,
            Gen.ULong,
            Gen.Bool,
            Gen.Byte.Array[1, 64]).Sample((transactionId, name, priority, tieBreaker, nominates, key) =>
        {
            var username = Encoding.ASCII.GetBytes(name);
            var buffer = new byte[256];
            Array.Fill(buffer, (byte)0xEE);
            var writer = new StunWriter(buffer, StunClass.Request, transactionId);
            writer.WriteUsername(username);
            writer.WriteIceControlling(tieBreaker);
            writer.WritePriority(priority);
            if (nominates)
            {
                writer.WriteUseCandidate();
            }

            writer.WriteMessageIntegrity(key);
            writer.WriteFingerprint();

            Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message));
            Assert.True(message.TransactionId.SequenceEqual(transactionId));
            Assert.True(message.Username.SequenceEqual(username));
            Assert.Equal(tieBreaker, message.IceControlling);
            Assert.Equal(priority, message.Priority);
            Assert.Equal(nominates, message.HasUseCandidate);
            Assert.True(message.VerifyIntegrity(key));
            Assert.True(message.VerifyFingerprint());
        });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Each_class_is_read_back(int value)
    {
        var buffer = new byte[StunMessage.HeaderLength];
        _ = new StunWriter(buffer, (StunClass)value, TransactionId);
        Assert.True(StunMessage.TryParse(buffer, out var message));
        Assert.Equal((StunClass)value, message.Class);
        Assert.Equal(StunMessage.BindingMethod, message.Method);
    }

    [Theory]
    [InlineData(StunErrorCode.BadRequest)]
    [InlineData(StunErrorCode.Unauthenticated)]
    [InlineData(StunErrorCode.UnknownAttribute)]
    [InlineData(StunErrorCode.RoleConflict)]
    public void An_error_code_is_read_back(int code)
    {
        var buffer = new byte[64];
        var writer = new StunWriter(buffer, StunClass.ErrorResponse, TransactionId);
        writer.WriteErrorCode(code, StunErrorCode.ReasonPhrase(code));
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message));
        Assert.Equal(code, message.ErrorCode);
    }

    [Fact]
    public void A_buffer_too_small_is_misuse()
    {
        Assert.Throws<InvalidOperationException>(() =>
        {
            var writer = new StunWriter(new byte[24], StunClass.Request, TransactionId);
            writer.WritePriority(1);
        });
        Assert.Throws<ArgumentException>(() =>
        {
            _ = new StunWriter(new byte[19], StunClass.Request, TransactionId);
        });
    }

    private static byte[] MappedAddress(IPAddress address)
    {
        var buffer = new byte[64];
        var writer = new StunWriter(buffer, StunClass.SuccessResponse, TransactionId);
        writer.WriteXorMappedAddress(new IPEndPoint(address, 32853));
        return buffer[StunMessage.HeaderLength..writer.Length];
    }
}
