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
    [Fact]
    public async Task The_whole_story_is_told_in_both_languages_from_the_interruption_to_the_return()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.ConnectAsync();
        var id = await visit.SessionIdAsync();
        await visit.SaysAsync(visit.Status, "已连接", "Connected");
        await Assertions.Expect(visit.Reconnect).ToBeHiddenAsync();

        // Interrupted: the picture stays, the button is there, the person is told what is kept and for how long: two minutes where nobody has spoken yet.
        await visit.PullThePlugAsync(seconds: 120);
        await visit.SceneAsync("interrupted");
        await Assertions.Expect(visit.Toast).ToHaveTextAsync("连接断开，系统保留会话2分钟，可点击重连按钮");
        await visit.SaysAsync(visit.Status, "连接断开", "Connection lost");
        await visit.SaysAsync(visit.Reconnect, "手动重连", "Reconnect");
        Assert.True(await visit.Page.EvaluateAsync<bool>("() => probe.page().getElementById('video').srcObject !== null"));

        // Held: it counts down, and nothing reconnects by itself.
        await visit.SceneAsync("held", seconds: 15);
        await visit.SaysAsync(visit.Status, "会话保留中", "Connection lost · kept");
        await visit.SaysAsync(visit.Title, "连接断开，会话为你保留", "Connection lost, session kept for you");
        await visit.SaysAsync(visit.StartAnew, "开始新会话", "Start a new session");
        var before = await RemainingAsync(visit);
        Assert.Matches("^[0-9]:[0-9]{2}$", before);
        await visit.WithinAsync(5, $"probe.until(() => {RemainingText} !== '{before}')");

        // A reconnect that cannot work says which way is tried, then that it failed; the button is there again.
        await visit.Reconnect.ClickAsync();
        await visit.SaysAsync(visit.Title, "正在重启通道…", "Restarting the path…");
        await visit.SaysAsync(visit.Title, "请服务器帮忙…", "Asking the server for help…");
        await visit.SaysAsync(visit.Title, "正在建立新连接…", "Making a new connection…");
        await visit.SceneAsync("held", seconds: 20);
        await visit.SaysAsync(visit.Title, "这次没有连上，会话还在", "Not back yet, but the session is kept");
        await Assertions.Expect(visit.Reconnect).ToBeEnabledAsync();
        await Assertions.Expect(visit.StartAnew).ToBeVisibleAsync();

        // The network is back, and with one more click so is the session.
        await visit.MendAsync();
        await visit.Reconnect.ClickAsync();
        await visit.SceneAsync("call");
        await Assertions.Expect(visit.Toast).ToHaveTextAsync("WebRTC连接已恢复");
        await Assertions.Expect(visit.Reconnect).ToBeHiddenAsync();
        await visit.SaysAsync(visit.Page.Locator("#talk-log"), "断线", "Back after");
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
        await visit.Page.Locator("#plug button[data-seconds='5']").ClickAsync();

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
        await visit.WithinAsync(20, "probe.plays()");
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task The_grace_period_keeps_the_session_until_just_before_its_end_and_no_longer()
    {
        const int Grace = 16;
        await using var visit = await Visit.OpenAsync(stage);
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
        await visit.SaysAsync(visit.LobbyTitle, "会话已到期", "The session has expired");
        await visit.SaysAsync(visit.Start, "开始新会话", "Start a new session");
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

    [Fact]
    public async Task A_second_tab_asks_before_it_takes_the_session_over()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.ConnectAsync();
        var id = await visit.SessionIdAsync();

        // A page that is opened by another has a copy of its session storage, as a duplicated tab has.
        await using var second = await visit.DuplicateAsync();
        await second.SceneAsync("held");
        await second.SaysAsync(second.Title, "这个会话正在另一个标签页里", "This session is open in another tab");
        await second.SaysAsync(second.Reconnect, "在这里继续", "Continue here");
        await visit.SceneAsync("call");

        await second.Reconnect.ClickAsync();
        await second.SceneAsync("call");
        Assert.Equal(id, await second.SessionIdAsync());
        await visit.SceneAsync("held");
        await visit.SaysAsync(visit.Title, "这个会话正在另一个标签页里", "This session is open in another tab");
        Assert.Equal(HttpStatusCode.OK, (await second.AskServerAsync(HttpMethod.Get)).Status);

        // What was taken over is taken back by the same click, with the token that the other tab had.
        await visit.Reconnect.ClickAsync();
        await visit.SceneAsync("call");
        await visit.ShownAsync();
        Assert.Equal(id, await visit.SessionIdAsync());
        await second.SceneAsync("held");
        await second.SaysAsync(second.Title, "这个会话正在另一个标签页里", "This session is open in another tab");
    }

    [Fact]
    public async Task A_session_that_is_closed_on_the_server_is_said_to_be()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.ConnectAsync();

        Assert.Equal(HttpStatusCode.NoContent, (await visit.AskServerAsync(HttpMethod.Delete)).Status);

        await visit.SceneAsync("over", seconds: 30);
        await visit.SaysAsync(visit.LobbyTitle, "会话已被关闭", "The session was closed");
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
                const button = probe.page().getElementById('reconnect');
                for (let i = 0; i < 30; i++) button.click();
            }
            """);
        await visit.SceneAsync("reconnecting");
        await visit.SceneAsync("held", seconds: 20);
        Assert.Equal(1, calls.Count("PATCH connection".Equals));
        Assert.Equal(1, calls.Count("POST connections".Equals));

        await visit.MendAsync();
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

        await visit.WithinAsync(20, "probe.plays()");
        await visit.SceneAsync("call");
        Assert.Equal("connected", (await visit.AskServerAsync(HttpMethod.Get)).Body.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Heartbeats_without_an_answer_are_told_although_sound_and_picture_still_come_and_are_taken_back()
    {
        await using var visit = await Visit.OpenAsync(stage);
        var blocked = false;
        await visit.Page.RouteAsync("**/api/sessions", async route =>
        {
            // The server's answer but for one number: nobody waits here for three times 20 s.
            var answer = await route.FetchAsync();
            var body = (await answer.JsonAsync())!.Value.Deserialize<Dictionary<string, JsonElement>>()!;
            body["heartbeatSeconds"] = JsonSerializer.SerializeToElement(1);
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Json = body });
        });
        await visit.Page.RouteAsync("**/heartbeat", route => Volatile.Read(ref blocked) ? route.AbortAsync() : route.ContinueAsync());
        await visit.ConnectAsync();
        await Assertions.Expect(visit.Reconnect).ToBeHiddenAsync();

        Volatile.Write(ref blocked, true);
        await Assertions.Expect(visit.Status).ToContainTextAsync("服务器无回应", new LocatorAssertionsToContainTextOptions { Timeout = 15_000 });
        await visit.SaysAsync(visit.Status, "服务器无回应", "Server does not answer");
        await Assertions.Expect(visit.Reconnect).ToBeVisibleAsync();
        await visit.WithinAsync(20, "probe.plays()");

        Volatile.Write(ref blocked, false);
        await Assertions.Expect(visit.Status).Not.ToContainTextAsync("服务器无回应", new LocatorAssertionsToContainTextOptions { Timeout = 15_000 });
        await Assertions.Expect(visit.Reconnect).ToBeHiddenAsync();
    }

    [Theory]
    [InlineData("assisted")]
    [InlineData("auto")]
    public async Task By_choice_the_page_comes_back_without_a_click(string policy)
    {
        // As the page remembers it: it sets the player's own attribute from that, whenever anything is chosen or loaded.
        await using var visit = await Visit.OpenAsync(stage, script: $"if (location.protocol !== 'about:') localStorage.setItem('holdfast.policy', '{policy}');");
        await visit.ConnectAsync();
        var id = await visit.SessionIdAsync();
        await visit.PullThePlugAsync(seconds: 120);
        await visit.Page.Context.SetOfflineAsync(true);
        await visit.SceneAsync("held reconnecting", seconds: 15);
        await visit.WithinAsync(30, "probe.until(() => probe.peers[0].connectionState === 'failed' || probe.peers.length > 1)");

        await visit.MendAsync();
        await visit.Page.Context.SetOfflineAsync(false);
        await visit.SceneAsync("call", seconds: 40);

        Assert.Equal(id, await visit.SessionIdAsync());

        // While auto tries new connections the old one has not failed yet, and may heal first once the path is back.
        Assert.InRange(await visit.LevelAsync(), string.Equals(policy, "auto", StringComparison.Ordinal) ? 0 : 1, 3);
        await visit.ShownAsync();
    }

    private const string RemainingText = "probe.page().getElementById('remaining').textContent";

    private static Task<string> RemainingAsync(Visit visit) => visit.Page.EvaluateAsync<string>($"() => {RemainingText}");
}
