using System.Net;
using System.Text.Json;
using Holdfast.Lab.Peer;

namespace Holdfast.Server.Tests;

/// <summary>People who speak: a real voice through a real encoder over a real connection, and a real service that recognises it.</summary>
[Collection(nameof(Alone))]
[Trait("Speed", "Slow")]
public sealed class ListeningTests
{
    private const string Long = "This is a long first sentence that takes a good while to say aloud to you, so that there is time to speak into it. ";

    [Fact]
    public async Task What_a_person_says_is_heard_recognised_and_answered()
    {
        await using var service = await OpenAiServer.StartAsync();
        service.Understand = static _ => "What time is it?";
        service.Say("It is noon.");
        await using var talk = await Talk.BeginAsync(service, "--Holdfast:Listening:Language=de", "--Holdfast:Dialogue:LanguageByAvatar:lin=en-GB");

        await talk.SayAsync("What time is it?");

        var events = await talk.EventsUntil("turnEnded");
        Assert.Equal("What time is it?", Last(events, "heard").GetProperty("text").GetString());
        Assert.True(Last(events, "heard").GetProperty("final").GetBoolean());
        Assert.Equal(1, Last(events, "heard").GetProperty("turn").GetInt64());
        Assert.True(Last(events, "heard").GetProperty("sinceSpeechMilliseconds").GetInt32() >= 400, "Half a second of silence ends a turn.");
        Assert.True(Last(events, "heard").GetProperty("recognitionMilliseconds").GetInt32() >= 0);
        Assert.Equal(Last(events, "turnStarted").GetProperty("turn").GetInt64(), Assert.Single(All(events, "spoken")).GetProperty("turn").GetInt64());
        Assert.True(Last(events, "turnStarted").GetProperty("isSpoken").GetBoolean());
        Assert.Equal("hearing deciding thinking speaking", string.Join(' ', Texts(events, "phase", "phase")));
        Assert.Equal("It is noon.", Last(events, "turnEnded").GetProperty("text").GetString());
        var asked = Assert.Single(service.Requests);
        Assert.Equal("What time is it?", asked.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString());
        Assert.All(service.Heard, static sound => Assert.Equal(("ears", "en"), (sound.Model, sound.Language)));
        Assert.InRange(service.Heard[^1].Seconds, 0.8, 4);
        Assert.Equal("Bearer s3cret", service.Authorization);
    }

    [Fact]
    public async Task Words_so_far_are_told_while_the_person_speaks()
    {
        await using var service = await OpenAiServer.StartAsync();
        service.StreamsWords = false;
        service.Understand = static sound => sound.Length > 40_000 ? "one two three four five six seven" : "one two";
        service.Say("Yes.");
        await using var talk = await Talk.BeginAsync(service);

        await talk.SayAsync("one two three four five six seven eight nine ten eleven twelve");

        var events = await talk.EventsUntil("turnEnded");
        var heard = All(events, "heard").ToArray();
        Assert.Contains(heard, static data => !data.GetProperty("final").GetBoolean() && string.Equals(data.GetProperty("text").GetString(), "one two", StringComparison.Ordinal));
        Assert.Single(heard, static data => data.GetProperty("final").GetBoolean());
        Assert.All(heard, static data => Assert.Equal(1, data.GetProperty("turn").GetInt64()));
    }

    [Fact]
    public async Task A_word_spoken_into_an_answer_gives_it_up()
    {
        await using var service = await OpenAiServer.StartAsync();
        service.Understand = static _ => "Stop! Who are you?";
        service.Say(Long, "And this is another one that nobody hears.");
        service.Say("I am Lin.");
        await using var talk = await Talk.BeginAsync(service);
        await talk.AskAsync("Tell me.");
        await talk.EventsUntil("word", count: 4);

        await talk.SayAsync("Stop! Who are you?");

        var events = await talk.EventsUntil("turnEnded", count: 2);
        Assert.Equal("brokenOff", All(events, "turnEnded").First().GetProperty("how").GetString());
        Assert.DoesNotContain("another", All(events, "turnEnded").First().GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("I am Lin.", Last(events, "turnEnded").GetProperty("text").GetString());
        Assert.Equal(2, Last(events, "heard").GetProperty("turn").GetInt64());
    }

    [Fact]
    public async Task A_voice_without_a_word_only_pauses_the_answer_which_goes_on_and_is_heard_whole()
    {
        await using var service = await OpenAiServer.StartAsync();
        service.Understand = static _ => "[cough]";
        service.Say(Long);
        await using var talk = await Talk.BeginAsync(service);
        await talk.AskAsync("Tell me.");
        await talk.EventsUntil("word", count: 4);

        await talk.SayAsync("hm hm");

        var events = await talk.EventsUntil("turnEnded");
        Assert.Equal("heard", Last(events, "turnEnded").GetProperty("how").GetString());
        Assert.Equal(Long.Trim(), Last(events, "turnEnded").GetProperty("text").GetString());
        Assert.Contains("speaking hearing", string.Join(' ', Texts(events, "phase", "phase")), StringComparison.Ordinal);
        Assert.Empty(All(events, "interrupted"));
        Assert.Empty(All(events, "heard"));
        Assert.NotEmpty(service.Heard);
    }

    [Fact]
    public async Task A_recogniser_that_is_slow_lets_the_answer_go_on_and_its_word_gives_it_up_all_the_same()
    {
        await using var service = await OpenAiServer.StartAsync();
        var mayAnswer = new TaskCompletionSource();
        service.Understand = _ => "Stop!";
        for (var i = 0; i < 8; i++)
        {
            service.TakeTimeForSound(mayAnswer.Task);
        }

        service.Say(Long, "And this is another one that takes as long as the first, or even a little longer than that.");
        service.Say("Stopped.");
        await using var talk = await Talk.BeginAsync(service);
        await talk.AskAsync("Tell me.");
        await talk.EventsUntil("word", count: 3);

        await talk.SayAsync("Stop!");
        await talk.Until(static events => string.Join(' ', Texts(events, "phase", "phase")).Contains("hearing deciding speaking", StringComparison.Ordinal)
            || string.Join(' ', Texts(events, "phase", "phase")).Contains("hearing speaking", StringComparison.Ordinal));
        mayAnswer.SetResult();

        var events = await talk.EventsUntil("turnEnded", count: 2);
        Assert.Equal("brokenOff", All(events, "turnEnded").First().GetProperty("how").GetString());
        Assert.Equal("Stopped.", Last(events, "turnEnded").GetProperty("text").GetString());
    }

    public static TheoryData<string, string, int?> Faults => new()
    {
        { "429", "status", 429 },
        { "500", "status", 500 },
        { "nonsense", "protocol", null },
        { "without text", "protocol", null },
        { "broken stream", "unreachable", null },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_recogniser_that_fails_is_told_and_the_next_sentence_is_heard(string fault, string cause, int? status)
    {
        await using var service = await OpenAiServer.StartAsync();
        service.Understand = static _ => "";
        await using var talk = await Talk.BeginAsync(service, "--Holdfast:Listening:PartialMilliseconds=0");
        for (var i = 0; i < 3; i++)
        {
            // At the pause, at the end, and once more.
            switch (fault)
            {
                case "nonsense":
                    service.MishearSound("<html>");
                    break;
                case "without text":
                    service.MishearSound("{\"task\":7}");
                    break;
                case "broken stream":
                    service.MishearSound("data: {\"type\":\"transcript.text.delta\",\"delta\":\"\"}\n\n", "text/event-stream");
                    break;
                default:
                    service.RefuseSound(int.Parse(fault, System.Globalization.CultureInfo.InvariantCulture));
                    break;
            }
        }

        await talk.SayAsync("Hello?");
        var failed = Last(await talk.EventsUntil("notHeard"), "notHeard");
        Assert.Equal(cause, failed.GetProperty("cause").GetString());
        Assert.Equal(status, failed.GetProperty("status").ValueKind == JsonValueKind.Null ? null : failed.GetProperty("status").GetInt32());
        Assert.Equal("Sorry, I could not make that out. Please say it again, or type it.", failed.GetProperty("sentence").GetString());

        service.Understand = static _ => "Hello?";
        service.Say("Hello.");
        await talk.SayAsync("Hello?");

        Assert.Equal("Hello.", Last(await talk.EventsUntil("turnEnded"), "turnEnded").GetProperty("text").GetString());
    }

    [Fact]
    public async Task With_push_to_talk_only_what_is_said_while_the_button_is_held_is_heard()
    {
        await using var service = await OpenAiServer.StartAsync();
        service.Understand = static _ => "While it was held.";
        service.Say("Yes.");
        await using var talk = await Talk.BeginAsync(service);
        await talk.SetAsync("pushToTalk", isTalking: false);
        Assert.Equal("pushToTalk", (await talk.LookAsync()).GetProperty("listening").GetProperty("mode").GetString());

        await talk.SayAsync("Nobody is to hear this sentence.");
        Assert.Empty(service.Heard);
        await talk.SetAsync("pushToTalk", isTalking: true);
        await talk.SayAsync("While it was held.");
        await talk.SetAsync("pushToTalk", isTalking: false);

        var events = await talk.EventsUntil("turnEnded");
        Assert.Equal("While it was held.", Last(events, "heard").GetProperty("text").GetString());
        Assert.Equal("hearing deciding thinking speaking", string.Join(' ', Texts(events, "phase", "phase")));
    }

    [Fact]
    public async Task Without_a_recogniser_the_session_says_so()
    {
        await using var server = await RunningServer.StartAsync();
        await using var peers = new PeerHost(TimeProvider.System);
        var person = await Person.ConnectAsync(server, peers, speaks: true);

        using var view = await server.SendAsync(HttpMethod.Get, person.Path, person.Token);
        var listening = (await SessionApiTests.JsonOf(view)).GetProperty("conversation").GetProperty("listening");
        Assert.False(listening.GetProperty("available").GetBoolean());
        Assert.Equal("noRecogniser", listening.GetProperty("reason").GetString());
        using var refused = await server.SendAsync(HttpMethod.Put, person.Path + "/microphone", person.Token, new { mode = "handsFree" });
        Assert.Equal(HttpStatusCode.NotImplemented, refused.StatusCode);
        Assert.Equal("urn:holdfast:problem:not-listening", (await SessionApiTests.JsonOf(refused)).GetProperty("type").GetString());
    }

    private static JsonElement Last(IEnumerable<(string Kind, JsonElement Data)> events, string kind) => All(events, kind).Last();

    private static IEnumerable<JsonElement> All(IEnumerable<(string Kind, JsonElement Data)> events, string kind) =>
        events.Where(happened => string.Equals(happened.Kind, kind, StringComparison.Ordinal)).Select(static happened => happened.Data);

    private static IEnumerable<string?> Texts(IEnumerable<(string Kind, JsonElement Data)> events, string kind, string member) =>
        All(events, kind).Select(data => data.GetProperty(member).GetString());
}
