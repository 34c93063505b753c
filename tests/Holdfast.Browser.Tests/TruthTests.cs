using Holdfast.Browser.Kit;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>What the page says is so: of a server that died, one that keeps nothing, a browser without VP8, a text that was typed too early.</summary>
public sealed class TruthTests(Stage stage)
{
    private const string Times = "[0-9]{2}:[0-9]{2}:[0-9]{2}";

    /// <summary>As a browser that was built without VP8: what it can receive is what it offers.</summary>
    internal const string WithoutVp8 =
        """
        const native = RTCPeerConnection.prototype.addTransceiver;
        RTCPeerConnection.prototype.addTransceiver = function (kind, init) {
          const transceiver = native.call(this, kind, init);
          const others = RTCRtpReceiver.getCapabilities('video').codecs.filter(codec => !/VP8|rtx|red|ulpfec/i.test(codec.mimeType));
          if (kind === 'video') transceiver.setCodecPreferences(others);
          return transceiver;
        };
        """;

    [Fact]
    public async Task Of_a_server_that_died_the_page_says_since_when_nothing_answers_and_not_that_the_session_is_kept()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var visit = await Visit.OpenAsync(stage, address: server.Address);
        await visit.ConnectAsync();
        await visit.SayAsync("你好，我是你的数字人。你可以随时拔掉网线，我会在这里等你，然后从断开的地方继续说下去。");
        await visit.WithinAsync(15, "probe.until(() => document.querySelector('.line[data-status=speaking]'))");
        await server.KillAsync();

        await Assertions.Expect(visit.Toast).ToHaveTextAsync("连接断开，服务器没有回应");
        await visit.SceneAsync("held", seconds: 15);
        await visit.SaysAsync(visit.Status, "连接断开 · 服务器无回应", "Connection lost · no answer");
        await visit.SaysAsync(visit.Title, "连接断开，服务器没有回应", "Connection lost, and the server does not answer");
        var text = visit.Page.Locator("#trouble-text");
        Assert.Matches($"^{Times} 以后没有收到服务器的回应，会话最多保留到 {Times}。", await text.TextContentAsync());
        await visit.SaysAsync(visit.Page.Locator(".line .fate"), "说到一半断开", "Broke off");
        await visit.SaysAsync(visit.Page.Locator("#talk-log .note").Last, "连接断开，服务器没有回应", "Connection lost, and the server does not answer");

        await visit.Reconnect.ClickAsync();
        await visit.SceneAsync("reconnecting");
        await visit.SceneAsync("held", seconds: 20);
        await Assertions.Expect(visit.Title).ToHaveTextAsync("这次没有连上");
        await Assertions.Expect(text).ToContainTextAsync("以后没有收到服务器的回应");
    }

    [Fact]
    public async Task A_server_that_stops_and_keeps_nothing_ends_the_session_on_the_page_at_once()
    {
        await using var server = await ServerProcess.StartAsync("--Holdfast:Store:Enabled=false");
        await using var visit = await Visit.OpenAsync(stage, address: server.Address);
        await visit.ConnectAsync();
        await server.StopPolitelyAsync();

        await visit.SceneAsync("over", seconds: 30);
        await visit.SaysAsync(visit.LobbyTitle, "会话已被关闭", "The session was closed");
        await visit.SaysAsync(visit.Page.Locator("#lobby-text"), "服务器已经停止，没有保留会话。", "The server stopped, and did not keep it.");
    }

    [Fact]
    public async Task A_browser_without_VP8_hears_and_is_told_that_there_is_no_picture_and_why()
    {
        await using var visit = await Visit.OpenAsync(stage, script: WithoutVp8);
        await visit.Start.ClickAsync();
        await visit.SceneAsync("sound", seconds: 15);
        await visit.SaysAsync(visit.Status, "只有声音", "Sound only");
        await visit.SaysAsync(visit.Title, "只有声音，没有画面", "Sound only, no picture");
        await visit.SaysAsync(visit.Page.Locator("#trouble-text"), "这个浏览器收不了 VP8 视频", "This browser cannot receive VP8");
        await visit.SayAsync("Hello, I can be heard.");
        await visit.WithinAsync(15, $"probe.loud({Visit.LoudText})");
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task What_is_written_before_the_start_is_sent_after_it()
    {
        await using var visit = await Visit.OpenAsync(stage);
        await visit.Page.Locator("#human-text").FillAsync("你好。");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.SaysAsync(visit.Page.Locator(".line .fate"), "连接后发送", "Sent once you are connected");

        await visit.ConnectAsync();
        await Assertions.Expect(visit.Page.Locator(".line")).ToHaveAttributeAsync("data-status", "said", new() { Timeout = 15_000 });
        Assert.Equal(1, await visit.Page.Locator(".line").CountAsync());
        await visit.NothingWentWrongAsync();
    }
}
