using Holdfast.AspNetCore;

namespace Holdfast.Server.Tests;

/// <summary>Where kept sessions are: a place of this server's own, without anybody having to choose one.</summary>
public sealed class StoreLocationTests
{
    [Theory]
    [InlineData(8010, null, null, "/home/me/.local/share", "/home/me/.local/share/holdfast/sessions-8010.db")]
    [InlineData(8010, null, "/var/lib/holdfast:/var/lib/other", "/home/me/.local/share", "/var/lib/holdfast/sessions-8010.db")]
    [InlineData(9001, "/data", "/var/lib/holdfast", "/home/me/.local/share", "/data/sessions-9001.db")]
    [InlineData(0, null, "/var/lib/holdfast", "/home/me/.local/share", null)]
    [InlineData(0, "/data", null, "", "/data/sessions.db")]
    [InlineData(8010, null, null, "", null)]
    public void It_is_found_by_the_setting_the_service_or_the_user_and_named_by_the_port(
        int port, string? directory, string? ofService, string userData, string? expected)
    {
        var options = new HoldfastOptions { Rtc = { Port = port }, Store = { Directory = directory } };
        Assert.Equal(expected, StoreLocation.Resolve(options, name => name is "STATE_DIRECTORY" ? ofService : null, userData));
        options.Store.Enabled = false;
        Assert.Null(StoreLocation.Resolve(options, _ => ofService, userData));
    }
}
