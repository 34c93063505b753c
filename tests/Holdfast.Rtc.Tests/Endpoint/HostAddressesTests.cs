using System.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Rtc.Tests.Endpoint;

public sealed class HostAddressesTests
{
    private static readonly IPEndPoint[] s_own =
        [.. ((string[])["192.0.2.7:8011", "198.51.100.3:8011", "[2001:db8::7]:8011", "127.0.0.1:8011", "[::1]:8011"]).Select(IPEndPoint.Parse)];

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7:8011", "198.51.100.3:8011", "[2001:db8::7]:8011")]
    [InlineData("198.51.100.3", "198.51.100.3:8011", "192.0.2.7:8011", "[2001:db8::7]:8011")]
    [InlineData("::ffff:198.51.100.3", "198.51.100.3:8011", "192.0.2.7:8011", "[2001:db8::7]:8011")]
    [InlineData("2001:db8::7", "[2001:db8::7]:8011", "192.0.2.7:8011", "198.51.100.3:8011")]
    [InlineData("203.0.113.9", "192.0.2.7:8011", "198.51.100.3:8011", "[2001:db8::7]:8011")]
    public void A_client_elsewhere_is_offered_what_it_reached_first_and_no_loopback(string reachedAt, params string[] offered) =>
        Assert.Equal(offered.Select(IPEndPoint.Parse), HostAddresses.For(s_own, IPAddress.Parse(reachedAt)));

    [Theory]
    [InlineData(null)]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.1.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void A_client_here_or_behind_a_proxy_here_is_offered_all(string? reachedAt) =>
        Assert.Equal(s_own, HostAddresses.For(s_own, reachedAt is null ? null : IPAddress.Parse(reachedAt)));

    [Fact]
    public void Where_there_is_nothing_but_loopback_it_is_offered() =>
        Assert.Equal(s_own[3..], HostAddresses.For(s_own[3..], IPAddress.Parse("192.0.2.7")));

    [Fact]
    public async Task What_was_configured_is_offered_to_everyone()
    {
        var options = new RtcEndpointOptions { Port = 0 };
        options.AnnouncedAddresses.Add("127.0.0.1");
        options.AnnouncedAddresses.Add("203.0.113.5");
        await using var endpoint = new RtcEndpoint(options, TimeProvider.System, NullLogger<RtcEndpoint>.Instance);
        endpoint.Start();

        Assert.Equal(endpoint.Candidates, endpoint.CandidatesFor(IPAddress.Parse("203.0.113.5")));
    }
}
