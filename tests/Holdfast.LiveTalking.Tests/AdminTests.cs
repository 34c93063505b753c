using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Holdfast.Sessions;

namespace Holdfast.LiveTalking.Tests;

/// <summary>What the operator's page sees and does, over the calls it makes.</summary>
public sealed class AdminTests : IClassFixture<TalkingServer>
{
    private readonly TalkingServer _shared;
    private readonly RunningServer _server;

    public AdminTests(TalkingServer shared) => (_shared, _server) = (shared, shared.Server);

    private static (string, string) Key => TalkingServer.Operator;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/api/admin/events")]
    [InlineData("GET", "/api/admin/sessions")]
    [InlineData("GET", "/api/admin/sessions/1/events")]
    [InlineData("POST", "/api/admin/sessions/1/close")]
    [InlineData("POST", "/api/admin/sessions/1/hold")]
    [InlineData("POST", "/api/admin/sessions/1/say")]
    public async Task Only_operators_may(string method, string path)
    {
        (await _server.CallAsync(path, new { text = "x" }, method)).AssertFailed(HttpStatusCode.Unauthorized);
        (await _server.CallAsync(path, new { text = "x" }, method, TalkingServer.Site)).AssertFailed(HttpStatusCode.Forbidden);
        if (path.Contains("/1/", StringComparison.Ordinal))
        {
            (await _server.CallAsync(path, method is "GET" ? null : new { text = "x" }, method, Key)).AssertFailed(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task A_session_is_spoken_in_held_brought_back_and_closed_and_its_timeline_tells_of_it()
    {
        await using var visitor = await Visitor.ComeAsync(_server, _shared.Peers);
        var session = ControlTests.SessionOf(_server, visitor.Id);
        var path = $"/api/admin/sessions/{visitor.Id}";

        (await _server.CallAsync(path + "/say", new { text = "" }, "POST", Key)).AssertFailed(HttpStatusCode.BadRequest);
        (await _server.CallAsync(path + "/say", new { text = "A word from the operator." }, "POST", Key)).AssertOk();
        (await _server.CallAsync(path + "/hold", new { }, "POST", Key)).AssertOk();
        await Until.TrueAsync(() => Task.FromResult(session.State == SessionState.Held));
        await using var back = await visitor.ComeBackAsync(_shared.Peers);
        await Until.TrueAsync(() => Task.FromResult(session.State == SessionState.Connected));
        (await _server.CallAsync(path + "/close", new { }, "POST", Key)).AssertOk();
        Assert.Equal(SessionReason.ClosedByOwner, session.EndReason);

        var timeline = await _server.CallAsync(path + "/events", null, "GET", Key);
        Assert.Equal("text/event-stream", timeline.MediaType);
        Assert.Contains("A word from the operator.", timeline.Text, StringComparison.Ordinal);
        Assert.Contains("\"to\":\"held\"", timeline.Text, StringComparison.Ordinal);
        Assert.Contains("\"to\":\"closed\"", timeline.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("event: word", timeline.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stream_tells_how_the_server_and_each_session_is_those_in_trouble_first()
    {
        // Whoever only just starts is in no trouble; whether somebody connected is is for the line to say.
        var starting = await ControlTests.OfferAsync(_server);
        await using var there = await Visitor.ComeAsync(_server, _shared.Peers);
        await using var gone = await Visitor.ComeAsync(_server, _shared.Peers);
        ControlTests.SessionOf(_server, gone.Id).Hold();
        await Until.TrueAsync(() => Task.FromResult(ControlTests.SessionOf(_server, gone.Id).State == SessionState.Held));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/admin/events") { Headers = { { Key.Item1, Key.Item2 } } };
        using var response = await _server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        var told = new List<(string Kind, JsonElement Data)>();
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(Cancel)).EnumerateAsync(Cancel))
        {
            told.Add((item.EventType, JsonDocument.Parse(item.Data).RootElement));
            if (told.Count == 4)
            {
                break;
            }
        }

        Assert.Equal(["server", "sessions", "server", "sessions"], told.Select(static one => one.Kind), StringComparer.Ordinal);
        var server = told[2].Data;
        Assert.Equal((3, 100), (server.GetProperty("sessions").GetInt32(), server.GetProperty("limit").GetInt32()));
        Assert.InRange(server.GetProperty("trouble").GetInt32(), 1, 2);
        Assert.True(server.GetProperty("memory_mb").GetInt64() > 10);
        var sessions = told[3].Data.GetProperty("sessions").EnumerateArray().ToArray();
        Assert.Equal((gone.Id, "held", 2), (sessions[0].GetProperty("sessionid").GetInt64(), sessions[0].GetProperty("state").GetString(), sessions[0].GetProperty("trouble").GetInt32()));
        Assert.InRange(sessions[0].GetProperty("expires_in").GetInt32(), 100, 300);
        var live = Of(there.Id);
        Assert.Equal(0, live.GetProperty("generation").GetInt32());

        // A machine that stands still for a moment looks like a line that does.
        Assert.Contains(live.GetProperty("state").GetString(), (string[])["connected", "interrupted"], StringComparer.Ordinal);
        Assert.True(live.GetProperty("line_kbps").GetInt32() > 0);

        // What is really sent is known from the second telling on, of those who are reached.
        Assert.True(live.GetProperty("bytes_sent").GetInt64() > 0);
        Assert.True(live.GetProperty("sent_kbps").GetInt32() >= 0);
        Assert.Equal(JsonValueKind.Null, sessions[0].GetProperty("sent_kbps").ValueKind);
        Assert.True(live.GetProperty("state_seconds").GetDouble() > 0);
        Assert.Equal(("negotiating", 0), (Of(starting).GetProperty("state").GetString(), Of(starting).GetProperty("trouble").GetInt32()));
        await _server.CallAsync("/session/close", new { sessionid = starting });

        JsonElement Of(long id) => Assert.Single(sessions, one => one.GetProperty("sessionid").GetInt64() == id);
    }

    [Fact]
    public async Task The_operator_sees_all_sessions_in_both_shapes()
    {
        var id = await ControlTests.OfferAsync(_server);
        var list = (await _server.CallAsync("/api/admin/sessions", null, "GET", Key)).Json;
        foreach (var sessions in new[] { list.GetProperty("sessions"), list.GetProperty("data").GetProperty("sessions") })
        {
            var session = Assert.Single(sessions.EnumerateArray(), one => one.GetProperty("sessionid").GetInt64() == id);
            Assert.Equal(("lin", false, "negotiating"), (session.GetProperty("avatar_id").GetString(), session.GetProperty("speaking").GetBoolean(), session.GetProperty("state").GetString()));
        }

        Assert.Equal(100, (await _server.CallAsync("/api/admin/config", null, "GET", Key)).Json.GetProperty("data").GetProperty("config").GetProperty("max_session").GetInt32());
        await _server.CallAsync("/session/close", new { sessionid = id });
    }
}
