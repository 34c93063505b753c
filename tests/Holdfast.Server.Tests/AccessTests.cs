using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Holdfast.Server.Tests;

/// <summary>Who may start a session, and that nothing else is asked of its owner.</summary>
[Trait("Speed", "Slow")]
public sealed class AccessTests
{
    private const string Stranger = "203.0.113.7";
    private const string SiteKey = "site-key-0123456789abcdef";
    private const string OperatorKey = "operator-key-0123456789abcdef";
    private const string ProviderKey = "a secret of an identity provider, for tests";
    private const string TicketKey = "a secret that tickets are signed with, too";

    private static readonly string[] Keys =
    [
        "--Holdfast:Access:Keys:site:Key=" + SiteKey,
        "--Holdfast:Access:Keys:boss:Key=" + OperatorKey,
        "--Holdfast:Access:Keys:boss:Role=Operator",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("PrivateNetworks", null, true)]
    [InlineData("PrivateNetworks", "10.1.2.3", true)]
    [InlineData("PrivateNetworks", "192.168.7.7", true)]
    [InlineData("PrivateNetworks", "fd00::7", true)]
    [InlineData("PrivateNetworks", "::ffff:172.16.0.9", true)]
    [InlineData("PrivateNetworks", Stranger, false)]
    [InlineData("PrivateNetworks", "172.32.0.1", false)]
    [InlineData("PrivateNetworks", "2001:db8::7", false)]
    [InlineData("PrivateNetworks", "unknown", false)]
    [InlineData("PrivateNetworks", Stranger + ", 10.0.0.1", false)] // a second proxy that nobody vouches for
    [InlineData("Everywhere", Stranger, true)]
    [InlineData("Nowhere", null, false)]
    [InlineData("Nowhere", "10.1.2.3", false)]
    public async Task Who_shows_nothing_is_let_in_by_where_it_comes_from(string anonymous, string? from, bool isLetIn)
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:Access:Anonymous=" + anonymous);
        using var response = await PostAsync(server, from: from);
        if (isLetIn)
        {
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
            return;
        }

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.True(response.Headers.Contains("Holdfast-Api"));
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        var detail = await SessionApiTests.AssertProblem(response, "sign-in");
        Assert.Contains("only for", detail.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_start_is_asked_for_a_key_the_owner_needs_the_resume_token_alone()
    {
        await using var server = await RunningServer.StartAsync(["--Holdfast:Access:Anonymous=Nowhere", .. Keys]);
        using var created = await PostAsync(server, bearer: SiteKey, from: Stranger);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var body = await SessionApiTests.JsonOf(created);
        var path = $"/api/sessions/{body.GetProperty("sessionId").GetInt64()}";
        var token = body.GetProperty("resumeToken").GetString()!;

        using var byBearer = await server.SendAsync(HttpMethod.Get, path, token);
        Assert.Equal(HttpStatusCode.OK, byBearer.StatusCode);

        // Its own header leaves Authorization to a login of the app.
        using var byHeader = await SendAsync(server, HttpMethod.Get, path, ("Holdfast-Resume-Token", token), ("Authorization", "Bearer something-else"));
        Assert.Equal(HttpStatusCode.OK, byHeader.StatusCode);
        using var byKey = await server.SendAsync(HttpMethod.Get, path, OperatorKey);
        await SessionApiTests.AssertProblem(byKey, "not-owner");
        using var tooLong = await SendAsync(server, HttpMethod.Get, path, ("Holdfast-Resume-Token", new string('a', 4000)), ("Authorization", "Bearer " + token));
        await SessionApiTests.AssertProblem(tooLong, "not-owner");
    }

    [Theory]
    [InlineData("Authorization", "Bearer " + SiteKey, true)]
    [InlineData("X-Api-Key", SiteKey, true)]
    [InlineData("Authorization", "Bearer " + SiteKey + "x", false)]
    [InlineData("X-Api-Key", "", false)]
    [InlineData("X-Api-Key", "site-key-0123456789abcde", false)]
    [InlineData("Authorization", "Bearer", false)]
    [InlineData("Authorization", "Basic c2l0ZTprZXk=", false)]
    [InlineData("Authorization", "Bearer eyJ.eyJ.x", false)]
    [InlineData("Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJob2xkZmFzdC10aWNrZXQifQ.", false)]
    public async Task What_is_shown_is_valid_or_refused_wherever_it_comes_from(string header, string value, bool isValid)
    {
        // Even this machine, which is let in without anything, is told that what it shows is wrong.
        await using var server = await RunningServer.StartAsync(Keys);
        using var response = await PostAsync(server, headers: [(header, value)]);
        Assert.Equal(isValid ? HttpStatusCode.Created : HttpStatusCode.Unauthorized, response.StatusCode);
        if (!isValid)
        {
            await SessionApiTests.AssertProblem(response, "sign-in");
        }
    }

    [Fact]
    public async Task A_ticket_starts_sessions_until_it_runs_out_and_gives_no_other_right()
    {
        await using var server = await RunningServer.StartAsync(["--Holdfast:Access:Anonymous=Nowhere", .. Keys]);
        using var made = await server.SendAsync(HttpMethod.Post, "/api/tickets", SiteKey, new { user = "anna", seconds = 30 });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var answer = await SessionApiTests.JsonOf(made);
        var ticket = answer.GetProperty("ticket").GetString()!;
        Assert.InRange(answer.GetProperty("expiresAt").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddSeconds(1), DateTimeOffset.UtcNow.AddSeconds(31));

        using var started = await PostAsync(server, bearer: ticket, from: Stranger);
        Assert.Equal(HttpStatusCode.Created, started.StatusCode);
        using var another = await server.SendAsync(HttpMethod.Post, "/api/tickets", ticket);
        await SessionApiTests.AssertProblem(another, "not-allowed");
        using var anonymous = await server.SendAsync(HttpMethod.Post, "/api/tickets");
        await SessionApiTests.AssertProblem(anonymous, "sign-in");
    }

    [Theory]
    [InlineData(TicketKey, "holdfast-ticket", 60, true)]
    [InlineData(TicketKey, "holdfast-ticket", -60, false)]
    [InlineData(TicketKey, "somebody", 60, false)]
    [InlineData("a secret that tickets are not signed with", "holdfast-ticket", 60, false)]
    public async Task A_site_signs_its_own_tickets_with_the_secret_it_shares(string key, string issuer, int seconds, bool isValid)
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:Access:Anonymous=Nowhere", "--Holdfast:Access:Tickets:Key=" + TicketKey);
        using var response = await PostAsync(server, bearer: TokenOf(key, issuer, "holdfast-ticket", seconds), from: Stranger);
        Assert.Equal(isValid ? HttpStatusCode.Created : HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData(ProviderKey, "https://login.example", "holdfast", 60, true)]
    [InlineData(ProviderKey, "https://login.example", "another-app", 60, false)]
    [InlineData(ProviderKey, "https://other.example", "holdfast", 60, false)]
    [InlineData(ProviderKey, "https://login.example", "holdfast", -600, false)]
    [InlineData("a secret of nobody whom anybody knows here", "https://login.example", "holdfast", 60, false)]
    public async Task A_token_of_the_identity_provider_is_checked_whole(string key, string issuer, string audience, int seconds, bool isValid)
    {
        await using var server = await RunningServer.StartAsync(
            "--Holdfast:Access:Anonymous=Nowhere", "--Holdfast:Access:Jwt:Key=" + ProviderKey,
            "--Holdfast:Access:Jwt:Issuer=https://login.example", "--Holdfast:Access:Jwt:Audience=holdfast");
        using var response = await PostAsync(server, bearer: TokenOf(key, issuer, audience, seconds), from: Stranger);
        Assert.Equal(isValid ? HttpStatusCode.Created : HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_token_that_calls_itself_a_key_holder_or_comes_as_a_ticket_with_roles_makes_no_tickets()
    {
        await using var server = await RunningServer.StartAsync(
            "--Holdfast:Access:Jwt:Key=" + ProviderKey, "--Holdfast:Access:Tickets:Key=" + TicketKey);
        var roles = new Dictionary<string, object>(StringComparer.Ordinal) { ["role"] = new[] { "holdfast-key", "holdfast-operator" } };
        using var byTicket = await server.SendAsync(HttpMethod.Post, "/api/tickets", TokenOf(TicketKey, "holdfast-ticket", "holdfast-ticket", 60, roles));
        await SessionApiTests.AssertProblem(byTicket, "not-allowed");
        roles["role"] = "holdfast-key";
        using var byToken = await server.SendAsync(HttpMethod.Post, "/api/tickets", TokenOf(ProviderKey, "x", "x", 60, roles));
        await SessionApiTests.AssertProblem(byToken, "not-allowed");
        roles["role"] = "holdfast-operator";
        using var byOperator = await server.SendAsync(HttpMethod.Post, "/api/tickets", TokenOf(ProviderKey, "x", "x", 60, roles));
        Assert.Equal(HttpStatusCode.Created, byOperator.StatusCode);
    }

    [Fact]
    public async Task Starts_are_limited_by_address_and_user_and_never_for_this_machine()
    {
        await using var server = await RunningServer.StartAsync(["--Holdfast:Access:Anonymous=Everywhere", "--Holdfast:Access:StartsPerMinute=2", .. Keys]);
        for (var i = 0; i < 2; i++)
        {
            using var response = await PostAsync(server, from: "2001:db8::" + i);
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        }

        using var third = await PostAsync(server, from: "2001:db8::ffff"); // the same household
        await SessionApiTests.AssertProblem(third, "too-many-starts");
        Assert.InRange(third.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        using var elsewhere = await PostAsync(server, from: Stranger);
        Assert.Equal(HttpStatusCode.Created, elsewhere.StatusCode);
        for (var i = 0; i < 4; i++)
        {
            using var byKey = await PostAsync(server, bearer: SiteKey, from: "198.51.100." + i);
            Assert.Equal(i < 2 ? HttpStatusCode.Created : HttpStatusCode.TooManyRequests, byKey.StatusCode);
            if (i >= 2)
            {
                // A key's limit holds wherever it comes from, and is told like an address's.
                var problem = await SessionApiTests.AssertProblem(byKey, "too-many-starts");
                Assert.Contains("minute", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
                Assert.InRange(byKey.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
            }

            using var local = await PostAsync(server);
            Assert.Equal(HttpStatusCode.Created, local.StatusCode);
        }
    }

    [Theory]
    [InlineData("https://shop.example", "https://shop.example", true)]
    [InlineData("https://shop.example", "https://evil.example", false)]
    [InlineData("*", "https://any.example", true)]
    [InlineData("", "https://any.example", false)]
    public async Task Pages_of_other_origins_may_call_where_the_settings_say_so(string allowed, string origin, bool isAllowed)
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:Access:Origins=" + allowed);
        using var asked = await SendAsync(
            server, HttpMethod.Options, "/api/sessions/1/heartbeat",
            ("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "holdfast-resume-token,content-type"));
        Assert.Equal(isAllowed, asked.Headers.Contains("Access-Control-Allow-Origin"));
        using var called = await SendAsync(server, HttpMethod.Get, "/api/server", ("Origin", origin));
        Assert.Equal(isAllowed, called.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("--Holdfast:Access:Keys:a:Key=short", "Holdfast:Access:Keys:a")]
    [InlineData("--Holdfast:Access:Keys:a:KeyVariable=HOLDFAST_NOBODY_SET_THIS", "HOLDFAST_NOBODY_SET_THIS")]
    [InlineData("--Holdfast:Access:Keys:a:Role=Operator", "has no Key")]
    [InlineData("--Holdfast:Access:Anonymous=Sometimes", "Holdfast:Access:Anonymous")]
    [InlineData("--Holdfast:Access:Origins=https://shop.example/path", "Origins")]
    [InlineData("--Holdfast:Access:Tickets:Key=short", "Holdfast:Access:Tickets:Key")]
    [InlineData("--Holdfast:Access:Jwt:Key=short", "Holdfast:Access:Jwt:Key")]
    [InlineData("--Holdfast:Access:StartsPerMinute=0", "Holdfast:Access:StartsPerMinute")]
    public async Task A_wrong_setting_stops_the_start_with_a_sentence(string setting, string named)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => RunningServer.StartAsync(setting));
        Assert.Contains(named, StartFailure.Explain(failure), StringComparison.Ordinal);
    }

    private static string TokenOf(string key, string issuer, string audience, int seconds, Dictionary<string, object>? claims = null)
    {
        var now = DateTime.UtcNow;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Expires = now.AddSeconds(seconds),
            Claims = new Dictionary<string, object>(claims ?? [], StringComparer.Ordinal) { ["sub"] = "anna" },
            SigningCredentials = new(new SymmetricSecurityKey(System.Text.Encoding.UTF8.GetBytes(key)), SecurityAlgorithms.HmacSha256),
        });
    }

    private static Task<HttpResponseMessage> PostAsync(
        RunningServer server, string? bearer = null, string? from = null, (string Name, string Value)[]? headers = null) =>
        SendAsync(
            server, HttpMethod.Post, "/api/sessions",
            [.. headers ?? [], .. bearer is null ? Array.Empty<(string, string)>() : [("Authorization", "Bearer " + bearer)], .. from is null ? Array.Empty<(string, string)>() : [("X-Forwarded-For", from)]]);

    private static Task<HttpResponseMessage> SendAsync(RunningServer server, HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (method == HttpMethod.Post)
        {
            request.Content = JsonContent.Create(new { sdp = Offers.Chromium, type = "offer" });
        }

        return server.Http.SendAsync(request, Cancel);
    }
}
