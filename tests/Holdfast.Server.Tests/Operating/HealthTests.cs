using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Server.Tests.Operating;

public sealed class HealthTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_told_to_stop_is_alive_and_not_ready_any_more()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.Equal((HttpStatusCode.OK, "ok"), await AskAsync(server, "/readyz"));
        Assert.Equal((HttpStatusCode.OK, "ok"), await AskAsync(server, "/livez"));

        server.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unhealthy"), await AskAsync(server, "/readyz"));
        Assert.Equal((HttpStatusCode.OK, "ok"), await AskAsync(server, "/livez"));
        Assert.Equal((HttpStatusCode.OK, "ok"), await AskAsync(server, "/healthz"));
    }

    [Fact]
    public async Task A_server_that_has_not_started_yet_is_not_ready()
    {
        await using var app = HoldfastServer.Build(["--urls", "http://127.0.0.1:0", "--Holdfast:Rtc:Port=0"]);
        var report = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(
            static check => check.Tags.Contains(AspNetCore.HoldfastHealthTags.Ready), Cancel);
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Equal("the server is starting", report.Entries["holdfast-ready"].Description);
    }

    [Fact]
    public async Task An_app_has_health_endpoints_and_checks_of_its_own_beside_Holdfasts()
    {
        var builder = Embedding.EmbeddingTests.NewApp();
        builder.Services.AddHoldfast(static options => options.Health = false).AddAvatar();
        builder.Services.AddHealthChecks().AddCheck("wire", static () => HealthCheckResult.Unhealthy("the app's own wire is cut"));
        await using var app = builder.Build();
        app.MapHoldfast();
        app.MapHealthChecks("/healthz");
        app.MapHealthChecks("/ready", new() { Predicate = static check => check.Tags.Contains(AspNetCore.HoldfastHealthTags.Ready) });
        await app.StartAsync(Cancel);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/healthz", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/ready", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/livez", Cancel)).StatusCode);
    }

    private static async Task<(HttpStatusCode Code, string? Status)> AskAsync(RunningServer server, string path)
    {
        using var response = await server.SendAsync(HttpMethod.Get, path);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        return (response.StatusCode, body.GetProperty("status").GetString());
    }
}
