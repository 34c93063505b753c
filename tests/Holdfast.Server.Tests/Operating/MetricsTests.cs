using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Holdfast.Lab.Peer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Holdfast.Server.Tests.Operating;

/// <summary>What a server says of itself to those who watch it.</summary>
[Trait("Speed", "Slow")]
public sealed partial class MetricsTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly PeerHost _peers = new(TimeProvider.System);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _peers.DisposeAsync();

    [Fact]
    public async Task What_happens_to_a_session_is_counted_as_often_as_it_happens()
    {
        await using var server = await RunningProgram.StartServerAsync("--Holdfast:Store:Enabled=false");
        var (id, token, line) = await ConnectAsync(server.Http);
        await PostAsync(server.Http, $"/api/sessions/{id}/say", token, new { text = "One two three four." });
        await MetricAsync(server.Http, "holdfast_session_utterances_total", "finished", 1);

        // What the line is taken for, as soon as the client has told what arrives.
        await MetricAsync(server.Http, "holdfast_rtc_line_estimate_bit_per_second_count", null, static count => count >= 1);
        line.Cut = LineCut.Both;
        await MetricAsync(server.Http, "holdfast_sessions", "interrupted", 1);
        line.Cut = LineCut.None;
        var text = await MetricAsync(server.Http, "holdfast_session_recovery_duration_seconds_count", "healed", static count => count >= 1);
        using (var bad = await server.Http.PostAsJsonAsync("/api/sessions", new { sdp = "v=0", type = "offer" }, Cancel))
        {
            Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        }

        await line.DisposeAsync();
        await MetricAsync(server.Http, "holdfast_sessions", "held", 1);

        // A busy machine is an outage of its own now and then: what is counted is held against what was told.
        var states = await StatesAsync(server.Http, id, token);
        using (var delete = new HttpRequestMessage(HttpMethod.Delete, $"/api/sessions/{id}"))
        {
            delete.Headers.Add("Holdfast-Resume-Token", token);
            using var deleted = await server.Http.SendAsync(delete, Cancel);
            deleted.EnsureSuccessStatusCode();
        }

        text = await MetricAsync(server.Http, "holdfast_sessions_ended_total", "closed_by_owner", 1);
        Assert.Equal(1, Value(text, "holdfast_sessions_created_total"));
        Assert.Equal(1, Value(text, "holdfast_sessions_refused_total", "bad_offer"));
        Assert.Equal(states.Count(static state => state is "interrupted"), Value(text, "holdfast_session_outages_total", "interrupted"));
        Assert.Equal(states.Count(static state => state is "held"), Value(text, "holdfast_session_outages_total", "held"));
        Assert.Equal(4, Value(text, "holdfast_session_words_total", "said"));
        Assert.Equal(1, Value(text, "holdfast_rtc_handshake_duration_seconds_count"));
        Assert.True(1 == Value(text, "holdfast_rtc_connections_closed_total", "closed_by_peer"), text);
        Assert.Equal(1, Value(text, "holdfast_speech_first_sound_duration_seconds_count"));
        Assert.True(Value(text, "holdfast_media_pictures_total", "live") > 0);
        Assert.True(Value(text, "holdfast_rtc_datagrams_total", "transmit") > 0);
        Assert.Equal(0, Value(text, "holdfast_sessions", "connected"));

        // The names and labels in Prometheus' format are those that the document has, which the dashboard and the alerts are held against.
        var known = QueryTests.TagsBySeries();
        Assert.All(SeriesIn(text), series => Assert.Equal(
            Assert.Contains(series.Name, (IReadOnlyDictionary<string, string[]>)known).Order(StringComparer.Ordinal),
            series.Labels.Where(static label => label is not "le" && !label.StartsWith("otel_scope_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task What_graphs_and_alerts_look_at_is_there_from_the_start_at_zero()
    {
        await using var server = await RunningProgram.StartServerAsync("--Holdfast:Store:Enabled=false");
        var text = await server.Http.GetStringAsync("/metrics", Cancel);
        foreach (var (name, tags) in ((string, string[])[])
        [
            ("holdfast_sessions_created_total", [""]),
            ("holdfast_sessions_ended_total", ["grace_over", "held_too_long", "closed_by_owner"]),
            ("holdfast_session_outages_total", ["interrupted", "held"]),
            ("holdfast_session_words_total", ["said", "again", "unheard"]),
            ("holdfast_session_utterances_total", ["finished", "interrupted", "dropped", "failed"]),
            ("holdfast_session_faults_total", [""]),
            ("holdfast_session_speech_seconds_total", ["again", "lost"]),
            ("holdfast_media_pictures_total", ["live", "loop"]),
            ("holdfast_media_pictures_left_out_total", [""]),
            ("holdfast_media_ticks_skipped_total", [""]),
            ("holdfast_media_faults_total", [""]),
        ])
        {
            Assert.All(tags, tag => Assert.Matches($@"(?m)^{name}\{{[^}}]*{tag}[^}}]*\}} 0$", text));
        }
    }

    [Fact]
    public async Task A_stranger_reads_no_metrics_and_an_operator_does()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:Access:Keys:watch:Key=a-key-of-more-than-20-characters", "--Holdfast:Access:Keys:watch:Role=Operator");
        using var here = await server.Http.GetAsync("/metrics", Cancel);
        Assert.Equal(HttpStatusCode.OK, here.StatusCode);

        using var ask = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        ask.Headers.Add("X-Forwarded-For", "203.0.113.9");
        using var stranger = await server.Http.SendAsync(ask, Cancel);
        await SessionApiTests.AssertProblem(stranger, "sign-in");

        using var known = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        known.Headers.Add("X-Forwarded-For", "203.0.113.9");
        known.Headers.Authorization = new("Bearer", "a-key-of-more-than-20-characters");
        using var operators = await server.Http.SendAsync(known, Cancel);
        Assert.Equal(HttpStatusCode.OK, operators.StatusCode);
    }

    [Fact]
    public async Task Metrics_can_be_turned_off()
    {
        await using var server = await RunningServer.StartAsync("--Holdfast:Telemetry:Metrics=false");
        using var response = await server.Http.GetAsync("/metrics", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_collector_is_sent_metrics_spans_and_logs()
    {
        var received = new ConcurrentDictionary<string, byte[]>(StringComparer.Ordinal);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var collector = builder.Build();
        collector.MapPost("/v1/{kind}", async (string kind, HttpRequest request) =>
        {
            var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            received.AddOrUpdate(kind, body.ToArray(), (_, before) => [.. before, .. body.ToArray()]);
        });
        await collector.StartAsync(Cancel);
        await using (var server = await RunningProgram.StartServerAsync(
            $"--Holdfast:Telemetry:OtlpEndpoint={collector.Urls.Single()}", "--Holdfast:Telemetry:OtlpProtocol=HttpProtobuf", "--Holdfast:Store:Enabled=false"))
        {
            var (id, token, line) = await ConnectAsync(server.Http);
            await using var connected = line;
            await PostAsync(server.Http, $"/api/sessions/{id}/heartbeat", token, new { });

            // What was not sent yet is sent at the end.
            await server.StopAsync();
        }

        Assert.Contains("holdfast.sessions.created", Text("metrics"), StringComparison.Ordinal);
        Assert.Contains("handshake", Text("traces"), StringComparison.Ordinal);

        // A request says what was asked; heartbeats, most of all requests, have no span.
        Assert.Contains("/api/sessions", Text("traces"), StringComparison.Ordinal);
        Assert.DoesNotContain("/heartbeat", Text("traces"), StringComparison.Ordinal);
        Assert.Contains("Session {SessionId}", Text("logs"), StringComparison.Ordinal);

        string Text(string kind) => System.Text.Encoding.UTF8.GetString(received.GetValueOrDefault(kind) ?? []);
    }

    /// <summary>Waits until a series has a value.</summary>
    private static Task<string> MetricAsync(HttpClient http, string name, string tag, double value) =>
        MetricAsync(http, name, tag, now => now == value);

    private static async Task<string> MetricAsync(HttpClient http, string name, string? tag, Func<double, bool> isAwaited)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var text = await http.GetStringAsync("/metrics", Cancel);
            if (isAwaited(Value(text, name, tag)))
            {
                return text;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < Limit, $"{name} {tag} is {Value(text, name, tag)}:\n{text}");
        }
    }

    /// <summary>Each state that the session came to, until it is held.</summary>
    private static async Task<IReadOnlyList<string>> StatesAsync(HttpClient http, long id, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/sessions/{id}/events");
        request.Headers.Add("Holdfast-Resume-Token", token);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        var (states, kind) = (new List<string>(), "");
        while (states is not [.., "held"])
        {
            var line = await lines.ReadLineAsync(Cancel) ?? throw new EndOfStreamException();
            kind = line.StartsWith("event: ", StringComparison.Ordinal) ? line["event: ".Length..] : kind;
            if (kind is "state" && line.StartsWith("data: ", StringComparison.Ordinal))
            {
                states.Add(JsonDocument.Parse(line["data: ".Length..]).RootElement.GetProperty("to").GetString()!);
            }
        }

        return states;
    }

    private static double Value(string text, string name, string? tag = null) => text.Split('\n')
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) && (tag is null || line.Contains($"=\"{tag}\"", StringComparison.Ordinal)))
        .Sum(static line => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));

    private static IEnumerable<(string Name, IReadOnlyList<string> Labels)> SeriesIn(string text) => text.Split('\n')
        .Where(static line => line.StartsWith("holdfast_", StringComparison.Ordinal))
        .Select(static line => (line.Split('{', ' ')[0], (IReadOnlyList<string>)[.. Label().Matches(line).Select(static match => match.Groups["name"].Value)]));

    private static async Task PostAsync(HttpClient http, string path, string token, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Holdfast-Resume-Token", token);
        using var response = await http.SendAsync(request, Cancel);
        response.EnsureSuccessStatusCode();
    }

    private async Task<(long Id, string Token, PeerLine Line)> ConnectAsync(HttpClient http)
    {
        var line = _peers.Open();
        using var response = await http.PostAsJsonAsync("/api/sessions", new { sdp = line.With(static (peer, _) => peer.Offer), type = "offer" }, Cancel);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        var sdp = body.GetProperty("answer").GetProperty("sdp").GetString()!;
        Assert.True(line.With((peer, now) => peer.TryAccept(now, sdp, null, IPAddress.Loopback, out _)));
        Assert.True(await line.WaitAsync(static (peer, _) => peer.Media?.Video.Pictures > 2, Limit, Cancel));
        return (body.GetProperty("sessionId").GetInt64(), body.GetProperty("resumeToken").GetString()!, line);
    }

    [GeneratedRegex(@"(?<name>[a-zA-Z_]+)=""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Label();
}
