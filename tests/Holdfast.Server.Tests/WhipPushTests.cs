using System.Net;
using System.Text.Json;
using Holdfast.AspNetCore;
using Holdfast.Lab.Servers;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Server.Tests;

/// <summary>A session streamed over WHIP (RFC 9725).</summary>
[Trait("Speed", "Slow")]
public sealed class WhipPushTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_WHIP_server_of_another_make_sees_and_hears_a_session_also_after_it_went_away_and_until_the_session_ends()
    {
        await using var whip = await WhipServer.StartAsync();

        // Its address redirects, as a load balancer's does.
        await using var server = await RunningServer.StartAsync(
            $"--Holdfast:Push:Targets:stage=http://127.0.0.1:{whip.Port}/moved", $"--Holdfast:Push:Tokens:stage={WhipServer.Token}");
        var (path, token) = await StartAsync(server);
        using var started = await server.SendAsync(HttpMethod.Post, path + "/pushes", token, new { target = "stage" });
        Assert.Equal(HttpStatusCode.Created, started.StatusCode);
        await UntilAsync(async () => (await PushesAsync(server, path, token)).Single().GetProperty("state").GetString() is "streaming");
        using var said = await server.SendAsync(HttpMethod.Post, path + "/say", token, new { text = "One, two, three, four, five, six, seven, eight.", mode = "echo" });
        Assert.Equal(HttpStatusCode.Accepted, said.StatusCode);
        await UntilAsync(async () => await whip.StateAsync() is var seen && Number(seen, "pictures") >= 25 && Number(seen, "sounds") >= 50 && Number(seen, "loudest") > 1000);

        await whip.DropAsync();
        var before = Number(await whip.StateAsync(), "pictures");
        await UntilAsync(async () => await whip.StateAsync() is var seen && Number(seen, "offers") >= 2 && Number(seen, "pictures") >= before + 10);
        var push = (await PushesAsync(server, path, token)).Single();
        Assert.InRange(Number(push, "attempts"), 2, 20);
        Assert.Contains("The server ended the stream.", Told(SessionOf(server, path)).First(static told => told.Contains("\"waiting\"", StringComparison.Ordinal)), StringComparison.Ordinal);

        using var stopped = await server.SendAsync(HttpMethod.Post, path + "/pushes/stop", token, new { target = "stage" });
        Assert.Equal(HttpStatusCode.NoContent, stopped.StatusCode);
        await UntilAsync(async () => Number(await whip.StateAsync(), "deleted") == 1);
        Assert.Empty(await PushesAsync(server, path, token));

        using var again = await server.SendAsync(HttpMethod.Post, path + "/pushes", token, new { target = "stage" });
        await UntilAsync(async () => (await PushesAsync(server, path, token)).Single().GetProperty("state").GetString() is "streaming");
        var session = SessionOf(server, path);
        using var ended = await server.SendAsync(HttpMethod.Delete, path, token);
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        await UntilAsync(async () => Number(await whip.StateAsync(), "deleted") == 2);

        var end = await whip.StateAsync();
        Assert.Equal(0, Number(end, "open"));
        Assert.All(end.GetProperty("types").EnumerateArray(), static type => Assert.StartsWith("application/sdp", type.GetString(), StringComparison.Ordinal));
        Assert.All(Told(session), static told => Assert.DoesNotContain(WhipServer.Token, told, StringComparison.Ordinal));
        Assert.All(Told(session), told => Assert.DoesNotContain($":{whip.Port}", told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_refuses_is_asked_again_later_and_the_reason_is_told()
    {
        await using var refusing = await RefusingServer.StartAsync();
        (string Path, string Why)[] all =
        [
            ("/401", "The server answered 401."),
            ("/404", "The server answered 404."),
            ("/503", "The server answered 503."),
            ("/200", "The server answered 200."),
            ("/nonsense", "Line 1 of the answer is not of the form x=value."),
            ("/circle", "The server redirects to nowhere."),
            ("/away", "The server redirects to nowhere."),
            ("/long", "The server's answer is too long."),
            ("/nowhere", "The server redirects to nowhere."),
            ("/alphabet", "Line 1 of the answer is not of the form x=value."),
        ];
        await using var server = await RunningServer.StartAsync(
            [.. all.Select(one => $"--Holdfast:Push:Targets:{one.Path[1..]}={refusing.Address}{one.Path}"), $"--Holdfast:Push:Targets:nobody=http://127.0.0.1:{FreePort.Next()}/whip",
             "--Holdfast:Push:Tokens:away=not-for-others"]);
        var (path, token) = await StartAsync(server);
        var session = SessionOf(server, path);
        foreach (var target in all.Select(static one => one.Path[1..]).Append("nobody"))
        {
            using var started = await server.SendAsync(HttpMethod.Post, path + "/pushes", token, new { target });
            Assert.Equal(HttpStatusCode.Created, started.StatusCode);
        }

        await UntilAsync(async () => (await PushesAsync(server, path, token)).All(static push => push.GetProperty("why").ValueKind == JsonValueKind.String));
        var pushes = (await PushesAsync(server, path, token)).ToDictionary(static push => push.GetProperty("target").GetString()!, static push => push.GetProperty("why").GetString(), StringComparer.Ordinal);
        Assert.All(all, one => Assert.Equal(one.Why, pushes[one.Path[1..]]));
        Assert.Equal("The server cannot be reached.", pushes["nobody"]);

        // What the server asks for goes before one's own impatience.
        Assert.Contains(Told(session), static told => told.Contains("\"503\",\"state\":\"waiting\"", StringComparison.Ordinal) && told.Contains("\"againInSeconds\":120", StringComparison.Ordinal));
        await UntilAsync(() => Task.FromResult(refusing.Calls("/404") >= 2));
        Assert.Equal(1, refusing.Calls("/503"));
        using var gone = await server.SendAsync(HttpMethod.Delete, path, token);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
    }

    [Fact]
    public async Task Its_token_is_for_the_server_that_the_settings_name_and_goes_nowhere_else()
    {
        await using var other = await RefusingServer.StartAsync();
        await using var named = await RefusingServer.StartAsync();
        named.Elsewhere = other.Address + "/404";
        await using var server = await RunningServer.StartAsync($"--Holdfast:Push:Targets:stage={named.Address}/elsewhere", "--Holdfast:Push:Tokens:stage=not-for-others");
        var (path, token) = await StartAsync(server);
        using var started = await server.SendAsync(HttpMethod.Post, path + "/pushes", token, new { target = "stage" });

        await UntilAsync(() => Task.FromResult(other.Calls("/404") > 0));
        Assert.Equal("Bearer not-for-others", named.LastToken);
        Assert.Equal("", other.LastToken);
    }

    [Fact]
    public void A_token_for_no_WHIP_server_and_an_address_of_another_kind_are_refused_at_the_start()
    {
        var options = new PushOptions();
        options.Targets["stage"] = "https://live.example/whip";
        options.Tokens["stage"] = "abc.DEF-123_~+/=";
        Assert.True(new PushTargetsValidator().Validate(null, options).Succeeded);

        options.Targets["file"] = "file:///etc/passwd";
        options.Targets["tv"] = "rtmp://live.example/app/key";
        options.Tokens["tv"] = "abc";
        options.Tokens["stage"] = "two words";
        var wrong = new PushTargetsValidator().Validate(null, options).Failures!.ToArray();
        Assert.Equal(3, wrong.Length);
        Assert.DoesNotContain(wrong, static sentence => sentence.Contains("two words", StringComparison.Ordinal));
    }

    private static async Task<(string Path, string Token)> StartAsync(RunningServer server)
    {
        using var created = await server.SendAsync(HttpMethod.Post, "/api/sessions", body: new { avatar = "lin" });
        var body = await SessionApiTests.JsonOf(created);
        return ($"/api/sessions/{body.GetProperty("sessionId")}", body.GetProperty("resumeToken").GetString()!);
    }

    private static Session SessionOf(RunningServer server, string path) => SessionId.TryParse(path.Split('/')[^1], null, out var id)
        ? ((SessionLookup.Live)server.Services.GetRequiredService<SessionDirectory>().Find(id)).Session
        : throw new FormatException(path);

    private static string[] Told(Session session) =>
        [.. session.Journal.Capture(0).Entries.Select(static entry => entry.Event).OfType<SessionEvent.Told>().Where(static told => told.Name is "push").Select(static told => told.Json)];

    private static async Task<JsonElement[]> PushesAsync(RunningServer server, string path, string token)
    {
        using var response = await server.SendAsync(HttpMethod.Get, path + "/pushes", token);
        return [.. (await SessionApiTests.JsonOf(response)).GetProperty("pushes").EnumerateArray()];
    }

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    private static Task UntilAsync(Func<Task<bool>> condition) => PushTests.UntilAsync(condition);

    /// <summary>Does not take anything.</summary>
    private sealed class RefusingServer : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);

        private RefusingServer()
        {
            var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
            builder.Logging.ClearProviders();
            _app = builder.Build();
            _app.Run(Answer);
        }

        public string Address => _app.Urls.First();

        /// <summary>Where /elsewhere leads.</summary>
        public string Elsewhere { get; set; } = "";

        /// <summary>What it was shown last.</summary>
        public string LastToken { get; private set; } = "";

        public static async Task<RefusingServer> StartAsync()
        {
            var server = new RefusingServer();
            await server._app.StartAsync(Cancel);
            return server;
        }

        public int Calls(string path) => _calls.TryGetValue(path, out var calls) ? calls : 0;

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private Task Answer(HttpContext http)
        {
            var path = http.Request.Path.Value!;
            LastToken = http.Request.Headers.Authorization.ToString();
            _calls.AddOrUpdate(path, 1, static (_, calls) => calls + 1);
            switch (path)
            {
                case "/nonsense":
                    http.Response.StatusCode = StatusCodes.Status201Created;
                    return http.Response.WriteAsync("hello, this is no session description");
                case "/long":
                    http.Response.StatusCode = StatusCodes.Status201Created;
                    return http.Response.WriteAsync(new string('v', 100_000));
                case "/circle":
                    http.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
                    http.Response.Headers.Location = "/circle";
                    return Task.CompletedTask;
                case "/elsewhere":
                    http.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
                    http.Response.Headers.Location = Elsewhere;
                    return Task.CompletedTask;
                case "/nowhere":
                    http.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
                    http.Response.Headers.Location = "//[";
                    return Task.CompletedTask;
                case "/alphabet":
                    http.Response.StatusCode = StatusCodes.Status201Created;
                    http.Response.Headers.Location = "http:";
                    http.Response.ContentType = "application/sdp; charset=bogus";
                    return http.Response.Body.WriteAsync("hello, this is no session description"u8.ToArray()).AsTask();
                case "/away":
                    http.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
                    http.Response.Headers.Location = "file:///etc/passwd";
                    return Task.CompletedTask;
                default:
                    http.Response.StatusCode = int.Parse(path[1..], System.Globalization.CultureInfo.InvariantCulture);
                    http.Response.Headers.RetryAfter = http.Response.StatusCode == 503 ? "120" : "";
                    return Task.CompletedTask;
            }
        }
    }
}
