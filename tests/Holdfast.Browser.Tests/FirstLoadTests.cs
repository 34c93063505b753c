using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Holdfast.Browser.Kit;
using Holdfast.Server.Tests;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>The page as people get it: with its files joined, which a server in Development does not do.</summary>
public sealed partial class FirstLoadTests(Stage stage, FirstLoadTests.Bundled bundled) : IClassFixture<FirstLoadTests.Bundled>
{
    /// <summary>What the page may ask for before anybody clicks: itself, a script, a stylesheet, who is there and who answers, and two faces.</summary>
    private const int MostBefore = 7;

    /// <summary>And until the first live picture is seen: a session, and its events.</summary>
    private const int MostToThePicture = 10;

    /// <summary>Their bodies, in the smallest form: which a server makes in its first seconds, and everybody gets who comes after them.</summary>
    private const int MostBytes = 60_000;

    /// <summary>How long the page waits for a picture before it loads the rest all the same (<c>seen.js</c>).</summary>
    private const int PatienceMilliseconds = 3_000;

    /// <summary>What comes after the first picture, or when it is asked for; of the two languages, one.</summary>
    private static readonly string[] LateParts = ["dialogue", "settings", "choices", "listening", "microphone", "statistics", "timeline-bar", "stage-fit", "plug", "english", "chinese"];

    /// <summary>
    /// Notes what is fetched, since when the page waits for the first picture of the avatar, and when that is seen. It listens before the page does: on a busy
    /// machine it would else learn of the picture after the page, and take for early what came after it.
    /// </summary>
    private const string Notes = """
        window.fetched = [];
        const real = window.fetch;
        window.fetch = (input, init) => (window.fetched.push([performance.now(), String(input)]), real(input, init));
        const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
        const watch = (video) => {
          const note = () => {
            if (video.videoWidth > 0 && video.currentTime > 0) window.firstPicture ??= performance.now();
          };
          const listen = video.addEventListener;
          listen.call(video, 'timeupdate', note);
          video.addEventListener = (type, ...rest) => {
            if (type === 'timeupdate') (window.waitsSince ??= performance.now(), note());
            listen.call(video, type, ...rest);
          };
        };
        const watched = new WeakSet();
        Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
          ...source,
          set(value) {
            if (this instanceof HTMLVideoElement && !watched.has(this)) (watched.add(this), watch(this));
            source.set.call(this, value);
          },
        });
        """;

    [Fact(DisableParallelization = true)]
    public async Task A_few_requests_lead_to_the_first_picture_and_the_rest_comes_after_it()
    {
        await PackedAsync(bundled.Server);
        await using var visit = await Visit.OpenAsync(stage, address: bundled.Server.Address);
        await visit.Page.AddInitScriptAsync(Notes);
        var requested = new List<string>();
        visit.Page.Request += (_, request) => requested.Add(new Uri(request.Url).AbsolutePath);

        await visit.Page.ReloadAsync(new PageReloadOptions { WaitUntil = WaitUntilState.NetworkIdle });
        var before = requested.Distinct(StringComparer.Ordinal).ToList();
        Assert.True(before.Count <= MostBefore, $"{before.Count}: {string.Join(' ', before)}");
        Assert.Contains(before, static path => path.StartsWith("/assets/index-", StringComparison.Ordinal) && path.EndsWith(".js", StringComparison.Ordinal));
        await visit.Page.EvaluateAsync("() => { window.fetched = []; }");
        await visit.ConnectAsync();
        await visit.Page.WaitForFunctionAsync("() => window.firstPicture && window.waitsSince");
        var fetched = await visit.Page.EvaluateAsync<string[]>("() => window.fetched.filter(([at]) => at < window.firstPicture).map(([, url]) => url)");
        var loaded = await visit.Page.EvaluateAsync<string[]>(
            "() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
            + ".filter((entry) => entry.responseEnd < window.firstPicture).map((entry) => `${entry.encodedBodySize} ${new URL(entry.name).pathname}`)");
        var patient = await visit.Page.EvaluateAsync<double>("() => window.firstPicture - window.waitsSince") < PatienceMilliseconds;
        var early = loaded.Where(static entry => LateParts.Any(part => entry.Contains($"/assets/{part}-", StringComparison.Ordinal))).ToList();
        Assert.True(early.Count == 0 || !patient, $"Nobody needs this to see the avatar: {string.Join(' ', early)}");
        var bytes = loaded.Except(early, StringComparer.Ordinal).Sum(static entry => int.Parse(entry.Split(' ')[0], CultureInfo.InvariantCulture));

        // A slow machine takes longer until the picture; how often the page asks meanwhile says nothing about its first load.
        string[] all = [.. before, .. fetched.Distinct(StringComparer.Ordinal)];
        Assert.True(all.Length is >= 4 and <= MostToThePicture, $"{all.Length}: {string.Join(' ', all)}");
        TestContext.Current.TestOutputHelper!.WriteLine($"{all.Length} requests, {bytes} bytes");
        Assert.True(bytes is > 20_000 and <= MostBytes, $"{bytes} bytes: {string.Join(' ', loaded)}");

        // Whether the plug may be pulled is asked once the avatar is seen.
        await visit.Page.WaitForFunctionAsync("() => window.fetched.some(([, url]) => url.endsWith('/api/server'))");
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task Another_language_is_loaded_when_it_is_chosen_and_a_dead_network_is_told_and_tried_again()
    {
        await using var visit = await Visit.OpenAsync(stage, address: bundled.Server.Address);
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
        await using var visit = await Visit.OpenAsync(stage, address: bundled.Server.Address);
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
        Assert.Empty(await visit.FindingsAsync());
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

        // A browser may keep that an address failed: it was asked for under another one.
        Assert.True(await page.EvaluateAsync<bool>("() => performance.getEntriesByType('resource').some((entry) => /\\/assets\\/settings-\\w+\\.js\\?\\d+$/.test(entry.name))"));
        await page.Keyboard.PressAsync("Escape");

        // Once the avatar is seen all the rest is there, and needs no network any more.
        await visit.ConnectAsync();
        await page.WaitForFunctionAsync(
            "(parts) => parts.filter((name) => performance.getEntriesByType('resource').some((entry) => entry.name.includes(`/assets/${name}-`))).length === parts.length - 1",
            LateParts);
        await page.Context.SetOfflineAsync(true);
        var before = await page.GetAttributeAsync("html", "lang");
        await page.ClickAsync("#language");
        await page.WaitForFunctionAsync("(before) => document.documentElement.lang !== before", before);
    }

    [Fact]
    public async Task What_was_said_before_the_conversation_could_be_loaded_is_shown_in_its_order_once_it_is()
    {
        await using var visit = await Visit.OpenAsync(stage, "en-GB", address: bundled.Server.Address);
        var page = visit.Page;
        await page.RouteAsync("**/assets/dialogue-*", static route => route.AbortAsync());
        await visit.Start.ClickAsync();
        await visit.ShownAsync();
        await visit.SayAsync("The first question.");
        await Assertions.Expect(page.Locator("#talk-state")).Not.ToHaveAttributeAsync("data-activity", "none");
        await page.WaitForFunctionAsync("() => performance.getEntriesByType('resource').filter((entry) => entry.name.includes('/assets/dialogue-')).length > 0");
        await Assertions.Expect(page.Locator("#talk-log li")).ToHaveCountAsync(0);

        await page.UnrouteAsync("**/assets/dialogue-*");
        await visit.SayAsync("The second question.");
        var lines = page.Locator("#talk-log .line:not(.thinking)");
        await Assertions.Expect(lines).ToHaveCountAsync(2);
        await Assertions.Expect(lines.Nth(0)).ToContainTextAsync("The first question.");
        await Assertions.Expect(lines.Nth(1)).ToContainTextAsync("The second question.");
        await Assertions.Expect(lines.Nth(1).Locator(".part")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#talk-log .note").First).ToContainTextAsync("Connected");
        Assert.True(await page.EvaluateAsync<bool>("() => performance.getEntriesByType('resource').some((entry) => /\\/assets\\/dialogue-\\w+\\.js\\?\\d+$/.test(entry.name))"));
    }

    /// <summary>By the browser's own pictures of the page, from the first on; its script, which knows what was chosen, is late.</summary>
    [Theory]
    [InlineData(ColorScheme.Dark, "", true)]
    [InlineData(ColorScheme.Light, "", false)]
    [InlineData(ColorScheme.Dark, "light", false)]
    [InlineData(ColorScheme.Light, "dark", true)]
    public async Task It_is_never_painted_in_another_scheme_than_the_one_that_is_wanted(ColorScheme system, string chosen, bool isDark)
    {
        await using var context = await stage.Chromium.Browser.NewContextAsync(new() { ColorScheme = system, ViewportSize = new() { Width = 640, Height = 400 } });
        await context.AddInitScriptAsync($"if ('{chosen}') localStorage.setItem('holdfast.theme', '{chosen}');");
        var page = await context.NewPageAsync();

        // What is seen before is of a colour that the page has nowhere: a picture that shows anything else is the page's.
        await page.RouteAsync("**/before", static route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<body style='background:#f0f'>" }));
        await page.GotoAsync(new Uri(bundled.Server.Address, "before").ToString());
        var painted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await page.RouteAsync("**/assets/index-*.js", async route =>
        {
            await painted.Task;
            await route.ContinueAsync();
        });
        await using var film = await Film.StartAsync(page);
        await page.GotoAsync(bundled.Server.Address.ToString(), new() { WaitUntil = WaitUntilState.Commit });
        await page.WaitForFunctionAsync("() => performance.getEntriesByName('first-contentful-paint').length > 0");
        var early = await page.ScreenshotAsync();
        painted.SetResult();
        await Assertions.Expect(page.Locator("#start")).Not.ToHaveTextAsync("");
        var late = await page.ScreenshotAsync();

        // One picture for each time that the browser painted.
        var pictures = (await film.EndAsync()).Select(Film.PaperOf).Where(static paper => paper is not ( > 200, < 50, > 200)).ToList();
        Assert.NotEmpty(pictures);
        Assert.All([Film.PaperOf(early), Film.PaperOf(late), .. pictures], paper => Assert.InRange(paper.Green, isDark ? 0 : 200, isDark ? 50 : 255));
    }

    /// <summary>Waits until the server has made the smallest form of the page's script.</summary>
    private async Task PackedAsync(ServerProcess server)
    {
        var html = await stage.Http.GetStringAsync(server.Address, TestContext.Current.CancellationToken);
        foreach (var match in Script().Matches(html).DistinctBy(static match => match.Value, StringComparer.Ordinal))
        {
            var url = new Uri(server.Address, match.Value);
            var plain = await stage.Http.GetByteArrayAsync(url, TestContext.Current.CancellationToken);
            var packed = new byte[BrotliEncoder.GetMaxCompressedLength(plain.Length)];
            Assert.True(BrotliEncoder.TryCompress(plain, packed, out var smallest, quality: 11, window: 22));
            await Until.TrueAsync(async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, url);
                request.Headers.AcceptEncoding.Add(new("br"));
                using var response = await stage.Http.SendAsync(request, TestContext.Current.CancellationToken);
                return (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length <= smallest;
            });
        }
    }

    /// <summary>One server for all these tests, which is not in Development.</summary>
    public sealed class Bundled : IAsyncLifetime
    {
        internal ServerProcess Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await ServerProcess.StartAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    [GeneratedRegex(@"assets/index-\w+\.js", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Script();
}
