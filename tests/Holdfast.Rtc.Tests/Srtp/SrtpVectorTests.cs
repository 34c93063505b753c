using Holdfast.Rtc.Srtp;

namespace Holdfast.Rtc.Tests.Srtp;

/// <summary>The RFCs' own test vectors, and the reference packets that libsrtp, the SRTP of both browsers, checks itself against.</summary>
public sealed class SrtpVectorTests
{
    private const string MasterKey = "E1F97A0D3E018BE0D64FA32C06DE4139";
    private const string MasterSalt = "0EC675AD498AFEEBB6960B3AABE6";

    [Theory]
    [InlineData(0x0000, "E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0")]
    [InlineData(0xFEFF, "EC8CDF7398607CB0F2D21675EA9EA1E4362B7C3C6773516318A077D7FC5073AE6A2CC3787889374FBEB4C81B17BA6C44")]
    public void Counter_mode_makes_the_keystream_of_RFC_3711_B_2(int firstBlock, string expected)
    {
        using var keystream = new AesCounterKeystream(Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C"));
        var data = new byte[firstBlock * 16 + 48];

        keystream.Apply(0xF0F1F2F3F4F5F6F7, 0xF8F9FAFBFCFD0000, data);

        Assert.Equal(expected, Convert.ToHexString(data.AsSpan(firstBlock * 16)));
    }

    [Theory]
    [InlineData(SrtpKeyLabel.RtpEncryption, "C61E7A93744F39EE10734AFE3FF7A087")]
    [InlineData(SrtpKeyLabel.RtpSalt, "30CBBC08863D8C85D49DB34A9AE1")]
    [InlineData(
        SrtpKeyLabel.RtpAuthentication,
        "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF72270986371C10C9A369AC2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2")]
    public void Keys_are_derived_as_in_RFC_3711_B_3(object label, string expected)
    {
        var key = SrtpKeyDerivation.Derive(
            Convert.FromHexString(MasterKey), Convert.FromHexString(MasterSalt), (SrtpKeyLabel)label, expected.Length / 2);

        Assert.Equal(expected, Convert.ToHexString(key));
    }

    [Fact]
    public void Gcm_protects_and_opens_the_RTP_packet_of_RFC_7714_16_1()
    {
        using var transform = Rfc7714();
        var plain = Convert.FromHexString("8040F17B8041F8D35501A0B247616C6C696120657374206F6D6E69732064697669736120696E207061727465732074726573");
        const string Protected = "8040F17B8041F8D35501A0B2F24DE3A3FB34DE6CACBA861C9D7E4BCABE633BD50D294E6F42A5F47A51C7D19B36DE3ADF8833899D7F27BEB16A9152CF765EE4390CCE";
        var packet = new byte[plain.Length + transform.RtpOverhead];
        plain.CopyTo(packet, 0);

        Assert.Equal(packet.Length, transform.ProtectRtp(packet, 12, plain.Length, 0x5501A0B2, 0xF17B));
        Assert.Equal(Protected, Convert.ToHexString(packet));

        Assert.True(transform.TryUnprotectRtp(packet, 12, 0x5501A0B2, 0xF17B));
        Assert.Equal(plain, packet[..plain.Length]);
    }

    [Fact]
    public void Gcm_protects_and_opens_the_RTCP_packet_of_RFC_7714_17_1()
    {
        using var transform = Rfc7714();
        var plain = Convert.FromHexString("81C8000D4D6172734E5450314E545032525450200000042A0000E9304C756E61DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF");
        const string Protected = "81C8000D4D61727363E94885DCDAB67CA727D7662F6B7E997FF5C0F76C06F32DC676A5F1730D6FDA4CE09B4686303DED0BB9275BC84AA45896CF4D2FC5ABF87245D9EADE800005D4";
        var packet = new byte[plain.Length + transform.RtcpOverhead];
        plain.CopyTo(packet, 0);

        Assert.Equal(packet.Length, transform.ProtectRtcp(packet, plain.Length, 0x4D617273, 0x5D4));
        Assert.Equal(Protected, Convert.ToHexString(packet));

        Assert.Equal((0x5D4u, true), transform.ReadRtcpIndex(packet));
        Assert.True(transform.TryUnprotectRtcp(packet, 0x4D617273, 0x5D4));
        Assert.Equal(plain, packet[..plain.Length]);
    }

    [Theory]
    [InlineData(
        SrtpProfile.Aes128CmHmacSha1_80, MasterKey, MasterSalt,
        "800F1234DECAFBADCAFEBABE4E55DC4CE79978D88CA4D215949D2402B78D6ACC99EA179B8DBB")]
    [InlineData(
        SrtpProfile.AeadAes128Gcm, "000102030405060708090A0B0C0D0E0F", "A0A1A2A3A4A5A6A7A8A9AAAB",
        "800F1234DECAFBADCAFEBABEC5002EDE04CFDD2EB91159E0880AA06ED2976826F796B201DF3131A127E8A392")]
    public void A_context_makes_the_SRTP_packet_that_libsrtp_makes(object profile, string key, string salt, string expected)
    {
        using var sender = new SrtpContext((SrtpProfile)profile, Convert.FromHexString(key), Convert.FromHexString(salt));
        using var receiver = new SrtpContext((SrtpProfile)profile, Convert.FromHexString(key), Convert.FromHexString(salt));
        var plain = Convert.FromHexString("800F1234DECAFBADCAFEBABEABABABABABABABABABABABABABABABAB");
        var packet = new byte[plain.Length + sender.RtpOverhead];
        plain.CopyTo(packet, 0);

        Assert.Equal(packet.Length, sender.ProtectRtp(packet, plain.Length));
        Assert.Equal(expected, Convert.ToHexString(packet));

        Assert.True(receiver.TryUnprotectRtp(packet, out var length, out _));
        Assert.Equal(plain, packet[..length]);
    }

    [Theory]
    [InlineData(
        SrtpProfile.Aes128CmHmacSha1_80, MasterKey, MasterSalt,
        "81C8000BCAFEBABE7128035BE487B9BDBEF89041F977A5A880000001993E08CD54D6C1230798")]
    [InlineData(
        SrtpProfile.AeadAes128Gcm, "000102030405060708090A0B0C0D0E0F", "A0A1A2A3A4A5A6A7A8A9AAAB",
        "81C8000BCAFEBABEC98B8B5DF0392A55852B6C21AC8E7025C52C6FBEA2B3B446EA31123BA88CE61E80000001")]
    public void A_context_makes_the_SRTCP_packet_that_libsrtp_makes(object profile, string key, string salt, string expected)
    {
        // libsrtp counts from 1.
        var state = new SrtpContextState((SrtpProfile)profile, Convert.FromHexString(key), Convert.FromHexString(salt), NextRtcpIndex: 1, []);
        using var sender = new SrtpContext(state);
        using var receiver = new SrtpContext(state);
        var plain = Convert.FromHexString("81C8000BCAFEBABEABABABABABABABABABABABABABABABAB");
        var packet = new byte[plain.Length + sender.RtcpOverhead];
        plain.CopyTo(packet, 0);

        Assert.Equal(packet.Length, sender.ProtectRtcp(packet, plain.Length));
        Assert.Equal(expected, Convert.ToHexString(packet));

        Assert.True(receiver.TryUnprotectRtcp(packet, out var length, out _));
        Assert.Equal(plain, packet[..length]);
    }

    private static AesGcmTransform Rfc7714()
    {
        var key = Convert.FromHexString("000102030405060708090A0B0C0D0E0F");
        var salt = Convert.FromHexString("517569642070726F2071756F");
        return new AesGcmTransform(key, [.. salt], key, [.. salt]);
    }
}
