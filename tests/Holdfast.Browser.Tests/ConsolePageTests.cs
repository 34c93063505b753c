using Holdfast.Browser.Kit;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>The console under the name that people have bookmarked, with the ids and the words that they know.</summary>
public sealed class ConsolePageTests(Stage stage)
{
    [Fact]
    public async Task It_connects_with_the_words_that_people_know_and_a_script_beside_it_finds_its_elements_and_its_session()
    {
        await using var visit = await Visit.OpenAsync(stage, address: new Uri(stage.Server.Address, "webrtc1.html"));
        foreach (var id in "start stop reconnect video audio sessionid use-stun connection-status human-text send-human-text start-record stop-record toast".Split(' '))
        {
            Assert.True(await visit.Page.EvaluateAsync<bool>("id => document.getElementById(id) !== null", id), id);
        }

        Assert.Equal("开始连接", await Button(visit, "start").TextContentAsync());
        await Button(visit, "start").ClickAsync();
        await visit.WithinAsync(20, "probe.until(() => document.getElementById('toast').textContent === 'WebRTC连接成功')");
        await visit.WithinAsync(20, "probe.until(() => { const v = document.getElementById('video'); return v.videoWidth > 0 && v.currentTime > 0; })");
        Assert.True(await Button(visit, "reconnect").IsHiddenAsync());

        // A script that knows no more than the id.
        await visit.WithinAsync(
            20,
            """
            (async () => {
                const sessionid = Number(document.getElementById('sessionid').value);
                const call = async (path, body) => (await fetch(path, { method: 'POST', body: JSON.stringify(body) })).json();
                if ((await call('/human', { sessionid, text: 'One, two, three, four, five, six.', type: 'echo' })).code !== 0) throw new Error('refused');
                await probe.until(async () => (await call('/is_speaking', { sessionid })).data === true);
            })()
            """);
        await visit.PictureAsync("webrtc1");
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task It_tells_of_a_lost_network_in_the_words_that_people_know_and_its_button_brings_the_same_session_back()
    {
        await using var visit = await Visit.OpenAsync(stage, address: new Uri(stage.Server.Address, "webrtc1.html"));
        await Button(visit, "start").ClickAsync();
        await visit.WithinAsync(20, "probe.until(() => document.getElementById('video').currentTime > 0)");
        var id = await visit.Page.Locator("#sessionid").InputValueAsync();
        await visit.PullThePlugAsync(seconds: 120);
        await Assertions.Expect(Toast(visit)).ToHaveTextAsync("连接断开，系统保留会话5分钟，可点击重连按钮");
        await Assertions.Expect(Button(visit, "reconnect")).ToBeVisibleAsync();
        await Assertions.Expect(Toast(visit)).ToHaveTextAsync("WebRTC连接失败，请手动重连");
        await visit.PictureAsync("webrtc1-lost");

        // The path may heal by itself just before the click, and the button go: the words are the same.
        await visit.MendAsync();
        await Button(visit, "reconnect").EvaluateAsync("button => button.click()");
        await Assertions.Expect(Toast(visit)).ToHaveTextAsync("WebRTC连接已恢复");
        await Assertions.Expect(Button(visit, "reconnect")).ToBeHiddenAsync();
        Assert.Equal(id, await visit.Page.Locator("#sessionid").InputValueAsync());
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task D22_whoever_is_asked_whether_they_want_to_leave_and_stays_is_still_connected()
    {
        await using var visit = await Visit.OpenAsync(stage, address: new Uri(stage.Server.Address, "webrtc1.html"));
        await Button(visit, "start").ClickAsync();
        await visit.WithinAsync(20, "probe.until(() => document.getElementById('video').currentTime > 0)");

        // As a page around it may ask; and the person stays.
        await visit.Page.EvaluateAsync("() => addEventListener('beforeunload', (event) => event.preventDefault())");
        var asked = new TaskCompletionSource<string>();
        visit.Page.Dialog += async (_, dialog) =>
        {
            asked.TrySetResult(dialog.Type);
            await dialog.DismissAsync();
        };
        await visit.Page.CloseAsync(new() { RunBeforeUnload = true });
        Assert.Equal("beforeunload", await asked.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));

        await visit.WithinAsync(20, "probe.pictures(500)");
        Assert.Equal("connected", await visit.Page.EvaluateAsync<string>("() => probe.peers.at(-1).connectionState"));
    }

    [Fact]
    public async Task The_voice_assistant_starts_with_its_round_button_and_shows_who_said_what()
    {
        await using var visit = await Visit.OpenAsync(stage, address: new Uri(stage.Server.Address, "demo.html"));
        await visit.Page.Locator("#toggle").ClickAsync();
        await visit.WithinAsync(20, "probe.until(() => document.getElementById('toggle').dataset.state === 'stop' && document.body.hasAttribute('data-live'))");
        await visit.Page.Locator("#text").FillAsync("你是谁？");
        await visit.Page.Locator("#text").PressAsync("Enter");
        await visit.WithinAsync(20, "probe.until(() => document.querySelector('#person li')?.textContent === '你是谁？' && document.querySelector('#avatar li'))");
        await visit.PictureAsync("demo");
        await visit.Page.Locator("#toggle").ClickAsync();
        await visit.WithinAsync(10, "probe.until(() => document.getElementById('toggle').dataset.state === 'start')");
        await visit.NothingWentWrongAsync();
    }

    /// <summary>The player in the page has buttons under these ids too, which do not show here.</summary>
    private static ILocator Button(Visit visit, string id) => visit.Page.Locator($".card #{id}");

    private static ILocator Toast(Visit visit) => visit.Page.Locator("body > #toast");
}
