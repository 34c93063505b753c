using System.Net;
using System.Net.Http.Json;
using Holdfast.AspNetCore;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.LiveTalking.Tests;

/// <summary>Programs that know of one server only reach a session of another one by HTTP's own means.</summary>
public sealed class ElsewhereTests
{
    private const string Elsewhere = "http://127.0.0.1:9/live";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST", "/human")]
    [InlineData("POST", "/is_speaking")]
    [InlineData("POST", "/interrupt_talk")]
    [InlineData("GET", "/sse?sessionid=7")]
    public async Task Whoever_asks_for_a_session_of_another_server_is_sent_there_with_the_same_call(string method, string path)
    {
        await using var app = await StartAsync();
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.Single()) };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST")
        {
            request.Content = JsonContent.Create(new { sessionid = 7, text = "hello", type = "echo" });
        }

        using var answer = await http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
        Assert.Equal(Elsewhere + path, answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task What_nobody_has_is_not_there()
    {
        await using var app = await StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var answer = await http.PostAsJsonAsync("/human", new { sessionid = 8, text = "hello", type = "echo" }, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static Task<WebApplication> StartAsync()
    {
        var builder = StartedApp.Builder($"--Holdfast:Elsewhere={Elsewhere}");
        builder.Services.AddSingleton<ISessionPlaces, Places>();
        builder.Services.AddHoldfast().AddAvatar().AddLiveTalking();
        return StartedApp.StartAsync(builder, static app =>
        {
            app.UseRouting();
            app.MapHoldfast();
            app.MapLiveTalking();
        });
    }

    private sealed class Places : ISessionPlaces
    {
        public ValueTask<SessionLookup> FindAsync(SessionId id, CancellationToken cancellationToken) =>
            new(id.Value == 7 ? new SessionLookup.Elsewhere(new Uri(Elsewhere)) : new SessionLookup.Unknown());
    }
}
