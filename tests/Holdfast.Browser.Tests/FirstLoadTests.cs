using Holdfast.Browser.Kit;
using Microsoft.Playwright;

namespace Holdfast.Browser.Tests;

/// <summary>The page as people get it: with its files joined, which a server in Development does not do.</summary>
[Collection(nameof(Alone))]
public sealed class FirstLoadTests(Stage stage)
{
    /// <summary>What the page may ask for before anybody clicks: itself, two scripts, a stylesheet, an icon, who is there and who answers, and two faces.</summary>
    private const int MostBefore = 9;

    /// <summary>Their bodies, packed in the quick way that the first visitor gets; later ones get less.</summary>
    private const int MostBytesBefore = 86_000;

    [Fact]
    public async Task A_few_requests_lead_to_the_first_picture_and_a_second_visit_asks_for_less()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var visit = await Visit.OpenAsync(stage, address: server.Address);
        var requested = new List<string>();
        visit.Page.Request += (_, request) => requested.Add(new Uri(request.Url).AbsolutePath);

        await visit.Page.ReloadAsync(new PageReloadOptions { WaitUntil = WaitUntilState.NetworkIdle });
        var before = requested.Distinct(StringComparer.Ordinal).ToList();
        Assert.True(before.Count <= MostBefore, $"{before.Count}: {string.Join(' ', before)}");
        Assert.DoesNotContain("/api/voices", before, StringComparer.Ordinal);
        Assert.DoesNotContain("/api/server", before, StringComparer.Ordinal);
        var bytes = await visit.Page.EvaluateAsync<int>(
            "() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].reduce((sum, entry) => sum + entry.encodedBodySize, 0)");
        Assert.InRange(bytes, 20_000, MostBytesBefore);
        await visit.ConnectAsync();

        Assert.Contains(requested, static path => path.StartsWith("/assets/index-", StringComparison.Ordinal) && path.EndsWith(".js", StringComparison.Ordinal));
        Assert.DoesNotContain("/js/main.js", requested, StringComparer.Ordinal);

        // A slow machine takes longer until the picture; how often the page asks meanwhile says nothing about its first load.
        var paths = requested.Distinct(StringComparer.Ordinal).ToList();
        Assert.True(paths.Count is >= 4 and <= 14, $"{paths.Count}: {string.Join(' ', requested)}");
        await visit.NothingWentWrongAsync();
    }
}
