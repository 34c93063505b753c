using System.Security.Cryptography;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Rtc.Tests.Sdp;

public sealed class SdpFingerprintTests
{
    private static readonly byte[] Certificate = "any bytes will do"u8.ToArray();

    [Theory]
    [InlineData("sha-1")]
    [InlineData("sha-256")]
    [InlineData("sha-384")]
    [InlineData("sha-512")]
    public void A_certificate_matches_its_own_fingerprint_in_any_case_and_no_other(string algorithm)
    {
        var hash = algorithm switch
        {
            "sha-1" => SHA1.HashData(Certificate),
            "sha-256" => SHA256.HashData(Certificate),
            "sha-384" => SHA384.HashData(Certificate),
            _ => SHA512.HashData(Certificate),
        };
        var text = new SdpFingerprint(algorithm, hash).ToString();
        foreach (var spelt in new[] { text, text.ToLowerInvariant(), text.ToUpperInvariant() })
        {
            Assert.True(SdpFingerprint.TryParse(spelt, out var fingerprint));
            Assert.Equal(algorithm, fingerprint.Algorithm);
            Assert.True(fingerprint.Matches(Certificate));
            Assert.False(fingerprint.Matches("other bytes"u8));
        }

        for (var length = 0; length < text.Length; length++)
        {
            Assert.False(SdpFingerprint.TryParse(text.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void A_certificate_matches_its_own_hash()
    {
        SdpFingerprint fingerprint = new("sha-256", SHA256.HashData(Certificate));
        Assert.StartsWith("sha-256 ", fingerprint.ToString(), StringComparison.Ordinal);
        Assert.True(fingerprint.Matches(Certificate));
    }

    [Fact]
    public void The_strongest_function_decides_and_each_of_its_fingerprints_may_be_the_one()
    {
        SdpFingerprint weak = new("sha-1", new byte[20]), middle = new("sha-256", new byte[32]), another = new("sha-256", Enumerable.Repeat((byte)1, 32).ToArray());

        Assert.Equal([middle, another], SdpFingerprint.Deciding([weak, middle, another]));
        Assert.Equal([weak], SdpFingerprint.Deciding([weak]));
    }

    [Theory]
    [InlineData("md5 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF")]
    [InlineData("sha-1 00112233445566778899AABBCCDDEEFF001122330000000000000000000")]
    [InlineData("sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:GG")]
    [InlineData("sha-1 00-11-22-33-44-55-66-77-88-99-AA-BB-CC-DD-EE-FF-00-11-22-33")]
    public void What_is_no_fingerprint_is_passed_over(string text) => Assert.False(SdpFingerprint.TryParse(text, out _));
}
