using Holdfast.Server.Tests;
using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue.Tests;

/// <summary>All the ways in which a model's answer ends, over real HTTP: what the person is told, what programs are told, and whether it is asked again.</summary>
public sealed class ModelEndingTests
{
    private const string Whole = "First one is whole. ";
    private const string Failed = "My language model failed. Please try again in a moment.";
    private const string Odd = "I do not understand what my language model sends. Please tell whoever runs this server.";
    private const string Lost = "Sorry, I lost the rest of that thought. Please ask me again.";
    private const string Refuses = "My language model refuses what this server asks. Please tell whoever runs it.";
    private const string NotLetIn = "My language model does not let this server in. Please tell whoever runs it.";
    private const string Busy = "My language model takes no more questions just now. Please try again in a moment.";

    private static readonly string Stump = OpenAiServer.Event(Whole) + OpenAiServer.Event("And this is the sec");

    private static readonly Dictionary<string, Action<OpenAiServer>> Endings = new(StringComparer.Ordinal)
    {
        ["stop"] = static model => Events(model, OpenAiServer.Event(Whole) + OpenAiServer.Event(null, "stop") + "data: [DONE]\n\n"),
        ["stop without [DONE]"] = static model => Events(model, OpenAiServer.Event(Whole) + OpenAiServer.Event(null, "stop")),
        ["[DONE] without a reason"] = static model => Events(model, OpenAiServer.Event(Whole) + "data: [DONE]\n\n"),
        ["JSON in place of a stream"] = static model => model.Send(
            "application/json", """{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"First one is whole."},"finish_reason":"stop"}]}"""),
        ["stop without a word"] = static model => Events(model, OpenAiServer.Event(null, "stop") + "data: [DONE]\n\n"),
        ["a tool that nobody offered"] = static model => Events(model, OpenAiServer.Event(null, "tool_calls") + "data: [DONE]\n\n"),
        ["chunked end in the middle"] = static model => Events(model, Stump),
        ["closed in the middle"] = static model => model.Send("text/event-stream", Stump, "close"),
        ["ended after a whole sentence"] = static model => Events(model, OpenAiServer.Event("First one is whole.")),
        ["ended before a whole sentence"] = static model => Events(model, OpenAiServer.Event("And this is")),
        ["ended before the first word"] = static model => Events(model, ""),
        ["ended in a number"] = static model => Events(model, OpenAiServer.Event(Whole) + OpenAiServer.Event("It is 3.")),
        ["length"] = static model => Events(model, Stump + OpenAiServer.Event(null, "length") + "data: [DONE]\n\n"),
        ["length before a sentence"] = static model => Events(model, OpenAiServer.Event("And this is") + OpenAiServer.Event(null, "length")),
        ["content_filter"] = static model => Events(model, OpenAiServer.Event(null, "content_filter") + "data: [DONE]\n\n"),
        ["content_filter in the middle"] = static model => Events(model, Stump + OpenAiServer.Event(null, "content_filter")),
        ["error chunk"] = static model => Events(model, "data: {\"error\":{\"message\":\"overloaded\"}}\n\ndata: [DONE]\n\n"),
        ["error chunk in the middle"] = static model => Events(model, Stump + "data: {\"error\":{\"message\":\"overloaded\"}}\n\ndata: [DONE]\n\n"),
        ["error chunk with a number"] = static model => Events(model, "data: {\"error\":{\"message\":\"slow down\",\"code\":429}}\n\n"),
        ["error as JSON"] = static model => model.Send("application/json", "{\"error\":\"out of memory\"}"),
        ["other JSON"] = static model => model.Send("application/json", "[7]"),
        ["HTML"] = static model => model.Send("text/html; charset=utf-8", "<html><body>Welcome</body></html>"),
        ["words of no protocol"] = static model => model.Send("text/plain", "Hello there.\n"),
        ["broken JSON in an event"] = static model => Events(model, "data: {\"choices\": 7\n\n"),
        ["400"] = static model => model.Refuse(400),
        ["401"] = static model => model.Refuse(401),
        ["403"] = static model => model.Refuse(403),
        ["404"] = static model => model.Refuse(404),
        ["413"] = static model => model.Refuse(413),
        ["429"] = static model => model.Refuse(429),
        ["429 for an hour"] = static model => model.Refuse(429, "3600"),
        ["500"] = static model => model.Refuse(500),
        ["503"] = static model => model.Refuse(503),
        ["slow"] = static model => model.TakeTime(new TaskCompletionSource().Task),
    };

    /// <summary>The ending; what is said, joined by a bar; the cause; the status; how often the model was asked.</summary>
    public static TheoryData<string, string, string?, int?, int> Table => new()
    {
        { "stop", "First one is whole.", null, null, 1 },
        { "stop without [DONE]", "First one is whole.", null, null, 1 },
        { "[DONE] without a reason", "First one is whole.", null, null, 1 },
        { "JSON in place of a stream", "First one is whole.", null, null, 1 },
        { "stop without a word", "My language model gave me no words for an answer. Please ask me again.", "empty", null, 2 },
        { "a tool that nobody offered", "My language model gave me no words for an answer. Please ask me again.", "empty", null, 2 },
        { "chunked end in the middle", "First one is whole.|" + Lost, "broken", null, 1 },
        { "closed in the middle", "First one is whole.|" + Lost, "broken", null, 1 },
        { "ended after a whole sentence", "First one is whole.|" + Lost, "broken", null, 2 },
        { "ended before a whole sentence", Failed, "broken", null, 2 },
        { "ended before the first word", Failed, "broken", null, 2 },
        { "ended in a number", "First one is whole.|" + Lost, "broken", null, 1 },
        { "length", "First one is whole.|My answer became too long and was cut here. Ask me to go on.", "length", null, 1 },
        { "length before a sentence", "I used up all my words before my first sentence was whole. Please ask me again.", "length", null, 1 },
        { "content_filter", "A filter of my language model holds back the answer.", "filtered", null, 1 },
        { "content_filter in the middle", "First one is whole.|A filter of my language model holds back the rest.", "filtered", null, 1 },
        { "error chunk", Failed, "error", null, 2 },
        { "error chunk in the middle", "First one is whole.|" + Lost, "error", null, 1 },
        { "error chunk with a number", Busy, "status", 429, 2 },
        { "error as JSON", Failed, "error", null, 2 },
        { "other JSON", Odd, "protocol", null, 2 },
        { "HTML", Odd, "protocol", null, 2 },
        { "words of no protocol", Odd, "protocol", null, 2 },
        { "broken JSON in an event", Odd, "protocol", null, 2 },
        { "400", Refuses, "status", 400, 1 },
        { "401", NotLetIn, "status", 401, 1 },
        { "403", NotLetIn, "status", 403, 1 },
        { "404", "The language model that this server asks is not there. Please tell whoever runs it.", "status", 404, 1 },
        { "413", "That is more than my language model takes at once. A shorter question may help.", "status", 413, 1 },
        { "429", Busy, "status", 429, 2 },
        { "429 for an hour", Busy, "status", 429, 1 },
        { "500", Failed, "status", 500, 2 },
        { "503", Failed, "status", 503, 2 },
        { "slow", "My language model took too long to answer. Please ask me again.", "timeout", null, 2 },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public async Task An_answer_that_ends_like_this_is_told_as_it_is(string ending, string said, string? cause, int? status, int asked)
    {
        await using var model = await OpenAiServer.StartAsync();
        Endings[ending](model);
        Endings[ending](model);
        await using var talk = Over(model.Url);

        await talk.Ask("Why?");
        var pieces = said.Split('|');
        await talk.LetTimePassUntil(
            () => talk.Said.Count >= pieces.Length && (cause is null || talk.Events.OfType<ConversationEvent.ModelFailed>().Any()),
            TimeSpan.FromSeconds(ending is "slow" ? 60 : 0.25));

        Assert.Equal(pieces, talk.Said);
        for (var i = 0; i < pieces.Length; i++)
        {
            talk.Hear();
        }

        var ended = await talk.UntilTold<ConversationEvent.TurnEnded>();
        Assert.Equal(cause is null ? "heard" : "failed", ended.How);
        Assert.Equal(asked, model.Requests.Count);
        if (cause is not null)
        {
            var failed = Assert.Single(talk.Events.OfType<ConversationEvent.ModelFailed>());
            Assert.Equal((cause, status, pieces[^1]), (failed.Cause, failed.Status, failed.Sentence));
        }
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_told_in_the_language_of_the_question()
    {
        string url;
        await using (var model = await OpenAiServer.StartAsync())
        {
            url = model.Url;
        }

        await using var talk = Over(url);

        await talk.Ask("为什么？");
        await talk.LetTimePassUntil(() => talk.Said.Count > 0, TimeSpan.FromSeconds(0.25));

        Assert.Equal(["我现在连不上语言模型，请过一会儿再问。"], talk.Said);
        Assert.Equal("unreachable", (await talk.UntilTold<ConversationEvent.ModelFailed>()).Cause);
    }

    [Fact]
    public void Every_failure_has_a_sentence_in_both_languages()
    {
        foreach (var fault in Enum.GetValues<ModelFault>())
        {
            foreach (var hasBegun in new[] { false, true })
            {
                Assert.True(Holdfast.Speech.LanguageTag.IsChinese(Holdfast.Speech.LanguageTag.Of(Sentences.Failed(fault, null, hasBegun, isChinese: true))));
                Assert.False(Holdfast.Speech.LanguageTag.IsChinese(Holdfast.Speech.LanguageTag.Of(Sentences.Failed(fault, null, hasBegun, isChinese: false))));
            }
        }
    }

    [Fact]
    public async Task A_tool_is_not_called_again_where_the_model_fails_after_it()
    {
        await using var model = await OpenAiServer.StartAsync();
        var booked = 0;
        var tool = AIFunctionFactory.Create(() => "Table " + Interlocked.Increment(ref booked), "book_table", "Books a table");
        model.Call("book_table");
        model.Refuse(500);
        model.Say("It is booked.");
        await using var talk = Over(model.Url, tool);

        await talk.Ask("Book me a table.");
        await talk.LetTimePassUntil(() => talk.Said.Count > 0, TimeSpan.FromSeconds(0.25));

        Assert.Equal(["It is booked."], talk.Said);
        Assert.Equal(1, booked);
        Assert.Single(talk.Events.OfType<ConversationEvent.ToolCalled>());
        Assert.Equal(3, model.Requests.Count);
        var last = model.Requests[2].GetProperty("messages").EnumerateArray().Last();
        Assert.Equal("tool", last.GetProperty("role").GetString());
        Assert.Contains("Table 1", last.GetProperty("content").ToString(), StringComparison.Ordinal);
    }

    private static void Events(OpenAiServer model, string body) => model.Send("text/event-stream", body);

    private static Talk Over(string url, params AIFunction[] tools)
    {
        var options = new DialogueOptions { ModelTimeoutSeconds = 600, FillerAfterMilliseconds = 0 };
        options.Models["local"] = new ModelOptions { BaseUrl = url, Model = "tiny" };
        return new Talk(options, tools, models: new ModelDirectory(options, registered: null, new CompanionChatClient(TimeProvider.System), static _ => null));
    }
}
