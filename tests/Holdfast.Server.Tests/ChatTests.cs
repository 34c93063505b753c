using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Holdfast.Lab.Peer;

namespace Holdfast.Server.Tests;

/// <summary>Conversations through the HTTP API, with a real model server and a real connection.</summary>
[Trait("Speed", "Slow")]
public sealed class ChatTests
{
    [Fact]
    public async Task A_question_is_answered_by_the_model_that_is_configured_and_the_answer_is_heard()
    {
        await using var model = await OpenAiServer.StartAsync();
        model.Say("<think>they greet</think>", "Good day. ", "I am well.");
        await using var server = await RunningServer.StartAsync(Settings(model));
        await using var peers = new PeerHost(TimeProvider.System);
        var person = await Person.ConnectAsync(server, peers);

        Assert.Equal(HttpStatusCode.Accepted, await AskAsync(server, person, "How are you?"));

        var events = await EventsUntil(server, person, "turnEnded");
        Assert.Equal("heard", Last(events, "turnEnded").GetProperty("how").GetString());
        Assert.Equal("Good day. I am well.", Last(events, "turnEnded").GetProperty("text").GetString());
        Assert.Equal(["Good day. ", "I am well."], Texts(events, "accepted", "text"));
        Assert.All(All(events, "accepted"), static data => Assert.Equal("turn-1", data.GetProperty("part").GetString()));
        Assert.Equal("thinking speaking", string.Join(' ', Texts(events, "phase", "phase").Take(2)));
        var said = Assert.Single(All(events, "said"));
        Assert.Equal("How are you?", said.GetProperty("text").GetString());
        Assert.Equal(JsonValueKind.Null, said.GetProperty("utteranceId").ValueKind);
        Assert.Equal("Bearer s3cret", model.Authorization);
        var asked = Assert.Single(model.Requests);
        Assert.Equal("tiny", asked.GetProperty("model").GetString());
        Assert.Equal("How are you?", asked.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString());
        Assert.False(asked.TryGetProperty("holdfast.facts", out _));
    }

    [Fact]
    public async Task What_is_said_and_answered_carries_the_avatars_language_to_the_voice_also_after_another_avatar_came()
    {
        await using var model = await OpenAiServer.StartAsync();
        model.Say("nuqneH.");
        await using var server = await RunningServer.StartAsync([.. Settings(model), "--Holdfast:Dialogue:LanguageByAvatar:kai=tlh"]);
        await using var peers = new PeerHost(TimeProvider.System);
        var person = await Person.ConnectAsync(server, peers);
        using var plain = await server.SendAsync(HttpMethod.Post, person.Path + "/say", person.Token, new { text = "Hello." });
        Assert.Empty(All(await EventsUntil(server, person, "finished"), "voiceFellBack"));

        // No voice speaks this one: that it is told shows that it was asked for.
        using var changed = await server.SendAsync(HttpMethod.Patch, person.Path, person.Token, new { avatar = "kai" });
        using var said = await server.SendAsync(HttpMethod.Post, person.Path + "/say", person.Token, new { text = "Hello." });
        var told = Assert.Single(All(await EventsUntil(server, person, "finished", count: 2), "voiceFellBack"));
        Assert.Equal(("espeak", "voiceMissing"), (told.GetProperty("voice").GetString(), told.GetProperty("reason").GetString()));
        Assert.Equal(HttpStatusCode.Accepted, await AskAsync(server, person, "Who?"));
        Assert.Equal(2, All(await EventsUntil(server, person, "turnEnded"), "voiceFellBack").Count());
    }

    [Fact]
    public async Task A_question_sent_twice_under_one_key_is_asked_once()
    {
        await using var model = await OpenAiServer.StartAsync();
        model.Say("Once.");
        await using var server = await RunningServer.StartAsync([.. Settings(model), "--Holdfast:Dialogue:LanguageByAvatar:kai=zh"]);
        await using var peers = new PeerHost(TimeProvider.System);
        var person = await Person.ConnectAsync(server, peers);
        using var changed = await server.SendAsync(HttpMethod.Patch, person.Path, person.Token, new { avatar = "kai" });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);

        Assert.Equal(HttpStatusCode.Accepted, await AskAsync(server, person, "Why?", key: "k1"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, person, "Why?", key: "k1"));
        Assert.Equal(HttpStatusCode.Conflict, await AskAsync(server, person, "How?", key: "k1"));

        var events = await EventsUntil(server, person, "turnEnded");
        Assert.Single(All(events, "said"));

        // Whoever answers has a name and a language of their own.
        var instructions = Assert.Single(model.Requests).GetProperty("messages")[0].GetProperty("content").ToString();
        Assert.Contains("You are Kai", instructions, StringComparison.Ordinal);
        Assert.Contains("Answer in Chinese", instructions, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupting_question_gives_up_the_answer_and_the_model_is_told_what_was_heard_of_it()
    {
        await using var model = await OpenAiServer.StartAsync();
        model.Say("This is a long first sentence that takes a good while to say aloud to you. ", "And this is another one that nobody hears.");
        model.Say("Stopped.");
        await using var server = await RunningServer.StartAsync(Settings(model));
        await using var peers = new PeerHost(TimeProvider.System);
        var person = await Person.ConnectAsync(server, peers);
        await AskAsync(server, person, "Tell me.");
        await EventsUntil(server, person, "word", count: 6);

        await AskAsync(server, person, "Stop!", interrupt: true);

        var events = await EventsUntil(server, person, "turnEnded", count: 2);
        var first = All(events, "turnEnded").First();
        Assert.Equal("brokenOff", first.GetProperty("how").GetString());
        Assert.DoesNotContain("another", first.GetProperty("text").GetString(), StringComparison.Ordinal);
        var messages = model.Requests[1].GetProperty("messages").EnumerateArray().Select(static message => message.GetProperty("content").ToString()).ToArray();
        Assert.Contains(messages, static text => text.Contains("broken off", StringComparison.Ordinal));
        Assert.Equal("Stop!", messages[^1]);
        Assert.Equal("Stopped.", All(events, "turnEnded").Last().GetProperty("text").GetString());
    }

    public static TheoryData<string, string, string> Faults => new()
    {
        { "429", "status", "My language model takes no more questions just now. Please try again in a moment." },
        { "500", "status", "My language model failed. Please try again in a moment." },
        { "401", "status", "My language model does not let this server in. Please tell whoever runs it." },
        { "nonsense", "", "" },
        { "broken", "broken", "Sorry, I lost the rest of that thought. Please ask me again." },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_model_that_fails_is_a_sentence_for_the_person_and_an_event_for_programs_and_the_session_goes_on(string fault, string cause, string sentence)
    {
        await using var model = await OpenAiServer.StartAsync();
        var mayBreak = new TaskCompletionSource();
        for (var i = 0; i < (fault is "401" or "broken" ? 1 : 2); i++)
        {
            switch (fault)
            {
                case "nonsense":
                    model.TalkNonsense("data: {\"choices\": 7\n\n");
                    break;
                case "broken":
                    model.BreakOff(mayBreak.Task, "Here is one. ", "And then");
                    break;
                default:
                    model.Refuse(int.Parse(fault, System.Globalization.CultureInfo.InvariantCulture));
                    break;
            }
        }

        model.Say("Well again.");
        await using var server = await RunningServer.StartAsync(Settings(model));
        await using var peers = new PeerHost(TimeProvider.System);
        var person = await Person.ConnectAsync(server, peers);
        await AskAsync(server, person, "Why?");
        if (fault is "broken")
        {
            await EventsUntil(server, person, "answer");
            mayBreak.SetResult();
        }

        var events = await EventsUntil(server, person, "turnEnded");

        var failed = Last(events, "modelFailed");
        Assert.Equal("failed", Last(events, "turnEnded").GetProperty("how").GetString());
        Assert.EndsWith(failed.GetProperty("sentence").GetString()!, Last(events, "turnEnded").GetProperty("text").GetString(), StringComparison.Ordinal);
        if (cause.Length > 0)
        {
            Assert.Equal(cause, failed.GetProperty("cause").GetString());
            Assert.Equal(sentence, failed.GetProperty("sentence").GetString());
        }

        await AskAsync(server, person, "And now?");
        events = await EventsUntil(server, person, "turnEnded", count: 2);
        Assert.Equal("Well again.", Last(events, "turnEnded").GetProperty("text").GetString());
    }

    [Fact]
    public async Task With_nothing_configured_the_companion_answers_and_says_that_it_is_offline()
    {
        await using var server = await RunningServer.StartAsync();
        await using var peers = new PeerHost(TimeProvider.System);
        var person = await Person.ConnectAsync(server, peers);
        using var models = await server.SendAsync(HttpMethod.Get, "/api/models");
        Assert.True((await SessionApiTests.JsonOf(models)).GetProperty("models")[0].GetProperty("offline").GetBoolean());

        await AskAsync(server, person, "你是谁？");

        var events = await EventsUntil(server, person, "turnEnded");
        Assert.Contains("离线小助手", Last(events, "turnEnded").GetProperty("text").GetString(), StringComparison.Ordinal);
        using var view = await server.SendAsync(HttpMethod.Get, person.Path, person.Token);
        var conversation = (await SessionApiTests.JsonOf(view)).GetProperty("conversation");
        Assert.True(conversation.GetProperty("offline").GetBoolean());
        Assert.Equal("quiet", conversation.GetProperty("phase").GetString());
    }

    [Fact]
    public async Task A_session_chooses_its_model_while_it_runs()
    {
        await using var one = await OpenAiServer.StartAsync();
        await using var two = await OpenAiServer.StartAsync();
        two.Say("Two.");
        await using var server = await RunningServer.StartAsync([.. Settings(one), .. Settings(two, "other")]);
        await using var peers = new PeerHost(TimeProvider.System);
        var person = await Person.ConnectAsync(server, peers);

        using var unknown = await server.SendAsync(HttpMethod.Put, person.Path + "/model", person.Token, new { model = "nobody" });
        await SessionApiTests.AssertProblem(unknown, "unknown-model");
        using var chosen = await server.SendAsync(HttpMethod.Put, person.Path + "/model", person.Token, new { model = "other" });
        Assert.Equal(HttpStatusCode.NoContent, chosen.StatusCode);
        await AskAsync(server, person, "Who?");

        var events = await EventsUntil(server, person, "turnEnded");
        Assert.Equal("Two.", Last(events, "turnEnded").GetProperty("text").GetString());
        Assert.Empty(one.Requests);
    }

    [Fact]
    public async Task What_was_said_is_still_known_after_a_polite_restart()
    {
        await using var model = await OpenAiServer.StartAsync();
        model.Say("My name is Lin.");
        model.Say("You asked my name.");
        var store = Directory.CreateTempSubdirectory("holdfast-chat-");
        try
        {
            string[] settings = [.. Settings(model), "--Holdfast:Store:Directory", store.FullName];
            await using var peers = new PeerHost(TimeProvider.System);
            Person person;
            await using (var before = await RunningServer.StartAsync(settings))
            {
                person = await Person.ConnectAsync(before, peers);
                await AskAsync(before, person, "What is your name?");
                await EventsUntil(before, person, "turnEnded");
                await before.StopAsync();
            }

            await using var after = await RunningServer.StartAsync(settings);
            Assert.Equal(HttpStatusCode.Accepted, await AskAsync(after, person, "What did I ask?"));
            Assert.Single(model.Requests);
            var line = peers.Open();
            using var response = await after.SendAsync(
                HttpMethod.Post, person.Path + "/connections", person.Token, new { sdp = line.With(static (peer, _) => peer.Offer), type = "offer" });
            var body = await SessionApiTests.JsonOf(response);
            Assert.True(line.With((peer, now) => peer.TryAccept(
                now, body.GetProperty("answer").GetProperty("sdp").GetString()!, null, IPAddress.Loopback, out _)));

            var events = await EventsUntil(after, person with { Token = body.GetProperty("resumeToken").GetString()! }, "turnEnded", count: 2);
            Assert.Equal("You asked my name.", Last(events, "turnEnded").GetProperty("text").GetString());
            var asked = model.Requests[1].GetProperty("messages").EnumerateArray().Select(static message => message.GetProperty("content").ToString()).ToArray();
            Assert.Contains("What is your name?", asked, StringComparer.Ordinal);
            Assert.Contains("My name is Lin.", asked, StringComparer.Ordinal);
        }
        finally
        {
            store.Delete(recursive: true);
        }
    }

    private static string[] Settings(OpenAiServer model, string name = "local") =>
    [
        $"--Holdfast:Dialogue:Models:{name}:BaseUrl={model.Url}",
        $"--Holdfast:Dialogue:Models:{name}:Model=tiny",
        $"--Holdfast:Dialogue:Models:{name}:Key=s3cret",
    ];

    private static async Task<HttpStatusCode> AskAsync(RunningServer server, Person person, string text, string? key = null, bool? interrupt = null)
    {
        using var response = await server.SendAsync(HttpMethod.Post, person.Path + "/say", person.Token, new { text, mode = "chat", key, interrupt });
        return response.StatusCode;
    }

    private static async Task<IReadOnlyList<(string Kind, JsonElement Data)>> EventsUntil(RunningServer server, Person person, string kind, int count = 1)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromSeconds(60));
        using var response = await server.OpenEventsAsync(person.Path + "/events", person.Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var events = new List<(string, JsonElement)>();
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(late.Token)).EnumerateAsync(late.Token))
        {
            events.Add((item.EventType, JsonDocument.Parse(item.Data).RootElement));
            if (string.Equals(item.EventType, kind, StringComparison.Ordinal) && --count == 0)
            {
                return events;
            }
        }

        Assert.Fail($"The stream ended without {kind}.");
        return [];
    }

    private static IEnumerable<JsonElement> All(IReadOnlyList<(string Kind, JsonElement Data)> events, string kind) =>
        events.Where(one => string.Equals(one.Kind, kind, StringComparison.Ordinal)).Select(static one => one.Data);

    private static string[] Texts(IReadOnlyList<(string Kind, JsonElement Data)> events, string kind, string member) =>
        [.. All(events, kind).Select(data => data.GetProperty(member).GetString()!)];

    private static JsonElement Last(IReadOnlyList<(string Kind, JsonElement Data)> events, string kind) => All(events, kind).Last();
}
