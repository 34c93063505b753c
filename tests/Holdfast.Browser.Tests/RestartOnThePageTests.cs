using Holdfast.Browser.Kit;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>A real server process gets SIGTERM in the middle of a sentence and is started again; a real browser's page tells of it.</summary>
public sealed class RestartOnThePageTests(Stage stage) : IAsyncLifetime
{
    private readonly KeptServer _server = new();

    public async ValueTask InitializeAsync() => await _server.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_page_says_what_happens_and_goes_on_by_itself()
    {
        await using var visit = await Visit.OpenAsync(stage, address: _server.Now.Address);
        await visit.ConnectAsync();
        var id = await visit.SessionIdAsync();
        await visit.SayAsync("One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen.");

        // Where nothing was heard yet there is no place to go on from: the third word is coming when the second was played.
        await visit.WithinAsync(30, "probe.until(() => /three|four|five|six/.test(probe.subtitle().spoken))");
        await _server.RestartAsync(async () =>
        {
            await visit.SceneAsync("held");
            await visit.SaysAsync(visit.Title, "服务器正在重启，对话为你保留", "The server is restarting. Your conversation is kept");
            await Assertions.Expect(visit.Reconnect).ToBeEnabledAsync();
        });

        await visit.SceneAsync("call", seconds: 60);
        Assert.Equal(id, await visit.SessionIdAsync());
        Assert.Equal(0, await visit.LevelAsync());
        await visit.ShownAsync();

        // The text stands there once, and is said to its end.
        Assert.Equal(1, await visit.Page.Locator("#talk-log .line").CountAsync());
        await visit.SaysAsync(visit.Page.Locator("#talk-log .note").Last, "从“", "continuing from");
        await Assertions.Expect(visit.Page.Locator("#talk-log .line")).ToHaveAttributeAsync("data-status", "said", new() { Timeout = 30_000 });
    }
}
