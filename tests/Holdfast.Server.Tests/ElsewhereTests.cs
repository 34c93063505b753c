using System.Net;
using System.Net.Http.Json;
using Holdfast.AspNetCore;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Server.Tests;

/// <summary>Two servers: a call for a session of the second one that comes to the first ends up at the second.</summary>
public sealed class ElsewhereTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_for_a_session_of_another_server_is_answered_with_its_address_and_does_there_what_it_was_to_do()
    {
        await using var second = await RunningServer.StartAsync();
        var created = await second.CreateAsync();
        await using var first = await StartAsync(AddressOf(second.Http), AddressOf(second.Http));
        using var http = new HttpClient { BaseAddress = new Uri(first.Urls.Single()) };
        foreach (var (method, path) in ((string, string)[])[("GET", ""), ("POST", "/heartbeat"), ("POST", "/interrupt"), ("GET", "/events"), ("DELETE", "")])
        {
            using var sent = await SendAsync(http, method, $"/api/sessions/{created.Id}{path}", created.Token);
            Assert.Equal(HttpStatusCode.MisdirectedRequest, sent.StatusCode);
            var problem = await SessionApiTests.AssertProblem(sent, "elsewhere");
            var address = problem.GetProperty("address").GetString()!;
            Assert.Equal(AddressOf(second.Http), address);
            Assert.DoesNotContain(created.Token, problem.ToString(), StringComparison.Ordinal);
            Assert.Null(sent.Headers.Location);
            if (path is "/events")
            {
                continue;
            }

            using var followed = await SendAsync(http, method, $"{address}/api/sessions/{created.Id}{path}", created.Token);
            Assert.True(followed.IsSuccessStatusCode, $"{method} {path}: {followed.StatusCode}");
        }
    }

    [Fact]
    public async Task Without_a_token_nobody_is_told_where_a_session_is_and_what_nobody_has_is_nowhere()
    {
        await using var first = await StartAsync("http://127.0.0.1:9", "http://127.0.0.1:9");
        using var http = new HttpClient { BaseAddress = new Uri(first.Urls.Single()) };
        using var stranger = await SendAsync(http, "GET", "/api/sessions/7", token: null);
        await SessionApiTests.AssertProblem(stranger, "not-owner");
        using var nowhere = await SendAsync(http, "GET", "/api/sessions/8", "a token");
        await SessionApiTests.AssertProblem(nowhere, "unknown-session");
    }

    [Theory]
    [InlineData("http://127.0.0.1:9", "http://127.0.0.1:9/", true)]
    [InlineData("http://127.0.0.1:9/live/", "http://127.0.0.1:9/live", true)]
    [InlineData("http://127.0.0.1:9/", "http://127.0.0.1:90", false)]
    [InlineData("http://127.0.0.1:9/", "http://evil.example", false)]
    [InlineData("http://127.0.0.1:9/", "/relative", false)]
    [InlineData("", "http://127.0.0.1:9/", false)]
    public async Task Nobody_is_sent_to_an_address_that_the_settings_do_not_name(string named, string told, bool isSent)
    {
        await using var first = await StartAsync(named, told);
        using var http = new HttpClient { BaseAddress = new Uri(first.Urls.Single()) };
        using var answer = await SendAsync(http, "GET", "/api/sessions/7", "a token");
        var problem = await SessionApiTests.AssertProblem(answer, isSent ? "elsewhere" : "internal");
        Assert.Equal(isSent, problem.TryGetProperty("address", out _));
        Assert.DoesNotContain("evil", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_of_this_server_is_found_as_ever()
    {
        await using var first = await StartAsync("http://127.0.0.1:9", "http://127.0.0.1:9");
        using var http = new HttpClient { BaseAddress = new Uri(first.Urls.Single()) };
        using var started = await http.PostAsJsonAsync("/api/sessions", new { sdp = Offers.Chromium, type = "offer" }, Cancel);
        var body = await SessionApiTests.JsonOf(started);
        using var found = await SendAsync(http, "GET", $"/api/sessions/{body.GetProperty("sessionId").GetInt64()}", body.GetProperty("resumeToken").GetString());
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
    }

    [Theory]
    [InlineData("b.example")]
    [InlineData("ftp://b.example")]
    [InlineData("https://me:secret@b.example")]
    [InlineData("https://b.example/?a=b")]
    public async Task An_address_that_is_none_is_refused_at_the_start(string address)
    {
        var e = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(address, address));
        Assert.Contains($"must be the address of a server, such as https://b.example; '{address}' is none", e.Message, StringComparison.Ordinal);
    }

    private static string AddressOf(HttpClient http) => http.BaseAddress!.ToString().TrimEnd('/');

    private static Task<HttpResponseMessage> SendAsync(HttpClient http, string method, string address, string? token)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        return http.SendAsync(request, Cancel);
    }

    /// <param name="named">What its settings say.</param>
    /// <param name="told">Where all sessions are that it does not have, but for number 8.</param>
    private static Task<WebApplication> StartAsync(string named, string told)
    {
        var builder = StartedApp.Builder($"--Holdfast:Elsewhere={named}");
        builder.Services.AddSingleton<ISessionPlaces>(services => new Places(services.GetRequiredService<SessionDirectory>(), new Uri(told, UriKind.RelativeOrAbsolute)));
        builder.Services.AddHoldfast().AddAvatar();
        return StartedApp.StartAsync(builder, static app =>
        {
            app.UseHoldfastProblems();
            app.UseRouting();
            app.MapHoldfast();
        });
    }

    private sealed class Places(SessionDirectory here, Uri elsewhere) : ISessionPlaces
    {
        public async ValueTask<SessionLookup> FindAsync(SessionId id, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return here.Find(id) is not SessionLookup.Unknown and var found ? found
                : id.Value == 8 ? new SessionLookup.Unknown()
                : new SessionLookup.Elsewhere(elsewhere);
        }
    }
}
