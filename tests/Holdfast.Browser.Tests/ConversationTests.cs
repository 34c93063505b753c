using Holdfast.Browser.Kit;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>What the page shows of what is said, over an outage and over a reload.</summary>
[Collection(nameof(Alone))]
public sealed class ConversationTests(Stage stage)
{
    private const string First = "你好，我是你的数字人。你可以随时拔掉网线，我会在这里等你，然后从断开的地方继续说下去。";

    [Fact]
    public async Task What_is_said_is_followed_word_by_word_and_goes_on_where_it_broke_off()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.ConnectAsync();
        await visit.SayAsync(First);

        // A line that is drawn again is read out again: while words go by, it stays as it is.
        await visit.WithinAsync(10, "probe.until(() => document.querySelector('.line[data-status=speaking] .bubble'))");
        await visit.Page.EvaluateAsync("() => { globalThis.bubble = document.querySelector('.line[data-status=speaking] .bubble'); }");

        // The subtitle goes on with the sound: each word is coming before it is spoken.
        await visit.WithinAsync(10, "probe.until(() => probe.subtitle().spoken.startsWith('你好'))");
        await visit.WithinAsync(10, "probe.until(() => probe.subtitle().spoken === '你可以' && probe.subtitle().coming === '随时拔掉网线，')");

        Assert.True(await visit.Page.EvaluateAsync<bool>("() => globalThis.bubble.isConnected"));

        // The path breaks in the middle. What is typed now waits, and can be taken back.
        await visit.PullThePlugAsync(seconds: 4);
        await visit.SceneAsync("interrupted");
        await visit.SayAsync("现在几点了？");
        await visit.SayAsync("这句不要了。");
        var waiting = visit.Page.Locator(".line[data-status=waiting]");
        await Assertions.Expect(waiting).ToHaveCountAsync(2);
        await waiting.Last.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "撤回" }).ClickAsync();
        await Assertions.Expect(waiting).ToHaveCountAsync(1);

        // It is back, says from where, marks what it repeats, and then says what waited.
        await visit.SceneAsync("call", seconds: 15);
        var log = visit.Page.Locator("#talk-log");
        await Assertions.Expect(log.Locator(".note").Nth(1)).ToContainTextAsync("处继续", new LocatorAssertionsToContainTextOptions { Timeout = 10_000 });
        await visit.WithinAsync(25, "probe.until(() => document.querySelectorAll('.line[data-status=said]').length === 2)");
        await Assertions.Expect(log).ToContainTextAsync("现在几点了？");
        await Assertions.Expect(log).Not.ToContainTextAsync("这句不要了。");

        // The conversation survives the page.
        await visit.Page.ReloadAsync();
        await visit.SceneAsync("call");
        await visit.WithinAsync(10, "probe.until(() => document.querySelectorAll('.line[data-status=said]').length === 2)");
        await Assertions.Expect(log.Locator(".bubble").First).ToHaveTextAsync(First);
        await Assertions.Expect(log.Locator(".bubble").Last).ToHaveTextAsync("现在几点了？");
        await visit.NothingWentWrongAsync();
    }
}
