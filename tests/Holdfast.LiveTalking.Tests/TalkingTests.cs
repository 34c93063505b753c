using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Net.WebSockets;
using System.Text.Json;
using Holdfast.LiveTalking.Http;
using Holdfast.Sessions;

namespace Holdfast.LiveTalking.Tests;

/// <summary>Each row of the contract's talking calls, in both dialects, and what pages ask for when they load.</summary>
public sealed class TalkingTests : IClassFixture<TalkingServer>, IAsyncLifetime
{
    private readonly TalkingServer _shared;
    private readonly OpenAiServer _model;
    private readonly RunningServer _server;
    private Visitor _visitor = null!;

    public TalkingTests(TalkingServer shared) => (_shared, _model, _server) = (shared, shared.Model, shared.Server);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _visitor = await Visitor.ComeAsync(_server, _shared.Peers);

    public ValueTask DisposeAsync() => _visitor.DisposeAsync();

    [Fact]
    public async Task A_text_is_said_and_told_of_when_it_was_played_out()
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(40));
        using var stream = await _server.Http.GetAsync($"/sse?sessionid={_visitor.Id}", HttpCompletionOption.ResponseHeadersRead, late.Token);
        Assert.Equal("text/event-stream", stream.Content.Headers.ContentType!.MediaType);
        (await _visitor.SayAsync("Hello there.")).AssertOk();

        var told = new List<JsonElement>();
        await foreach (var item in SseParser.Create(await stream.Content.ReadAsStreamAsync(late.Token)).EnumerateAsync(late.Token))
        {
            told.Add(JsonDocument.Parse(item.Data).RootElement);
            if (told.Count == 2)
            {
                break;
            }
        }

        Assert.Equal(["""{"status":"start","text":"Hello there."}""", """{"status":"end","text":"Hello there."}"""], told.Select(static one => one.GetRawText()), StringComparer.Ordinal);
        await Until.TrueAsync(async () => !await _visitor.IsSpeakingAsync());
    }

    /// <summary>A page's own side may stand some milliseconds before the server's does, and a page written for LiveTalking asks once.</summary>
    [Fact]
    public async Task Who_talks_as_soon_as_their_own_side_stands_is_waited_for()
    {
        var calls = 0;
        var said = await TalkingEndpoints.OnceConnectedAsync(() => Task.FromResult<SayOutcome>(
            ++calls < 3 ? new SayOutcome.NotConnected(SessionState.Negotiating) : new SayOutcome.Accepted("u1")));
        Assert.Equal((new SayOutcome.Accepted("u1"), 3), (said, calls));

        // What will not change is told at once; what does not change is told in the end.
        calls = 0;
        var over = await TalkingEndpoints.OnceConnectedAsync(() =>
        {
            calls++;
            return Task.FromResult<SayOutcome>(new SayOutcome.NotConnected(SessionState.Closed));
        });
        Assert.Equal((new SayOutcome.NotConnected(SessionState.Closed), 1), (over, calls));
        calls = 0;
        var never = await TalkingEndpoints.OnceConnectedAsync(() =>
        {
            calls++;
            return Task.FromResult<SayOutcome>(new SayOutcome.NotConnected(SessionState.Negotiating));
        });
        Assert.Equal(new SayOutcome.NotConnected(SessionState.Negotiating), never);
        Assert.InRange(calls, 2, 100);
    }

    [Fact]
    public async Task Sentences_of_nobodys_session_are_refused()
    {
        (await _server.CallAsync("/sse", null, "GET")).AssertFailed(HttpStatusCode.BadRequest);
        (await _server.CallAsync("/sse?sessionid=77", null, "GET")).AssertFailed(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"sessionid":ID,"text":"","type":"echo"}""")]
    [InlineData("""{"sessionid":ID,"type":"echo"}""")]
    [InlineData("""{"sessionid":ID,"text":7,"type":"echo"}""")]
    [InlineData("""{"sessionid":ID,"text":"a","type":"sing"}""")]
    [InlineData("""{"sessionid":ID,"text":"\ud800","type":"echo"}""")]
    public async Task What_cannot_be_said_is_refused(string body) =>
        (await _server.CallRawAsync("/human", body.Replace("ID", _visitor.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)))
            .AssertFailed(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Before_the_first_connection_nothing_is_said()
    {
        var id = await ControlTests.OfferAsync(_server);
        (await _server.CallAsync("/human", new { sessionid = id, text = "a", type = "echo" })).AssertFailed(HttpStatusCode.Conflict, "会话尚未连接");
        (await _server.CallAsync("/human", new { sessionid = id, text = "a", type = "chat" })).AssertFailed(HttpStatusCode.Conflict, "会话尚未连接");
    }

    [Fact]
    public async Task Upstream_gets_one_JSON_at_once_for_a_question_too_and_the_answer_is_heard()
    {
        _model.Say("I am heard.");
        (await _server.CallAsync("/human", new { sessionid = _visitor.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), text = "Who?", type = "chat" })).AssertOk();
        await Until.HappenedAsync(() => Said(Session) is ["I am heard."]);
    }

    public static TheoryData<string, string> ForkHints => new()
    {
        { ""","tts_options":{}""", "application/json" },
        { ""","use_rag":true""", "application/json" },
        { ""","kb_name":"" """, "application/json" },
        { "", "application/x-ndjson" },
        { ""","type":"chat" """, "application/x-ndjson" },
    };

    [Theory]
    [MemberData(nameof(ForkHints))]
    public async Task The_fork_reads_the_answer_line_by_line_and_at_its_end_the_whole(string hint, string accept)
    {
        _model.Say("<think>secret</think>", "One. ", "Two.");
        var answer = await _server.CallRawAsync("/human", $$"""{"sessionid":{{_visitor.Id}},"text":"Count."{{hint}}}""", "application/json", ("Accept", accept));
        Assert.Equal("application/x-ndjson", answer.MediaType);
        Assert.Equal(
            ["""{"response":"One. "}""", """{"response":"Two."}""", """{"llm_response":"One. Two."}"""],
            Lines(answer).Select(static line => line.GetRawText()), StringComparer.Ordinal);
    }

    [Fact]
    public async Task The_forks_echo_is_one_JSON() =>
        (await _server.CallAsync("/human", new { sessionid = _visitor.Id, text = "Hello.", type = "echo", use_rag = false })).AssertOk();

    [Fact]
    public async Task An_answer_that_is_interrupted_ends_the_lines_that_are_read_and_one_that_waited_too()
    {
        var never = new TaskCompletionSource();
        _model.BreakOff(never.Task, "The first sentence of an answer that never ends. ");
        var first = _server.CallAsync("/human", new { sessionid = _visitor.Id, text = "Tell me.", type = "chat", use_rag = false });
        await Until.TrueAsync(_visitor.IsSpeakingAsync);
        var waiting = _server.CallAsync("/human", new { sessionid = _visitor.Id, text = "And then?", type = "chat", use_rag = false });
        await Until.HappenedAsync(() => Session.Journal.Last > 0 && Questions(Session).Length == 2);

        await _server.CallAsync("/interrupt_talk", new { sessionid = _visitor.Id });

        Assert.StartsWith("The first", Lines(await first)[^1].GetProperty("llm_response").GetString(), StringComparison.Ordinal);
        Assert.Equal("", Assert.Single(Lines(await waiting)).GetProperty("llm_response").GetString());
        never.SetResult();
    }

    [Fact]
    public async Task With_interrupt_the_text_before_is_given_up()
    {
        await _visitor.SayAsync("This is a long sentence that takes a good while to say aloud, and is not heard to its end, since there is another one after it, and one more, and so on, until somebody has had enough of it.");
        await Until.TrueAsync(_visitor.IsSpeakingAsync);
        (await _server.CallAsync("/human", new { sessionid = _visitor.Id, text = "Stop.", type = "echo", interrupt = true })).AssertOk();
        await Until.HappenedAsync(() => Said(Session).Contains("Stop.", StringComparer.Ordinal));
        Assert.DoesNotContain(Said(Session), static text => text.StartsWith("This is", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_voice_that_is_known_is_taken_and_one_that_is_not_changes_nothing()
    {
        await _server.CallAsync("/human", new { sessionid = _visitor.Id, text = "Hello.", type = "echo", tts = new { voice = "male" } });
        Assert.Equal("male", Session.Voice);
        (await _server.CallAsync("/human", new { sessionid = _visitor.Id, text = "Hello.", type = "echo", tts = new { voice = "zh-CN-YunxiaNeural" } })).AssertOk();
        Assert.Equal("male", Session.Voice);
    }

    [Fact]
    public async Task A_recording_is_spoken_whatever_it_is_called()
    {
        (await UploadAsync("/humanaudio", Wav(16_000, 8_000), _visitor.Id)).AssertOk();
        await Until.TrueAsync(_visitor.IsSpeakingAsync);
        (await UploadAsync("/humanaudio", "not a sound at all, whatever its name says"u8.ToArray(), _visitor.Id)).AssertFailed(HttpStatusCode.UnsupportedMediaType);
        (await UploadAsync("/humanaudio", Wav(8_000, 8_000 * 121), _visitor.Id)).AssertFailed(HttpStatusCode.RequestEntityTooLarge);
        (await UploadAsync("/humanaudio", Wav(16_000, 100), 77)).AssertFailed(HttpStatusCode.NotFound);
        (await _server.CallAsync("/humanaudio", new { sessionid = _visitor.Id })).AssertFailed(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_recording_is_understood_and_answered()
    {
        _model.Understand = static _ => "What time is it?";
        _model.Say("It is noon.");

        var lines = Lines(await UploadAsync("/audio_chat", Wav(16_000, 8_000), _visitor.Id));

        Assert.Equal("What time is it?", lines[0].GetProperty("asr_result").GetString());
        Assert.Equal("It is noon.", lines[^1].GetProperty("llm_response").GetString());
        Assert.Equal(["What time is it?"], Questions(Session), StringComparer.Ordinal);
        Assert.InRange(_model.Heard[^1].Seconds, 0.49, 0.51);
        _model.Understand = static _ => "";
        (await UploadAsync("/audio_chat", Wav(16_000, 8_000), _visitor.Id)).AssertFailed(HttpStatusCode.BadRequest, "没有听清，请再说一遍");
        _model.RefuseSound(401);
        (await UploadAsync("/audio_chat", Wav(16_000, 8_000), _visitor.Id)).AssertFailed(HttpStatusCode.BadGateway);
    }

    [Fact]
    public async Task A_recording_for_an_avatar_with_a_language_of_its_own_is_heard_in_it()
    {
        await using var visitor = await Visitor.ComeAsync(_server, _shared.Peers, TalkingServer.German);
        _model.Understand = static _ => "Wie spät ist es?";
        _model.Say("Zwölf.");

        var lines = Lines(await UploadAsync("/audio_chat", Wav(16_000, 8_000), visitor.Id));

        Assert.Equal("Wie spät ist es?", lines[0].GetProperty("asr_result").GetString());
        Assert.Equal("de", _model.Heard[^1].Language);
    }

    [Fact]
    public async Task Programs_of_FunASR_send_sound_and_get_its_words()
    {
        _model.Understand = static _ => "你好。";
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(new Uri(_server.Http.BaseAddress!, "/api/asr")) { Scheme = "ws" }.Uri, Cancel);

        await SendAsync("""{"mode":"offline","is_speaking":true}""");
        await socket.SendAsync(new byte[16_000], WebSocketMessageType.Binary, endOfMessage: true, Cancel);
        await SendAsync("""{"is_speaking":false}""");

        var buffer = new byte[1024];
        var received = await socket.ReceiveAsync(buffer, Cancel);
        var answer = JsonDocument.Parse(buffer.AsMemory(0, received.Count)).RootElement;
        Assert.Equal(("你好。", true), (answer.GetProperty("text").GetString(), answer.GetProperty("is_final").GetBoolean()));
        Assert.InRange(_model.Heard[^1].Seconds, 0.49, 0.51);

        _model.RefuseSound(401);
        await SendAsync("""{"is_speaking":true}""");
        await socket.SendAsync(new byte[16_000], WebSocketMessageType.Binary, endOfMessage: true, Cancel);
        await SendAsync("""{"is_speaking":false}""");
        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(buffer, Cancel)).MessageType);
        Assert.Equal(WebSocketCloseStatus.InternalServerError, socket.CloseStatus);

        Task SendAsync(string json) => socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: true, Cancel);
    }

    [Fact]
    public async Task What_old_pages_ask_for_when_they_load_is_there()
    {
        var config = await _server.CallAsync("/config/get", null, "GET");
        Assert.Equal("""{"use_rag":false,"current_kb":"","system_prompt":""}""", config.Text);
        Assert.Equal("""{"knowledge_bases":[]}""", (await _server.CallAsync("/kb/list", null, "GET")).Text);
        Assert.Equal("""{"voices":[]}""", (await _server.CallAsync("/fishtts/voices", null, "GET")).Text);
        (await _server.CallAsync("/config/prompt", new { prompt = "Be rude." })).AssertFailed(HttpStatusCode.NotImplemented);
        (await _server.CallAsync("/kb/upload", new { })).AssertFailed(HttpStatusCode.NotImplemented);
        (await _server.CallAsync("/fishtts/clone", new { })).AssertFailed(HttpStatusCode.NotImplemented);
        (await _server.CallAsync("/api/avatar/task", new { model = "wav2lip" })).AssertFailed(HttpStatusCode.NotImplemented);
        Assert.Equal("""{"code":0,"msg":"ok","data":{"tasks":[]}}""", (await _server.CallAsync("/api/avatar/tasks", null, "GET")).Text);
        (await _server.CallAsync("/api/avatar/task/1", null, "GET")).AssertFailed(HttpStatusCode.NotFound);
        (await _server.CallAsync("/api/avatar/task/1", null, "DELETE")).AssertFailed(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Avatars_are_listed_page_by_page_beside_the_own_list_and_have_a_picture()
    {
        var list = (await _server.CallAsync("/api/avatars?page=2&page_size=1", null, "GET")).Json;
        Assert.Equal((2, 2, 1), (list.GetProperty("total").GetInt32(), list.GetProperty("page").GetInt32(), list.GetProperty("page_size").GetInt32()));
        var avatar = Assert.Single(list.GetProperty("avatars").EnumerateArray());
        Assert.Equal("kai", avatar.GetProperty("avatar_id").GetString());
        Assert.Equal("completed", avatar.GetProperty("status").GetString());
        using var picture = await _server.Http.GetAsync(avatar.GetProperty("preview").GetString(), Cancel);
        Assert.Equal("image/png", picture.Content.Headers.ContentType!.MediaType);
        Assert.Equal("lin", (await _server.CallAsync("/api/avatars", null, "GET")).Json.GetProperty("default").GetString());
    }

    [Fact]
    public async Task Models_are_listed_tried_and_switched_for_one_session_only()
    {
        var providers = (await _server.CallAsync("/llm/providers", null, "GET")).Json;
        Assert.Equal("local", providers.GetProperty("current_provider").GetString());
        Assert.Equal("local", providers.GetProperty("available_providers")[0].GetString());
        Assert.Equal("local", providers.GetProperty("client_info").GetProperty("model").GetString());

        _model.Say("It works.");
        var tried = (await _server.CallAsync("/llm/test", new { query = "Are you there?" })).Json;
        Assert.Equal(("local", "Are you there?", "It works.", true), (tried.GetProperty("provider").GetString(), tried.GetProperty("query").GetString(), tried.GetProperty("response").GetString(), tried.GetProperty("success").GetBoolean()));
        _model.Refuse(500);
        Assert.False((await _server.CallAsync("/llm/test", new { query = "And now?" })).Json.GetProperty("success").GetBoolean());
        (await _server.CallAsync("/llm/test", new { })).AssertFailed(HttpStatusCode.BadRequest);

        (await _server.CallAsync("/llm/switch", new { provider = "nobody" })).AssertFailed(HttpStatusCode.BadRequest);
        (await _server.CallAsync("/llm/switch", new { provider = "local" })).AssertFailed(HttpStatusCode.BadRequest, "需要有效的 sessionid");
        Assert.True((await _server.CallAsync("/llm/switch", new { provider = "local", sessionid = _visitor.Id })).Json.GetProperty("success").GetBoolean());
        Assert.True((await _server.CallAsync("/llm/switch", new { provider = "local" }, "POST", ("Cookie", _visitor.Cookie))).Json.GetProperty("success").GetBoolean());
    }

    internal static JsonElement[] Lines(Client.Answered answer) =>
        [.. answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];

    /// <summary>What was said to its end, in its order.</summary>
    internal static string[] Said(Session session)
    {
        var events = EventsOf(session);
        var finished = events.OfType<SessionEvent.UtteranceFinished>().Select(static one => one.UtteranceId).ToHashSet(StringComparer.Ordinal);
        return [.. events.OfType<SessionEvent.UtteranceAccepted>().Where(one => finished.Contains(one.UtteranceId)).Select(static one => one.Text)];
    }

    private static string[] Questions(Session session) => [.. EventsOf(session).OfType<SessionEvent.PersonSaid>().Select(static one => one.Text)];

    private static SessionEvent[] EventsOf(Session session)
    {
        using var reader = session.Follow(0);
        var entries = new JournalEntry[1024];
        var count = reader.Read(entries, out _, out _);
        return [.. entries.Take(count).Select(static entry => entry.Event)];
    }

    private Session Session => ControlTests.SessionOf(_server, _visitor.Id);

    private Task<Client.Answered> UploadAsync(string path, byte[] file, long id)
    {
        var form = new MultipartFormDataContent { { new StringContent(id.ToString(System.Globalization.CultureInfo.InvariantCulture)), "sessionid" } };
        var part = new ByteArrayContent(file);
        part.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
        form.Add(part, "file", "recording.wav");
        return Client.CallAsync(_server, path, form, "POST", []);
    }

    private static byte[] Wav(int rate, int samples)
    {
        var sound = new short[samples];
        for (var i = 0; i < samples; i++)
        {
            sound[i] = (short)(8_000 * Math.Sin(i * 440 * Math.Tau / rate));
        }

        return Speech.WavFile.Write(sound, rate);
    }
}
