using System.Net;
using System.Security.Cryptography;
using Holdfast.Lab.Peer;
using Holdfast.Rtc.Ice;
using Holdfast.Rtc.Sdp;

namespace Holdfast.Lab.Tests.Peer;

public sealed class ClientOfferTests
{
    private static readonly SdpFingerprint Fingerprint = new("sha-256", SHA256.HashData([1, 2, 3]));

    [Fact]
    public void An_offer_names_the_client_by_address_and_says_that_there_is_no_more()
    {
        var lines = Write(IPEndPoint.Parse("192.0.2.7:4000"));
        Assert.Contains(lines, line => line.StartsWith("a=candidate:1 1 udp ", StringComparison.Ordinal) && line.EndsWith(" 192.0.2.7 4000 typ host", StringComparison.Ordinal));
        Assert.Contains("a=end-of-candidates", lines, StringComparer.Ordinal);
    }

    [Fact]
    public void A_browser_that_hides_its_address_writes_a_name_and_leaves_the_list_open()
    {
        var lines = Write(new DnsEndPoint("6f3a.local", 4000));
        Assert.Contains(lines, line => line.EndsWith(" 6f3a.local 4000 typ host", StringComparison.Ordinal));
        Assert.DoesNotContain("a=end-of-candidates", lines, StringComparer.Ordinal);
    }

    [Fact]
    public void To_a_lite_server_nothing_is_named()
    {
        var lines = Write();
        Assert.DoesNotContain(lines, line => line.StartsWith("a=candidate", StringComparison.Ordinal));
    }

    private static string[] Write(params EndPoint[] candidates) =>
        ClientOffer.Write(new IceCredentials("abcdefgh", "abcdefghabcdefghabcdefgh"), Fingerprint, 1, 2, candidates).Split("\r\n");
}
