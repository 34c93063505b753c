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
            await AskAsync(HttpMethod.Patch, session, "", new { voice = "studio/anna" });
            await AskAsync(HttpMethod.Post, session, "/say", new { text = "How are you?", mode = "chat" });
            await AskAsync(HttpMethod.Post, session, "/pushes", new { target = "stage" });
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

        async Task AskAsync(HttpMethod method, JsonElement session, string what, object content)
        {
            using var request = new HttpRequestMessage(method, $"/api/sessions/{session.GetProperty("sessionId")}{what}") { Content = JsonContent.Create(content) };
            request.Headers.Add("Holdfast-Resume-Token", session.GetProperty("resumeToken").GetString());
            using var response = await server.Http.SendAsync(request, Cancel);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
        }
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
