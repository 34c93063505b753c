using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Server.Tests;

/// <summary>An app of somebody else's that embeds Holdfast, on a port of its own.</summary>
internal static class StartedApp
{
    /// <summary>One that loads what it draws, and says nothing.</summary>
    public static WebApplicationBuilder Builder(params string[] settings)
    {
        var builder = WebApplication.CreateBuilder(["--Holdfast:Rtc:Port=0", $"--Holdfast:Avatar:LoopCache={RunningServer.Loops}", .. settings]);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder;
    }

    public static async Task<WebApplication> StartAsync(WebApplicationBuilder builder, Action<WebApplication> map)
    {
        var app = builder.Build();
        try
        {
            map(app);
            await app.StartAsync(TestContext.Current.CancellationToken);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }
}
