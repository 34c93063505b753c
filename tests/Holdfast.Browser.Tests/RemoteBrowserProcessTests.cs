using Holdfast.Browser.Kit;
using Holdfast.Lab.Browsers;

namespace Holdfast.Browser.Tests;

/// <summary>What becomes of a browser's processes when a tab crashes, and when the browser is closed: this process's children are looked at.</summary>
[Collection(nameof(Alone))]
public sealed class RemoteBrowserProcessTests : IAsyncLifetime
{
    private readonly SmallSite _site = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _site.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    /// <summary>What a tab keeps for itself is kept by the browser's main process, in both of them: a person who reloads has it again.</summary>
    [Theory]
    [InlineData("Chromium")]
    [InlineData("Firefox")]
    public async Task A_tab_that_crashed_comes_back_by_a_reload_with_what_it_kept(string kind)
    {
        var others = Processes.BelowThis();
        await using var browser = await Machine.LaunchAsync(kind);
        var tab = await browser.OpenTabAsync("globalThis.first = document.readyState;", Cancellation);
        await tab.NavigateAsync(_site.Address, Cancellation);
        await tab.EvaluateAsync<int>("(sessionStorage.setItem('kept', 'yes'), localStorage.setItem('kept', 'always'), globalThis.mark = 1)", Cancellation);

        var its = Processes.BelowThis().Except(others).ToArray();

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

    [Theory]
    [InlineData("Chromium")]
    [InlineData("Firefox")]
    public async Task Nothing_is_left_of_a_browser_that_was_closed_even_asleep(string kind)
    {
        var before = Processes.BelowThis();
        var browser = await Machine.LaunchAsync(kind);
        var tab = await browser.OpenTabAsync("", Cancellation);
        await tab.NavigateAsync(_site.Address, Cancellation);
        var its = Processes.BelowThis().Except(before).ToArray();
        var profiles = its.Select(ProfileOf).OfType<string>().Distinct(StringComparer.Ordinal).Where(Directory.Exists).ToArray();

        // Asked before anything is asserted: what fails here must leave no browser behind either.
        browser.Suspend();
        await browser.DisposeAsync();

        var profile = Assert.Single(profiles);
        Assert.True(its.Length > 2, "A browser has more processes than that.");
        Assert.False(Directory.Exists(profile));
        Assert.DoesNotContain(its, Processes.Runs);
    }

    private static string? ProfileOf(int process) =>
        Processes.CommandLineOf(process).Select(static argument => argument.Replace("--user-data-dir=", "", StringComparison.Ordinal))
            .FirstOrDefault(static argument => argument.StartsWith(Path.Combine(Path.GetTempPath(), "holdfast-lab-"), StringComparison.Ordinal));
}
