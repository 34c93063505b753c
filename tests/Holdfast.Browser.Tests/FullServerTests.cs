using Deque.AxeCore.Playwright;
using Holdfast.Browser.Kit;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>A server without a free place: nothing is broken, and whoever likes waits.</summary>
public sealed class FullServerTests(Stage stage)
{
    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Whoever_comes_to_a_full_server_is_told_once_waits_if_they_like_and_gets_the_place_that_becomes_free()
    {
        await using var server = await ServerProcess.StartAsync("--Holdfast:MaxSessions=1");
        await using var first = await Visit.OpenAsync(stage, address: server.Address);
        await first.ConnectAsync();

        // A phone that lies on its side has little room, and tells the reason all the same.
        await using var second = await Visit.OpenAsync(stage, "en-GB", width: 740, height: 360, address: server.Address);
        await second.Start.ClickAsync();
        var title = second.Page.Locator("#lobby-title");
        var reason = second.Page.Locator("#lobby-text");
        await Assertions.Expect(title).ToHaveTextAsync("Every place is taken");
        await Assertions.Expect(reason).ToBeVisibleAsync();
        await Assertions.Expect(reason).ToContainTextAsync("The server is full");
        await Assertions.Expect(second.Page.Locator("holdfast-player")).ToHaveAttributeAsync("data-tone", "unsteady");
        await Assertions.Expect(second.Page.Locator("#toast")).Not.ToContainTextAsync("full");
        Assert.Empty((await second.Page.RunAxe()).Violations.Select(static violation => violation.Id));
        await second.PictureAsync("full");

        await second.Start.ClickAsync();
        await Assertions.Expect(title).ToHaveTextAsync("Waiting for a place");
        await Assertions.Expect(reason).ToContainTextAsync("asked again in");
        Assert.Empty((await second.Page.RunAxe()).Violations.Select(static violation => violation.Id));
        await second.PictureAsync("full-waiting");

        await first.Stop.ClickAsync();
        await second.WithinAsync<bool>(60, "probe.until(() => { const v = probe.page().getElementById('video'); return v.videoWidth > 0 && v.currentTime > 0; })");
    }
}
