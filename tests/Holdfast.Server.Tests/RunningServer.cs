using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Server.Tests;

/// <summary>The real server on free ports, as a user would start it, and an HTTP client for it.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    /// <summary>The servers of all suites draw their idle loops once.</summary>
    public static readonly string Loops = Path.Combine(Repository.Root, "artifacts", "loops");

    private readonly WebApplication _app;

    private RunningServer(WebApplication app, HttpClient http)
    {
        _app = app;
        Http = http;
    }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<RunningServer> StartAsync(params string[] arguments)
    {
        var app = HoldfastServer.Build(
            ["--urls", "http://127.0.0.1:0", "--Holdfast:Rtc:Port=0", "--Logging:LogLevel:Default=Warning",
             $"--Holdfast:Avatar:LoopCache={Loops}", .. arguments]);
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            // As the program does.
            await app.DisposeAsync();
            throw;
        }

        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        return new RunningServer(app, new HttpClient { BaseAddress = new Uri(address) });
    }

    /// <summary>Starts a session with a real browser's offer and gives what the server answered.</summary>
    public async Task<Created> CreateAsync(string? offer = null)
    {
        using var response = await PostOfferAsync(offer ?? Offers.Chromium);
        response.EnsureSuccessStatusCode();
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return new Created(
            body.GetProperty("sessionId").GetInt64(), body.GetProperty("resumeToken").GetString()!, body);
    }

    public Task<HttpResponseMessage> PostOfferAsync(string offer, string? avatar = null) =>
        Http.PostAsJsonAsync("/api/sessions", new { sdp = offer, type = "offer", avatar }, TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? token = null, object? body = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        if (body is not null)
        {
            request.Content = JsonContent.Create(body);
        }

        return Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Opens the stream of a session's events; the answer is there when its headers are.</summary>
    public Task<HttpResponseMessage> OpenEventsAsync(string path, string? token, string? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>Stops as a signal to the process would make it stop.</summary>
    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    /// <summary>A session that was created.</summary>
    internal sealed record Created(long Id, string Token, JsonElement Body)
    {
        public string Path => $"/api/sessions/{Id}";
    }
}

/// <summary>One server for all tests of a class that do not change its settings.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    internal RunningServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
