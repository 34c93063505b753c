using Holdfast.Browser.Kit;

namespace Holdfast.Browser.Tests;

/// <summary>
/// A tab whose process is ended, as the lab does it. Which process is a tab's, Chromium does not tell: it is the only one that works while the page does, where no
/// other test takes the processors.
/// </summary>
[Collection(nameof(Alone))]
public sealed class CrashedTabTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What a tab keeps for itself is kept by the browser's main process, in both of them: a person who reloads has it again.</summary>
    [Theory]
    [InlineData("Chromium")]
    [InlineData("Firefox")]
    public async Task A_tab_that_crashed_comes_back_by_a_reload_with_what_it_kept(string kind)
    {
        await using var site = new SmallSite();
        await site.StartAsync();
        await using var browser = await Machine.LaunchAsync(kind);
        var tab = await browser.OpenTabAsync("globalThis.first = document.readyState;", Cancellation);
        await tab.NavigateAsync(site.Address, Cancellation);
        await tab.EvaluateAsync<int>("(sessionStorage.setItem('kept', 'yes'), localStorage.setItem('kept', 'always'), globalThis.mark = 1)", Cancellation);

        var its = Processes.From(browser.Process.Id);

        await tab.CrashAsync(() => Task.CompletedTask, Cancellation);
        if (string.Equals(kind, "Chromium", StringComparison.Ordinal))
        {
            // Firefox may move a tab between its processes after they were listed; there CrashAsync itself waits for the end of the one it killed.
            Assert.Contains(its, static id => !Processes.Runs(id));
        }

        await tab.ReloadAsync(Cancellation);

        Assert.Equal("loading", await tab.EvaluateAsync<string>("first", Cancellation));
        Assert.Equal("undefined", await tab.EvaluateAsync<string>("typeof mark", Cancellation));
        Assert.Equal("always", await tab.EvaluateAsync<string>("localStorage.getItem('kept')", Cancellation));
        Assert.Equal("yes", await tab.EvaluateAsync<string?>("sessionStorage.getItem('kept')", Cancellation));
        await tab.ClickAsync("#inner", Cancellation);
        Assert.Equal(1, await tab.EvaluateAsync<int>("clicks.length", Cancellation));
    }
}
