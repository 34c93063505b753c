using System.Net;
using System.Text.Json;
using Holdfast.Lab.Peer;
using Microsoft.Extensions.Options;

namespace Holdfast.Server.Tests;

public sealed class ServerTests
{
    [Fact]
    public async Task A_full_server_says_so_and_a_closed_session_frees_its_slot_at_once()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:MaxSessions=1");
        await using var peers = new PeerHost(TimeProvider.System);
        var session = await Person.ConnectAsync(server, peers);

        using var refused = await server.PostOfferAsync(Offers.Chromium);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal("sessions", (await SessionApiTests.AssertProblem(refused, "full")).GetProperty("limit").GetString());
        Assert.Contains("\"degraded\"", await HealthOf(server), StringComparison.Ordinal);

        using var closed = await server.SendAsync(HttpMethod.Delete, session.Path, session.Token);
        await server.CreateAsync();
        await session.Line.DisposeAsync();
    }

    [Fact]
    public async Task A_server_without_head_room_refuses_newcomers_and_tells_whoever_balances_load()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:HeadRoom:AtLeast=3");
        using var refused = await server.PostOfferAsync(Offers.Chromium);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal("headRoom", (await SessionApiTests.AssertProblem(refused, "full")).GetProperty("limit").GetString());

        using var ready = await server.SendAsync(HttpMethod.Get, "/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("nobody new is let in: a setting says so", await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("\"degraded\"", await HealthOf(server), StringComparison.Ordinal);
        using var live = await server.SendAsync(HttpMethod.Get, "/livez");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    [Fact]
    public async Task An_offer_that_is_refused_takes_no_slot()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:MaxSessions=1");
        using var refused = await server.PostOfferAsync("not an offer");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        await server.CreateAsync();
    }

    [Fact]
    public async Task A_peer_that_never_completes_is_gone_with_all_it_held()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:MaxSessions=1", "--Holdfast:SetupTimeoutSeconds=1");
        var session = await server.CreateAsync();

        HttpResponseMessage response;
        do
        {
            response = await server.SendAsync(HttpMethod.Get, session.Path, session.Token);
        }
        while (response.StatusCode == HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.Gone, response.StatusCode);
        var problem = await SessionApiTests.AssertProblem(response, "session-ended");
        Assert.Contains("no connection came about in time", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("setupTimedOut", problem.GetProperty("reason").GetString());
        await server.CreateAsync();
    }

    [Fact]
    public async Task The_server_describes_its_api()
    {
        await using var server = await RunningServer.StartAsync("--environment", "Development");
        using var response = await server.SendAsync(HttpMethod.Get, "/openapi/v1.json");
        var document = await SessionApiTests.JsonOf(response);
        var paths = document.GetProperty("paths");
        foreach (var path in new[] { "/api/sessions", "/api/sessions/{id}", "/api/sessions/{id}/say", "/api/sessions/{id}/interrupt", "/api/sessions/{id}/events", "/api/avatars" })
        {
            Assert.True(paths.TryGetProperty(path, out _), path);
        }

        var say = paths.GetProperty("/api/sessions/{id}/say").GetProperty("post");
        Assert.True(say.TryGetProperty("security", out _));
        Assert.True(say.GetProperty("responses").TryGetProperty("202", out _));
        Assert.Contains("problem+json", say.GetProperty("responses").GetProperty("410").GetProperty("content").ToString(), StringComparison.Ordinal);
        var ended = document.GetProperty("components").GetProperty("schemas").GetProperty("SessionEndedProblem");
        Assert.Contains("graceOver", ended.GetProperty("properties").GetProperty("reason").GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Contains(say.GetProperty("parameters").EnumerateArray(), parameter => parameter.GetProperty("name").ValueEquals("id"));

        using var docs = await server.SendAsync(HttpMethod.Get, "/docs/");
        Assert.Equal(HttpStatusCode.OK, docs.StatusCode);

        var session = await server.CreateAsync();
        foreach (var (seconds, expected) in new[] { (5, HttpStatusCode.NoContent), (0, HttpStatusCode.BadRequest), (121, HttpStatusCode.BadRequest) })
        {
            using var outage = await server.SendAsync(HttpMethod.Post, session.Path + "/outage", session.Token, new { seconds });
            Assert.Equal(expected, outage.StatusCode);
        }
    }

    [Fact]
    public async Task The_browsable_description_is_for_development_only()
    {
        await using var server = await RunningServer.StartAsync("--environment", "Production");
        using var docs = await server.SendAsync(HttpMethod.Get, "/docs/");
        Assert.Equal(HttpStatusCode.NotFound, docs.StatusCode);
    }

    [Fact]
    public async Task The_page_and_the_client_are_served_with_a_strict_policy()
    {
        await using var server = await RunningServer.StartAsync();
        using var page = await server.SendAsync(HttpMethod.Get, "/");
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);

        using var client = await server.SendAsync(HttpMethod.Get, "/holdfast/index.js");
        Assert.Equal("text/javascript", client.Content.Headers.ContentType?.MediaType);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/holdfast/index.js");
        again.Headers.IfNoneMatch.Add(client.Headers.ETag!);
        using var unchanged = await server.Http.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        using var escape = await server.SendAsync(HttpMethod.Get, "/holdfast/..%2f..%2fappsettings.json");
        Assert.Equal(HttpStatusCode.NotFound, escape.StatusCode);
    }

    [Theory]
    [InlineData("--Holdfast:MaxSessions=0", "MaxSessions")]
    [InlineData("--Holdfast:Rtc:Port=70000", "Port")]
    [InlineData("--Holdfast:Rtc:AnnouncedAddresses:0=example", "'example' is not an IP address")]
    public async Task A_wrong_setting_stops_the_start_with_one_clear_line(string argument, string mentions)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => RunningServer.StartAsync(argument));
        var sentence = StartFailure.Explain(exception);
        Assert.NotNull(sentence);
        Assert.Contains(mentions, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', sentence);
    }

    [Fact]
    public async Task Health_tells_of_the_wire_and_of_the_room_left()
    {
        await using var server = await RunningServer.StartAsync();
        var health = JsonSerializer.Deserialize<JsonElement>(await HealthOf(server));
        Assert.Equal("ok", health.GetProperty("status").GetString());
        Assert.Contains("UDP port", health.GetProperty("checks").GetProperty("wire").GetString(), StringComparison.Ordinal);
        Assert.Equal("0 of 100 sessions", health.GetProperty("checks").GetProperty("capacity").GetString());
    }

    private static async Task<string> HealthOf(RunningServer server)
    {
        using var response = await server.SendAsync(HttpMethod.Get, "/healthz");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
