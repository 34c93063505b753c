using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Holdfast.AspNetCore.Http;
using Holdfast.Sessions;

namespace Holdfast.Server.Tests;

public sealed class SessionApiTests : IClassFixture<SharedServer>
{
    private readonly RunningServer _server;

    public SessionApiTests(SharedServer shared) => _server = shared.Server;

    [Fact]
    public async Task An_offer_is_answered_with_all_a_client_needs()
    {
        using var response = await _server.PostOfferAsync(Offers.Chromium);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var body = await JsonOf(response);

        var id = body.GetProperty("sessionId");
        Assert.Equal(JsonValueKind.Number, id.ValueKind);
        Assert.InRange(id.GetInt64(), 1, (1L << 53) - 1);
        Assert.Equal($"/api/sessions/{id.GetInt64()}", response.Headers.Location!.ToString());
        Assert.Equal(43, body.GetProperty("resumeToken").GetString()!.Length);
        Assert.Equal(0, body.GetProperty("generation").GetInt32());
        Assert.Equal("negotiating", body.GetProperty("state").GetString());
        Assert.Equal(300, body.GetProperty("graceSeconds").GetInt32());
        Assert.Equal(20, body.GetProperty("heartbeatSeconds").GetInt32());
        Assert.Equal("answer", body.GetProperty("answer").GetProperty("type").GetString());

        var sdp = body.GetProperty("answer").GetProperty("sdp").GetString()!;
        var tag = body.GetProperty("ice").GetProperty("tag").GetString()!;
        Assert.Contains("a=ice-lite\r\n", sdp, StringComparison.Ordinal);
        Assert.Contains($"a=ice-ufrag:{tag}/0\r\n", sdp, StringComparison.Ordinal);
        Assert.Contains("a=setup:passive\r\n", sdp, StringComparison.Ordinal);
        Assert.True(sdp.IndexOf("m=video", StringComparison.Ordinal) < sdp.IndexOf("m=audio", StringComparison.Ordinal));
        Assert.DoesNotContain("H264", sdp, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_resume_token_and_nothing_else_opens_a_session()
    {
        var session = await _server.CreateAsync();
        var other = await _server.CreateAsync();

        using var without = await _server.SendAsync(HttpMethod.Get, session.Path);
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal("Bearer", without.Headers.WwwAuthenticate.ToString());
        await AssertProblem(without, "not-owner");

        using var wrong = await _server.SendAsync(HttpMethod.Get, session.Path, other.Token);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);

        using var right = await _server.SendAsync(HttpMethod.Get, session.Path, session.Token);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Equal("negotiating", (await JsonOf(right)).GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("9007199254740993")]
    [InlineData("abc")]
    public async Task An_id_that_names_nothing_is_not_found(string id)
    {
        using var response = await _server.SendAsync(HttpMethod.Get, $"/api/sessions/{id}", "some-token");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        await AssertProblem(response, "unknown-session");
    }

    [Fact]
    public async Task A_closed_session_is_gone_and_tells_its_owner_why()
    {
        var session = await _server.CreateAsync();
        using var closed = await _server.SendAsync(HttpMethod.Delete, session.Path, session.Token);
        Assert.Equal(HttpStatusCode.NoContent, closed.StatusCode);

        using var owner = await _server.SendAsync(HttpMethod.Get, session.Path, session.Token);
        Assert.Equal(HttpStatusCode.Gone, owner.StatusCode);
        var problem = await AssertProblem(owner, "session-ended");
        Assert.Contains("owner closed it", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("closedByOwner", problem.GetProperty("reason").GetString());

        foreach (var (method, call) in new[] { ("POST", "/heartbeat"), ("POST", "/say"), ("POST", "/connections"), ("PATCH", "/connection"), ("DELETE", "") })
        {
            using var late = await _server.SendAsync(new HttpMethod(method), session.Path + call, session.Token, new { });
            Assert.Equal(HttpStatusCode.Gone, late.StatusCode);
            Assert.Equal("closedByOwner", (await AssertProblem(late, "session-ended")).GetProperty("reason").GetString());
        }

        using var stranger = await _server.SendAsync(HttpMethod.Get, session.Path, "another");
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        Assert.False((await AssertProblem(stranger, "not-owner")).TryGetProperty("reason", out _));
    }

    [Fact]
    public void Every_reason_has_a_sentence_and_a_word_that_stays()
    {
        var reasons = Enum.GetValues<SessionReason>();
        Assert.Equal(reasons.Length, reasons.Select(Words.Stable).Distinct(StringComparer.Ordinal).Count());
        Assert.All(reasons, reason =>
        {
            Assert.Equal(reason.ToString(), Words.Stable(reason), ignoreCase: true);
            Assert.True(char.IsAsciiLetterLower(Words.Stable(reason)[0]));
            Assert.NotEmpty(Words.Of(reason));
        });
    }

    [Theory]
    [InlineData("{", "")]
    [InlineData("[]", "")]
    [InlineData("null", "")]
    [InlineData("{}", "'type'")]
    [InlineData("""{"type":"answer","sdp":"v=0"}""", "'type'")]
    [InlineData("""{"type":"offer"}""", "'sdp'")]
    [InlineData("""{"type":"offer","sdp":7}""", "")]
    public async Task A_body_that_makes_no_sense_is_refused_with_a_problem(string json, string mentions)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _server.Http.PostAsync(new Uri("/api/sessions", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await AssertProblem(response);
        if (mentions.Length > 0)
        {
            Assert.Contains(mentions, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null, "pause")]
    [InlineData("pause", "pause")]
    [InlineData("finish", "finish")]
    [InlineData("drop", "drop")]
    public async Task A_gap_policy_may_be_chosen(string? asked, string chosen)
    {
        using var created = await _server.Http.PostAsJsonAsync(
            new Uri("/api/sessions", UriKind.Relative),
            new { sdp = Offers.Chromium, type = "offer", gapPolicy = asked },
            TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var body = await JsonOf(created);
        using var got = await _server.SendAsync(
            HttpMethod.Get, created.Headers.Location!.ToString(), body.GetProperty("resumeToken").GetString());
        var view = await JsonOf(got);
        Assert.Equal(chosen, view.GetProperty("gapPolicy").GetString());
        Assert.Equal(JsonValueKind.Null, view.GetProperty("playout").ValueKind);
    }

    [Theory]
    [InlineData("\"sing\"")]
    [InlineData("\"Pause\"")]
    [InlineData("\"\"")]
    [InlineData("7")]
    public async Task Another_gap_policy_is_refused(string policy)
    {
        var offer = JsonSerializer.Serialize(Offers.Chromium);
        using var content = new StringContent($$"""{"sdp":{{offer}},"type":"offer","gapPolicy":{{policy}}}""", Encoding.UTF8, "application/json");
        using var response = await _server.Http.PostAsync(new Uri("/api/sessions", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        await AssertProblem(response);
    }

    [Theory]
    [InlineData("", HttpStatusCode.OK)]
    [InlineData("{}", HttpStatusCode.OK)]
    [InlineData("""{"played":null}""", HttpStatusCode.OK)]
    [InlineData("""{"played":{"rtpTimestamp":0}}""", HttpStatusCode.OK)]
    [InlineData("""{"played":{"rtpTimestamp":4294967295}}""", HttpStatusCode.OK)]
    [InlineData("""{"played":{"rtpTimestamp":4294967296}}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"played":{"rtpTimestamp":-1}}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"played":{"rtpTimestamp":1e30}}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"played":{"rtpTimestamp":"now"}}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"played":{}}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"played":[]}""", HttpStatusCode.BadRequest)]
    public async Task A_heartbeat_may_say_what_was_played(string json, HttpStatusCode expected)
    {
        var session = await _server.CreateAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(session.Path + "/heartbeat", UriKind.Relative));
        request.Headers.Authorization = new("Bearer", session.Token);
        request.Content = json.Length == 0 ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n")]
    public async Task An_sdp_that_cannot_be_answered_gets_one_clear_sentence(string sdp)
    {
        using var response = await _server.PostOfferAsync(sdp);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var detail = (await AssertProblem(response, "bad-offer")).GetProperty("detail").GetString()!;
        Assert.EndsWith(".", detail, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', detail);
    }

    [Fact]
    public async Task An_avatar_that_is_not_there_is_named_together_with_those_that_are()
    {
        using var response = await _server.PostOfferAsync(Offers.Chromium, "nobody");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var detail = (await AssertProblem(response, "unknown-avatar")).GetProperty("detail").GetString()!;
        Assert.Contains("'nobody'", detail, StringComparison.Ordinal);
        Assert.Contains("lin", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_larger_than_any_offer_is_refused_unread()
    {
        using var response = await _server.PostOfferAsync(new string('x', 400_000));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        await AssertProblem(response);
    }

    [Theory]
    [InlineData("hello", "echo", HttpStatusCode.Conflict)]
    [InlineData("hello", null, HttpStatusCode.Conflict)]
    [InlineData("hello", "sing", HttpStatusCode.BadRequest)]
    [InlineData("", "echo", HttpStatusCode.BadRequest)]
    [InlineData(null, "echo", HttpStatusCode.BadRequest)]
    public async Task What_cannot_be_said_is_refused(string? text, string? mode, HttpStatusCode expected)
    {
        var session = await _server.CreateAsync();
        using var response = await _server.SendAsync(HttpMethod.Post, session.Path + "/say", session.Token, new { text, mode });
        Assert.Equal(expected, response.StatusCode);
        await AssertProblem(response);
    }

    [Fact]
    public async Task A_text_that_is_too_long_is_refused_with_the_limit()
    {
        var session = await _server.CreateAsync();
        using var response = await _server.SendAsync(
            HttpMethod.Post, session.Path + "/say", session.Token, new { text = new string('a', 4_001), mode = "echo" });
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("4000", (await AssertProblem(response)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_heartbeat_tells_how_long_the_session_is_kept_which_is_less_before_anybody_has_spoken()
    {
        var session = await _server.CreateAsync();
        using var response = await _server.SendAsync(HttpMethod.Post, session.Path + "/heartbeat", session.Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = await JsonOf(response);
        Assert.Equal("negotiating", answer.GetProperty("state").GetString());
        Assert.Equal(120, answer.GetProperty("expiresInSeconds").GetDouble());
    }

    [Fact]
    public async Task A_grace_period_can_be_asked_for_and_is_bounded()
    {
        foreach (var (asked, given) in new[] { (60, 60), (1_000_000, 3_600) })
        {
            using var response = await _server.SendAsync(
                HttpMethod.Post, "/api/sessions", body: new { sdp = Offers.Chromium, type = "offer", graceSeconds = asked });
            Assert.Equal(given, (await JsonOf(response)).GetProperty("graceSeconds").GetInt32());
        }

        using var refused = await _server.SendAsync(
            HttpMethod.Post, "/api/sessions", body: new { sdp = Offers.Chromium, type = "offer", graceSeconds = 0 });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/connections")]
    [InlineData("PATCH", "/connection")]
    public async Task There_is_nothing_to_come_back_to_before_the_first_connection(string method, string call)
    {
        var session = await _server.CreateAsync();
        var offer = new { sdp = Offers.Chromium, type = "offer" };
        using var early = await _server.SendAsync(new HttpMethod(method), session.Path + call, session.Token, offer);
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        await AssertProblem(early, "not-connected");

        using var stranger = await _server.SendAsync(new HttpMethod(method), session.Path + call, "another", offer);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
    }

    [Fact]
    public async Task The_plug_cannot_be_pulled_in_production()
    {
        var session = await _server.CreateAsync();
        using var response = await _server.SendAsync(HttpMethod.Post, session.Path + "/outage", session.Token, new { seconds = 5 });
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task There_are_two_avatars_with_names_and_pictures()
    {
        var list = await _server.Http.GetFromJsonAsync<JsonElement>("/api/avatars", TestContext.Current.CancellationToken);
        var avatars = list.GetProperty("avatars").EnumerateArray().ToArray();
        Assert.True(avatars.Length >= 2);
        Assert.Equal(avatars[0].GetProperty("name").GetString(), list.GetProperty("default").GetString());
        foreach (var avatar in avatars)
        {
            Assert.NotEmpty(avatar.GetProperty("displayName").GetProperty("zh-CN").GetString()!);
            Assert.NotEmpty(avatar.GetProperty("displayName").GetProperty("en").GetString()!);
            var png = await _server.Http.GetByteArrayAsync(
                new Uri(avatar.GetProperty("preview").GetString()!, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal("PNG"u8.ToArray(), png[1..4]);
            using var asked = new HttpRequestMessage(HttpMethod.Get, avatar.GetProperty("preview").GetString() + "?size=small");
            asked.Headers.Accept.ParseAdd("image/webp");
            using var small = await _server.Http.SendAsync(asked, TestContext.Current.CancellationToken);
            Assert.Equal("image/webp", small.Content.Headers.ContentType?.MediaType);
            Assert.InRange((await small.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length, 200, 4_000);
        }

        using var unknown = await _server.SendAsync(HttpMethod.Get, "/api/avatars/nobody/preview.png");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    internal static async Task<JsonElement> JsonOf(HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

    internal static async Task<JsonElement> AssertProblem(HttpResponseMessage response, string? kind = null)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await JsonOf(response);
        Assert.Equal((int)response.StatusCode, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        if (kind is not null)
        {
            Assert.Equal("urn:holdfast:problem:" + kind, problem.GetProperty("type").GetString());
        }

        return problem;
    }
}
