using Holdfast.Browser.Kit;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>The page as it is before anybody connects.</summary>
public sealed class PageTests(Stage stage)
{
    [Fact]
    public async Task The_page_keeps_the_ids_that_peoples_scripts_know()
    {
        await using var visit = await Visit.OpenAsync(stage);

        string[] ids = ["start", "stop", "reconnect", "video", "audio", "sessionid", "human-text", "send-human-text", "toast", "connection-status"];
        foreach (var id in ids)
        {
            await Assertions.Expect(visit.Page.Locator("#" + id)).ToHaveCountAsync(1);
        }

        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task The_page_forbids_scripts_that_are_not_its_own()
    {
        await using var visit = await Visit.OpenAsync(stage);

        var response = await visit.Page.ReloadAsync();
        var policy = await response!.HeaderValueAsync("content-security-policy");

        Assert.Contains("script-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        await visit.NothingWentWrongAsync();
    }

    [Theory]
    [InlineData("zh-CN", "开始连接")]
    [InlineData("en-GB", "Start")]
    public async Task The_page_speaks_the_browsers_language(string locale, string start)
    {
        await using var visit = await Visit.OpenAsync(stage, locale);

        await Assertions.Expect(visit.Start).ToContainTextAsync(start);
        await visit.NothingWentWrongAsync();
    }

    [Fact]
    public async Task The_language_can_be_switched_and_stays()
    {
        await using var visit = await Visit.OpenAsync(stage);

        // Both languages name the switch in the language that it leads to.
        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Switch to English" }).ClickAsync();
        await Assertions.Expect(visit.Start).ToContainTextAsync("Start");
        await Assertions.Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await visit.Page.ReloadAsync();
        await Assertions.Expect(visit.Start).ToContainTextAsync("Start");
        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "切换到中文" }).ClickAsync();

        await Assertions.Expect(visit.Start).ToContainTextAsync("开始连接");
        await visit.NothingWentWrongAsync();
    }

    [Theory]
    [InlineData(360, 740)]
    [InlineData(768, 1024)]
    [InlineData(1440, 900)]
    public async Task Nothing_has_to_be_scrolled_sideways(int width, int height)
    {
        await using var visit = await Visit.OpenAsync(stage, width: width, height: height);

        Assert.True(await FitsAsync(visit), "before connecting");
        await visit.ConnectAsync();
        Assert.True(await FitsAsync(visit), "connected");
        await visit.PictureAsync($"connected-{width}");
        await visit.NothingWentWrongAsync();
    }

    private static Task<bool> FitsAsync(Visit visit) =>
        visit.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth");
}
