using System.Net;
using System.Text.Json;
using Holdfast.Lab.Peer;
using Holdfast.Media;
using Holdfast.Sessions;
using Microsoft.Extensions.DependencyInjection;
using SkiaSharp;

namespace Holdfast.LiveTalking.Tests;

/// <summary>Actions, by Holdfast's own API and by the numbers that LiveTalking's clients know them by.</summary>
[Trait("Speed", "Slow")]
public sealed class ActionTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-actions-").FullName;
    private readonly PeerHost _peers = new(TimeProvider.System);
    private RunningServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var avatar = Directory.CreateDirectory(Path.Combine(_folder, "lin")).FullName;
        var frames = Directory.CreateDirectory(Path.Combine(avatar, "wave")).FullName;
        for (var i = 0; i < 30; i++)
        {
            using var bitmap = new SKBitmap(64, 64);
            bitmap.Erase(i % 2 == 0 ? SKColors.Red : SKColors.Orange);
            using var file = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            await File.WriteAllBytesAsync(Path.Combine(frames, $"{i}.png"), file.ToArray(), Cancel);
        }

        // Five pictures a second: 6 s.
        await File.WriteAllTextAsync(
            Path.Combine(avatar, "actions.json"),
            """{ "actions": [ { "name": "wave", "frames": "wave", "framesPerSecond": 5 }, { "name": "gone", "frames": "gone" } ] }""",
            Cancel);
        _server = await RunningServer.StartAsync($"--Holdfast:Avatar:ActionsDirectory={_folder}");
    }

    public async ValueTask DisposeAsync()
    {
        await _peers.DisposeAsync();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_action_is_played_by_its_number_and_goes_on_after_an_outage_to_its_end()
    {
        var visitor = await Visitor.ComeAsync(_server, _peers);
        var session = SessionOf(visitor.Id);
        foreach (var speaking in new[] { 0, 1 })
        {
            (await PlayAsync(visitor.Id, speaking)).AssertOk();
        }

        Assert.Empty(Happened<SessionEvent.UtteranceAccepted>(session));
        (await PlayAsync(visitor.Id, 2)).AssertOk();
        await Until.HappenedAsync(() => Happened<SessionEvent.UtteranceStarted>(session).Length == 1);
        await Until.TrueAsync(visitor.IsSpeakingAsync);

        visitor.Line.Cut = LineCut.Both;
        await Until.HappenedAsync(() => session.State != SessionState.Connected);
        visitor.Line.Cut = LineCut.None;
        await Until.HappenedAsync(() => Happened<SessionEvent.UtteranceFinished>(session).Length == 1);
        var told = Assert.Single(Happened<SessionEvent.Told>(session), static told => told.Name is "action");
        Assert.Equal("wave", JsonDocument.Parse(told.Json).RootElement.GetProperty("name").GetString());
        Assert.Equal(Happened<SessionEvent.UtteranceFinished>(session)[0].UtteranceId, JsonDocument.Parse(told.Json).RootElement.GetProperty("utterance").GetString());
    }

    [Fact]
    public async Task A_number_that_stands_for_nothing_and_an_action_that_cannot_be_played_are_refused_in_a_sentence()
    {
        var visitor = await Visitor.ComeAsync(_server, _peers);
        (await PlayAsync(visitor.Id, 9)).AssertFailed(HttpStatusCode.BadRequest, "没有编号为 9 的自定义动作");
        (await PlayAsync(visitor.Id, "dance")).AssertFailed(HttpStatusCode.BadRequest, "audiotype 必须是数字");

        // It is read while the server gets ready; asked before that, it is accepted, and told to have failed.
        await Until.TrueAsync(() => Task.FromResult(_server.Services.GetRequiredService<IShowFactory>().FaultOfAction("lin", "gone") is not null));
        (await PlayAsync(visitor.Id, 3)).AssertFailed(HttpStatusCode.Conflict, "动作 gone 无法播放，原因见服务器日志");
        var kai = await Visitor.ComeAsync(_server, _peers, "kai");
        (await PlayAsync(kai.Id, 2)).AssertFailed(HttpStatusCode.NotImplemented, "该形象没有自定义动作");
    }

    [Theory]
    [InlineData("""[{"audiotype":9,"imgpath":"data/customvideo/wave/image","audiopath":"data/customvideo/wave/audio.wav"}]""", HttpStatusCode.Conflict)]
    [InlineData("""[{"audiotype":9,"imgpath":"/etc/passwd","audiopath":"../wave.wav"}]""", HttpStatusCode.Conflict)]
    [InlineData("""[{"audiotype":9,"imgpath":"/etc/passwd"},7,{"audiotype":"x"}]""", HttpStatusCode.BadRequest)]
    [InlineData("""{"audiotype":9}""", HttpStatusCode.BadRequest)]
    [InlineData("no json", HttpStatusCode.BadRequest)]
    [InlineData("""[{"audiotype":9,"name":"\ud800"}]""", HttpStatusCode.BadRequest)]
    [InlineData("""[{"audiotype":9,"\ud800":1,"name":"wave"}]""", HttpStatusCode.BadRequest)]
    public async Task A_custom_config_gives_actions_other_numbers_and_never_opens_a_path(string config, HttpStatusCode expected)
    {
        // The session has no connection yet, so that what is known is a conflict.
        var offered = await _server.CallAsync("/offer", new { sdp = Offers.Chromium, type = "offer", custom_config = config });
        Assert.Equal(expected, (await PlayAsync(offered.Json.GetProperty("sessionid").GetInt64(), 9)).Status);
    }

    [Fact]
    public async Task The_own_API_lists_actions_and_plays_them_by_name()
    {
        var list = (await _server.CallAsync("/api/avatars", null, "GET")).Json.GetProperty("avatars").EnumerateArray().ToArray();
        Assert.Equal(["wave", "gone"], list.Single(static one => one.GetProperty("name").GetString() is "lin").GetProperty("actions").EnumerateArray().Select(static name => name.GetString()!), StringComparer.Ordinal);
        Assert.Empty(list.Single(static one => one.GetProperty("name").GetString() is "kai").GetProperty("actions").EnumerateArray());

        var created = (await _server.CallAsync("/api/sessions", new { avatar = "lin" })).Json;
        var (path, token) = ($"/api/sessions/{created.GetProperty("sessionId")}/actions", $"Bearer {created.GetProperty("resumeToken").GetString()}");
        var accepted = await _server.CallAsync(path, new { name = "wave" }, "POST", ("Authorization", token));
        Assert.Equal((HttpStatusCode.Accepted, "u1"), (accepted.Status, accepted.Json.GetProperty("utteranceId").GetString()));
        var unknown = await _server.CallAsync(path, new { name = "../wave" }, "POST", ("Authorization", token));
        Assert.Equal((HttpStatusCode.BadRequest, "urn:holdfast:problem:unknown-action"), (unknown.Status, unknown.Json.GetProperty("type").GetString()));
        await Until.TrueAsync(() => Task.FromResult(_server.Services.GetRequiredService<IShowFactory>().FaultOfAction("lin", "gone") is not null));
        var gone = await _server.CallAsync(path, new { name = "gone" }, "POST", ("Authorization", token));
        Assert.Equal((HttpStatusCode.Conflict, "urn:holdfast:problem:action-unusable"), (gone.Status, gone.Json.GetProperty("type").GetString()));
        Assert.DoesNotContain(_folder, gone.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _server.CallAsync(path, new { name = "wave" })).Status);
    }

    private Task<Client.Answered> PlayAsync(long id, object audiotype) => _server.CallAsync("/set_audiotype", new { sessionid = id, audiotype, reinit = true });

    private Session SessionOf(long id) => ((SessionLookup.Live)_server.Services.GetRequiredService<SessionDirectory>().Find(IdOf(id))).Session;

    private static SessionId IdOf(long id) => SessionId.TryParse(id.ToString(System.Globalization.CultureInfo.InvariantCulture), null, out var parsed) ? parsed : throw new FormatException();

    private static T[] Happened<T>(Session session)
        where T : SessionEvent => [.. session.Journal.Capture(0).Entries.Select(static entry => entry.Event).OfType<T>()];
}
