using System.Globalization;
using System.Text.Json;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Holdfast.Browser.Kit;

/// <summary>A person's visit to the page: a fresh browser profile, the page at <c>/</c>, and what went wrong in its console.</summary>
internal sealed partial class Visit : IAsyncDisposable
{
    /// <summary>Mean power above which speech counts as heard: about -40 dB of full scale.</summary>
    public const double Loud = 1e-4;

    /// <summary>Mean power below which it is quiet: about -60 dB.</summary>
    public const double Quiet = 1e-6;

    /// <summary><see cref="Loud"/> as a number in a script.</summary>
    public const string LoudText = "1e-4";

    /// <summary><see cref="Quiet"/> as a number in a script.</summary>
    public const string QuietText = "1e-6";

    /// <summary>axe-core's script, which a page gets once: it is half a megabyte.</summary>
    private static readonly Lazy<string> Axe = new(static () => new BundledAxeScriptProvider().GetScript());

    private readonly Stage _stage;
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    private readonly bool _ownsContext;
    private readonly Uri _address;

    private Visit(Stage stage, IBrowserContext context, IPage page, bool ownsContext, Uri? address = null)
    {
        _stage = stage;
        _address = address ?? stage.Server.Address;
        _context = context;
        _ownsContext = ownsContext;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Add($"console {message.Type}: {message.Text} ({message.Location})");
            }
        };
        page.PageError += (_, error) => _complaints.Add("uncaught: " + error);
    }

    public IPage Page { get; }

    public ILocator Start => Page.Locator("#start");

    public ILocator Stop => Page.Locator("#stop");

    public ILocator Status => Page.Locator("#connection-status");

    /// <param name="address">Of the page; null: at the stage's server.</param>
    /// <param name="script">Runs in the page before its own, as the browser would be another one.</param>
    /// <param name="chromium">Another browser than the stage's.</param>
    /// <param name="mode">What the person has chosen for what they write: "echo", to be said as it is, or "chat", to be answered.</param>
    public static async Task<Visit> OpenAsync(Stage stage, string locale = "zh-CN", ColorScheme theme = ColorScheme.Light, int width = 1440, int height = 900, Uri? address = null, string? script = null, string mode = "echo", Chromium? chromium = null)
    {
        stage.Server.MustRun();
        var context = await (chromium ?? stage.Chromium).Browser.NewContextAsync(new BrowserNewContextOptions
        {
            Locale = locale,
            ColorScheme = theme,
            ViewportSize = new ViewportSize { Width = width, Height = height },

            // A proxy of this machine is signed by an authority of its own.
            IgnoreHTTPSErrors = string.Equals(address?.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal),
        });
        context.SetDefaultTimeout(20_000);
        await context.AddInitScriptAsync(scriptPath: Path.Combine(AppContext.BaseDirectory, "Kit", "probe.js"));
        await context.AddInitScriptAsync($"if (location.protocol !== 'about:' && !localStorage.getItem('holdfast.mode')) localStorage.setItem('holdfast.mode', '{mode}');");
        if (script is not null)
        {
            await context.AddInitScriptAsync(script);
        }

        var page = await context.NewPageAsync();
        var visit = new Visit(stage, context, page, ownsContext: true, address);
        await page.GotoAsync((address ?? stage.Server.Address).ToString());
        return visit;
    }

    /// <summary>Clicks start and waits for a picture that plays, and for the texts of the other language that come after it.</summary>
    public async Task ConnectAsync()
    {
        await Start.ClickAsync();
        await ShownAsync();
        await OtherLanguageAsync();
    }

    /// <summary>
    /// Waits for the page's other language, which a bundled page loads after its first picture: a test that then kills the server, or the network, and reads what
    /// the page says in both is not about that (<see cref="Tests.FirstLoadTests"/> is).
    /// </summary>
    private Task OtherLanguageAsync() => WithinAsync(
        20, "probe.until(() => performance.getEntriesByType('resource').some((entry) => /(english|chinese)[-.]/.test(entry.name)))");

    /// <summary>Waits until the page's video shows pictures.</summary>
    public async Task ShownAsync()
    {
        await WithinAsync(15, "probe.until(() => { const v = probe.page().getElementById('video'); return v.videoWidth > 0 && v.currentTime > 0 && !v.paused; })");
    }

    /// <summary>A connection of the test's own, as <c>name</c> in the page; the page's own client takes no part.</summary>
    public async Task ConnectPeerAsync(string name, string options = "{}")
    {
        await Page.Mouse.ClickAsync(2, 2); // sound plays only in a page that somebody has touched
        await WithinAsync(20, $"probe.connect({options}).then(one => {{ globalThis.{name} = one; }})");
    }

    public async Task SayAsync(string text)
    {
        await Page.Locator("#human-text").FillAsync(text);
        await Page.Locator("#send-human-text").ClickAsync();
    }

    /// <summary>Waits in the page for a promise, and no longer than so many seconds.</summary>
    public async Task<T> WithinAsync<T>(int seconds, string promise)
    {
        var limit = seconds.ToString(CultureInfo.InvariantCulture);
        try
        {
            var json = await Page.EvaluateAsync<string>(
                $$"""
                async () => JSON.stringify(await Promise.race([
                    {{promise}},
                    new Promise((_, late) => setTimeout(() => late(new Error('not within {{limit}} s')), {{limit}} * 1000)),
                ]))
                """);
            return JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web)!;
        }
        catch (PlaywrightException exception)
        {
            var picture = $"failed-{TestContext.Current.Test?.UniqueID}";
            await PictureAsync(picture);
            throw new InvalidOperationException(
                $"""
                {promise}: {exception.Message}
                The page's status: {(await Status.CountAsync() > 0 ? await Status.TextContentAsync() : "none")}
                The page's complaints: {string.Join('\n', _complaints)}
                Its picture: artifacts/browser/{picture}.png
                The end of the server's log:
                {string.Join('\n', _stage.Server.Output.Split('\n').TakeLast(20))}
                """,
                exception);
        }
    }

    /// <inheritdoc cref="WithinAsync{T}"/>
    public async Task WithinAsync(int seconds, string promise) => await WithinAsync<object?>(seconds, $"({promise}).then(() => null)");

    public async Task<byte[]> PictureAsync(string name) =>
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Repository.Pictures, name + ".png") });

    /// <summary>What axe-core finds on the page as it is now: a line for each rule, with the first elements that break it.</summary>
    /// <param name="coloursOnly">Whether only contrast is judged: of two themes nothing else differs.</param>
    public async Task<string[]> FindingsAsync(bool coloursOnly = false)
    {
        if (!await Page.EvaluateAsync<bool>("() => 'axe' in globalThis"))
        {
            await Page.EvaluateAsync(Axe.Value);
        }

        return await Page.EvaluateAsync<string[]>(
            """
            async (only) => (await axe.run(document, { resultTypes: ['violations'], ...(only ? { runOnly: [only] } : {}) })).violations
                .map(({ id, help, nodes }) => `${id} (${help}): ${nodes.slice(0, 3).map(({ html }) => html).join('; ')}`)
            """,
            coloursOnly ? "color-contrast" : null);
    }

    /// <summary>Nothing was logged as an error or a warning, nothing was thrown, and the Content-Security-Policy stopped nothing.</summary>
    public async Task NothingWentWrongAsync()
    {
        Assert.Empty(await Page.EvaluateAsync<string[]>("() => probe.violations"));
        Assert.Empty(_complaints);
    }

    public async ValueTask DisposeAsync()
    {
        if (_ownsContext)
        {
            await _context.DisposeAsync();
        }
        else
        {
            await Page.CloseAsync();
        }
    }
}
