using System.Text.Json;
using Microsoft.Playwright;

namespace Holdfast.RecoveryBench;

/// <summary>Runs one of the scripts beside this program in a page of a server.</summary>
internal static class Page
{
    /// <param name="browser">The browser; the page gets a profile of its own.</param>
    /// <param name="server">The page is this server's, so that the script may call it.</param>
    /// <param name="script">The name of the function, and of its file.</param>
    /// <param name="options">What it is called with.</param>
    public static async Task<IReadOnlyList<Recovery>> RunAsync(IBrowser browser, Uri server, string script, object options)
    {
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.AddInitScriptAsync(scriptPath: Path.Combine(AppContext.BaseDirectory, script + ".js"));
        await page.GotoAsync(new Uri(server, "healthz").ToString());
        var json = await page.EvaluateAsync<string>($"async options => JSON.stringify(await {script}(options))", options);
        var recoveries = JsonSerializer.Deserialize<Recovery[]>(json, JsonSerializerOptions.Web)!;
        foreach (var one in recoveries)
        {
            await Console.Error.WriteLineAsync(
                FormattableString.Invariant($"  {one.Milliseconds:F0} ms, level {one.Level}, was {one.Browser}, same session: {one.SameSession}"));
        }

        return recoveries;
    }
}
