using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Holdfast.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Server.Tests;

/// <summary>What an app knows of its sessions: whose they are, what they are called, and what happens in them.</summary>
[Trait("Speed", "Slow")]
public sealed class FollowingTests
{
    private const string Key = "site-key-0123456789abcdef";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_has_the_user_of_its_ticket_and_the_tags_of_its_client()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:Access:Keys:site:Key=" + Key);
        var (id, token) = await CreateAsync(server, await TicketAsync(server, "anna"), "kiosk 7 , demo,");
        using var response = await server.SendAsync(HttpMethod.Get, $"/api/sessions/{id}", token);
        var view = await SessionApiTests.JsonOf(response);
        Assert.Equal("anna", view.GetProperty("user").GetString());
        Assert.Equal("kiosk 7|demo", string.Join('|', view.GetProperty("tags").EnumerateArray().Select(static tag => tag.GetString())));
        var listed = Assert.Single(server.Services.GetRequiredService<SessionDirectory>().Live);
        Assert.Equal("anna", listed.Labels.User);
    }

    [Theory]
    [InlineData("1,2,3,4,5,6,7,8,9")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task Tags_out_of_their_bounds_are_refused(string tags)
    {
        await using var server = await RunningServer.StartAsync();
        using var response = await server.SendAsync(HttpMethod.Post, "/api/sessions", body: new { sdp = Offers.Chromium, type = "offer", tags });
        var problem = await SessionApiTests.AssertProblem(response, "bad-request");
        Assert.Contains("'tags'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_user_has_so_many_sessions_at_once_and_another_has_their_own()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:MaxSessionsPerUser=2", "--Holdfast:Access:Keys:site:Key=" + Key);
        var anna = await TicketAsync(server, "anna");
        var first = await CreateAsync(server, anna);
        await CreateAsync(server, anna);
        using var third = await PostAsync(server, anna);
        var problem = await SessionApiTests.AssertProblem(third, "too-many-of-user");
        Assert.Equal("You have 2 sessions, which is as many as may be. End one of them, or come back to it.", problem.GetProperty("detail").GetString());
        Assert.InRange(third.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        await CreateAsync(server, await TicketAsync(server, "bert"));

        using var closed = await server.SendAsync(HttpMethod.Delete, $"/api/sessions/{first.Id}", first.Token);
        await CreateAsync(server, anna);
    }

    [Fact]
    public async Task Many_at_once_of_one_user_are_no_way_around_the_limit()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:MaxSessionsPerUser=2", "--Holdfast:Access:Keys:site:Key=" + Key);
        var anna = await TicketAsync(server, "anna");
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => PostAsync(server, anna)));
        Assert.InRange(answers.Count(static answer => answer.StatusCode == HttpStatusCode.Created), 1, 2);
        Assert.InRange(server.Services.GetRequiredService<SessionDirectory>().Live.Count, 1, 2);
        Array.ForEach(answers, static answer => answer.Dispose());
    }

    [Fact]
    public async Task Whoever_follows_all_sessions_hears_of_each_from_its_beginning_to_its_end()
    {
        await using var server = await RunningServer.StartAsync();
        var feed = server.Services.GetRequiredService<SessionFeed>().ReadAllAsync(Cancel).GetAsyncEnumerator(Cancel);
        var session = await server.CreateAsync();
        using var closed = await server.SendAsync(HttpMethod.Delete, session.Path, session.Token);

        Assert.True(await feed.MoveNextAsync());
        Assert.Equal(session.Id, feed.Current.Session.Id.Value);
        Assert.True(feed.Current.Entry.Event is SessionEvent.StateChanged { From: null, Reason: SessionReason.Created });
        Assert.True(await feed.MoveNextAsync());
        Assert.True(feed.Current.Entry.Event is SessionEvent.StateChanged { To: SessionState.Closed, Reason: SessionReason.ClosedByOwner });
        Assert.Equal(0, feed.Current.Missed);
        await feed.DisposeAsync();
    }

    [Fact]
    public async Task Who_is_too_slow_misses_the_oldest_and_hears_how_many()
    {
        await using var server = await RunningServer.StartAsync();
        var sessions = server.Services.GetRequiredService<SessionDirectory>();
        await using var feed = sessions.Feed.ReadAllAsync(Cancel).GetAsyncEnumerator(Cancel);
        await server.CreateAsync();
        var session = Assert.Single(sessions.Live);
        for (var i = 0; i < SessionFeed.Kept + 9; i++)
        {
            session.Tell("test", $"{i}");
        }

        Assert.True(await feed.MoveNextAsync());
        Assert.Equal(10, feed.Current.Missed); // the nine, and the session's beginning
        Assert.True(await feed.MoveNextAsync());
        Assert.Equal(0, feed.Current.Missed);
    }

    [Fact]
    public async Task A_listener_is_told_of_the_end_that_the_servers_stop_brings_and_its_own_faults_are_its_own()
    {
        var listener = new Listener();
        var builder = HoldfastServer.CreateBuilder(["--urls", "http://127.0.0.1:0", "--Holdfast:Rtc:Port=0", "--Logging:LogLevel:Default=None"]);
        builder.Services.AddSingleton<ISessionListener>(listener);
        await using var app = builder.Build();
        await app.StartAsync(Cancel);
        var created = app.Services.GetRequiredService<SessionDirectory>().Create(new SessionRequest(Offers.Chromium, ShowName: null));
        Assert.IsType<CreateSessionResult.Created>(created);
        await app.StopAsync(Cancel);

        Assert.Equal(["Negotiating", "Closed"], listener.States);
    }

    private sealed class Listener : ISessionListener
    {
        public List<string> States { get; } = [];

        public ValueTask OnNewsAsync(SessionNews news, CancellationToken cancellationToken)
        {
            States.Add(news.Entry.Event is SessionEvent.StateChanged change ? change.To.ToString() : "else");
            throw new InvalidOperationException("A fault of the listener's.");
        }
    }

    private static async Task<string> TicketAsync(RunningServer server, string user)
    {
        using var made = await server.SendAsync(HttpMethod.Post, "/api/tickets", Key, new { user });
        return (await SessionApiTests.JsonOf(made)).GetProperty("ticket").GetString()!;
    }

    private static async Task<(long Id, string Token)> CreateAsync(RunningServer server, string bearer, string? tags = null)
    {
        using var response = await PostAsync(server, bearer, tags);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var body = await SessionApiTests.JsonOf(response);
        return (body.GetProperty("sessionId").GetInt64(), body.GetProperty("resumeToken").GetString()!);
    }

    private static Task<HttpResponseMessage> PostAsync(RunningServer server, string bearer, string? tags = null) =>
        server.SendAsync(HttpMethod.Post, "/api/sessions", bearer, new { sdp = Offers.Chromium, type = "offer", tags });
}
