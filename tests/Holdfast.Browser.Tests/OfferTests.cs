using Holdfast.Browser.Kit;

namespace Holdfast.Browser.Tests;

/// <summary>Offers of every shape that real browsers make, over the HTTP API as any page may.</summary>
public sealed class OfferTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Chromium", "max-bundle")]
    [InlineData("Chromium", "balanced")]
    [InlineData("Firefox", "max-bundle")]
    [InlineData("Firefox", "balanced")]
    public async Task What_an_offer_wants_is_received_whatever_the_order_of_its_sections(string kind, string bundlePolicy)
    {
        await using var page = await Page.OpenAsync(kind);

        var names = await page.Tab.EvaluateAsync<string[]>("offers.names", Cancellation);
        Assert.NotEmpty(names);
        foreach (var name in names)
        {
            Assert.Null(await page.Tab.EvaluateAsync<string?>($"offers.run('{name}', '{bundlePolicy}')", Cancellation));
        }
    }

    [Theory]
    [InlineData("Chromium", "false")]
    [InlineData("Chromium", "true")]
    [InlineData("Firefox", "false")]
    [InlineData("Firefox", "true")]
    public async Task A_microphone_is_turned_on_and_off_on_the_connection_there_is(string kind, string inItsOwnSection)
    {
        await using var page = await Page.OpenAsync(kind);

        Assert.Null(await page.Tab.EvaluateAsync<string?>($"offers.microphoneLater({inItsOwnSection})", Cancellation));
    }

    /// <summary>A browser at a page of a server which Firefox sends media to: not loopback.</summary>
    private sealed class Page : IAsyncDisposable
    {
        private readonly ServerProcess _server;
        private readonly Lab.Browsers.RemoteBrowser _browser;

        private Page(ServerProcess server, Lab.Browsers.RemoteBrowser browser, Lab.Browsers.RemoteTab tab) =>
            (_server, _browser, Tab) = (server, browser, tab);

        public Lab.Browsers.RemoteTab Tab { get; }

        public static async Task<Page> OpenAsync(string kind)
        {
            Machine.MustHave(kind);
            var server = await ServerProcess.StartAsync("--urls", $"http://{Machine.Address}:0");
            try
            {
                var browser = await Machine.LaunchAsync(kind, server.Address);
                var tab = await browser.OpenTabAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Kit", "offers.js")), Cancellation);
                await tab.NavigateAsync(server.Address, Cancellation);
                return new Page(server, browser, tab);
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _browser.DisposeAsync();
            await _server.DisposeAsync();
        }
    }
}
