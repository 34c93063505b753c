using Holdfast.Browser.Kit;

[assembly: AssemblyFixture(typeof(Stage))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

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
