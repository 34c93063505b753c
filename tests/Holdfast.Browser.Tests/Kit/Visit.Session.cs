using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;

namespace Holdfast.Browser.Kit;

/// <summary>The visitor's session: what the page shows of it, and what the server says.</summary>
internal sealed partial class Visit
{
    private const string Session = "document.querySelector('holdfast-player').session";

    public ILocator Reconnect => Page.Locator("#reconnect");

    public ILocator StartAnew => Page.Locator("#anew");

    /// <summary>What is said over the picture while the session is away.</summary>
    public ILocator Title => Page.Locator("#trouble-title");

    /// <summary>What is said where a session could be started.</summary>
    public ILocator LobbyTitle => Page.Locator("#lobby-title");

    public ILocator Toast => Page.Locator("#toast");

    /// <summary>A text of the page, in both of its languages.</summary>
    public async Task SaysAsync(ILocator locator, string chinese, string english)
    {
        await Assertions.Expect(locator).ToContainTextAsync(chinese);
        await Page.Locator("#language").ClickAsync();
        await Assertions.Expect(locator).ToContainTextAsync(english);
        await Page.Locator("#language").ClickAsync();
    }

    /// <summary>Waits until the stage shows one of these scenes.</summary>
    public async Task SceneAsync(string scenes, int seconds = 8) =>
        await WithinAsync(
            seconds,
            $"probe.until(() => '{scenes}'.split(' ').includes(probe.page().getElementById('stage').dataset.scene))");

    public Task<long> SessionIdAsync() => Page.EvaluateAsync<long>($"() => {Session}.state.sessionId");

    /// <summary>The level of the ladder that brought the session back.</summary>
    /// <remarks>On a busy machine the connection that came back may be interrupted once more: then it is that of the next time.</remarks>
    public Task<int> LevelAsync() => WithinAsync<int>(20, $"probe.until(() => {Session}.state.resumed).then((resumed) => resumed.level)");

    /// <summary>What the page's tab keeps of its session.</summary>
    public async Task<Credentials> CredentialsAsync()
    {
        var json = await Page.EvaluateAsync<string>("() => sessionStorage.getItem('holdfast:session')");
        return JsonSerializer.Deserialize<Credentials>(json, JsonSerializerOptions.Web)!;
    }

    /// <summary>Asks the server about the session, past the page and whatever it is cut off from.</summary>
    public async Task<ServerAnswer> AskServerAsync(HttpMethod method, string path = "", object? body = null, Credentials? credentials = null)
    {
        credentials ??= await CredentialsAsync();
        using var request = new HttpRequestMessage(method, new Uri(_address, $"api/sessions/{credentials.SessionId}{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credentials.ResumeToken);
        request.Content = body is null ? null : JsonContent.Create(body);
        using var response = await _stage.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new ServerAnswer(response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    /// <summary>From now on every packet of the session is lost, both ways.</summary>
    public async Task PullThePlugAsync(int seconds)
    {
        var answer = await AskServerAsync(HttpMethod.Post, "/outage", new { seconds });
        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
    }

    /// <summary>Packets get through again in a second.</summary>
    public Task MendAsync() => PullThePlugAsync(seconds: 1);

    /// <summary>Packets get through again.</summary>
    public async Task MendedAsync()
    {
        await MendAsync();
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
    }

    /// <summary>A tab beside this one with a copy of its session storage: a page that is opened by another has one, as a duplicated tab has.</summary>
    public async Task<Visit> DuplicateAsync()
    {
        var page = await Page.RunAndWaitForPopupAsync(() => Page.EvaluateAsync("() => { open(location.href); }"));
        var visit = new Visit(_stage, _context, page, ownsContext: false, _address);
        await page.WaitForLoadStateAsync();
        return visit;
    }

    /// <summary>A session's name and what proves it.</summary>
    internal sealed record Credentials(long SessionId, string ResumeToken);

    /// <summary>What the server answered; <paramref name="Body"/> is undefined where there was none.</summary>
    internal sealed record ServerAnswer(HttpStatusCode Status, JsonElement Body);
}
