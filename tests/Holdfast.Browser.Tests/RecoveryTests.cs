using System.Net;
using System.Text.Json;
using Holdfast.Browser.Kit;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>
/// The page when the network breaks, in a real browser: every packet of the session is lost on the server's side, both
/// ways, as on a dead path.
/// </summary>
public sealed class RecoveryTests(Stage stage)
{
    [Theory]
    [InlineData("zh-CN")]
    [InlineData("en")]
    public async Task The_whole_story_is_told_from_the_interruption_to_the_return(string locale)
    {
        var words = RecoveryWords.Of(locale);
        await using var visit = await Visit.OpenAsync(stage, locale);
        await visit.ConnectAsync();
        var id = await visit.SessionIdAsync();
        await Assertions.Expect(visit.Reconnect).ToBeHiddenAsync();

        // Interrupted: the picture stays, the button is there, the person is told what is kept and for how long.
        await visit.PullThePlugAsync(seconds: 120);
        await visit.SceneAsync("interrupted");
        await Assertions.Expect(visit.Status).ToContainTextAsync(words.Interrupted);
        await Assertions.Expect(visit.Toast).ToHaveTextAsync(words.Kept);
        await Assertions.Expect(visit.Reconnect).ToHaveTextAsync(words.Reconnect);
        Assert.True(await visit.Page.EvaluateAsync<bool>("() => document.querySelector('holdfast-player').video.srcObject !== null"));

        // Held: it counts down, and nothing reconnects by itself.
        await visit.SceneAsync("held", seconds: 15);
        await Assertions.Expect(visit.Status).ToContainTextAsync(words.Held);
        await Assertions.Expect(visit.Title).ToHaveTextAsync(words.HeldTitle);
        await Assertions.Expect(visit.StartAnew).ToHaveTextAsync(words.StartAnew);
        var before = await RemainingAsync(visit);
        await visit.WithinAsync(5, $"probe.until(() => {RemainingText} !== '{before}')");
        Assert.Matches("^[0-9]:[0-9]{2}$", before);

        // A reconnect that cannot work says which way is tried, then that it failed; the button is there again.
        await visit.Reconnect.ClickAsync();
        foreach (var way in words.Ways)
        {
            await Assertions.Expect(visit.Title).ToHaveTextAsync(way);
        }

        await visit.SceneAsync("held", seconds: 20);
        await Assertions.Expect(visit.Title).ToHaveTextAsync(words.Failed);
        await Assertions.Expect(visit.Reconnect).ToBeEnabledAsync();
        await Assertions.Expect(visit.StartAnew).ToBeVisibleAsync();

        // The network is back, and so is the session.
        await visit.MendedAsync();
        await visit.Reconnect.ClickAsync();
        await visit.SceneAsync("call");
        await Assertions.Expect(visit.Toast).ToHaveTextAsync(words.Restored);
        await Assertions.Expect(visit.Reconnect).ToBeHiddenAsync();
        await Assertions.Expect(visit.Page.Locator("#talk-log")).ToContainTextAsync(words.BackAfter);
        Assert.Equal(id, await visit.SessionIdAsync());
        await visit.ShownAsync();

        // The timeline has it all.
        var drawn = await visit.Page.Locator("#timeline li").EvaluateAllAsync<string[]>("items => items.map(item => item.dataset.kind)");
        Assert.EndsWith("connected interrupted held connected", string.Join(' ', drawn), StringComparison.Ordinal);

        await visit.Stop.ClickAsync();
        await visit.SceneAsync("lobby");
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task A_path_that_comes_back_soon_heals_without_a_click()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.ConnectAsync();
        var panel = visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "5 秒", Exact = true });
        await panel.ClickAsync();

        await visit.SceneAsync("interrupted");
        await visit.SceneAsync("call", seconds: 15);

        Assert.Equal(0, await visit.LevelAsync());
        await visit.ShownAsync();
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task A_connection_the_browser_gave_up_comes_back_with_one_click_on_the_same_connection()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.ConnectAsync();
        var id = await visit.SessionIdAsync();
        await visit.PullThePlugAsync(seconds: 120);
        await visit.WithinAsync(30, "probe.until(() => probe.peers[0].connectionState === 'failed')");
        await visit.SceneAsync("held");
        var server = await visit.AskServerAsync(HttpMethod.Get);
        Assert.Equal("held", server.Body.GetProperty("state").GetString());

        await visit.MendedAsync();
        await visit.Reconnect.ClickAsync();
        await visit.SceneAsync("call");

        Assert.Equal(1, await visit.LevelAsync());
        Assert.Equal(id, await visit.SessionIdAsync());
        Assert.Equal(1, await visit.Page.EvaluateAsync<int>("() => probe.peers.length"));
        var pictures = await visit.WithinAsync<JsonElement>(10, "probe.pictures(2000)");
        Assert.InRange(pictures.GetProperty("decoded").GetInt32(), 30, 120);
        await visit.NothingWentWrongAsync();
    }

    [Theory]
    [InlineData("zh-CN", "会话已到期", "开始新会话")]
    [InlineData("en", "The session has expired", "Start a new session")]
    public async Task The_grace_period_keeps_the_session_until_just_before_its_end_and_no_longer(string locale, string expired, string startAnew)
    {
        const int Grace = 16;
        await using var visit = await Visit.OpenAsync(stage, locale);
        await visit.Page.EvaluateAsync($"() => document.querySelector('holdfast-player').setAttribute('grace', '{Grace}')");
        await visit.ConnectAsync();
        var credentials = await visit.CredentialsAsync();

        // No sign of life at all: neither packets nor heartbeats.
        await visit.PullThePlugAsync(seconds: 120);
        await visit.Page.Context.SetOfflineAsync(true);
        var cut = TimeProvider.System.GetTimestamp();
        await visit.SceneAsync("held", seconds: 15);
        await Task.Delay(TimeSpan.FromSeconds(Grace - 2.5) - TimeProvider.System.GetElapsedTime(cut), TestContext.Current.CancellationToken);
        var before = await visit.AskServerAsync(HttpMethod.Get, credentials: credentials);
        Assert.Equal((HttpStatusCode.OK, "held"), (before.Status, before.Body.GetProperty("state").GetString()));

        await Task.Delay(TimeSpan.FromSeconds(Grace + 1.5) - TimeProvider.System.GetElapsedTime(cut), TestContext.Current.CancellationToken);
        var after = await visit.AskServerAsync(HttpMethod.Get, credentials: credentials);
        Assert.Equal((HttpStatusCode.Gone, "graceOver"), (after.Status, after.Body.GetProperty("reason").GetString()));

        // The page hears of it as soon as it can ask, says so, and offers nothing but a new session.
        await visit.Page.Context.SetOfflineAsync(false);
        await visit.SceneAsync("over", seconds: 10);
        await Assertions.Expect(visit.LobbyTitle).ToHaveTextAsync(expired);
        await Assertions.Expect(visit.Start).ToHaveTextAsync(startAnew);
        await Assertions.Expect(visit.Reconnect).ToBeHiddenAsync();
        await visit.ConnectAsync();
        Assert.NotEqual(credentials.SessionId, await visit.SessionIdAsync());
    }

    [Fact]
    public async Task D9_a_reload_comes_back_with_the_same_session()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.ConnectAsync();
        var id = await visit.SessionIdAsync();

        await visit.Page.ReloadAsync();
        await visit.SceneAsync("call");
        await visit.ShownAsync();

        Assert.Equal(id, await visit.SessionIdAsync());
        Assert.Equal(3, await visit.LevelAsync());
        await visit.NothingWentWrongAsync();
    }

    [Theory]
    [InlineData("zh-CN", "这个会话正在另一个标签页里", "在这里继续", "会话已在别处继续")]
    [InlineData("en", "This session is open in another tab", "Continue here", "The session goes on elsewhere")]
    public async Task A_second_tab_asks_before_it_takes_the_session_over(string locale, string question, string here, string elsewhere)
    {
        await using var visit = await Visit.OpenAsync(stage, locale);
        await visit.ConnectAsync();
        var id = await visit.SessionIdAsync();

        // A page that is opened by another has a copy of its session storage, as a duplicated tab has.
        await using var second = await visit.DuplicateAsync();
        await second.SceneAsync("held");
        await Assertions.Expect(second.Title).ToHaveTextAsync(question);
        await Assertions.Expect(second.Reconnect).ToHaveTextAsync(here);
        await visit.SceneAsync("call");

        await second.Reconnect.ClickAsync();
        await second.SceneAsync("call");
        Assert.Equal(id, await second.SessionIdAsync());
        await visit.SceneAsync("over");
        await Assertions.Expect(visit.LobbyTitle).ToHaveTextAsync(elsewhere);
        Assert.Equal(HttpStatusCode.OK, (await second.AskServerAsync(HttpMethod.Get)).Status);
    }

    [Theory]
    [InlineData("zh-CN", "会话已被关闭")]
    [InlineData("en", "The session was closed")]
    public async Task A_session_that_is_closed_on_the_server_is_said_to_be(string locale, string closed)
    {
        await using var visit = await Visit.OpenAsync(stage, locale);
        await visit.ConnectAsync();

        Assert.Equal(HttpStatusCode.NoContent, (await visit.AskServerAsync(HttpMethod.Delete)).Status);

        await visit.SceneAsync("over", seconds: 5);
        await Assertions.Expect(visit.LobbyTitle).ToHaveTextAsync(closed);
        await Assertions.Expect(visit.Reconnect).ToBeHiddenAsync();
    }

    [Fact]
    public async Task D21_a_storm_of_clicks_is_one_climb_and_the_button_works_again_after_it_failed()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.ConnectAsync();
        var id = await visit.SessionIdAsync();
        var calls = new List<string>();
        visit.Page.Request += (_, request) => calls.Add($"{request.Method} {new Uri(request.Url).AbsolutePath.Split('/')[^1]}");
        await visit.PullThePlugAsync(seconds: 120);
        await visit.SceneAsync("interrupted");

        await visit.Page.EvaluateAsync(
            """
            () => {
                const button = document.querySelector('holdfast-player').shadowRoot.getElementById('reconnect');
                for (let i = 0; i < 30; i++) button.click();
            }
            """);
        await visit.SceneAsync("reconnecting");
        await visit.SceneAsync("held", seconds: 20);
        Assert.Equal(1, calls.Count("PATCH connection".Equals));
        Assert.Equal(1, calls.Count("POST connections".Equals));

        await visit.MendedAsync();
        await visit.Reconnect.ClickAsync();
        await visit.SceneAsync("call");
        Assert.Equal(id, await visit.SessionIdAsync());
    }

    [Fact]
    public async Task D22_a_page_that_is_asked_whether_it_may_be_left_closes_nothing()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.ConnectAsync();

        await visit.Page.EvaluateAsync(
            """
            () => {
                for (const name of ['beforeunload', 'pagehide', 'offline', 'online']) dispatchEvent(new Event(name, { cancelable: true }));
                document.dispatchEvent(new Event('visibilitychange'));
            }
            """);

        var pictures = await visit.WithinAsync<JsonElement>(10, "probe.pictures(2000)");
        Assert.InRange(pictures.GetProperty("decoded").GetInt32(), 30, 120);
        await visit.SceneAsync("call");
        Assert.Equal("connected", (await visit.AskServerAsync(HttpMethod.Get)).Body.GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("assisted")]
    [InlineData("auto")]
    public async Task By_choice_the_page_comes_back_without_a_click(string policy)
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.Page.EvaluateAsync($"() => document.querySelector('holdfast-player').setAttribute('policy', '{policy}')");
        await visit.ConnectAsync();
        var id = await visit.SessionIdAsync();
        await visit.PullThePlugAsync(seconds: 120);
        await visit.Page.Context.SetOfflineAsync(true);
        await visit.WithinAsync(30, "probe.until(() => probe.peers[0].connectionState === 'failed')");

        await visit.MendAsync();
        await visit.Page.Context.SetOfflineAsync(false);
        await visit.SceneAsync("call", seconds: 40);

        Assert.Equal(id, await visit.SessionIdAsync());
        Assert.InRange(await visit.LevelAsync(), 1, 3);
        await visit.ShownAsync();
    }

    private const string RemainingText = "document.querySelector('holdfast-player').shadowRoot.getElementById('remaining').textContent";

    private static Task<string> RemainingAsync(Visit visit) => visit.Page.EvaluateAsync<string>($"() => {RemainingText}");
}
