using Holdfast.Browser.Kit;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Stage))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.All, MaxThreads = 3)]

namespace Holdfast.Browser.Kit;

/// <summary>One server and one browser for all tests; each test has a browser profile of its own.</summary>
public sealed class Stage : IAsyncLifetime
{
    internal ServerProcess Server { get; private set; } = null!;

    internal Chromium Chromium { get; private set; } = null!;

    /// <summary>Asks the server past the browser.</summary>
    internal HttpClient Http { get; } = new();

    public async ValueTask InitializeAsync()
    {
        // Nothing waits so long but where the machine is busy: a test waits for what happens, and not for how fast.
        Assertions.SetDefaultExpectTimeout(20_000);

        // In Development a session's plug can be pulled.
        Server = await ServerProcess.StartAsync("--environment", "Development");
        Chromium = await Chromium.LaunchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (Chromium is not null)
        {
            await Chromium.DisposeAsync();
        }

        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
    }
}
