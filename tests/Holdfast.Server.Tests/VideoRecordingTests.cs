using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Holdfast.AspNetCore;
using Holdfast.Lab.Peer;
using Holdfast.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Holdfast.Server.Tests;

/// <summary>Recordings over the session API, played by a player of another make.</summary>
[Trait("Speed", "Slow")]
public sealed class VideoRecordingTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("holdfast-recordings-").FullName;
    private readonly PeerHost _peers = new(TimeProvider.System);
    private RunningServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _peers.DisposeAsync();
        await _server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_session_without_a_viewer_is_recorded_as_a_file_that_plays_and_can_be_sought_in()
    {
        var (path, token) = await BeginAsync(_server, new { avatar = "lin" });
        var started = await JsonAsync(await _server.SendAsync(HttpMethod.Post, path + "/recordings", token), HttpStatusCode.Created);
        Assert.Equal("recording", started.GetProperty("state").GetString());
        var url = started.GetProperty("url").GetString()!;
        await AssertProblemAsync(await _server.SendAsync(HttpMethod.Get, url), HttpStatusCode.Conflict, "still-recording");

        await JsonAsync(await _server.SendAsync(HttpMethod.Post, path + "/say", token, new { text = "One, two, three, four, five, six, seven, eight, nine, ten." }), HttpStatusCode.Accepted);
        await SaidAsync(_server, path, token);
        var stopped = await JsonAsync(await _server.SendAsync(HttpMethod.Post, path + "/recordings/stop", token), HttpStatusCode.OK);

        Assert.Equal(("ended", "stopped"), (stopped.GetProperty("state").GetString(), stopped.GetProperty("reason").GetString()));
        var seconds = stopped.GetProperty("seconds").GetDouble();
        Assert.InRange(seconds, 2, 30);
        using var response = await _server.SendAsync(HttpMethod.Get, url);
        Assert.Equal("video/webm", response.Content.Headers.ContentType!.MediaType);
        var file = await SaveAsync(response, "whole.webm");
        Assert.Equal(stopped.GetProperty("bytes").GetInt64(), new FileInfo(file).Length);
        var video = await Videos.ProbeAsync(file);
        Assert.Contains("webm", video.Format, StringComparison.Ordinal);
        Assert.Equal(["vp8", "opus"], video.Codecs, StringComparer.Ordinal);
        Assert.InRange(video.Seconds!.Value, seconds - 0.2, seconds + 0.2);
        var (complaints, pictures) = await Videos.PlayAsync(file);
        Assert.Equal("", complaints);
        Assert.InRange(pictures, 10, (int)(seconds * 25) + 3);
        var (_, fromTheMiddle) = await Videos.PlayAsync(file, seconds / 2);
        Assert.InRange(fromTheMiddle, 1, pictures - 5);

        using var part = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Range = new RangeHeaderValue(0, 3) } };
        using var partial = await _server.Http.SendAsync(part, Cancel);
        Assert.Equal(HttpStatusCode.PartialContent, partial.StatusCode);
        Assert.Equal([0x1A, 0x45, 0xDF, 0xA3], await partial.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task One_file_goes_through_a_lost_connection_and_a_new_one_and_its_owner_lists_and_deletes_it()
    {
        var person = await Person.ConnectAsync(_server, _peers);
        var first = await JsonAsync(await _server.SendAsync(HttpMethod.Post, person.Path + "/recordings", person.Token), HttpStatusCode.Created);
        var again = await JsonAsync(await _server.SendAsync(HttpMethod.Post, person.Path + "/recordings", person.Token), HttpStatusCode.OK);
        Assert.Equal(first.GetProperty("recordingId").GetString(), again.GetProperty("recordingId").GetString());
        await JsonAsync(await _server.SendAsync(HttpMethod.Post, person.Path + "/say", person.Token, new { text = "One, two, three, four, five, six, seven, eight." }), HttpStatusCode.Accepted);
        await UntilAsync(async () => (await ViewAsync(_server, person.Path, person.Token)).GetProperty("speaking").GetBoolean());

        // The page is gone in the middle of the sentence; another one comes back.
        await person.Line.DisposeAsync(silently: true);
        await UntilAsync(async () => (await ViewAsync(_server, person.Path, person.Token)).GetProperty("state").GetString() is "held" or "interrupted");
        var line = _peers.Open();
        var answer = await JsonAsync(
            await _server.SendAsync(HttpMethod.Post, person.Path + "/connections", person.Token, new { sdp = line.With(static (peer, _) => peer.Offer), type = "offer" }), HttpStatusCode.Created);
        Assert.True(line.With((peer, now) => peer.TryAccept(now, answer.GetProperty("answer").GetProperty("sdp").GetString()!, null, IPAddress.Loopback, out _)));
        var token = answer.GetProperty("resumeToken").GetString()!;
        await SaidAsync(_server, person.Path, token);
        var stopped = await JsonAsync(await _server.SendAsync(HttpMethod.Post, person.Path + "/recordings/stop", token), HttpStatusCode.OK);
        await AssertProblemAsync(await _server.SendAsync(HttpMethod.Post, person.Path + "/recordings/stop", token), HttpStatusCode.Conflict, "not-recording");

        var listed = (await JsonAsync(await _server.SendAsync(HttpMethod.Get, person.Path + "/recordings", token), HttpStatusCode.OK)).GetProperty("recordings");
        Assert.Equal(1, listed.GetArrayLength());
        var url = stopped.GetProperty("url").GetString()!;
        using var response = await _server.SendAsync(HttpMethod.Get, url);
        var file = await SaveAsync(response, "outage.webm");
        var (complaints, pictures) = await Videos.PlayAsync(file);
        Assert.Equal("", complaints);
        Assert.True(pictures > 25);

        using var deleted = await _server.SendAsync(HttpMethod.Delete, url);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await AssertProblemAsync(await _server.SendAsync(HttpMethod.Get, url), HttpStatusCode.NotFound, "unknown-recording");
        Assert.Empty(Directory.GetFiles(_directory, stopped.GetProperty("recordingId").GetString() + "*"));
    }

    [Fact]
    public async Task A_full_disk_ends_the_recording_with_an_event_and_never_the_session()
    {
        var (path, token) = await BeginAsync(_server, new { avatar = "lin" });
        var started = await JsonAsync(await _server.SendAsync(HttpMethod.Post, path + "/recordings", token), HttpStatusCode.Created);
        await UntilAsync(async () => (await ListAsync(path, token))[0].GetProperty("seconds").GetDouble() > 1.5);

        // From now on the disk is as full as it may be.
        _server.Services.GetRequiredService<IOptions<RecordingOptions>>().Value.KeepFreeMegabytes = 1_000_000_000;
        await UntilAsync(async () => (await ListAsync(path, token))[0].GetProperty("state").GetString() is "ended");

        Assert.Equal("diskFull", (await ListAsync(path, token))[0].GetProperty("reason").GetString());
        Assert.Equal("held", (await ViewAsync(_server, path, token)).GetProperty("state").GetString());
        Assert.True(SessionId.TryParse(path.Split('/')[^1], null, out var id));
        var session = ((SessionLookup.Live)_server.Services.GetRequiredService<SessionDirectory>().Find(id)).Session;
        var told = session.Journal.Capture(0).Entries.Select(static entry => entry.Event).OfType<SessionEvent.Told>().Where(static told => told.Name is "recording").ToArray();
        Assert.Equal(2, told.Length);
        Assert.Contains("\"reason\":\"diskFull\"", told[1].Json, StringComparison.Ordinal);
        await AssertProblemAsync(await _server.SendAsync(HttpMethod.Post, path + "/recordings", token), HttpStatusCode.InsufficientStorage, "disk-full");

        // What was recorded until then is there, to its end.
        using var response = await _server.SendAsync(HttpMethod.Get, started.GetProperty("url").GetString()!);
        var (complaints, pictures) = await Videos.PlayAsync(await SaveAsync(response, "full.webm"));
        Assert.Equal("", complaints);
        Assert.True(pictures > 0);
    }

    [Fact]
    public async Task When_its_session_ends_a_recording_is_whole_and_another_server_has_it_too()
    {
        var (path, token) = await BeginAsync(_server, new { avatar = "kai" });
        var started = await JsonAsync(await _server.SendAsync(HttpMethod.Post, path + "/recordings", token), HttpStatusCode.Created);
        await UntilAsync(async () => (await ListAsync(path, token))[0].GetProperty("seconds").GetDouble() > 0.5);
        using var closed = await _server.SendAsync(HttpMethod.Delete, path, token);
        var url = started.GetProperty("url").GetString()!;
        await UntilAsync(async () =>
        {
            using var waiting = await _server.SendAsync(HttpMethod.Get, url);
            return waiting.StatusCode == HttpStatusCode.OK;
        });

        await _server.DisposeAsync();
        _server = await StartAsync();
        using var response = await _server.SendAsync(HttpMethod.Get, url);
        var video = await Videos.ProbeAsync(await SaveAsync(response, "after.webm"));
        Assert.True(video.Seconds > 0.4);
    }

    [Fact]
    public async Task MP4_is_made_where_ffmpeg_is_and_refused_in_words_where_it_is_not()
    {
        var (path, token) = await BeginAsync(_server, new { avatar = "lin" });
        var started = await JsonAsync(await _server.SendAsync(HttpMethod.Post, path + "/recordings", token), HttpStatusCode.Created);
        await UntilAsync(async () => (await ListAsync(path, token))[0].GetProperty("seconds").GetDouble() > 0.5);
        await JsonAsync(await _server.SendAsync(HttpMethod.Post, path + "/recordings/stop", token), HttpStatusCode.OK);
        var url = started.GetProperty("url").GetString()!;

        var options = _server.Services.GetRequiredService<IOptions<RecordingOptions>>().Value;
        options.Ffmpeg = "/nowhere/ffmpeg";
        await AssertProblemAsync(await _server.SendAsync(HttpMethod.Get, url + "?format=mp4"), HttpStatusCode.NotImplemented, "no-conversion");
        options.Ffmpeg = "ffmpeg";
        using var response = await _server.SendAsync(HttpMethod.Get, url + "?format=mp4");

        Assert.Equal("video/mp4", response.Content.Headers.ContentType!.MediaType);
        var video = await Videos.ProbeAsync(await SaveAsync(response, "made.mp4"));
        Assert.Equal(["h264", "aac"], video.Codecs, StringComparer.Ordinal);
        await AssertProblemAsync(await _server.SendAsync(HttpMethod.Get, url + "?format=avi"), HttpStatusCode.BadRequest, "bad-request");
    }

    [Fact]
    public async Task Without_a_place_for_them_there_are_no_recordings_and_a_session_without_a_viewer_stays_alive_only_when_asked()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:MaxUnattended=1");
        var (path, token) = await BeginAsync(server, new { staysAlive = true });
        await AssertProblemAsync(await server.SendAsync(HttpMethod.Post, path + "/recordings", token), HttpStatusCode.NotImplemented, "no-recording");
        await AssertProblemAsync(await server.SendAsync(HttpMethod.Post, "/api/sessions", body: new { avatar = "lin" }), HttpStatusCode.ServiceUnavailable, "full");
        await AssertProblemAsync(
            await server.SendAsync(HttpMethod.Post, "/api/sessions", body: new { sdp = Offers.Chromium, type = "offer", staysAlive = true }), HttpStatusCode.BadRequest, "bad-request");
    }

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync($"--Holdfast:Recording:Directory={_directory}", "--Holdfast:Recording:KeepFreeMegabytes=0");

    private static async Task<(string Path, string Token)> BeginAsync(RunningServer server, object body)
    {
        var created = await JsonAsync(await server.SendAsync(HttpMethod.Post, "/api/sessions", body: body), HttpStatusCode.Created);
        Assert.Equal("held", created.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, created.GetProperty("answer").ValueKind);
        return ($"/api/sessions/{created.GetProperty("sessionId")}", created.GetProperty("resumeToken").GetString()!);
    }

    private async Task<JsonElement> ListAsync(string path, string token) =>
        (await JsonAsync(await _server.SendAsync(HttpMethod.Get, path + "/recordings", token), HttpStatusCode.OK)).GetProperty("recordings");

    private static async Task<JsonElement> ViewAsync(RunningServer server, string path, string token) =>
        await JsonAsync(await server.SendAsync(HttpMethod.Get, path, token), HttpStatusCode.OK);

    private static Task SaidAsync(RunningServer server, string path, string token) =>
        UntilAsync(async () => (await ViewAsync(server, path, token)).GetProperty("queued").GetInt32() == 0);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(50, late.Token);
        }
    }

    private async Task<string> SaveAsync(HttpResponseMessage response, string name)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var path = Path.Combine(_directory, name);
        await File.WriteAllBytesAsync(path, await response.Content.ReadAsByteArrayAsync(Cancel), Cancel);
        return path;
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(Cancel);
            Assert.True(status == response.StatusCode, text);
            return JsonDocument.Parse(text).RootElement;
        }
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string kind)
    {
        var problem = await JsonAsync(response, status);
        Assert.Equal("urn:holdfast:problem:" + kind, problem.GetProperty("type").GetString());
    }
}
