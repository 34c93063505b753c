using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using Holdfast.Media;
using Holdfast.Sessions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.LiveTalking.Tests;

/// <summary>
/// Each call of the API with each of its statuses, and the table of them in docs/livetalking.md: none is in one and not in the other, and no endpoint is in neither.
/// What the answers mean is for the other tests of this suite.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class ContractTests(ContractTests.Servers servers) : IClassFixture<ContractTests.Servers>
{
    /// <summary>A call and a status, as in the document, and how to get it.</summary>
    private static readonly Dictionary<string, Func<Servers, Task<Client.Answered>>> Cases = new(StringComparer.Ordinal)
    {
        ["POST /offer 200"] = static s => s.Full.CallAsync("/offer", Offer()),
        ["POST /offer 400"] = static s => s.Full.CallAsync("/offer", new { sdp = "v=0", type = "offer" }),
        ["POST /offer 401"] = static s => s.Full.CallAsync("/offer", Offer(), "POST", ("X-Forwarded-For", "203.0.113.9")),
        ["POST /offer 403"] = static s => s.Full.CallAsync("/offer", Offer(), "POST", ("Origin", "https://elsewhere.example")),

        // It is refused by its length, before it is sent: a connection that is closed in the middle of it may tell nothing.
        // Its length is told before it is sent: a client that is refused in the middle of sending may see the connection break first.
        ["POST /offer 413"] = static s => s.Full.CallRawAsync("/offer", $$"""{"type":"offer","sdp":"{{new string('x', 4_000_000)}}"}""", headers: ("Expect", "100-continue")),
        ["POST /offer 429"] = static s => s.Bare.CallAsync("/offer", Offer()),
        ["POST /offer 503"] = static s => s.Stopping.CallAsync("/offer", Offer()),

        ["POST /reconnect 200"] = static s => s.Full.CallAsync("/reconnect", new { sessionid = s.Id, sdp = Offers.Chromium, type = "offer" }),
        ["POST /reconnect 400"] = static s => s.Full.CallAsync("/reconnect", Offer()),
        ["POST /reconnect 404"] = static s => s.Full.CallAsync("/reconnect", Unknown()),
        ["POST /reconnect 409"] = static async s => await s.Full.CallAsync("/reconnect", new { sessionid = await s.OfferedAsync(), sdp = Offers.Chromium, type = "offer" }),

        ["POST /session/heartbeat 200"] = static s => s.AboutAsync("/session/heartbeat"),
        ["POST /session/heartbeat 400"] = static s => s.Full.CallAsync("/session/heartbeat", new { }),
        ["POST /session/heartbeat 404"] = static s => s.Full.CallAsync("/session/heartbeat", Unknown()),
        ["POST /session/close 200"] = static s => s.Full.CallAsync("/session/close", Unknown()),
        ["POST /session/close 400"] = static s => s.Full.CallAsync("/session/close", new { }),

        ["POST /interrupt_talk 200"] = static s => s.AboutAsync("/interrupt_talk"),
        ["POST /interrupt_talk 400"] = static s => s.Full.CallAsync("/interrupt_talk", new { }),
        ["POST /interrupt_talk 404"] = static s => s.Full.CallAsync("/interrupt_talk", Unknown()),
        ["POST /is_speaking 200"] = static s => s.AboutAsync("/is_speaking"),
        ["POST /is_speaking 400"] = static s => s.Full.CallAsync("/is_speaking", new { }),
        ["POST /is_speaking 404"] = static s => s.Full.CallAsync("/is_speaking", Unknown()),
        ["POST /set_audiotype 200"] = static s => s.Full.CallAsync("/set_audiotype", new { sessionid = s.Id, audiotype = 1, reinit = false }),
        ["POST /set_audiotype 400"] = static s => s.Full.CallAsync("/set_audiotype", new { }),
        ["POST /set_audiotype 404"] = static s => s.Full.CallAsync("/set_audiotype", Unknown()),
        ["POST /set_audiotype 409"] = static async s =>
        {
            await Until.HappenedAsync(() => s.Bare.Services.GetRequiredService<IShowFactory>().FaultOfAction("lin", "gone") is not null);
            return await s.Bare.CallAsync("/set_audiotype", new { sessionid = s.BareId, audiotype = 2, reinit = true });
        },
        ["POST /set_audiotype 501"] = static s => s.Full.CallAsync("/set_audiotype", new { sessionid = s.Id, audiotype = 2, reinit = true }),

        ["POST /human 200"] = static s => s.Full.CallAsync("/human", new { sessionid = s.Id, text = "Yes.", type = "echo", interrupt = true }),
        ["POST /human 400"] = static s => s.Full.CallAsync("/human", new { sessionid = s.Id, text = "", type = "echo" }),
        ["POST /human 404"] = static s => s.Full.CallAsync("/human", Unknown()),
        ["POST /human 409"] = static async s => await s.Full.CallAsync("/human", new { sessionid = await s.OfferedAsync(), text = "a", type = "echo" }),
        ["POST /human 429"] = static s => UntilAsync(HttpStatusCode.TooManyRequests, () => s.Bare.CallAsync("/human", new { sessionid = s.BareId, text = "One, two, three, four.", type = "echo" })),
        ["POST /humanaudio 200"] = static s => UploadAsync(s.Full, "/humanaudio", Sound(0.1), s.Id),
        ["POST /humanaudio 400"] = static s => s.Full.CallAsync("/humanaudio", new { sessionid = s.Id }),
        ["POST /humanaudio 404"] = static s => UploadAsync(s.Full, "/humanaudio", Sound(0.1), 77),
        ["POST /humanaudio 409"] = static async s => await UploadAsync(s.Full, "/humanaudio", Sound(0.1), await s.OfferedAsync()),
        ["POST /humanaudio 413"] = static s => UploadAsync(s.Full, "/humanaudio", Sound(121), s.Id),
        ["POST /humanaudio 415"] = static s => UploadAsync(s.Full, "/humanaudio", "no sound at all"u8.ToArray(), s.Id),
        ["POST /humanaudio 429"] = static s => UntilAsync(HttpStatusCode.TooManyRequests, () => UploadAsync(s.Bare, "/humanaudio", Sound(5), s.BareId)),
        ["POST /audio_chat 200"] = static s => UploadAsync(s.Full, "/audio_chat", Sound(0.1), s.Id),
        ["POST /audio_chat 400"] = static s => s.Full.CallAsync("/audio_chat", new { sessionid = s.Id }),
        ["POST /audio_chat 404"] = static s => UploadAsync(s.Full, "/audio_chat", Sound(0.1), 77),
        ["POST /audio_chat 409"] = static async s => await UploadAsync(s.Full, "/audio_chat", Sound(0.1), await s.OfferedAsync()),
        ["POST /audio_chat 413"] = static s => UploadAsync(s.Full, "/audio_chat", Sound(121), s.Id),
        ["POST /audio_chat 415"] = static s => UploadAsync(s.Full, "/audio_chat", "no sound at all"u8.ToArray(), s.Id),
        ["POST /audio_chat 501"] = static s => UploadAsync(s.Bare, "/audio_chat", Sound(0.1), s.BareId),
        ["POST /audio_chat 502"] = static s =>
        {
            s.Model.RefuseSound(401);
            return UploadAsync(s.Full, "/audio_chat", Sound(0.1), s.Id);
        },
        ["GET /api/asr 101"] = static async s =>
        {
            using var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
            await socket.ConnectAsync(new UriBuilder(new Uri(s.Full.Http.BaseAddress!, "/api/asr")) { Scheme = "ws" }.Uri, TestContext.Current.CancellationToken);
            return new Client.Answered(socket.HttpStatusCode, "", MediaType: null, Cookie: null);
        },
        ["GET /api/asr 400"] = static s => s.Full.CallAsync("/api/asr", method: "GET"),
        ["GET /api/asr 401"] = static s => s.Full.CallAsync("/api/asr", null, "GET", ("X-Forwarded-For", "203.0.113.9")),
        ["GET /api/asr 501"] = static s => s.Bare.CallAsync("/api/asr", method: "GET"),

        ["GET /sse 200"] = static s => OpenAsync(s.Full, $"/sse?sessionid={s.Id}"),
        ["GET /sse 400"] = static s => s.Full.CallAsync("/sse", method: "GET"),
        ["GET /sse 404"] = static s => s.Full.CallAsync("/sse?sessionid=77", method: "GET"),
        ["GET /sse 429"] = static s => WithStreamAsync(s.Bare, $"/sse?sessionid={s.BareId}", () => s.Bare.CallAsync($"/sse?sessionid={s.BareId}", method: "GET")),

        ["POST /record 200"] = static s => s.Full.CallAsync("/record", new { sessionid = s.Id, type = "end_record" }),
        ["POST /record 400"] = static s => s.Full.CallAsync("/record", new { sessionid = s.Id, type = "pause_record" }),
        ["POST /record 404"] = static s => s.Full.CallAsync("/record", Unknown()),
        ["POST /record 501"] = static s => Task.FromResult(s.NotRecorded),
        ["POST /record 507"] = static s => s.Bare.CallAsync("/record", new { sessionid = s.BareId, type = "start_record" }),
        ["GET /record/{id} 200"] = static async s => await s.RecordedAsync(end: true),
        ["GET /record/{id} 400"] = static s => s.Full.CallAsync("/record/x", method: "GET"),
        ["GET /record/{id} 404"] = static s => s.Full.CallAsync("/record/77", method: "GET"),
        ["GET /record/{id} 409"] = static async s => await s.RecordedAsync(end: false),

        ["GET /config/get 200"] = static s => s.Full.CallAsync("/config/get", method: "GET"),
        ["POST /config/prompt 501"] = static s => s.Full.CallAsync("/config/prompt", new { prompt = "x" }),
        ["GET /kb/list 200"] = static s => s.Full.CallAsync("/kb/list", method: "GET"),
        ["POST /kb/{**rest} 501"] = static s => s.Full.CallAsync("/kb/upload", new { }),
        ["GET /fishtts/voices 200"] = static s => s.Full.CallAsync("/fishtts/voices", method: "GET"),
        ["POST /fishtts/{**rest} 501"] = static s => s.Full.CallAsync("/fishtts/clone", new { }),
        ["GET /llm/providers 200"] = static s => s.Full.CallAsync("/llm/providers", method: "GET"),
        ["POST /llm/switch 200"] = static s => s.Full.CallAsync("/llm/switch", new { provider = "local", sessionid = s.Id }),
        ["POST /llm/switch 400"] = static s => s.Full.CallAsync("/llm/switch", new { provider = "nobody" }),
        ["POST /llm/switch 404"] = static s => s.Full.CallAsync("/llm/switch", new { provider = "local", sessionid = 77 }),
        ["POST /llm/test 200"] = static s => s.Full.CallAsync("/llm/test", new { query = "Well?" }),
        ["POST /llm/test 400"] = static s => s.Full.CallAsync("/llm/test", new { }),
        ["POST /llm/test 401"] = static s => s.Full.CallAsync("/llm/test", new { query = "Well?" }, "POST", ("X-Forwarded-For", "203.0.113.9")),

        ["GET /api/avatars 200"] = static s => s.Full.CallAsync("/api/avatars?page=1", method: "GET"),
        ["GET /api/avatars/{id}/preview 200"] = static s => s.Full.CallAsync("/api/avatars/lin/preview", method: "GET"),
        ["GET /api/avatars/{id}/preview 404"] = static s => s.Full.CallAsync("/api/avatars/nobody/preview", method: "GET"),
        ["PATCH /api/sessions/{sid}/avatar 200"] = static s => s.Full.CallAsync($"/api/sessions/{s.Id}/avatar", new { avatar_id = "lin" }, "PATCH"),
        ["PATCH /api/sessions/{sid}/avatar 400"] = static s => s.Full.CallAsync("/api/sessions/x/avatar", new { avatar_id = "lin" }, "PATCH"),
        ["PATCH /api/sessions/{sid}/avatar 404"] = static s => s.Full.CallAsync($"/api/sessions/{s.Id}/avatar", new { avatar_id = "nobody" }, "PATCH"),
        ["POST /api/avatar/task 501"] = static s => s.Full.CallAsync("/api/avatar/task", new { model = "wav2lip" }),
        ["GET /api/avatar/tasks 200"] = static s => s.Full.CallAsync("/api/avatar/tasks", method: "GET"),
        ["GET /api/avatar/task/{id} 404"] = static s => s.Full.CallAsync("/api/avatar/task/1", method: "GET"),
        ["DELETE /api/avatar/task/{id} 404"] = static s => s.Full.CallAsync("/api/avatar/task/1", method: "DELETE"),

        ["GET /api/admin/sessions 200"] = static s => s.Full.CallAsync("/api/admin/sessions", null, "GET", TalkingServer.Operator),
        ["GET /api/admin/sessions 401"] = static s => s.Full.CallAsync("/api/admin/sessions", method: "GET"),
        ["GET /api/admin/sessions 403"] = static s => s.Full.CallAsync("/api/admin/sessions", null, "GET", TalkingServer.Site),
        ["GET /api/admin/config 200"] = static s => s.Full.CallAsync("/api/admin/config", null, "GET", TalkingServer.Operator),
        ["GET /api/admin/config 401"] = static s => s.Full.CallAsync("/api/admin/config", method: "GET"),
        ["GET /api/admin/events 200"] = static s => OpenAsync(s.Full, "/api/admin/events", TalkingServer.Operator),
        ["GET /api/admin/events 401"] = static s => s.Full.CallAsync("/api/admin/events", method: "GET"),
        ["GET /api/admin/events 429"] = static s =>
            WithStreamAsync(s.Bare, $"/sse?sessionid={s.BareId}", () => s.Bare.CallAsync("/api/admin/events", null, "GET", TalkingServer.Operator)),
        ["GET /api/admin/sessions/{id}/events 200"] = static s => s.Full.CallAsync($"/api/admin/sessions/{s.Id}/events", null, "GET", TalkingServer.Operator),
        ["GET /api/admin/sessions/{id}/events 404"] = static s => s.Full.CallAsync("/api/admin/sessions/77/events", null, "GET", TalkingServer.Operator),
        ["POST /api/admin/sessions/{id}/close 200"] = static s => s.OperateAsync("close", new { }),
        ["POST /api/admin/sessions/{id}/close 404"] = static s => s.Full.CallAsync("/api/admin/sessions/77/close", new { }, "POST", TalkingServer.Operator),
        ["POST /api/admin/sessions/{id}/hold 200"] = static s => s.OperateAsync("hold", new { }),
        ["POST /api/admin/sessions/{id}/hold 404"] = static s => s.Full.CallAsync("/api/admin/sessions/77/hold", new { }, "POST", TalkingServer.Operator),
        ["POST /api/admin/sessions/{id}/say 200"] = static s => s.Full.CallAsync($"/api/admin/sessions/{s.Id}/say", new { text = "Yes." }, "POST", TalkingServer.Operator),
        ["POST /api/admin/sessions/{id}/say 400"] = static s => s.Full.CallAsync($"/api/admin/sessions/{s.Id}/say", new { }, "POST", TalkingServer.Operator),
        ["POST /api/admin/sessions/{id}/say 404"] = static s => s.Full.CallAsync("/api/admin/sessions/77/say", new { text = "Yes." }, "POST", TalkingServer.Operator),
        ["POST /api/admin/sessions/{id}/say 409"] = static s => s.OperateAsync("say", new { text = "Yes." }),
    };

    public static TheoryData<string> Rows => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Each_call_has_each_of_its_statuses_and_errors_have_both_shapes(string row)
    {
        var answer = await Cases[row](servers);
        var status = int.Parse(row.Split(' ')[2], CultureInfo.InvariantCulture);
        Assert.True(status == (int)answer.Status, $"{(int)answer.Status}: {answer.Text}");
        if (status >= 400)
        {
            var isStart = row.Split(' ')[1] is "/offer" or "/reconnect";
            Assert.Equal(isStart, answer.AssertFailed(answer.Status).TryGetProperty("sessionid", out var session) && session.GetInt64() == 0);
        }
    }

    [Fact]
    public async Task The_document_has_these_calls_with_these_statuses_and_no_other()
    {
        var document = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "livetalking.md"), TestContext.Current.CancellationToken);
        var told = document.SkipWhile(static line => !line.StartsWith("## Each call and its statuses", StringComparison.Ordinal)).Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
            .SelectMany(static cells => cells[2].Split(' ').Select(status => $"{cells[1].Trim('`')} {status}"));
        Assert.Equal(Cases.Keys.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public void No_endpoint_is_without_a_row()
    {
        var rows = Cases.Keys.Select(static row => row[..row.LastIndexOf(' ')]).ToHashSet(StringComparer.Ordinal);
        var mapped = servers.Full.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(static endpoint => endpoint.Metadata.Any(static data => data.GetType().Name is "FailureDialect"))
            .ToArray();
        Assert.True(mapped.Length > 30);
        foreach (var endpoint in mapped)
        {
            // One method stands for those that do the same.
            var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods;
            Assert.True(methods.Any(method => rows.Contains($"{method} {endpoint.RoutePattern.RawText}")), $"{string.Join('|', methods)} {endpoint.RoutePattern.RawText}");
        }
    }

    private static object Offer() => new { sdp = Offers.Chromium, type = "offer" };

    private static object Unknown() => new { sessionid = 77, sdp = Offers.Chromium, type = "offer", text = "a" };

    /// <summary>Seconds of silence: 16 bit, mono, 8 kHz.</summary>
    private static byte[] Sound(double seconds) => Speech.WavFile.Write(new short[(int)(8_000 * seconds)], 8_000);

    private static Task<Client.Answered> UploadAsync(RunningServer server, string path, byte[] file, long id)
    {
        var part = new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("audio/wav") } };
        var form = new MultipartFormDataContent { { new StringContent(id.ToString(CultureInfo.InvariantCulture)), "sessionid" }, { part, "file", "recording.wav" } };
        return Client.CallAsync(server, path, form, "POST", []);
    }

    private static async Task<Client.Answered> OpenAsync(RunningServer server, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return new Client.Answered(response.StatusCode, "", response.Content.Headers.ContentType?.MediaType, Cookie: null);
    }

    /// <summary>While the server's only stream is taken.</summary>
    private static async Task<Client.Answered> WithStreamAsync(RunningServer server, string stream, Func<Task<Client.Answered>> call)
    {
        // The place of a stream that was closed is free when the server has noticed.
        while (true)
        {
            using var open = await server.Http.GetAsync(stream, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            if (open.StatusCode == HttpStatusCode.OK)
            {
                return await call();
            }
        }
    }

    /// <summary>Again until it is refused: what was taken before is being said meanwhile.</summary>
    private static async Task<Client.Answered> UntilAsync(HttpStatusCode status, Func<Task<Client.Answered>> call)
    {
        while (true)
        {
            var answer = await call();
            if (answer.Status == status)
            {
                return answer;
            }

            // Who stands still for a moment is not connected.
            Assert.Contains(answer.Status, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Conflict]);
        }
    }

    /// <summary>A server that has everything, one that has little and is full, and one that is about to stop; somebody is connected at each.</summary>
    public sealed class Servers : IAsyncLifetime
    {
        private readonly TalkingServer _talking = new();
        private readonly string _actions = Directory.CreateTempSubdirectory("holdfast-actions-").FullName;
        private Visitor _visitor = null!;
        private Visitor _last = null!;

        internal RunningServer Full => _talking.Server;

        internal OpenAiServer Model => _talking.Model;

        internal RunningServer Bare { get; private set; } = null!;

        internal RunningServer Stopping { get; private set; } = null!;

        internal long Id => _visitor.Id;

        internal long BareId => _last.Id;

        /// <summary>What the one that stops answered before to whoever wanted to record.</summary>
        internal Client.Answered NotRecorded { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await _talking.InitializeAsync();
            Model.Understand = static _ => "Who are you?";
            await File.WriteAllTextAsync(
                Path.Combine(Directory.CreateDirectory(Path.Combine(_actions, "lin")).FullName, "actions.json"),
                """{ "actions": [ { "name": "gone", "frames": "gone" } ] }""",
                TestContext.Current.CancellationToken);
            Bare = await RunningServer.StartAsync(
                $"--Holdfast:Avatar:ActionsDirectory={_actions}", $"--Holdfast:Recording:Directory={_talking.Recordings}", "--Holdfast:Recording:KeepFreeMegabytes=1000000000", "--Holdfast:MaxSessions=1", "--Holdfast:MaxEventStreams=1", "--Holdfast:Avatar:MaxUtterances=1",
                $"--Holdfast:Access:Keys:boss:Key={TalkingServer.Operator.Value}", "--Holdfast:Access:Keys:boss:Role=Operator");
            _visitor = await Visitor.ComeAsync(Full, _talking.Peers);
            _last = await Visitor.ComeAsync(Bare, _talking.Peers);
            await _last.SayAsync("Here I am.");

            Stopping = await RunningServer.StartAsync("--Holdfast:Recording:Enabled=false");
            NotRecorded = await Stopping.CallAsync("/record", new { sessionid = await ControlTests.OfferAsync(Stopping), type = "start_record" });
            await ControlTests.DirectoryOf(Stopping).CloseAllAsync(SessionReason.ServerStopping);
        }

        public async ValueTask DisposeAsync()
        {
            await _last.DisposeAsync();
            await _visitor.DisposeAsync();
            await Bare.DisposeAsync();
            await Stopping.DisposeAsync();
            await _talking.DisposeAsync();
            Directory.Delete(_actions, recursive: true);
        }

        internal Task<Client.Answered> AboutAsync(string path) => Full.CallAsync(path, new { sessionid = Id });

        /// <summary>A session that nobody has connected to.</summary>
        internal Task<long> OfferedAsync() => ControlTests.OfferAsync(Full);

        /// <summary>What an operator does with such a session.</summary>
        internal async Task<Client.Answered> OperateAsync(string what, object body)
        {
            var id = await OfferedAsync();
            return await Full.CallAsync($"/api/admin/sessions/{id}/{what}", body, "POST", TalkingServer.Operator);
        }

        /// <summary>Asks for a recording that was ended, or was not.</summary>
        internal async Task<Client.Answered> RecordedAsync(bool end)
        {
            (await Full.CallAsync("/record", new { sessionid = Id, type = "start_record" })).AssertOk();
            if (end)
            {
                (await Full.CallAsync("/record", new { sessionid = Id, type = "end_record" })).AssertOk();
            }

            var answer = await Full.CallAsync($"/record/{Id}", method: "GET");
            (await Full.CallAsync("/record", new { sessionid = Id, type = "end_record" })).AssertOk();
            return answer;
        }
    }
}
