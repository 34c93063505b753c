using Deque.AxeCore.Playwright;
using Holdfast.Browser.Kit;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>The page as people get it: with its files joined, which a server in Development does not do.</summary>
[Collection(nameof(Alone))]
public sealed class FirstLoadTests(Stage stage)
{
    /// <summary>What the page may ask for before anybody clicks: itself, a script, a stylesheet, who is there and who answers, and two faces.</summary>
    private const int MostBefore = 7;

    /// <summary>And until the first live picture is seen: a session, and its events.</summary>
    private const int MostToThePicture = 10;

    /// <summary>Their bodies, packed in the quick way that the first visitor gets; later ones get less.</summary>
    private const int MostBytes = 76_000;

    /// <summary>Notes what is fetched, and when the first picture of the avatar is seen.</summary>
    private const string Notes = """
        window.fetched = [];
        const real = window.fetch;
        window.fetch = (input, init) => (window.fetched.push([performance.now(), String(input)]), real(input, init));
        const look = () => {
          const video = document.querySelector('holdfast-player')?.video;
          if (video?.videoWidth > 0 && video.currentTime > 0) window.firstPicture = performance.now();
          else requestAnimationFrame(look);
        };
        look();
        """;

    [Fact]
    public async Task A_few_requests_lead_to_the_first_picture_and_the_rest_comes_after_it()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var visit = await Visit.OpenAsync(stage, address: server.Address);
        await visit.Page.AddInitScriptAsync(Notes);
        var requested = new List<string>();
        visit.Page.Request += (_, request) => requested.Add(new Uri(request.Url).AbsolutePath);

        await visit.Page.ReloadAsync(new PageReloadOptions { WaitUntil = WaitUntilState.NetworkIdle });
        var before = requested.Distinct(StringComparer.Ordinal).ToList();
        Assert.True(before.Count <= MostBefore, $"{before.Count}: {string.Join(' ', before)}");
        Assert.Contains(before, static path => path.StartsWith("/assets/index-", StringComparison.Ordinal) && path.EndsWith(".js", StringComparison.Ordinal));
        await visit.Page.EvaluateAsync("() => { window.fetched = []; }");
        await visit.ConnectAsync();
        await visit.Page.WaitForFunctionAsync("() => window.firstPicture");
        var fetched = await visit.Page.EvaluateAsync<string[]>("() => window.fetched.filter(([at]) => at < window.firstPicture).map(([, url]) => url)");
        var bytes = await visit.Page.EvaluateAsync<int>(
            "() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
            + ".filter((entry) => entry.responseEnd < window.firstPicture).reduce((sum, entry) => sum + entry.encodedBodySize, 0)");

        // A slow machine takes longer until the picture; how often the page asks meanwhile says nothing about its first load.
        string[] all = [.. before, .. fetched.Distinct(StringComparer.Ordinal)];
        Assert.True(all.Length is >= 4 and <= MostToThePicture, $"{all.Length}: {string.Join(' ', all)}");
        Assert.InRange(bytes, 20_000, MostBytes);

        // Whether the plug may be pulled is asked once the avatar is seen.
        await visit.Page.WaitForFunctionAsync("() => window.fetched.some(([, url]) => url.endsWith('/api/server'))");
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task Another_language_is_loaded_when_it_is_chosen_and_a_dead_network_is_told_and_tried_again()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var visit = await Visit.OpenAsync(stage, address: server.Address);
        var page = visit.Page;
        await Assertions.Expect(page.Locator("#talk-title")).Not.ToBeEmptyAsync();
        var before = await page.GetAttributeAsync("html", "lang");
        var title = await page.TextContentAsync("#talk-title");

        await page.Context.SetOfflineAsync(true);
        await page.ClickAsync("#language");
        await page.WaitForFunctionAsync("() => document.querySelector('holdfast-player').shadowRoot.querySelector('#toast').textContent !== ''");
        Assert.Equal(before, await page.GetAttributeAsync("html", "lang"), StringComparer.Ordinal);
        Assert.Equal(title, await page.TextContentAsync("#talk-title"), StringComparer.Ordinal);

        await page.Context.SetOfflineAsync(false);
        await page.ClickAsync("#language");
        await page.WaitForFunctionAsync("(before) => document.documentElement.lang !== before", before);
        Assert.NotEqual(title, await page.TextContentAsync("#talk-title"), StringComparer.Ordinal);
        Assert.DoesNotContain("undefined", await page.InnerTextAsync("body"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_not_loaded_when_the_network_died_is_told_and_loaded_once_it_is_back()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var visit = await Visit.OpenAsync(stage, address: server.Address);
        var page = visit.Page;
        // The page itself is there: before, nobody could tell anything.
        await Assertions.Expect(page.Locator("#talk-title")).Not.ToBeEmptyAsync();
        await page.Context.SetOfflineAsync(true);
        await page.ClickAsync("#open-settings");
        var missing = page.Locator("#settings .missing");
        var retry = page.Locator("#settings-retry");
        await Assertions.Expect(missing).ToBeVisibleAsync();
        await Assertions.Expect(missing).Not.ToHaveTextAsync("");
        await Assertions.Expect(page.Locator("#settings input:visible, #settings select:visible, #settings dd:visible")).ToHaveCountAsync(0);
        Assert.Empty((await page.RunAxe()).Violations.Select(static violation => violation.Id));
        await visit.PictureAsync("settings-missing");

        // Tried again in vain, the same is said; and the button stays with whoever is on it.
        await retry.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => document.activeElement.id === 'settings-retry' && document.querySelector('#settings').dataset.part === 'missing'");

        await page.Context.SetOfflineAsync(false);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => document.querySelector('#settings input[name=policy]:checked') && document.querySelector('#policy-text').textContent !== ''");
        await Assertions.Expect(missing).ToBeHiddenAsync();
        await page.WaitForFunctionAsync("() => document.activeElement.matches('#settings input:checked')");
        await Assertions.Expect(page.Locator("#choose-voice")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");

        // Once the avatar is seen all the rest is there, and needs no network any more.
        await visit.ConnectAsync();
        await page.WaitForFunctionAsync(
            "() => ['settings', 'choices', 'listening', 'transcript', 'plug', 'english', 'chinese'].filter((name) => performance.getEntriesByType('resource').some((entry) => entry.name.includes(`/assets/${name}-`))).length === 6");
        await page.Context.SetOfflineAsync(true);
        var before = await page.GetAttributeAsync("html", "lang");
        await page.ClickAsync("#language");
        await page.WaitForFunctionAsync("(before) => document.documentElement.lang !== before", before);
    }
}
