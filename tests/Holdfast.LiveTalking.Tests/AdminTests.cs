using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Holdfast.Lab.Peer;
using Holdfast.Sessions;

namespace Holdfast.LiveTalking.Tests;

/// <summary>What the operator's page sees and does, over the calls it makes.</summary>
public sealed class AdminTests : IAsyncLifetime
{
    private static readonly (string, string) Key = ("X-Api-Key", "operator-key-0123456789abcdef");
    private readonly PeerHost _peers = new(TimeProvider.System);
    private RunningServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync(
        $"--Holdfast:Access:Keys:boss:Key={Key.Item2}", "--Holdfast:Access:Keys:boss:Role=Operator", "--Holdfast:Access:Keys:site:Key=sessions-key-0123456789abcdef");

    public async ValueTask DisposeAsync()
    {
        await _peers.DisposeAsync();
        await _server.DisposeAsync();
    }

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
        (await _server.CallAsync(path, new { text = "x" }, method, ("X-Api-Key", "sessions-key-0123456789abcdef"))).AssertFailed(HttpStatusCode.Forbidden);
        if (path.Contains("/1/", StringComparison.Ordinal))
        {
            (await _server.CallAsync(path, method is "GET" ? null : new { text = "x" }, method, Key)).AssertFailed(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task A_session_is_spoken_in_held_brought_back_and_closed_and_its_timeline_tells_of_it()
    {
        var visitor = await Visitor.ComeAsync(_server, _peers);
        var session = ControlTests.SessionOf(_server, visitor.Id);
        var path = $"/api/admin/sessions/{visitor.Id}";

        (await _server.CallAsync(path + "/say", new { text = "" }, "POST", Key)).AssertFailed(HttpStatusCode.BadRequest);
        (await _server.CallAsync(path + "/say", new { text = "A word from the operator." }, "POST", Key)).AssertOk();
        (await _server.CallAsync(path + "/hold", new { }, "POST", Key)).AssertOk();
        await Until.TrueAsync(() => Task.FromResult(session.State == SessionState.Held));
        var back = await visitor.ComeBackAsync(_peers);
        await Until.TrueAsync(() => Task.FromResult(session.State == SessionState.Connected));
        (await _server.CallAsync(path + "/close", new { }, "POST", Key)).AssertOk();
        Assert.Equal(SessionReason.ClosedByOwner, session.EndReason);
        await back.Line.DisposeAsync();

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
        var fine = await Visitor.ComeAsync(_server, _peers);
        var gone = await Visitor.ComeAsync(_server, _peers);
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
        Assert.Equal((2, 100, 1), (server.GetProperty("sessions").GetInt32(), server.GetProperty("limit").GetInt32(), server.GetProperty("trouble").GetInt32()));
        Assert.True(server.GetProperty("memory_mb").GetInt64() > 10);
        var sessions = told[3].Data.GetProperty("sessions").EnumerateArray().ToArray();
        Assert.Equal([gone.Id, fine.Id], sessions.Select(static one => one.GetProperty("sessionid").GetInt64()));
        Assert.Equal(("held", 2), (sessions[0].GetProperty("state").GetString(), sessions[0].GetProperty("trouble").GetInt32()));
        Assert.InRange(sessions[0].GetProperty("expires_in").GetInt32(), 100, 300);
        Assert.Equal(("connected", 0), (sessions[1].GetProperty("state").GetString(), sessions[1].GetProperty("generation").GetInt32()));
        Assert.True(sessions[1].GetProperty("line_kbps").GetInt32() > 0);
        Assert.True(sessions[1].GetProperty("state_seconds").GetDouble() > 0);
    }
}
