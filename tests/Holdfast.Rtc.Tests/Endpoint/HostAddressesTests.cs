using System.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Rtc.Tests.Endpoint;

public sealed class HostAddressesTests
{
    private static readonly LocalAddress[] s_machine =
    [
        Local("127.0.0.1", LocalAddressKind.Loopback),
        Local("::1", LocalAddressKind.Loopback),
        Local("172.17.0.1", LocalAddressKind.Bridge),
        Local("169.254.7.7", LocalAddressKind.Hardware),
        Local("10.8.0.2", LocalAddressKind.Virtual),
        Local("198.51.100.3", LocalAddressKind.Hardware),
        Local("fe80::7%3", LocalAddressKind.Hardware),
        Local("2001:db8::7", LocalAddressKind.DefaultRoute),
        Local("192.0.2.7", LocalAddressKind.DefaultRoute),
    ];

    private static readonly string[] s_outside = ["192.0.2.7", "2001:db8::7", "198.51.100.3", "10.8.0.2", "172.17.0.1"];

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("198.51.100.3")]
    [InlineData("::ffff:198.51.100.3")]
    [InlineData("2001:db8::7")]
    [InlineData("203.0.113.9")] // not among those that the system lists, and yet reached
    public void A_client_elsewhere_is_offered_what_it_reached_first_and_no_loopback(string reachedAt)
    {
        var reached = IPAddress.Parse(reachedAt) is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : IPAddress.Parse(reachedAt);

        Assert.Equal([reached.ToString(), .. s_outside.Except([reached.ToString()], StringComparer.Ordinal)], Offered(IPAddress.Parse(reachedAt)), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.1.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void A_client_here_or_behind_a_proxy_here_is_offered_all_the_way_out_first_and_loopback_last(string? reachedAt) =>
        Assert.Equal([.. s_outside, "127.0.0.1", "::1"], Offered(reachedAt is null ? null : IPAddress.Parse(reachedAt)), StringComparer.Ordinal);

    [Theory]
    [InlineData("169.254.7.7")]
    [InlineData("fe80::7%3")]
    public void A_link_local_address_is_not_offered_even_to_a_client_that_reached_it(string reachedAt) =>
        Assert.Equal(s_outside, Offered(IPAddress.Parse(reachedAt)), StringComparer.Ordinal);

    [Fact]
    public void Where_there_is_nothing_but_loopback_it_is_offered()
    {
        var addresses = new HostAddresses([], IPAddress.IPv6Any, 8011, () => s_machine[..2]);

        Assert.Equal(["127.0.0.1:8011", "[::1]:8011"], addresses.For(IPAddress.Parse("fe80::1")).Select(candidate => candidate.ToString()), StringComparer.Ordinal);
    }

    [Fact]
    public void Addresses_that_come_and_go_are_noticed()
    {
        List<LocalAddress> machine = [.. s_machine];
        var addresses = new HostAddresses([], IPAddress.Any, 8011, () => machine);
        var before = addresses.All;

        machine.Add(Local("203.0.113.5", LocalAddressKind.Hardware));
        machine.RemoveAll(local => local.Address.Equals(IPAddress.Parse("198.51.100.3")));

        Assert.DoesNotContain(IPEndPoint.Parse("203.0.113.5:8011"), before);
        Assert.Contains(IPEndPoint.Parse("203.0.113.5:8011"), addresses.All);
        Assert.DoesNotContain(IPEndPoint.Parse("198.51.100.3:8011"), addresses.All);
    }

    [Fact]
    public void A_socket_of_one_family_or_one_address_is_offered_as_that()
    {
        Assert.All(new HostAddresses([], IPAddress.Any, 1, () => s_machine).All, candidate => Assert.Equal(4, candidate.Address.GetAddressBytes().Length));
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 1)], new HostAddresses([], IPAddress.Loopback, 1, () => s_machine).For(IPAddress.Parse("192.0.2.7")));
    }

    [Fact]
    public void A_machine_with_very_many_addresses_offers_the_likeliest()
    {
        LocalAddress[] machine = [.. Enumerable.Range(1, 100).Select(i => Local($"172.20.{i}.1", LocalAddressKind.Bridge)), .. s_machine];
        var offered = new HostAddresses([], IPAddress.IPv6Any, 1, () => machine).All;

        Assert.Equal(HostAddresses.MaxCandidates, offered.Count);
        Assert.Equal(IPAddress.Parse("192.0.2.7"), offered[0].Address);
    }

    [Fact]
    public void What_the_system_says_is_read()
    {
        var all = LocalAddress.ReadAll();

        Assert.Contains(new LocalAddress(IPAddress.Loopback, LocalAddressKind.Loopback), all);
        Assert.InRange(all.Count(local => local.Kind == LocalAddressKind.DefaultRoute), 0, 2);
    }

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

    private static IEnumerable<string> Offered(IPAddress? reachedAt) =>
        new HostAddresses([], IPAddress.IPv6Any, 8011, () => s_machine).For(reachedAt).Select(candidate => candidate.Address.ToString());

    private static LocalAddress Local(string address, LocalAddressKind kind) => new(IPAddress.Parse(address), kind);
}
