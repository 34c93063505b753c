using System.Buffers.Binary;
using System.Net;
using System.Text;
using CsCheck;
using Holdfast.Rtc.Stun;
using Holdfast.Rtc.Tests.Kit;

namespace Holdfast.Rtc.Tests.Stun;

public sealed class StunMessageTests
{
    [Fact]
    public void The_request_of_RFC_5769_is_read_and_verified()
    {
        Assert.True(StunMessage.TryParse(Rfc5769.Request, out var message));
        Assert.Equal(StunClass.Request, message.Class);
        Assert.Equal(StunMessage.BindingMethod, message.Method);
        Assert.Equal("b7e7a701bc34d686fa87dfae", Convert.ToHexStringLower(message.TransactionId));
        Assert.Equal("evtj:h6vY", Encoding.UTF8.GetString(message.Username));
        Assert.Equal(0x6e0001ffu, message.Priority);
        Assert.Equal(0x932ff9b151263b36ul, message.IceControlled);
        Assert.Null(message.IceControlling);
        Assert.Null(message.ErrorCode);
        Assert.False(message.HasUseCandidate);
        Assert.False(message.HasUnknownRequired);
        Assert.True(message.VerifyFingerprint());
        Assert.True(message.VerifyIntegrity(Rfc5769.ShortTermKey));
        Assert.False(message.VerifyIntegrity("VOkJxbRl1RmTxUk/WvJxBT"u8));
    }

    [Fact]
    public void The_responses_of_RFC_5769_are_read_and_verified()
    {
        var expected = new[]
        {
            (Rfc5769.IPv4Response, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 32853)),
            (Rfc5769.IPv6Response, new IPEndPoint(IPAddress.Parse("2001:db8:1234:5678:11:2233:4455:6677"), 32853)),
        };
        foreach (var (datagram, mapped) in expected)
        {
            Assert.True(StunMessage.TryParse(datagram, out var message));
            Assert.Equal(StunClass.SuccessResponse, message.Class);
            Assert.Equal(mapped, MappedAddress.In(datagram));
            Assert.True(message.VerifyFingerprint());
            Assert.True(message.VerifyIntegrity(Rfc5769.ShortTermKey));
        }
    }

    [Fact]
    public void The_long_term_request_of_RFC_5769_is_read_and_verified()
    {
        Assert.True(StunMessage.TryParse(Rfc5769.LongTermRequest, out var message));
        Assert.Equal("マトリックス", Encoding.UTF8.GetString(message.Username));
        Assert.True(message.VerifyIntegrity(Rfc5769.LongTermKey));
        Assert.False(message.HasFingerprint);
        Assert.False(message.VerifyFingerprint());
    }

    [Theory]
    [InlineData(StunMessage.MaxAttributes, true)]
    [InlineData(StunMessage.MaxAttributes + 1, false)]
    [InlineData(360, false)]
    public void A_message_of_more_attributes_than_anybody_sends_is_none(int attributes, bool isOne)
    {
        var buffer = new byte[StunMessage.MaxLength];
        var writer = new StunWriter(buffer, StunClass.Request, new byte[StunMessage.TransactionIdLength]);
        for (var i = 1; i < attributes; i++)
        {
            writer.WriteUseCandidate();
        }

        writer.WriteUsername("tag/0:abcd"u8);
        var datagram = buffer.AsSpan(0, writer.Length);

        Assert.Equal(isOne, StunMessage.TryParse(datagram, out _));
        Assert.Equal(isOne, StunMessage.TryGetRoutingTag(datagram, out _));
    }

    [Theory]
    [MemberData(nameof(Rfc5769.All), MemberType = typeof(Rfc5769))]
    public void A_truncated_message_is_none(string name, byte[] datagram)
    {
        Assert.NotEmpty(name);
        for (var length = 0; length < datagram.Length; length++)
        {
            Assert.False(StunMessage.TryParse(datagram.AsSpan(0, length), out _), $"{length} bytes");
            Assert.False(StunMessage.TryGetRoutingTag(datagram.AsSpan(0, length), out _), $"{length} bytes");
        }
    }

    [Theory]
    [MemberData(nameof(Rfc5769.All), MemberType = typeof(Rfc5769))]
    public void A_message_truncated_with_its_length_set_right_is_never_genuine(string name, byte[] datagram)
    {
        // Cut between attributes it still parses; without its last attribute it proves less than it did.
        for (var length = StunMessage.HeaderLength; length < datagram.Length; length++)
        {
            var cut = datagram.AsSpan(0, length).ToArray();
            BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(2), (ushort)(length - StunMessage.HeaderLength));
            if (StunMessage.TryParse(cut, out var message))
            {
                Assert.False(message.VerifyFingerprint(), $"{name}, {length} bytes");
                Assert.False(message.HasIntegrity && length < datagram.Length - 8, $"{name}, {length} bytes");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rfc5769.All), MemberType = typeof(Rfc5769))]
    public void Any_flipped_bit_before_the_integrity_is_noticed(string name, byte[] datagram)
    {
        var isLongTerm = name is nameof(Rfc5769.LongTermRequest);
        var key = isLongTerm ? Rfc5769.LongTermKey : Rfc5769.ShortTermKey;
        var fingerprintLength = isLongTerm ? 0 : 8;
        for (var bit = 0; bit < (datagram.Length - fingerprintLength) * 8; bit++)
        {
            var changed = datagram.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(
                StunMessage.TryParse(changed, out var message) && message.VerifyIntegrity(key), $"{name}, bit {bit}");
        }
    }

    [Fact]
    public void Arbitrary_bytes_never_throw() =>
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            Touch(bytes);

            // Half of the chance to get past the header is luck; take luck out.
            if (bytes.Length >= StunMessage.HeaderLength)
            {
                Disguise(bytes);
                Touch(bytes);
            }
        });

    [Fact]
    public void A_genuine_message_with_any_bytes_changed_never_throws() =>
        Gen.Select(Gen.Int[0, 3], Gen.Select(Gen.Int[0, 107], Gen.Byte).Array[1, 8]).Sample((which, changes) =>
        {
            byte[][] all = [Rfc5769.Request, Rfc5769.IPv4Response, Rfc5769.IPv6Response, Rfc5769.LongTermRequest];
            var bytes = all[which].ToArray();
            foreach (var (at, value) in changes)
            {
                bytes[at % bytes.Length] = value;
            }

            Touch(bytes);
        });

    [Fact]
    public void An_attribute_reaching_over_the_end_makes_no_message()
    {
        var datagram = Rfc5769.Request.ToArray();
        datagram[23] = 0xFF;
        Assert.False(StunMessage.TryParse(datagram, out _));
    }

    [Fact]
    public void Attributes_behind_the_integrity_are_not_looked_at()
    {
        var buffer = new byte[128];
        var writer = new StunWriter(buffer, StunClass.Request, new byte[12]);
        writer.WriteUsername("tag/0:abcd"u8);
        writer.WriteMessageIntegrity("password"u8);
        writer.WriteUseCandidate();
        writer.WriteAttribute(0x7FFF, [1, 2, 3]);
        writer.WriteFingerprint();

        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message));
        Assert.False(message.HasUseCandidate);
        Assert.False(message.HasUnknownRequired);
        Assert.True(message.VerifyIntegrity("password"u8));
        Assert.True(message.VerifyFingerprint());
    }

    [Fact]
    public void Bytes_behind_the_fingerprint_make_no_message()
    {
        var buffer = new byte[128];
        var writer = new StunWriter(buffer, StunClass.Request, new byte[12]);
        writer.WriteFingerprint();
        writer.WriteUseCandidate();
        Assert.False(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out _));
    }

    [Fact]
    public void Unknown_attributes_are_listed_where_they_had_to_be_understood()
    {
        var buffer = new byte[128];
        var writer = new StunWriter(buffer, StunClass.Request, new byte[12]);
        writer.WriteAttribute(0x7001, [1]);
        writer.WriteAttribute(0xC057, [0, 0, 0, 1]);
        writer.WriteAttribute(0x0003, [0, 0, 0, 2]);

        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message));
        Assert.True(message.HasUnknownRequired);
        Span<ushort> types = stackalloc ushort[4];
        Assert.Equal([0x7001, 0x0003], types[..message.CopyUnknownRequired(types)].ToArray());
        Assert.Equal(1, message.CopyUnknownRequired(types[..1]));
    }

    [Theory]
    [InlineData("tagtag/0:abcd", "tagtag")]
    [InlineData("t/15:abcd", "t")]
    [InlineData("t/15", null)]
    [InlineData("/0:abcd", null)]
    [InlineData("tagtag:abcd", null)]
    [InlineData("tagtag:ab/cd", null)]
    [InlineData("", null)]
    public void The_routing_tag_is_what_stands_before_the_slash(string username, string? tag)
    {
        var buffer = new byte[128];
        var writer = new StunWriter(buffer, StunClass.Request, new byte[12]);
        writer.WritePriority(1);
        writer.WriteUsername(Encoding.ASCII.GetBytes(username));

        var found = StunMessage.TryGetRoutingTag(buffer.AsSpan(0, writer.Length), out var bytes);
        Assert.Equal(tag, found ? Encoding.ASCII.GetString(bytes) : null);
    }

    private static void Disguise(byte[] bytes)
    {
        bytes[0] &= 0x3F;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)(bytes.Length - StunMessage.HeaderLength));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), 0x2112A442);

        // Attributes from a small set of types, with lengths that are mostly plausible.
        ReadOnlySpan<ushort> types = [6, 8, 9, 0x20, 0x24, 0x25, 0x8028, 0x8029, 0x802A, 0x7777];
        for (var at = StunMessage.HeaderLength; at + 4 <= bytes.Length;)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), types[bytes[at] % types.Length]);
            bytes[at + 2] = 0;
            bytes[at + 3] %= 24;
            at += 4 + ((bytes[at + 3] + 3) & ~3);
        }
    }

    private static void Touch(byte[] bytes)
    {
        StunMessage.TryGetRoutingTag(bytes, out _);
        if (!StunMessage.TryParse(bytes, out var message))
        {
            return;
        }

        Assert.Equal(12, message.TransactionId.Length);
        _ = message.Class;
        _ = message.Method;
        _ = message.Username.Length;
        _ = message.Priority;
        _ = message.IceControlled;
        _ = message.IceControlling;
        _ = message.ErrorCode;
        message.CopyUnknownRequired(new ushort[4]);
        message.VerifyFingerprint();
        Assert.False(message.VerifyIntegrity("not the key"u8));
    }
}
