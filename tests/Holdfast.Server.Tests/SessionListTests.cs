using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Holdfast.Server.Tests;

/// <summary><c>GET /api/sessions</c>: what an operator sees of all sessions.</summary>
[Trait("Speed", "Slow")]
public sealed class SessionListTests
{
    private const string SiteKey = "site-key-0123456789abcdef";
    private const string OperatorKey = "operator-key-0123456789abcdef";

    private static readonly string[] Keys =
    [
        "--Holdfast:Access:Keys:site:Key=" + SiteKey,
        "--Holdfast:Access:Keys:boss:Key=" + OperatorKey,
        "--Holdfast:Access:Keys:boss:Role=Operator",
    ];

    [Fact]
    public async Task An_operator_pages_through_all_sessions_and_finds_those_of_a_user_a_tag_and_a_state()
    {
        await using var server = await RunningServer.StartAsync(Keys);
        var created = new List<long>();
        foreach (var (user, tags) in ((string, string?)[])[("anna", "kiosk 7, demo"), ("anna", null), ("bert", "demo"), ("bert", "demon"), ("carl", null)])
        {
            created.Add(await CreateAsync(server, user, tags));
        }

        var unattended = await server.SendAsync(HttpMethod.Post, "/api/sessions", OperatorKey, new { avatar = "lin", staysAlive = true });
        created.Add((await SessionApiTests.JsonOf(unattended)).GetProperty("sessionId").GetInt64());
        created.Sort();

        var seen = new List<long>();
        for (long? after = null; ;)
        {
            var page = await ListAsync(server, "?limit=4" + (after is { } id ? string.Create(CultureInfo.InvariantCulture, $"&after={id}") : ""));
            Assert.Equal(6, page.GetProperty("total").GetInt32());
            seen.AddRange(IdsOf(page));
            if (page.GetProperty("next").ValueKind is JsonValueKind.Null)
            {
                break;
            }

            Assert.Equal(4, seen.Count);
            after = page.GetProperty("next").GetInt64();
        }

        Assert.Equal(created, seen);
        Assert.Equal(2, (await ListAsync(server, "?user=anna")).GetProperty("total").GetInt32());
        Assert.Equal(2, (await ListAsync(server, "?tag=demo")).GetProperty("total").GetInt32());
        Assert.Equal(0, (await ListAsync(server, "?tag=demo&user=carl")).GetProperty("total").GetInt32());
        Assert.Equal(5, (await ListAsync(server, "?state=negotiating")).GetProperty("total").GetInt32());
        var held = Assert.Single((await ListAsync(server, "?state=held")).GetProperty("sessions").EnumerateArray());
        Assert.Equal(("held", "key:boss", "lin"), (held.GetProperty("state").GetString(), held.GetProperty("user").GetString(), held.GetProperty("avatar").GetString()));
        var tagged = (await ListAsync(server, "?tag=kiosk%207")).GetProperty("sessions")[0];
        Assert.Equal(["kiosk 7", "demo"], tagged.GetProperty("tags").EnumerateArray().Select(static tag => tag.GetString()!), StringComparer.Ordinal);

        // Nothing of it lets anybody into a session.
        Assert.False(tagged.TryGetProperty("resumeToken", out _));
    }

    [Fact]
    public async Task Only_operators_are_told_even_on_this_machine()
    {
        await using var server = await RunningServer.StartAsync(Keys);
        using var nobody = await server.SendAsync(HttpMethod.Get, "/api/sessions");
        await SessionApiTests.AssertProblem(nobody, "sign-in");
        using var site = await server.SendAsync(HttpMethod.Get, "/api/sessions", SiteKey);
        await SessionApiTests.AssertProblem(site, "not-allowed");
        using var wrong = await server.SendAsync(HttpMethod.Get, "/api/sessions", OperatorKey + "x");
        await SessionApiTests.AssertProblem(wrong, "sign-in");
        var session = await server.CreateAsync();
        using var owner = await server.SendAsync(HttpMethod.Get, "/api/sessions", session.Token);
        await SessionApiTests.AssertProblem(owner, "sign-in");
    }

    [Theory]
    [InlineData("state=connectd", "state")]
    [InlineData("state=closed", "state")]
    [InlineData("state=", "state")]
    [InlineData("state=held&state=connected", "state")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=1e2", "limit")]
    [InlineData("limit=99999999999999999999", "limit")]
    [InlineData("after=0", "after")]
    [InlineData("after=9007199254740992", "after")]
    [InlineData("after=abc", "after")]
    [InlineData("user=", "user")]
    [InlineData("tag=12345678901234567890123456789012345678901234567890123456789012345", "tag")]
    public async Task A_bad_question_is_refused_by_its_name(string query, string name)
    {
        await using var server = await RunningServer.StartAsync(Keys);
        using var response = await server.SendAsync(HttpMethod.Get, "/api/sessions?" + query, OperatorKey);
        var problem = await SessionApiTests.AssertProblem(response, "bad-request");
        Assert.Contains($"'{name}'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static IEnumerable<long> IdsOf(JsonElement page) => page.GetProperty("sessions").EnumerateArray().Select(static session => session.GetProperty("sessionId").GetInt64());

    private static async Task<JsonElement> ListAsync(RunningServer server, string query)
    {
        using var response = await server.SendAsync(HttpMethod.Get, "/api/sessions" + query, OperatorKey);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    private static async Task<long> CreateAsync(RunningServer server, string user, string? tags)
    {
        using var made = await server.SendAsync(HttpMethod.Post, "/api/tickets", SiteKey, new { user });
        var ticket = (await SessionApiTests.JsonOf(made)).GetProperty("ticket").GetString()!;
        using var response = await server.SendAsync(HttpMethod.Post, "/api/sessions", ticket, new { sdp = Offers.Chromium, type = "offer", tags });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await SessionApiTests.JsonOf(response)).GetProperty("sessionId").GetInt64();
    }
}
