using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Holdfast.Browser.Kit;
using Holdfast.Server.Tests;

namespace Holdfast.Browser.Tests;

/// <summary>Pages as people wrote them for LiveTalking and for its fork, served from the folder that is set, in real Chromium.</summary>
public sealed class OldPageTests(Stage stage) : IAsyncLifetime
{
    private const string Counted = "One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve.";
    private const int Words = 12;

    private OpenAiServer _service = null!;
    private ServerProcess _server = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await OpenAiServer.StartAsync();
        _service.Understand = static _ => "你好。";
        _server = await ServerProcess.StartAsync(
            "--environment", "Development", "--Holdfast:LiveTalking:PagesPath=" + Path.Combine(AppContext.BaseDirectory, "OldPages"), $"--Holdfast:Listening:BaseUrl={_service.Url}",
            $"--Holdfast:Dialogue:Models:local:BaseUrl={_service.Url}", "--Holdfast:Dialogue:Models:local:Model=tiny");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _service.DisposeAsync();
    }

    /// <summary>What lasts is the longer outage: the shorter one is lived through while it does.</summary>
    [Fact]
    [Trait("Speed", "Slow")]
    public async Task After_12_and_after_40_seconds_without_a_network_the_words_go_on_in_the_same_session_and_none_is_lost()
    {
        await using var forkLong = await OpenAsync("fork-page.html");
        await using var upstreamLong = await OpenAsync("upstream-page.html");
        await Task.WhenAll(forkLong.CountAsync("Number(id())"), upstreamLong.CountAsync("String(id())"));
        await Task.WhenAll(forkLong.LoseNetworkAsync(seconds: 40), upstreamLong.LoseNetworkAsync(seconds: 40));
        await GoThroughShortOutageAsync();
        await Task.WhenAll(
            forkLong.ShowsAsync(45, "WebRTC连接失败，请手动重连", "服务器连接中断，请手动重连"), upstreamLong.ShowsAsync(45, "WebRTC连接失败，请手动重连"));
        await GoOnAsync(forkLong, upstreamLong);
    }

    private async Task GoThroughShortOutageAsync()
    {
        await using var fork = await OpenAsync("fork-page.html");
        await using var upstream = await OpenAsync("upstream-page.html");
        await Task.WhenAll(fork.CountAsync("Number(id())"), upstream.CountAsync("String(id())"));
        await Task.WhenAll(fork.LoseNetworkAsync(seconds: 12), upstream.LoseNetworkAsync(seconds: 12));
        await GoOnAsync(fork, upstream);
    }

    /// <summary>The network is back, each page's button is clicked, and every call works as before.</summary>
    private static async Task GoOnAsync(OldPage fork, OldPage upstream)
    {
        // The fork's restarts its path, upstream's makes another connection.
        await Task.WhenAll(fork.ComeBackAsync(), upstream.ComeBackAsync());
        Assert.Equal((1, 2), (await fork.Visit.WithinAsync<int>(5, "Promise.resolve(probe.peers.length)"), await upstream.Visit.WithinAsync<int>(5, "Promise.resolve(probe.peers.length)")));
        await Task.WhenAll(fork.HearToTheEndAsync(), upstream.HearToTheEndAsync());

        // That it had tried by itself before, in vain, did not take its button's effect away (D21).
        Assert.Equal("in vain", await fork.Visit.WithinAsync<string>(5, "tried"));
        Assert.Equal("""[{"response":"Nobody told me what to say."},{"llm_response":"Nobody told me what to say."}]""", await fork.TextAsync("ask('Who are you?')"));
        Assert.Equal("""{"code":0,"msg":"ok"}""", await fork.TextAsync("upload('/humanaudio').then(JSON.parse)"));
        Assert.StartsWith("""[{"asr_result":"你好。"},{"response":""", await fork.TextAsync("upload('/audio_chat').then(lines)"), StringComparison.Ordinal);

        Assert.Equal("""{"code":0,"msg":"ok"}""", await upstream.TextAsync("call('/human', { sessionid: id(), text: 'Who?', type: 'chat', interrupt: true })"));
        Assert.Equal("""{"text":"你好。","mode":"2pass-offline","is_final":true}""", await upstream.TextAsync("dictate()"));
        await upstream.Visit.WithinAsync(20, "probe.until(() => sentences.readyState === EventSource.OPEN)");
        await upstream.TextAsync("call('/human', { sessionid: id(), text: 'Bye.', type: 'echo', interrupt: true })");
        await upstream.Visit.WithinAsync(20, "probe.until(() => told.some(one => one.status === 'end' && one.text === 'Bye.' && !one.how))");
    }

    private async Task<OldPage> OpenAsync(string page)
    {
        var visit = await Visit.OpenAsync(stage, address: new Uri(_server.Address, page));
        await visit.Page.Locator("#start").ClickAsync();
        await visit.WithinAsync(30, "probe.until(() => { const v = $('video'); return v.videoWidth > 0 && v.currentTime > 0; })");
        Assert.Equal(["正在连接...", "WebRTC连接成功"], await visit.Page.EvaluateAsync<string[]>("() => said"), StringComparer.Ordinal);
        return new OldPage(visit, stage.Http, _server.Address, await visit.WithinAsync<long>(5, "Promise.resolve(Number($('sessionid').value))"));
    }

    /// <summary>A page with its session.</summary>
    private sealed class OldPage(Visit visit, HttpClient http, Uri server, long id) : IAsyncDisposable
    {
        private Task _outage = Task.CompletedTask;

        public Visit Visit => visit;

        /// <summary>Has the avatar count, and hears its first word.</summary>
        public async Task CountAsync(string sessionId)
        {
            Assert.Equal("""{"code":0,"msg":"ok"}""", await TextAsync($"call('/human', {{ sessionid: {sessionId}, text: '{Counted}', type: 'echo' }})"));
            await visit.WithinAsync(20, $"probe.loud({Visit.LoudText})");
        }

        /// <summary>Nothing gets through any more, neither media nor HTTP, until so many seconds have passed; the page notices.</summary>
        public async Task LoseNetworkAsync(int seconds)
        {
            using var answer = await AskAsync(HttpMethod.Post, "/outage", JsonContent.Create(new { seconds }));
            answer.EnsureSuccessStatusCode();
            await visit.Page.Context.SetOfflineAsync(true);
            _outage = Task.Delay(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
            await ShowsAsync(20, "连接断开，系统保留会话5分钟，可点击重连按钮");
        }

        /// <summary>The texts that people know, with the button.</summary>
        public async Task ShowsAsync(int seconds, params string[] texts)
        {
            await visit.WithinAsync(
                seconds, $"probe.until(() => {JsonSerializer.Serialize(texts)}.every(text => said.includes(text)) && $('reconnect').style.display === '')");
        }

        /// <summary>The button is clicked as soon as there is a network; whether the path has healed by itself by then does not matter.</summary>
        public async Task ComeBackAsync()
        {
            await _outage;
            await visit.Page.Context.SetOfflineAsync(false);
            Assert.Equal(id, await visit.WithinAsync<long>(20, "($('reconnect').click(), coming)"));
            await visit.WithinAsync(20, "probe.until(() => pc.connectionState === 'connected' && said.at(-1) === 'WebRTC连接已恢复' && $('reconnect').style.display === 'none')");
            await visit.WithinAsync(20, $"probe.loud({Visit.LoudText})");
        }

        /// <summary>What was begun is said to its end, every word of it, in the session that it was begun in.</summary>
        public async Task HearToTheEndAsync()
        {
            await visit.WithinAsync(40, $"probe.until(async () => (await call('/is_speaking', {{ sessionid: {id} }})).data === false)");
            using var described = await AskAsync(HttpMethod.Get, "");
            var now = JsonElement.Parse(await described.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Equal(0, now.GetProperty("playout").GetProperty("lostSeconds").GetDouble());
            Assert.InRange(now.GetProperty("playout").GetProperty("lastResumption").GetProperty("repeatedSeconds").GetDouble(), 0, 1.5);

            var reached = new HashSet<int>();
            using var events = await AskAsync(HttpMethod.Get, "/events");
            await foreach (var one in SseParser.Create(await events.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)).EnumerateAsync(TestContext.Current.CancellationToken))
            {
                Assert.NotEqual("missed", one.EventType, StringComparer.Ordinal);
                if (one.EventType is "word")
                {
                    reached.Add(JsonElement.Parse(one.Data).GetProperty("offset").GetInt32());
                }
                else if (one.EventType is "finished")
                {
                    break;
                }
                else
                {
                    Assert.DoesNotContain(one.EventType, (string[])["interrupted", "dropped", "failed"], StringComparer.Ordinal);
                }
            }

            Assert.Equal(Words, reached.Count);
        }

        public async Task<string> TextAsync(string promise) => (await visit.WithinAsync<JsonElement>(30, promise)).GetRawText();

        public ValueTask DisposeAsync() => visit.DisposeAsync();

        /// <summary>Asks the server past the page and whatever it is cut off from, with what the page's cookie proves.</summary>
        private async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, HttpContent? body = null)
        {
            var cookie = Assert.Single(await visit.Page.Context.CookiesAsync(), one => string.Equals(one.Name, $"holdfast-{id}", StringComparison.Ordinal));
            using var request = new HttpRequestMessage(method, new Uri(server, $"api/sessions/{id}{path}")) { Content = body };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", cookie.Value);
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        }
    }
}
