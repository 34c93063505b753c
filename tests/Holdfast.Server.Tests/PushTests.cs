using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Holdfast.Lab.Servers;
using Holdfast.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Server.Tests;

/// <summary>A session streamed over RTMP to a server of another make: ffmpeg that listens.</summary>
[Trait("Speed", "Slow")]
public sealed class PushTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_that_nobody_watches_is_streamed_and_streamed_again_when_the_target_was_away()
    {
        var port = FreePort.Next();
        var file = Path.Combine(Path.GetTempPath(), $"holdfast-push-{port}.flv");
        await using var server = await RunningServer.StartAsync($"--Holdfast:Push:Targets:stage=rtmp://127.0.0.1:{port}/live/secret-key");
        using var created = await server.SendAsync(HttpMethod.Post, "/api/sessions", body: new { avatar = "lin" });
        var body = await SessionApiTests.JsonOf(created);
        var (path, token) = ($"/api/sessions/{body.GetProperty("sessionId")}", body.GetProperty("resumeToken").GetString()!);
        try
        {
            // Nobody listens yet: it tries, fails and waits.
            using var started = await server.SendAsync(HttpMethod.Post, path + "/pushes", token, new { target = "stage" });
            Assert.Equal(HttpStatusCode.Created, started.StatusCode);
            await UntilAsync(async () => (await PushesAsync(server, path, token))[0].GetProperty("state").GetString() is "waiting");

            using var listener = Process.Start(new ProcessStartInfo("ffmpeg", ["-nostdin", "-loglevel", "error", "-y", "-listen", "1", "-i", $"rtmp://127.0.0.1:{port}/live/secret-key", "-t", "4", "-c", "copy", file])
            {
                UseShellExecute = false,
            })!;
            await listener.WaitForExitAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(90), Cancel);

            var video = await Videos.ProbeAsync(file);
            Assert.Equal(["h264", "aac"], video.Codecs.Order(StringComparer.Ordinal).Reverse(), StringComparer.Ordinal);
            Assert.True((await PushesAsync(server, path, token))[0].GetProperty("attempts").GetInt32() > 1);

            // The target's address holds a secret: it is in no answer and in no journal.
            Assert.True(SessionId.TryParse(path.Split('/')[^1], null, out var id));
            var session = ((SessionLookup.Live)server.Services.GetRequiredService<SessionDirectory>().Find(id)).Session;
            var told = session.Journal.Capture(0).Entries.Select(static entry => entry.Event).OfType<SessionEvent.Told>().Where(static told => told.Name is "push").ToArray();
            Assert.Contains(told, static one => one.Json.Contains("waiting", StringComparison.Ordinal));
            Assert.All(told, static one => Assert.DoesNotContain("secret", one.Json, StringComparison.Ordinal));

            using var stopped = await server.SendAsync(HttpMethod.Post, path + "/pushes/stop", token, new { target = "stage" });
            Assert.Equal(HttpStatusCode.NoContent, stopped.StatusCode);
            Assert.Empty(await PushesAsync(server, path, token));
            await UntilAsync(() => Task.FromResult(session.Outputs == 0));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Only_targets_of_the_settings_are_streamed_to()
    {
        await using var server = await RunningServer.StartAsync();
        using var created = await server.SendAsync(HttpMethod.Post, "/api/sessions", body: new { avatar = "lin" });
        var body = await SessionApiTests.JsonOf(created);
        var (path, token) = ($"/api/sessions/{body.GetProperty("sessionId")}", body.GetProperty("resumeToken").GetString()!);
        using var unknown = await server.SendAsync(HttpMethod.Post, path + "/pushes", token, new { target = "rtmp://elsewhere.invalid/x" });
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        Assert.EndsWith("unknown-target", (await SessionApiTests.JsonOf(unknown)).GetProperty("type").GetString(), StringComparison.Ordinal);
        using var idle = await server.SendAsync(HttpMethod.Post, path + "/pushes/stop", token, new { target = "stage" });
        Assert.Equal(HttpStatusCode.Conflict, idle.StatusCode);
    }

    private static async Task<JsonElement[]> PushesAsync(RunningServer server, string path, string token)
    {
        using var response = await server.SendAsync(HttpMethod.Get, path + "/pushes", token);
        return [.. (await SessionApiTests.JsonOf(response)).GetProperty("pushes").EnumerateArray()];
    }

    internal static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(50, late.Token);
        }
    }
}
