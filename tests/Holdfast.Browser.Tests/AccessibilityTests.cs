using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Holdfast.Browser.Kit;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>axe-core finds nothing in any state that the page can be in, in either theme, on a wide screen and a narrow one.</summary>
public sealed class AccessibilityTests(Stage stage)
{
    [Theory]
    [InlineData(ColorScheme.Light, 1280, "zh-CN")]
    [InlineData(ColorScheme.Dark, 360, "en-GB")]
    public async Task No_state_of_the_page_has_a_finding(ColorScheme theme, int width, string locale)
    {
        await using var visit = await Visit.OpenAsync(stage, locale, theme, width, height: 780);
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

        await visit.ConnectAsync();
        await LookAsync("connected");
        await visit.SayAsync("One two three four five six seven eight nine ten.");
        await visit.WithinAsync<bool>(15, "probe.until(() => document.querySelectorAll('#talk-log li').length > 0)");
        await LookAsync("speaking");

        await visit.AskServerAsync(HttpMethod.Post, "/outage", new { seconds = 60 });
        await visit.SceneAsync("interrupted unreachable held", seconds: 15);
        await LookAsync("interrupted");
        await visit.SceneAsync("held", seconds: 25);
        await LookAsync("held");

        await visit.AskServerAsync(HttpMethod.Delete);
        await visit.SceneAsync("over");
        await LookAsync("over");

        Assert.True(findings.Count == 0, string.Join("\n", findings));

        async Task LookAsync(string state)
        {
            // A colour that is fading in is nobody's choice: what is judged is what stays.
            await visit.WithinAsync<bool>(5, "probe.until(() => document.getAnimations().every((a) => a.playState !== 'running' || a.effect?.getTiming().iterations === Infinity))");
            var result = await visit.Page.RunAxe(new AxeRunOptions());
            findings.AddRange(result.Violations.Select(violation => $"{state}: {violation.Id} ({violation.Help}): {string.Join("; ", violation.Nodes.Select(static node => node.Html).Take(3))}"));
            await visit.PictureAsync($"axe-{state}-{width}");
        }
    }
}
