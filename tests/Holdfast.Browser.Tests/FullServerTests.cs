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
        await Assertions.Expect(title).ToHaveTextAsync("No place is free");
        await Assertions.Expect(reason).ToBeVisibleAsync();
        await Assertions.Expect(reason).ToContainTextAsync("The server is full");
        await Assertions.Expect(second.Page.Locator("holdfast-player")).ToHaveAttributeAsync("data-tone", "unsteady");
        await Assertions.Expect(second.Page.Locator("#toast")).Not.ToContainTextAsync("full");
        Assert.Empty(await second.FindingsAsync());
        await second.PictureAsync("full");

        // The server says itself how long to wait; here it says a second, so that a round is over soon.
        await second.Page.RouteAsync("**/api/sessions", static async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new() { Response = answer, Headers = answer.Headers.ToDictionary(static one => one.Key, static one => one.Key is "retry-after" ? "1" : one.Value, StringComparer.Ordinal) });
        });
        await second.Start.FocusAsync();
        await second.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(title).ToHaveTextAsync("Waiting for a place");
        await Assertions.Expect(reason).ToContainTextAsync("asked again in");
        Assert.Empty(await second.FindingsAsync());
        await second.PictureAsync("full-waiting");

        // Asking again is neither read out nor takes the button away from whoever is on it.
        await second.Page.EvaluateAsync(
            """
            () => {
              const root = probe.page();
              globalThis.readOut = [];
              globalThis.lostFocus = 0;
              new MutationObserver(() => readOut.push(root.getElementById('announcer').textContent)).observe(root.getElementById('announcer'), { childList: true, characterData: true, subtree: true });
              root.getElementById('start').addEventListener('blur', () => lostFocus++);
              globalThis.rounds = 0;
              document.querySelector('holdfast-player').addEventListener('statechange', ({ state }) => { if (state.status === 'error') rounds++; });
            }
            """);
        await second.WithinAsync<bool>(40, "probe.until(() => rounds >= 2)");
        Assert.Empty(await second.Page.EvaluateAsync<string[]>("() => readOut"));
        Assert.Equal(0, await second.Page.EvaluateAsync<int>("() => lostFocus"));
        await Assertions.Expect(title).ToHaveTextAsync("Waiting for a place");

        await first.Stop.ClickAsync();
        await second.WithinAsync<bool>(60, "probe.until(() => { const v = probe.page().getElementById('video'); return v.videoWidth > 0 && v.currentTime > 0; })");
    }

    [Fact]
    public async Task Whoever_asks_while_there_is_time_for_one_voice_is_told_that_they_wait_and_is_heard_when_the_other_has_ended()
    {
        await using var server = await ServerProcess.StartAsync("--Holdfast:HeadRoom:AtLeast=2");
        await using var first = await Visit.OpenAsync(stage, "en-GB", address: server.Address);
        await first.ConnectAsync();
        await first.SayAsync("One two three four five six seven eight nine ten. " + string.Concat(Enumerable.Repeat("And once more: one two three four five six seven. ", 30)));
        await first.WithinAsync(20, $"probe.loud({Visit.LoudText})");

        await using var second = await Visit.OpenAsync(stage, "en-GB", width: 390, height: 844, address: server.Address);
        await second.ConnectAsync();
        await second.SayAsync("And now it is my turn to be heard.");
        var sign = second.Page.Locator("#signal");
        await Assertions.Expect(sign).ToHaveTextAsync("Many are talking. Your answer waits its turn.");
        await Assertions.Expect(sign).ToBeVisibleAsync();
        await second.PictureAsync("waits");
        Assert.Empty(await second.FindingsAsync());

        await first.Stop.ClickAsync();
        await second.WithinAsync(20, $"probe.loud({Visit.LoudText})");
        await Assertions.Expect(sign).ToBeHiddenAsync();
        await second.NothingWentWrongAsync();
    }
}
