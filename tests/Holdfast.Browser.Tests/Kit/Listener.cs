using System.Globalization;
using System.Text.Json;
using Holdfast.Lab.Words;
using Microsoft.Playwright;

namespace Holdfast.Browser.Kit;

/// <summary>Somebody with a session in a real browser who hears what it says, and records it.</summary>
internal sealed class Listener : IAsyncDisposable
{
    // Nothing but a place to play; it has no part in the product and so not its headers.
    private const string Html = "<!doctype html><title>Listener</title><video autoplay playsinline></video>";

    /// <summary>Notes every RTCPeerConnection that the page makes, and all states that it came to.</summary>
    private const string Peers = """
        window.peers = [];
        window.RTCPeerConnection = class extends RTCPeerConnection {
            constructor(...given) {
                super(...given);
                const states = [];
                window.peers.push(states);
                this.addEventListener('connectionstatechange', () => states.push(this.connectionState));
            }
        };
        """;

    private readonly Stage _stage;
    private readonly IBrowserContext _context;
    private readonly IPage _page;
    private readonly List<string> _console = [];

    private Listener(Stage stage, IBrowserContext context, IPage page)
    {
        _stage = stage;
        _context = context;
        _page = page;
        page.Console += (_, message) => _console.Add($"{Recording.Length.TotalSeconds:F0} s recorded: {message.Text}");
        page.PageError += (_, error) => _console.Add("uncaught: " + error);
    }

    public Recording Recording { get; } = new();

    /// <summary>What the client wrote to the console: its story.</summary>
    public IReadOnlyList<string> Console => _console;

    /// <summary>
    /// For how long the browser's decoder made up sound, other than silence, because no packet was there in time. Before it falls silent at a cut
    /// that is some 0.2 s; more of it means that the machine is too busy to play.
    /// </summary>
    public TimeSpan MadeUp { get; private set; }

    /// <param name="address">Of another server than the stage's.</param>
    public static async Task<Listener> OpenAsync(Stage stage, Uri? address = null)
    {
        stage.Server.MustRun();
        var context = await stage.Chromium.Browser.NewContextAsync();
        await context.AddInitScriptAsync(scriptPath: Path.Combine(AppContext.BaseDirectory, "Kit", "recorder.js"));
        await context.AddInitScriptAsync(Peers);
        await context.RouteAsync("**/listener", static route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/html", Body = Html }));
        var page = await context.NewPageAsync();
        var listener = new Listener(stage, context, page);
        await page.GotoAsync(new Uri(address ?? stage.Server.Address, "listener").ToString());
        await listener.SitDownAsync();
        return listener;
    }

    /// <param name="gapPolicy">What becomes of speech while nobody is there.</param>
    /// <param name="engine">The engine that speaks; null: what does where nobody says anything else.</param>
    public async Task StartAsync(string gapPolicy, string? engine = null)
    {
        await WithinAsync(20, $"session.start({{ gapPolicy: '{gapPolicy}' }})");
        if (engine is not null)
        {
            await WithinAsync(10, $"session.adjust({{ voice: '{engine}/female' }})");
        }
    }

    public Task SayAsync(string text) => WithinAsync(10, $"session.say({JsonSerializer.Serialize(text)})");

    /// <summary>Every packet of the session is lost for so long, both ways.</summary>
    public Task PullThePlugAsync(int seconds) => WithinAsync(10, $"session.outage({seconds.ToString(CultureInfo.InvariantCulture)})");

    /// <summary>The button: comes back by the cheapest way that works.</summary>
    public Task ReconnectAsync() => WithinAsync(30, "session.reconnect()");

    /// <summary>Loads the page anew, as a person does, and comes back with the session that the tab had.</summary>
    public async Task ReloadAsync()
    {
        await CollectAsync();
        await NoteMadeUpAsync();
        await _page.ReloadAsync();
        await SitDownAsync();
        await WithinAsync(30, "session.resume().then(() => recorder.until(() => session.state.status === 'connected'))");
    }

    /// <summary>Waits until the session is connected and speech is heard.</summary>
    public Task HearAsync(int seconds) => WithinAsync(seconds, "recorder.until(() => session.state.status === 'connected').then(() => recorder.loud())");

    /// <summary>Waits until everything was said and played.</summary>
    public async Task HearToTheEndAsync(int seconds)
    {
        await WithinAsync(seconds, "recorder.until(async () => { const { speaking, queued } = await session.describe(); return !speaking && queued === 0; })");
        await WaitAsync(1.5);
        await NoteMadeUpAsync();
    }

    /// <summary>The states of every connection that was ever made, in their order: one line for each.</summary>
    public Task<string> PeersAsync() => _page.EvaluateAsync<string>("() => window.peers.map((states) => states.join(' ')).join('\\n')");

    public Task<long> SessionIdAsync() => _page.EvaluateAsync<long>("() => session.state.sessionId");

    /// <summary>How the client came back last: the level of the ladder, 0 where the path healed by itself.</summary>
    public Task<int> LevelAsync() => _page.EvaluateAsync<int>("() => session.state.resumed?.level ?? -1");

    public async Task WaitAsync(double seconds)
    {
        await Task.Delay(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
        await CollectAsync();
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private async Task SitDownAsync()
    {
        await _page.Mouse.ClickAsync(2, 2); // sound plays only in a page that somebody has touched
        await WithinAsync(10, "recorder.open()");
    }

    private async Task CollectAsync()
    {
        var pieces = await _page.EvaluateAsync<string>("() => JSON.stringify(recorder.take())");
        foreach (var piece in JsonSerializer.Deserialize<Recording.Piece[]>(pieces, JsonSerializerOptions.Web)!)
        {
            Recording.Add(piece);
        }
    }

    private async Task NoteMadeUpAsync() => MadeUp += TimeSpan.FromSeconds(await _page.EvaluateAsync<double>("() => recorder.madeUp()"));

    /// <summary>Waits in the page for a promise, and no longer than so many seconds.</summary>
    private async Task WithinAsync(int seconds, string promise)
    {
        var limit = seconds.ToString(CultureInfo.InvariantCulture);
        try
        {
            await _page.EvaluateAsync(
                $$"""
                async () => {
                    await Promise.race([
                        {{promise}},
                        new Promise((_, late) => setTimeout(() => late(new Error('not within {{limit}} s')), {{limit}} * 1000)),
                    ]);
                }
                """);
        }
        catch (PlaywrightException exception)
        {
            throw new InvalidOperationException(
                $"""
                {promise}: {exception.Message}
                What the client wrote:
                {string.Join('\n', _console)}
                The end of the server's log:
                {string.Join('\n', _stage.Server.Output.Split('\n').TakeLast(30))}
                """,
                exception);
        }
    }
}
