using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Holdfast.Lab.Peer;

namespace Holdfast.Server.Tests.Operating;

/// <summary>What a server writes, as an operator reads it.</summary>
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
        await using var server = await RunningProgram.StartServerAsync(
            "--Holdfast:Store:Enabled=false", "--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft.AspNetCore=Trace",
            $"--Holdfast:Access:Keys:site:Key={Key}");
        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        var body = await LiveThroughAsync(server);
        await server.StopAsync();
        var answer = body.GetProperty("answer").GetProperty("sdp").GetString()!;
        var secrets = new List<string> { Key, body.GetProperty("resumeToken").GetString()!, Password().Match(answer).Groups["value"].Value };
        secrets.AddRange(StringsIn(body).Where(static text => text.Name.Contains("secret", StringComparison.OrdinalIgnoreCase)).Select(static text => text.Value));
        Assert.True(secrets.Count >= 4, "The answer's ICE secret was not found.");
        var output = server.Output;
        Assert.Contains("dbug:", output, StringComparison.Ordinal);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, output, StringComparison.Ordinal));
    }

    private static IEnumerable<(string Name, string Value)> StringsIn(JsonElement element, string name = "") => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(static member => StringsIn(member.Value, member.Name)),
        JsonValueKind.String => [(name, element.GetString()!)],
        _ => [],
    };

    /// <summary>A session from its beginning to its end; what POST /api/sessions answered.</summary>
    private async Task<JsonElement> LiveThroughAsync(RunningProgram server)
    {
        await using var line = _peers.Open();
        using var response = await server.Http.PostAsJsonAsync("/api/sessions", new { sdp = line.With(static (peer, _) => peer.Offer), type = "offer" }, Cancel);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        var sdp = body.GetProperty("answer").GetProperty("sdp").GetString()!;
        Assert.True(line.With((peer, now) => peer.TryAccept(now, sdp, null, IPAddress.Loopback, out _)));
        Assert.True(await line.WaitAsync(static (peer, _) => peer.Media?.Video.Pictures > 2, TimeSpan.FromSeconds(30), Cancel));
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
