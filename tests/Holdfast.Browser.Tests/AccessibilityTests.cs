using Holdfast.Browser.Kit;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>axe-core finds nothing in any state that the page can be in, in either theme, on a wide screen and on phones, upright and on their side.</summary>
public sealed class AccessibilityTests(Stage stage)
{
    private const string Player = "document.querySelector('holdfast-player')";

    /// <summary>Whether the middle of the stage has more to say than there is room for: it could be scrolled, which nobody would think of.</summary>
    private const string Cut = $"() => [...{Player}.shadowRoot.querySelectorAll('.trouble, .lobby')].some((part) => part.scrollHeight > part.clientHeight + 1)";

    /// <summary>The page waits longer for an answer than it usually would: to look at a page that waits takes a busy machine a while.</summary>
    private const string Patient =
        "() => { const usual = globalThis.usualTimeout = globalThis.setTimeout; globalThis.setTimeout = (then, wait, ...more) => usual(then, wait >= 10_000 ? 10 * wait : wait, ...more); }";

    /// <summary>What a server says whose places are all taken; <see cref="FullServerTests"/> has a real one.</summary>
    private const string Full = """{"type":"urn:holdfast:problem:full","title":"The server is full","status":503,"detail":"Every place is taken."}""";

    private static readonly Dictionary<string, string> FullHeaders = new(StringComparer.Ordinal)
    {
        ["content-type"] = "application/problem+json",
        ["retry-after"] = "3",
    };

    /// <summary>
    /// How each state is looked at: theme, width, height, language. Where two follow each other that differ in nothing but the theme, the second is looked at
    /// for its colours alone.
    /// </summary>
    private static readonly (ColorScheme Theme, int Width, int Height, string Language)[] Looks =
    [
        (ColorScheme.Light, 1280, 780, "zh-CN"),
        (ColorScheme.Dark, 1280, 780, "zh-CN"),
        (ColorScheme.Dark, 844, 390, "en"),
        (ColorScheme.Dark, 360, 640, "en"),
        (ColorScheme.Light, 360, 640, "en"),
    ];

    [Fact]
    public async Task No_state_of_the_page_has_a_finding()
    {
        await using var visit = await Visit.OpenAsync(stage, Looks[0].Language, Looks[0].Theme, Looks[0].Width, Looks[0].Height);
        var page = visit.Page;
        var findings = new List<string>();
        await Assertions.Expect(visit.Start).ToBeVisibleAsync();
        await LookAsync(visit, "lobby");

        await page.Locator("#open-settings").ClickAsync();
        await LookAsync(visit, "settings");
        await page.Keyboard.PressAsync("Escape");

        await LookAtStartsThatFailAsync();
        await LookAtSoundOnlyAsync();
        await LookAtStartAsync();
        await LookAtMicrophoneAsync();
        await visit.SayAsync(string.Concat(Enumerable.Repeat("One two three four five six seven eight nine ten. ", 4)));
        await visit.WithinAsync<bool>(15, "probe.until(() => document.querySelectorAll('#talk-log li').length > 0)");
        await LookAsync(visit, "speaking");

        await page.EvaluateAsync("() => document.documentElement.requestFullscreen()");
        await LookAsync(visit, "full screen");
        Assert.True(await page.EvaluateAsync<bool>("() => document.fullscreenElement !== null"));
        await page.EvaluateAsync("() => document.exitFullscreen()");

        await using (var second = await visit.DuplicateAsync())
        {
            await second.SceneAsync("held");
            await Assertions.Expect(second.Reconnect).ToHaveTextAsync("在这里继续");
            await LookAsync(second, "elsewhere");
        }

        await page.RouteAsync("**/heartbeat", static route => route.AbortAsync());
        await visit.WithinAsync(20, $"probe.until(async () => {{ await {Player}.session.reconnect().catch(() => {{}}); return {Player}.session.state.missed >= 3; }})");
        await visit.SceneAsync("unreachable");
        await LookAsync(visit, "unreachable");
        await page.UnrouteAsync("**/heartbeat");

        await LookAtLossAsync();
        Assert.True(findings.Count == 0, string.Join("\n", findings));

        // A server that cannot be asked, and one that is full, with whoever waits for a place.
        async Task LookAtStartsThatFailAsync()
        {
            await page.RouteAsync("**/api/sessions", static route => route.AbortAsync());
            await visit.Start.ClickAsync();
            await Assertions.Expect(page.Locator("holdfast-player")).ToHaveAttributeAsync("data-tone", "bad");
            await LookAsync(visit, "failed");
            await page.UnrouteAsync("**/api/sessions");

            await page.RouteAsync("**/api/sessions", static route => route.FulfillAsync(new() { Status = 503, Headers = FullHeaders, Body = Full }));
            await visit.Start.ClickAsync();
            await Assertions.Expect(visit.LobbyTitle).ToHaveTextAsync("现在没有空位");
            await LookAsync(visit, "full");
            await visit.Start.ClickAsync();
            await Assertions.Expect(visit.LobbyTitle).ToHaveTextAsync("正在等空位");
            await LookAsync(visit, "waiting");
        }

        // Whoever waits is let in, when a place is free.
        async Task LookAtSoundOnlyAsync()
        {
            await page.EvaluateAsync($"() => {{ globalThis.addTransceiver = RTCPeerConnection.prototype.addTransceiver; {TruthTests.WithoutVp8} }}");
            await page.UnrouteAsync("**/api/sessions");
            await visit.SceneAsync("sound", seconds: 30);
            await LookAsync(visit, "sound");
            await visit.Stop.ClickAsync();
            await visit.SceneAsync("lobby");
            await LookAsync(visit, "stopped");
            await page.EvaluateAsync("() => { RTCPeerConnection.prototype.addTransceiver = globalThis.addTransceiver; }");
        }

        // A server that thinks for a while; and a page whose conversation is not there yet.
        async Task LookAtStartAsync()
        {
            await page.EvaluateAsync(Patient);
            var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await page.RouteAsync("**/api/sessions", async route =>
            {
                await answers.Task;
                await route.ContinueAsync();
            });
            await visit.Start.ClickAsync();
            await visit.SceneAsync("starting");
            await LookAsync(visit, "starting");
            answers.SetResult();
            await visit.ShownAsync();
            await page.EvaluateAsync("() => { globalThis.setTimeout = globalThis.usualTimeout; }");
            await page.UnrouteAsync("**/api/sessions");
            await LookAsync(visit, "connected");
        }

        // Who would listen is decided by the server: here it says that somebody does.
        async Task LookAtMicrophoneAsync()
        {
            var microphone = page.Locator("#microphone");
            await page.RouteAsync("**/api/sessions/*", static async route =>
            {
                var answer = await route.FetchAsync();
                var text = await answer.TextAsync();
                await route.FulfillAsync(new() { Response = answer, Body = text.Replace("\"available\":false", "\"available\":true", StringComparison.Ordinal) });
            });
            await page.RouteAsync("**/api/sessions/*/microphone", static route => route.FulfillAsync(new() { Status = 204 }));
            await page.EvaluateAsync("() => { const { mediaDevices } = navigator; globalThis.real = mediaDevices.getUserMedia; mediaDevices.getUserMedia = () => Promise.reject(new DOMException('No', 'NotAllowedError')); }");
            await microphone.ClickAsync();
            await Assertions.Expect(visit.Toast).Not.ToHaveTextAsync("");
            await LookAsync(visit, "microphone denied");
            await page.EvaluateAsync("() => { navigator.mediaDevices.getUserMedia = globalThis.real; }");
            await microphone.ClickAsync();
            await Assertions.Expect(microphone).ToHaveAttributeAsync("aria-pressed", "true");
            await visit.WithinAsync<bool>(10, "probe.until(() => document.querySelector('#talk-state').dataset.activity === 'listening')");
            await LookAsync(visit, "microphone on");
            await microphone.ClickAsync();
            await Assertions.Expect(microphone).ToHaveAttributeAsync("aria-pressed", "false");
            await page.UnrouteAsync("**/api/sessions/*");
            await page.UnrouteAsync("**/api/sessions/*/microphone");
        }

        async Task LookAtLossAsync()
        {
            await visit.PullThePlugAsync(seconds: 90);
            await visit.SceneAsync("interrupted held", seconds: 15);
            await LookAsync(visit, "interrupted");
            await visit.SceneAsync("held", seconds: 25);
            await LookAsync(visit, "held");

            var tried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await page.RouteAsync("**/connection", async route =>
            {
                await tried.Task;
                await route.AbortAsync();
            });
            await visit.Reconnect.ClickAsync();
            await visit.SceneAsync("reconnecting");
            await LookAsync(visit, "reconnecting");
            tried.SetResult();

            await visit.AskServerAsync(HttpMethod.Delete);
            await visit.SceneAsync("over", seconds: 30);
            await LookAsync(visit, "over");
        }

        async Task LookAsync(Visit seen, string state)
        {
            var before = 0;
            foreach (var (theme, width, height, language) in Looks)
            {
                var isOnlyTheTheme = width == before;
                before = width;
                await seen.Page.EmulateMediaAsync(new() { ColorScheme = theme });
                await seen.Page.SetViewportSizeAsync(width, height);

                // A colour that is fading in is nobody's choice: what is judged is what stays.
                var scheme = theme is ColorScheme.Dark ? "dark" : "light";
                await seen.WithinAsync<bool>(
                    15,
                    $$"""
                    (async () => {
                      if (document.documentElement.lang !== '{{language}}') document.getElementById('language').click();
                      return probe.until(() => document.documentElement.lang === '{{language}}' && document.documentElement.dataset.theme === '{{scheme}}'
                        && document.getAnimations().every((a) => a.playState !== 'running' || a.effect?.getTiming().iterations === Infinity));
                    })()
                    """);
                if (await seen.Page.EvaluateAsync<bool>(Cut))
                {
                    findings.Add($"{state} at {width}: something of it is cut off");
                }

                findings.AddRange((await seen.FindingsAsync(isOnlyTheTheme)).Select(finding => $"{state} at {width}, {scheme}: {finding}"));
                if (!isOnlyTheTheme)
                {
                    await seen.PictureAsync($"axe-{state.Replace(' ', '-')}-{width}");
                }
            }

            // The next step begins as a person would find the page: wide, and in the language that its texts are looked for in.
            await seen.Page.SetViewportSizeAsync(Looks[0].Width, Looks[0].Height);
            await seen.WithinAsync<bool>(15, $"(document.getElementById('language').click(), probe.until(() => document.documentElement.lang === '{Looks[0].Language}'))");
        }
    }
}
