using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Holdfast.Lab.Peer;
using Holdfast.Rtc.Dtls;

namespace Holdfast.Server.Tests.Operating;

/// <summary>What a server writes, as an operator reads it.</summary>
[Trait("Speed", "Slow")]
public sealed partial class LogTests : IAsyncLifetime
{
    /// <summary>What a line is about that is the whole server's: its voices, and a machine that is busy, as one that runs tests is.</summary>
    private static readonly string[] OfTheServer = ["The voice studio failed", "this machine is overloaded", "Head room: "];

    private readonly PeerHost _peers = new(TimeProvider.System);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _peers.DisposeAsync();

    [Fact]
    public async Task Every_line_has_its_time_and_a_session_is_found_by_its_id()
    {
        await using var server = await RunningProgram.StartServerAsync("--Holdfast:Store:Enabled=false");
        var body = await LiveThroughAsync(server);
        await server.StopAsync();
        var lines = server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, static line => Assert.Matches(Stamp(), line));
        var id = body.GetProperty("sessionId").GetInt64().ToString(CultureInfo.InvariantCulture);
        var own = lines.Where(line => line.Contains(id, StringComparison.Ordinal)).ToArray();
        Assert.Contains(own, static line => line.Contains("Connected", StringComparison.Ordinal));
        Assert.Contains(own, static line => line.Contains("ClosedByOwner", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_line_that_a_session_causes_from_its_beginning_to_its_end_has_its_id_also_after_a_kill()
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-log-");
        try
        {
            // The only session there is: whatever is written between its beginning and the end of the server is about it.
            string[] settings =
            [
                "--Holdfast:Store:Enabled=false", $"--Holdfast:Recording:Directory={folder.FullName}", "--Holdfast:Recording:Ffmpeg=/bin/false",
                "--Holdfast:Speech:Services:studio:BaseUrl=http://127.0.0.1:9/v1", "--Holdfast:Speech:Services:studio:Voices=anna",
            ];
            string id;
            await using (var server = await RunningProgram.StartServerAsync(settings))
            {
                var body = await LiveThroughAsync(server, async (line, session) =>
                {
                    var recording = await AskAsync(server, HttpMethod.Post, session, "/recordings");
                    await AskAsync(server, HttpMethod.Patch, session, "", new { voice = "studio/anna" });
                    await AskAsync(server, HttpMethod.Post, session, "/say", new { text = "One two three.", mode = "echo" });
                    await SaysAsync(server, "another voice than");
                    line.Cut = LineCut.Both;
                    await SaysAsync(server, "Connected -> Interrupted");
                    line.Cut = LineCut.None;
                    await SaysAsync(server, "-> Connected, PathHealed");
                    await AskAsync(server, HttpMethod.Post, session, "/recordings/stop");
                    var file = recording.GetProperty("url").GetString()!;
                    using var film = await server.Http.GetAsync(file + "?format=mp4", Cancel);
                    Assert.Equal(HttpStatusCode.NotImplemented, film.StatusCode);
                    using var deleted = await SendAsync(server, HttpMethod.Delete, session, file);
                    Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
                    await AskAsync(server, HttpMethod.Post, session, "/recordings");
                });
                id = body.GetProperty("sessionId").GetInt64().ToString(CultureInfo.InvariantCulture);
                await server.StopAsync();
                var lines = server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).SkipWhile(line => !line.Contains(id, StringComparison.Ordinal))
                    .Where(static line => !line.Contains("Microsoft.Hosting.Lifetime", StringComparison.Ordinal) && !line.Contains("The idle loop of", StringComparison.Ordinal)).ToArray();
                Assert.All(
                    (string[])["created: lin", "is being recorded", "another voice than", "Interrupted", "ffmpeg made no MP4", "was deleted", "SessionEnded", "ClosedByOwner"],
                    about => Assert.Contains(lines, line => line.Contains(about, StringComparison.Ordinal)));
                Assert.All(lines, line => Assert.True(line.Contains(id, StringComparison.Ordinal) || OfTheServer.Any(what => line.Contains(what, StringComparison.Ordinal)), line));
            }

            // As a kill leaves one: its notes say that it is under way.
            var notes = Assert.Single(folder.GetFiles("*.json"));
            var told = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(notes.FullName, Cancel))!.AsObject();
            Assert.True(told.Remove("endedAt") && told.Remove("end"), told.ToJsonString());
            await File.WriteAllTextAsync(notes.FullName, told.ToJsonString(), Cancel);
            await using var next = await RunningProgram.StartServerAsync(settings);
            await SaysAsync(next, "which was cut off with its server");
            Assert.Contains(next.Output.Split('\n'), line => line.Contains("which was cut off with its server", StringComparison.Ordinal) && line.Contains(id, StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_machine_without_the_program_that_says_what_nobody_else_can_is_told_so_at_the_start()
    {
        await using (var server = await RunningProgram.StartServerAsync("--Holdfast:Store:Enabled=false", "--Holdfast:Speech:EspeakPath=no-such-espeak"))
        {
            await SaysAsync(server, "There is no program no-such-espeak on this machine");
        }

        await using var usual = await RunningProgram.StartServerAsync("--Holdfast:Store:Enabled=false");
        Assert.DoesNotContain("There is no program", usual.Output, StringComparison.Ordinal);
    }

    /// <summary>As systemd's user, who has no home: ASP.NET Core would warn of keys that nothing here is protected with.</summary>
    [Fact]
    public async Task A_start_warns_of_no_keys_that_nobody_uses_and_leaves_nothing_in_its_users_home()
    {
        var home = Directory.CreateTempSubdirectory("holdfast-home-");
        try
        {
            await using (var server = await RunningProgram.StartServerAsync(
                new Dictionary<string, string>(StringComparer.Ordinal) { ["HOME"] = home.FullName },
                "--Holdfast:Store:Enabled=false", $"--Holdfast:Avatar:LoopCache={RunningServer.Loops}"))
            {
                await server.StopAsync();
                Assert.DoesNotContain("DataProtection", server.Output, StringComparison.Ordinal);
            }

            Assert.DoesNotContain(home.EnumerateDirectories(), static folder => folder.Name is ".aspnet");
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task By_a_setting_every_line_is_JSON()
    {
        await using var server = await RunningProgram.StartServerAsync("--Holdfast:Store:Enabled=false", "--Logging:Console:FormatterName=json");
        await server.StopAsync();
        var lines = server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(lines);
        Assert.All(lines, static line => Assert.Equal(JsonValueKind.String, JsonElement.Parse(line).GetProperty("Timestamp").ValueKind));
    }

    [Fact]
    public async Task No_secret_is_written_even_where_everything_is()
    {
        const string Key = "a-key-that-nobody-may-read-0123456789";
        const string ModelKey = "a-key-of-the-model", VoiceKey = "a-key-of-the-voice", PushToken = "a-token-of-the-push", TicketKey = "a-key-that-signs-tickets-0123456789";
        await using var service = await OpenAiServer.StartAsync();
        var place = new Uri(service.Url).GetLeftPart(UriPartial.Authority);
        await using var server = await RunningProgram.StartServerAsync(
            "--Holdfast:Store:Enabled=false", "--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft.AspNetCore=Trace",
            $"--Holdfast:Access:Keys:site:Key={Key}", $"--Holdfast:Access:Tickets:Key={TicketKey}",
            $"--Holdfast:Dialogue:Models:local:BaseUrl={service.Url}", "--Holdfast:Dialogue:Models:local:Model=tiny", $"--Holdfast:Dialogue:Models:local:Key={ModelKey}",
            $"--Holdfast:Speech:Services:studio:BaseUrl={service.Url}", "--Holdfast:Speech:Services:studio:Voices=anna", $"--Holdfast:Speech:Services:studio:Key={VoiceKey}",
            $"--Holdfast:Push:Targets:stage={place}/whip", $"--Holdfast:Push:Tokens:stage={PushToken}");
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        var secrets = new List<string> { Key, ModelKey, VoiceKey, PushToken, TicketKey };
        secrets.AddRange(await ShowTicketAsync(server));
        var body = await LiveThroughAsync(server, async (line, session) =>
        {
            secrets.AddRange(line.With(static (peer, _) => SpellingsOf(peer.Keys!)));
            await AskAsync(server, HttpMethod.Patch, session, "", new { voice = "studio/anna" });
            await AskAsync(server, HttpMethod.Post, session, "/say", new { text = "How are you?", mode = "chat" });
            await AskAsync(server, HttpMethod.Post, session, "/pushes", new { target = "stage" });
            await PushTests.UntilAsync(() => Task.FromResult(service.Others.ContainsKey("/v1/audio/speech") && service.Others.ContainsKey("/whip")));
            Assert.Equal("Bearer " + ModelKey, service.Authorization);
            Assert.Equal("Bearer " + VoiceKey, service.Others["/v1/audio/speech"]);
            Assert.Equal("Bearer " + PushToken, service.Others["/whip"]);
        });
        await server.StopAsync();
        var answer = body.GetProperty("answer").GetProperty("sdp").GetString()!;
        secrets.AddRange([body.GetProperty("resumeToken").GetString()!, Password().Match(answer).Groups["value"].Value]);
        var iceSecrets = StringsIn(body).Where(static text => text.Name.Contains("secret", StringComparison.OrdinalIgnoreCase)).Select(static text => text.Value).ToArray();
        Assert.NotEmpty(iceSecrets);
        secrets.AddRange(iceSecrets);
        var output = server.Output;
        Assert.Contains("dbug:", output, StringComparison.Ordinal);
        Assert.Contains("/?lang=en", output, StringComparison.Ordinal);
        Assert.All(secrets, static secret => Assert.True(secret.Length > 10, "That is no secret."));
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, output, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Waits until something is written.</summary>
    private static Task SaysAsync(RunningProgram server, string what) =>
        PushTests.UntilAsync(() => Task.FromResult(server.Output.Contains(what, StringComparison.Ordinal)));

    private static async Task<JsonElement> AskAsync(RunningProgram server, HttpMethod method, JsonElement session, string what, object? content = null)
    {
        using var response = await SendAsync(server, method, session, $"/api/sessions/{session.GetProperty("sessionId")}{what}", content);
        var body = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, body);
        return body.Length == 0 ? default : JsonElement.Parse(body);
    }

    private static async Task<HttpResponseMessage> SendAsync(RunningProgram server, HttpMethod method, JsonElement session, string path, object? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content is null ? null : JsonContent.Create(content) };
        request.Headers.Add("Holdfast-Resume-Token", session.GetProperty("resumeToken").GetString());
        return await server.Http.SendAsync(request, Cancel);
    }

    /// <summary>A page is opened with a ticket in its address, and sessions are asked for with it, whole and broken.</summary>
    /// <returns>What of it is secret.</returns>
    private static async Task<string[]> ShowTicketAsync(RunningProgram server)
    {
        using var made = await server.Http.PostAsJsonAsync("/api/tickets", new { user = "anna" }, Cancel);
        var ticket = (await made.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("ticket").GetString()!;
        foreach (var address in (string[])[$"/?ticket={ticket}", $"/?lang=en&ticket={ticket}", $"/?TICKET={ticket}&lang=en", $"/index.html?%74icket={ticket}"])
        {
            using var page = await server.Http.GetAsync(address, Cancel);
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }

        foreach (var (shown, status) in ((string, HttpStatusCode)[])[(ticket, HttpStatusCode.BadRequest), (ticket[..^8] + "AAAAAAAA", HttpStatusCode.Unauthorized)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/sessions") { Content = JsonContent.Create(new { sdp = "nonsense", type = "offer" }) };
            request.Headers.Authorization = new("Bearer", shown);
            using var response = await server.Http.SendAsync(request, Cancel);
            Assert.Equal(status, response.StatusCode);
        }

        return ticket.Split('.')[1..];
    }

    /// <summary>The master keys of a connection, as they could be written.</summary>
    private static string[] SpellingsOf(SrtpKeys keys) =>
        [.. ((byte[][])[keys.ClientKey, keys.ServerKey, keys.ClientSalt, keys.ServerSalt])
            .SelectMany(static key => (string[])[Convert.ToHexString(key), BitConverter.ToString(key), Convert.ToBase64String(key), Base64Url.EncodeToString(key)])];

    private static IEnumerable<(string Name, string Value)> StringsIn(JsonElement element, string name = "") => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(static member => StringsIn(member.Value, member.Name)),
        JsonValueKind.String => [(name, element.GetString()!)],
        _ => [],
    };

    /// <summary>A session from its beginning to its end; what POST /api/sessions answered.</summary>
    private async Task<JsonElement> LiveThroughAsync(RunningProgram server, Func<PeerLine, JsonElement, Task>? meanwhile = null)
    {
        await using var line = _peers.Open();
        using var response = await server.Http.PostAsJsonAsync("/api/sessions", new { sdp = line.With(static (peer, _) => peer.Offer), type = "offer" }, Cancel);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        var sdp = body.GetProperty("answer").GetProperty("sdp").GetString()!;
        Assert.True(line.With((peer, now) => peer.TryAccept(now, sdp, null, IPAddress.Loopback, out _)));
        Assert.True(await line.WaitAsync(static (peer, _) => peer.Media?.Video.Pictures > 2, TimeSpan.FromSeconds(30), Cancel));
        await (meanwhile?.Invoke(line, body) ?? Task.CompletedTask);
        using var delete = new HttpRequestMessage(HttpMethod.Delete, $"/api/sessions/{body.GetProperty("sessionId")}");
        delete.Headers.Add("Holdfast-Resume-Token", body.GetProperty("resumeToken").GetString());
        using var deleted = await server.Http.SendAsync(delete, Cancel);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        return body;
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (trce|dbug|info|warn|fail|crit): ", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Stamp();

    [GeneratedRegex("a=ice-pwd:(?<value>[^\\r\\n]+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Password();
}
