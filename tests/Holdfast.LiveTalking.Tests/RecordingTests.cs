using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Holdfast.LiveTalking.Tests;

/// <summary>/record as LiveTalking's clients call it, with and without a page.</summary>
[Trait("Speed", "Slow")]
public sealed class RecordingTests(TalkingServer shared) : IClassFixture<TalkingServer>
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task A_video_is_made_of_a_text_with_no_browser_at_all_and_is_there_after_the_session()
    {
        using var response = await _server.Http.PostAsJsonAsync("/api/sessions", new { avatar = "lin", answersToId = true }, TestContext.Current.CancellationToken);
        var id = (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("sessionId").GetInt64();

        (await _server.CallAsync($"/record/{id}", method: "GET")).AssertFailed(HttpStatusCode.NotFound, "没有录制文件");
        (await _server.CallAsync("/record", new { sessionid = id, type = "start_record" })).AssertOk();
        (await _server.CallAsync($"/record/{id}", method: "GET")).AssertFailed(HttpStatusCode.Conflict);
        (await _server.CallAsync("/human", new { sessionid = id, text = "One, two, three.", type = "echo" })).AssertOk();
        await Until.TrueAsync(async () => !(await _server.CallAsync("/is_speaking", new { sessionid = id })).Json.GetProperty("data").GetBoolean()
            && (await SentencesEndedAsync(id)) > 0);
        (await _server.CallAsync("/record", new { sessionid = id, type = "end_record" })).AssertOk();
        Assert.Equal("会话已关闭", (await _server.CallAsync("/session/close", new { sessionid = id })).Json.GetProperty("msg").GetString());

        using var file = await _server.Http.GetAsync(new Uri($"/record/{id}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        Assert.Equal("video/mp4", file.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith(".mp4", file.Content.Headers.ContentDisposition!.FileName!.Trim('"'), StringComparison.Ordinal);
        var path = Path.Combine(shared.Recordings, "made.mp4");
        await File.WriteAllBytesAsync(path, await file.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        var video = await Videos.ProbeAsync(path);
        Assert.Equal(["h264", "aac"], video.Codecs, StringComparer.Ordinal);
        Assert.InRange(video.Seconds!.Value, 1, 20);
    }

    [Fact]
    public async Task D20_two_starts_are_one_recording_and_two_recordings_are_two_files()
    {
        await using var visitor = await Visitor.ComeAsync(_server, shared.Peers);
        var before = Directory.GetFiles(shared.Recordings, "*.webm").Length;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => (await _server.CallAsync("/record", new { sessionid = visitor.Id, type = "start_record" })).AssertOk()));
        (await _server.CallAsync("/record", new { sessionid = visitor.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), type = "end_record" })).AssertOk();
        (await _server.CallAsync("/record", new { sessionid = visitor.Id, type = "end_record" })).AssertOk();
        Assert.Equal(before + 1, Directory.GetFiles(shared.Recordings, "*.webm").Length);
        Assert.Equal(before + 1, Directory.GetFiles(shared.Recordings, "*.json").Length);

        (await _server.CallAsync("/record", new { sessionid = visitor.Id, type = "start_record" })).AssertOk();
        (await _server.CallAsync("/record", new { sessionid = visitor.Id, type = "end_record" })).AssertOk();
        Assert.Equal(before + 2, Directory.GetFiles(shared.Recordings, "*.webm").Length);
        (await _server.CallAsync("/record", new { sessionid = visitor.Id, type = "pause_record" })).AssertFailed(HttpStatusCode.BadRequest);
    }

    private Task<int> SentencesEndedAsync(long id) => Task.FromResult(
        ControlTests.SessionOf(_server, id).Journal.Capture(0).Entries.Count(static entry => entry.Event is Sessions.SessionEvent.UtteranceFinished));
}
