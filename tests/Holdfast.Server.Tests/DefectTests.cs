using System.Net;
using System.Text.Json;
using Holdfast.Lab.Peer;

namespace Holdfast.Server.Tests;

/// <summary>
/// What went wrong in the system that Holdfast's people know, by its number in the list of its defects, as far as it shows in
/// HTTP. The rest is in the sessions' tests, under the same numbers.
/// </summary>
public sealed class DefectTests
{
    [Fact]
    public async Task D2_posts_that_nothing_follows_keep_nobody_out_and_give_way_to_each_other()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:MaxSessions=1", "--Holdfast:MaxNegotiating=5");
        var posted = new List<RunningServer.Created>();
        for (var i = 0; i < 20; i++)
        {
            posted.Add(await server.CreateAsync());
        }

        using var first = await server.SendAsync(HttpMethod.Get, posted[0].Path, posted[0].Token);
        Assert.Equal("gaveWay", (await SessionApiTests.AssertProblem(first, "session-ended")).GetProperty("reason").GetString());
        using var last = await server.SendAsync(HttpMethod.Get, posted[^1].Path, posted[^1].Token);
        Assert.Equal(HttpStatusCode.OK, last.StatusCode);
        await using var peers = new PeerHost(TimeProvider.System);
        var person = await Person.ConnectAsync(server, peers);
        using var look = await server.SendAsync(HttpMethod.Get, person.Path, person.Token);
        Assert.Equal("connected", (await SessionApiTests.JsonOf(look)).GetProperty("state").GetString());
        await person.Line.DisposeAsync();
    }

    [Theory]
    [InlineData("POST", "/heartbeat")]
    [InlineData("GET", "")]
    [InlineData("DELETE", "")]
    [InlineData("POST", "/connections")]
    [InlineData("PATCH", "/connection")]
    [InlineData("POST", "/say")]
    [InlineData("POST", "/interrupt")]
    public async Task D7_without_a_token_nobody_learns_whether_there_is_a_session_and_nobody_takes_one(string method, string call)
    {
        await using var server = await RunningServer.StartAsync();
        var session = await server.CreateAsync();
        var body = new { sdp = Offers.Chromium, type = "offer", text = "hello" };

        using var known = await server.SendAsync(new HttpMethod(method), session.Path + call, body: body);
        using var unknown = await server.SendAsync(new HttpMethod(method), $"/api/sessions/{session.Id - 1}{call}", body: body);
        Assert.Equal(HttpStatusCode.Unauthorized, known.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        var told = await TextOf(known);
        Assert.Equal(await TextOf(unknown), told);

        using var guessed = await server.SendAsync(new HttpMethod(method), session.Path + call, session.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), body);
        Assert.Equal(HttpStatusCode.Unauthorized, guessed.StatusCode);
        Assert.Equal(told, await TextOf(guessed));

        using var owner = await server.SendAsync(HttpMethod.Get, session.Path, session.Token);
        var view = await SessionApiTests.JsonOf(owner);
        Assert.Equal("negotiating", view.GetProperty("state").GetString());
        Assert.Equal(0, view.GetProperty("queued").GetInt32());
    }

    [Fact]
    public async Task D9_a_refused_start_does_not_look_like_a_success()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:MaxSessions=1");
        using var bad = await server.PostOfferAsync("not an offer");
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        AssertNoSession(await SessionApiTests.AssertProblem(bad, "bad-offer"));

        using var unknown = await server.PostOfferAsync(Offers.Chromium, "nobody");
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        AssertNoSession(await SessionApiTests.AssertProblem(unknown, "unknown-avatar"));

        await using var peers = new PeerHost(TimeProvider.System);
        var person = await Person.ConnectAsync(server, peers);
        using var full = await server.PostOfferAsync(Offers.Chromium);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, full.StatusCode);
        Assert.NotNull(full.Headers.RetryAfter);
        AssertNoSession(await SessionApiTests.AssertProblem(full, "full"));
        await person.Line.DisposeAsync();
    }

    [Fact]
    public async Task D9_a_session_that_its_owner_closed_frees_its_slot_at_once()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:MaxSessions=1");
        for (var i = 0; i < 3; i++)
        {
            var session = await server.CreateAsync();
            using var closed = await server.SendAsync(HttpMethod.Delete, session.Path, session.Token);
            Assert.Equal(HttpStatusCode.NoContent, closed.StatusCode);
        }
    }

    private static void AssertNoSession(JsonElement problem)
    {
        Assert.False(problem.TryGetProperty("sessionId", out _));
        Assert.False(problem.TryGetProperty("answer", out _));
    }

    /// <summary>The body without what names the request.</summary>
    private static async Task<string> TextOf(HttpResponseMessage response)
    {
        var members = (await SessionApiTests.JsonOf(response)).EnumerateObject();
        return string.Join('\n', members.Where(member => !member.NameEquals("traceId")).Select(member => member.ToString()));
    }
}
