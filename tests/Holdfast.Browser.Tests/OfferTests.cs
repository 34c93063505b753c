using System.Collections.Concurrent;
using Holdfast.Browser.Kit;
using Holdfast.Lab.Browsers;

namespace Holdfast.Browser.Tests;

/// <summary>Offers of every shape that real browsers make, over the HTTP API as any page may.</summary>
public sealed class OfferTests(OfferTests.Pages pages) : IClassFixture<OfferTests.Pages>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Chromium", "max-bundle")]
    [InlineData("Chromium", "balanced")]
    [InlineData("Firefox", "max-bundle")]
    [InlineData("Firefox", "balanced")]
    public async Task What_an_offer_wants_is_received_whatever_the_order_of_its_sections(string kind, string bundlePolicy)
    {
        using var turn = await pages.TakeTurnAsync(kind);
        var names = await turn.Tab.EvaluateAsync<string[]>("offers.names", Cancellation);
        Assert.NotEmpty(names);
        foreach (var name in names)
        {
            Assert.Null(await turn.Tab.EvaluateAsync<string?>($"offers.run('{name}', '{bundlePolicy}')", Cancellation));
        }
    }

    [Theory]
    [InlineData("Chromium", "false")]
    [InlineData("Chromium", "true")]
    [InlineData("Firefox", "false")]
    [InlineData("Firefox", "true")]
    public async Task A_microphone_is_turned_on_and_off_on_the_connection_there_is(string kind, string inItsOwnSection)
    {
        using var turn = await pages.TakeTurnAsync(kind);
        Assert.Null(await turn.Tab.EvaluateAsync<string?>($"offers.microphoneLater({inItsOwnSection})", Cancellation));
    }

    /// <summary>A browser's page, for one test at a time.</summary>
    internal sealed class Turn(RemoteTab tab, SemaphoreSlim gate) : IDisposable
    {
        public RemoteTab Tab => tab;

        public void Dispose() => gate.Release();
    }

    /// <summary>One server for all these tests, at an address that Firefox sends media to (not loopback), and a page of it in each browser.</summary>
    public sealed class Pages : IAsyncLifetime
    {
        private readonly ConcurrentBag<RemoteBrowser> _browsers = [];
        private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, RemoteTab> _tabs = new(StringComparer.Ordinal);
        private ServerProcess _server = null!;

        public async ValueTask InitializeAsync() => _server = await ServerProcess.StartAsync(
            "--urls", $"http://{Machine.Address}:0",
            "--Holdfast:Access:Anonymous=Everywhere"); // this machine's address may be a public one

        public async ValueTask DisposeAsync()
        {
            foreach (var browser in _browsers)
            {
                await browser.DisposeAsync();
            }

            foreach (var gate in _gates.Values)
            {
                gate.Dispose();
            }

            await _server.DisposeAsync();
        }

        internal async Task<Turn> TakeTurnAsync(string kind)
        {
            var gate = _gates.GetOrAdd(kind, static _ => new SemaphoreSlim(1));
            await gate.WaitAsync(Cancellation);
            try
            {
                return new Turn(await OpenAsync(kind), gate);
            }
            catch
            {
                gate.Release();
                throw;
            }
        }

        private async Task<RemoteTab> OpenAsync(string kind)
        {
            if (!_tabs.TryGetValue(kind, out var tab))
            {
                var browser = await Machine.LaunchAsync(kind, _server.Address);
                _browsers.Add(browser);
                var script = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Kit", "offers.js"), Cancellation);
                tab = _tabs[kind] = await browser.OpenTabAsync(script, Cancellation);
                await tab.NavigateAsync(_server.Address, Cancellation);
            }

            return tab;
        }
    }
}
