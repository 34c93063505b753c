using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Holdfast.Browser.Kit;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>axe-core finds nothing in any state that the page can be in, in either theme, on a wide screen and a narrow one.</summary>
public sealed class AccessibilityTests(Stage stage)
{
    [Theory]
    [InlineData(ColorScheme.Light, 1280, 780, "zh-CN")]
    [InlineData(ColorScheme.Dark, 360, 640, "en-GB")]
    [InlineData(ColorScheme.Dark, 844, 390, "zh-CN")]
    [InlineData(ColorScheme.Light, 390, 844, "en-GB")]
    public async Task No_state_of_the_page_has_a_finding(ColorScheme theme, int width, int height, string locale)
    {
        await using var visit = await Visit.OpenAsync(stage, locale, theme, width, height);
        var findings = new List<string>();
        await Assertions.Expect(visit.Start).ToBeVisibleAsync();
        await LookAsync("lobby");

        await visit.Page.Locator("#open-settings").ClickAsync();
        await LookAsync("settings");
        await visit.Page.Keyboard.PressAsync("Escape");

        await visit.Page.RouteAsync("**/api/sessions", static route => route.AbortAsync());
        await visit.Start.ClickAsync();
        await Assertions.Expect(visit.Page.Locator("holdfast-player")).ToHaveAttributeAsync("data-tone", "bad");
        await LookAsync("failed");
        await visit.Page.UnrouteAsync("**/api/sessions");

        // A server that thinks for a while; and a page whose conversation is not there yet.
        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await visit.Page.RouteAsync("**/api/sessions", async route =>
        {
            await answers.Task;
            await route.ContinueAsync();
        });
        await visit.Page.RouteAsync("**/js/dialogue.js*", static route => route.AbortAsync());
        await visit.Start.ClickAsync();
        await visit.SceneAsync("starting");
        await LookAsync("starting");
        answers.SetResult();
        await visit.ShownAsync();
        await visit.Page.UnrouteAsync("**/api/sessions");
        await LookAsync("late");
        await visit.Page.UnrouteAsync("**/js/dialogue.js*");

        await LookAtMicrophoneAsync();
        await LookAsync("connected");
        await visit.SayAsync("One two three four five six seven eight nine ten.");
        await visit.WithinAsync<bool>(15, "probe.until(() => document.querySelectorAll('#talk-log li').length > 0)");
        await LookAsync("speaking");

        await visit.AskServerAsync(HttpMethod.Post, "/outage", new { seconds = 60 });
        await visit.SceneAsync("interrupted unreachable held", seconds: 15);
        await LookAsync("interrupted");
        await visit.SceneAsync("held", seconds: 25);
        await LookAsync("held");
        await visit.Reconnect.ClickAsync();
        await visit.SceneAsync("reconnecting");
        await LookAsync("reconnecting");

        await visit.AskServerAsync(HttpMethod.Delete);
        await visit.SceneAsync("over");
        await LookAsync("over");

        Assert.True(findings.Count == 0, string.Join("\n", findings));

        // Who would listen is decided by the server: here it says that somebody does.
        async Task LookAtMicrophoneAsync()
        {
            var microphone = visit.Page.Locator("#microphone");
            await visit.Page.RouteAsync("**/api/sessions/*", static async route =>
            {
                var answer = await route.FetchAsync();
                var text = await answer.TextAsync();
                await route.FulfillAsync(new() { Response = answer, Body = text.Replace("\"available\":false", "\"available\":true", StringComparison.Ordinal) });
            });
            await visit.Page.RouteAsync("**/api/sessions/*/microphone", static route => route.FulfillAsync(new() { Status = 204 }));
            await visit.Page.EvaluateAsync("() => { const { mediaDevices } = navigator; globalThis.real = mediaDevices.getUserMedia; mediaDevices.getUserMedia = () => Promise.reject(new DOMException('No', 'NotAllowedError')); }");
            await microphone.ClickAsync();
            await Assertions.Expect(visit.Toast).Not.ToHaveTextAsync("");
            await LookAsync("microphone denied");
            await visit.Page.EvaluateAsync("() => { navigator.mediaDevices.getUserMedia = globalThis.real; }");
            await microphone.ClickAsync();
            await Assertions.Expect(microphone).ToHaveAttributeAsync("aria-pressed", "true");
            await visit.WithinAsync<bool>(10, "probe.until(() => document.querySelector('#talk-state').dataset.activity === 'listening')");
            await LookAsync("microphone on");
            await microphone.ClickAsync();
            await Assertions.Expect(microphone).ToHaveAttributeAsync("aria-pressed", "false");
            await visit.Page.UnrouteAsync("**/api/sessions/*");
            await visit.Page.UnrouteAsync("**/api/sessions/*/microphone");
        }

        async Task LookAsync(string state)
        {
            // A colour that is fading in is nobody's choice: what is judged is what stays.
            await visit.WithinAsync<bool>(5, "probe.until(() => document.getAnimations().every((a) => a.playState !== 'running' || a.effect?.getTiming().iterations === Infinity))");
            var result = await visit.Page.RunAxe(new AxeRunOptions());
            findings.AddRange(result.Violations.Select(violation => $"{state}: {violation.Id} ({violation.Help}): {string.Join("; ", violation.Nodes.Select(static node => node.Html).Take(3))}"));
            await visit.PictureAsync($"axe-{state.Replace(' ', '-')}-{width}");
        }
    }
}
