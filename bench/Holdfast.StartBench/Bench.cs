using System.Diagnostics;
using Holdfast.Browser.Kit;
using Microsoft.Playwright;

namespace Holdfast.StartBench;

/// <summary>The real server and a real browser, measured from the outside.</summary>
internal sealed class Bench : IAsyncDisposable
{
    // Set in the page before the click; the time is the click event's own.
    private const string Arm = """
        () => {
            const page = document.querySelector('holdfast-player').shadowRoot;
            const video = page.getElementById('video');
            page.getElementById('start').addEventListener('click', event => { globalThis.clicked = event.timeStamp; }, { capture: true });
            globalThis.shown = new Promise(done => video.requestVideoFrameCallback(now => done(now)));
        }
        """;

    private const string Text =
        "Any sound moves the lips of this face, since the shapes of the mouth are taken from the sound itself. " +
        "A sentence follows a sentence, and none of them waits for the network, which is only a part of the way.";

    private readonly ServerProcess _server;
    private readonly Chromium _chromium;

    private Bench(ServerProcess server, Chromium chromium)
    {
        _server = server;
        _chromium = chromium;
    }

    public string BrowserVersion => _chromium.Browser.Version;

    public long WorkingSet => _server.WorkingSet;

    public static async Task<Bench> PrepareAsync() => new(await ServerProcess.StartAsync(), await Chromium.LaunchAsync());

    /// <summary>One start as a person makes it, in a page that has loaded: milliseconds from the click to the first picture presented.</summary>
    public async Task<double> StartAsync()
    {
        var page = await OpenAsync();
        await page.EvaluateAsync(Arm);
        await page.Locator("#start").ClickAsync();
        var milliseconds = await page.EvaluateAsync<double>("async () => (await globalThis.shown) - globalThis.clicked");
        await page.Locator("#stop").ClickAsync();
        await page.Context.DisposeAsync();
        return milliseconds;
    }

    /// <summary>What the server's process uses as it is now, in cores.</summary>
    public async Task<double> ProcessorShareAsync(TimeSpan duration)
    {
        // What was begun before may still be ending.
        await Task.Delay(TimeSpan.FromSeconds(2));
        var start = Stopwatch.GetTimestamp();
        var before = _server.ProcessorTime;
        await Task.Delay(duration);
        return (_server.ProcessorTime - before) / Stopwatch.GetElapsedTime(start);
    }

    public async Task<double> ProcessorShareOfSessionAsync(TimeSpan duration, bool speaking)
    {
        var page = await OpenAsync();
        await page.Mouse.ClickAsync(2, 2); // sound plays only in a page that somebody has touched
        await page.EvaluateAsync("async () => { globalThis.one = await probe.connect(); }");
        if (speaking)
        {
            // One text plays while the next waits: there is no pause, and the queue stays short.
            await page.EvaluateAsync(
                """
                text => {
                    const say = () => probe.call(one.session, 'POST', '/say', { text, mode: 'echo' });
                    say();
                    globalThis.talk = setInterval(say, 8000);
                }
                """,
                Text);
            await page.EvaluateAsync("() => probe.loud(1e-4)");
        }

        var share = await ProcessorShareAsync(duration);
        await page.EvaluateAsync("async () => { clearInterval(globalThis.talk); await probe.call(one.session, 'DELETE'); one.peer.close(); }");
        await page.Context.DisposeAsync();
        return share;
    }

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task<IPage> OpenAsync()
    {
        var context = await _chromium.Browser.NewContextAsync();
        await context.AddInitScriptAsync(scriptPath: Path.Combine(AppContext.BaseDirectory, "Kit", "probe.js"));
        var page = await context.NewPageAsync();
        await page.GotoAsync(_server.Address.ToString(), new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
        return page;
    }
}
