using Holdfast.Browser.Kit;
using Holdfast.Lab.Browsers;

namespace Holdfast.Browser.Tests;

/// <summary>The lab's own way to drive a browser, with the browsers that people have.</summary>
public sealed class RemoteBrowserTests : IAsyncLifetime
{
    private readonly SmallSite _site = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _site.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData("Chromium")]
    [InlineData("Firefox")]
    public async Task A_page_is_loaded_asked_and_seen(string kind)
    {
        await using var browser = await LaunchAsync(kind);
        var tab = await browser.OpenTabAsync("globalThis.first = document.readyState; console.log('hello', 1);", Cancellation);
        await tab.NavigateAsync(_site.Address, Cancellation);

        Assert.Matches($@"^{kind} \d+\.", browser.Version);
        Assert.Equal("loading", await tab.EvaluateAsync<string>("first", Cancellation));
        Assert.Equal("Small", await tab.EvaluateAsync<string>("document.title", Cancellation));
        Assert.Equal(5, await tab.EvaluateAsync<int>("new Promise(done => setTimeout(() => done(2 + 3), 50))", Cancellation));
        Assert.Null(await tab.EvaluateAsync<string?>("undefined", Cancellation));
        var thrown = await Assert.ThrowsAsync<BrowserException>(() => tab.EvaluateAsync<int>("(() => { throw new Error('no luck'); })()", Cancellation));
        Assert.Contains("no luck", thrown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BrowserException>(() => tab.EvaluateAsync<int>("'a word'", Cancellation));
        Assert.Contains(tab.Console, static line => line.Contains("hello 1", StringComparison.Ordinal));
        var picture = await tab.ScreenshotAsync(Cancellation);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], picture[..4]);

        await tab.EvaluateAsync<int>("(globalThis.mark = 1)", Cancellation);
        await tab.ReloadAsync(Cancellation);
        Assert.Equal("undefined", await tab.EvaluateAsync<string>("typeof mark", Cancellation));
        Assert.Equal("loading", await tab.EvaluateAsync<string>("first", Cancellation));

        var nowhere = await Assert.ThrowsAsync<BrowserException>(() => tab.NavigateAsync(new Uri("http://127.0.0.1:9/"), Cancellation));
        Assert.DoesNotContain("within", nowhere.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Chromium")]
    [InlineData("Firefox")]
    public async Task A_click_is_a_persons_and_goes_only_to_what_a_person_could_click(string kind)
    {
        await using var browser = await LaunchAsync(kind);
        var tab = await browser.OpenTabAsync("", Cancellation);
        await tab.NavigateAsync(_site.Address, Cancellation);

        await tab.ClickAsync("#inner", Cancellation);
        await tab.ClickAsync("#below", Cancellation);

        Assert.Equal(["inner trusted", "below trusted"], await tab.EvaluateAsync<string[]>("clicks", Cancellation));
        await RefusesAsync("#nobody", "not there");
        await RefusesAsync("#hidden", "hidden");
        await RefusesAsync("#disabled", "disabled");
        await RefusesAsync("#covered", "lies over it");
        Assert.Equal(2, await tab.EvaluateAsync<int>("clicks.length", Cancellation));

        async Task RefusesAsync(string selector, string why) =>
            Assert.Contains(why, (await Assert.ThrowsAsync<BrowserException>(() => tab.ClickAsync(selector, Cancellation))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Chromium")]
    [InlineData("Firefox")]
    public async Task A_browser_that_sleeps_does_nothing_and_goes_on_when_it_wakes(string kind)
    {
        await using var browser = await LaunchAsync(kind);
        var tab = await browser.OpenTabAsync("", Cancellation);
        await tab.NavigateAsync(_site.Address, Cancellation);
        await tab.EvaluateAsync<int>("(globalThis.ticks = 0, setInterval(() => ticks++, 10), 1)", Cancellation);

        browser.Suspend();
        var asleep = tab.EvaluateAsync<int>("ticks", Cancellation);
        var first = await Task.WhenAny(asleep, Task.Delay(TimeSpan.FromSeconds(2), Cancellation));
        Assert.NotSame(asleep, first);
        browser.Resume();

        Assert.InRange(await asleep, 0, 150);
        await tab.EvaluateAsync<bool>("new Promise(done => { const before = ticks; const look = setInterval(() => { if (ticks > before) { clearInterval(look); done(true); } }, 10); })", Cancellation);
    }

    [Theory]
    [InlineData("Chromium")]
    [InlineData("Firefox")]
    public async Task Nothing_is_left_of_a_browser_that_was_closed_even_asleep(string kind)
    {
        var browser = await LaunchAsync(kind);
        var tab = await browser.OpenTabAsync("", Cancellation);
        await tab.NavigateAsync(_site.Address, Cancellation);
        var its = Processes.From(browser.Process.Id);
        var profile = browser.Process.Profile;
        Assert.True(Directory.Exists(profile));

        // Asked before anything is asserted: what fails here must leave no browser behind either.
        browser.Suspend();
        await browser.DisposeAsync();

        Assert.True(its.Count > 2, "A browser has more processes than that.");
        Assert.False(Directory.Exists(profile));
        Assert.DoesNotContain(its, Processes.Runs);
    }

    [Theory]
    [InlineData("Chromium")]
    [InlineData("Firefox")]
    public async Task An_origin_that_is_trusted_is_a_secure_context_although_it_is_plain_http(string kind)
    {
        await using var site = new SmallSite(Machine.Address);
        await site.StartAsync();
        await using (var browser = await LaunchAsync(kind, site.Address))
        {
            var tab = await browser.OpenTabAsync("", Cancellation);
            await tab.NavigateAsync(site.Address, Cancellation);
            Assert.True(await tab.EvaluateAsync<bool>("isSecureContext && !!navigator.locks", Cancellation));
        }

        await using (var browser = await LaunchAsync(kind))
        {
            var tab = await browser.OpenTabAsync("", Cancellation);
            await tab.NavigateAsync(site.Address, Cancellation);
            Assert.False(await tab.EvaluateAsync<bool>("isSecureContext", Cancellation));
        }
    }

    private static Task<RemoteBrowser> LaunchAsync(string kind, Uri? trusted = null) => Machine.LaunchAsync(kind, trusted);
}
