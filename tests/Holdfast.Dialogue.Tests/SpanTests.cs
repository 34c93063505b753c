using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue.Tests;

/// <summary>What a tracer sees of a turn: OpenTelemetry's conventions for generative AI.</summary>
public sealed class SpanTests
{
    [Fact]
    public async Task A_turn_its_calls_of_the_model_and_of_a_tool_are_spans_of_one_trace_without_a_word_of_what_was_said()
    {
        using var tracer = new Tracer();
        var model = new ScriptedModel();
        var tool = AIFunctionFactory.Create(([Description("The city")] string city) => "Sunny in " + city, "weather", "Tells the weather");
        await using var talk = new Talk(tools: [tool], models: new Traced(model, "span-test-1"));

        await talk.Ask("What is the weather?");
        (await model.NextCallAsync()).CallTool("weather", new Dictionary<string, object?>(StringComparer.Ordinal) { ["city"] = "Paris" });
        (await model.NextCallAsync()).Say("Sunny.").End();
        await talk.UntilSaid("Sunny.");
        talk.Begin("u1");
        await talk.UntilTold<ConversationEvent.Spoken>();
        Assert.Null(tracer.Find("span-test-1"));
        talk.Hear();

        var turn = await tracer.TurnAsync("span-test-1");
        Assert.Equal("heard", turn.GetTagItem("holdfast.outcome"));
        Assert.Equal("invoke_agent lin", turn.DisplayName);
        Assert.Null(turn.ParentId);
        Assert.Equal(ActivityKind.Internal, turn.Kind);
        Assert.Equal(("invoke_agent", "lin", "7", "span-test-1", 1L), (turn.GetTagItem("gen_ai.operation.name"), turn.GetTagItem("gen_ai.agent.name"), turn.GetTagItem("gen_ai.conversation.id"), turn.GetTagItem("gen_ai.request.model"), turn.GetTagItem("holdfast.turn")));
        Assert.NotNull(turn.GetTagItem("gen_ai.provider.name"));
        Assert.Equal(ActivityStatusCode.Unset, turn.Status);
        var below = tracer.Of(turn.TraceId).Where(span => span != turn).ToArray();
        Assert.Equal(2, below.Count(static span => span.GetTagItem("gen_ai.operation.name") is "chat"));
        var called = Assert.Single(below, static span => span.GetTagItem("gen_ai.operation.name") is "execute_tool");
        Assert.Equal(("execute_tool weather", "weather"), (called.DisplayName, called.GetTagItem("gen_ai.tool.name")));
        var speech = Assert.Single(below, static span => span.DisplayName is "say");
        Assert.Equal((turn.SpanId, "first_sound"), (speech.ParentSpanId, Assert.Single(speech.Events).Name));
        Assert.Equal(0, tracer.OpenOf(turn.TraceId));
        Assert.All(tracer.Of(turn.TraceId).SelectMany(static span => span.TagObjects), static tag => Assert.DoesNotContain("unny", tag.Value?.ToString() ?? "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_turn_that_comes_to_nothing_says_why()
    {
        using var tracer = new Tracer();
        var model = new ScriptedModel();
        await using var talk = new Talk(models: new Traced(model, "span-test-2"));

        await talk.Ask("Why?");
        var call = await model.NextCallAsync();
        call.Say("Because it is so. And");
        await talk.UntilSaid("Because it is so.");
        call.End(new HttpRequestException("gone"));
        await talk.Until(() => talk.Said.Count == 2);
        talk.Hear();
        talk.Hear();

        var turn = await tracer.TurnAsync("span-test-2");
        Assert.Equal(ActivityStatusCode.Error, turn.Status);
        Assert.Equal(("broken", "failed"), (turn.GetTagItem("error.type"), turn.GetTagItem("holdfast.outcome")));
    }

    [Fact]
    public async Task A_question_that_was_said_aloud_begins_with_the_end_of_the_voice_and_has_its_recognition()
    {
        using var tracer = new Tracer();
        var model = new ScriptedModel();
        await using var talk = new Talk(models: new Traced(model, "span-test-4"));
        talk.Conversation.OnVoice(new TurnInput.VoiceBegan());
        talk.Conversation.OnVoice(new TurnInput.VoiceEnded());
        talk.Conversation.OnVoice(new TurnInput.Recognised(1, "Why?")
        {
            Times = new SpeechTimes(TimeSpan.FromMilliseconds(700), TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(150)),
        });
        (await model.NextCallAsync()).Say("So.").End();
        await talk.UntilSaid("So.");
        talk.Hear();

        var turn = await tracer.TurnAsync("span-test-4");
        Assert.Equal(true, turn.GetTagItem("holdfast.spoken"));
        var recognition = Assert.Single(tracer.Of(turn.TraceId), static span => span.DisplayName is "recognise");
        Assert.Equal(turn.SpanId, recognition.ParentSpanId);
        Assert.Equal((150, 150), (Milliseconds(recognition.Duration), Milliseconds(recognition.StartTimeUtc - turn.StartTimeUtc)));
        Assert.True(turn.Duration >= TimeSpan.FromMilliseconds(699), turn.Duration.ToString());

        static int Milliseconds(TimeSpan span) => (int)Math.Round(span.TotalMilliseconds);
    }

    [Fact]
    public async Task A_turn_that_is_interrupted_is_over_when_it_is_known_what_was_heard_of_it()
    {
        using var tracer = new Tracer();
        var model = new ScriptedModel();
        await using var talk = new Talk(models: new Traced(model, "span-test-5"));
        await talk.Ask("Count!");
        var call = await model.NextCallAsync();
        call.Say("One two three. Four");
        await talk.UntilSaid("One two three.");
        talk.Conversation.Interrupt();
        await call.IsCancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Null(tracer.Find("span-test-5"));
        talk.Hear(upTo: 3);

        var turn = await tracer.TurnAsync("span-test-5");
        Assert.Equal(("brokenOff", ActivityStatusCode.Unset), (turn.GetTagItem("holdfast.outcome"), turn.Status));
        await talk.LetTimePassUntil(() => tracer.OpenOf(turn.TraceId) == 0, TimeSpan.Zero);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_goes_on_in_another_process_is_seen_below_its_turn(bool wasSaying)
    {
        using var tracer = new Tracer();
        var name = "span-test-8" + wasSaying;
        var model = new ScriptedModel();
        ConversationRecord record;
        await using (var before = new Talk(models: new Traced(model, name)))
        {
            await before.Ask("Count!");
            var call = await model.NextCallAsync();
            if (wasSaying)
            {
                call.Say("One. Two").End();
                await before.Until(() => before.Said.Count == 2);
            }

            record = Talk.Reread(await before.CaptureAsync(open => open.IsWritten == wasSaying));
        }

        var first = await tracer.TurnAsync(name);
        Assert.Equal(first.Id, record.Open!.Trace);
        var again = new ScriptedModel();
        await using var after = new Talk(kept: record, models: new Traced(again, name + "b"));
        after.Conversation.CameBack(TimeSpan.FromSeconds(4));
        if (wasSaying)
        {
            after.Conversation.OnUtteranceEnded("u1", null);
            after.Conversation.OnUtteranceEnded("u2", null);
            var second = await tracer.TurnAsync(name + "b");
            Assert.Equal((first.TraceId, first.SpanId, true, "heard"), (second.TraceId, second.ParentSpanId, second.GetTagItem("holdfast.continued"), second.GetTagItem("holdfast.outcome")));
            return;
        }

        (await again.NextCallAsync()).Say("One.").End();
        await after.UntilSaid("One.");
        Assert.NotEqual(default, after.Trace);
        after.Hear();
        var asked = await tracer.TurnAsync(name + "b");
        Assert.Equal(asked.Context, after.Trace);
        Assert.Equal(first.SpanId, Assert.Single(asked.Links).Context.SpanId);
    }

    [Fact]
    public async Task A_question_that_waits_while_the_process_ends_is_linked_to_who_asked_it_all_the_same()
    {
        using var tracer = new Tracer();
        using var request = new Activity("request").Start();
        ConversationRecord record;
        await using (var before = new Talk())
        {
            before.Conversation.Left();
            await before.Conversation.AskAsync(new Question("Why?", null, IsSpoken: false) { AskedFrom = request.Context }, interrupts: false);
            record = Talk.Reread(await before.Conversation.CaptureAsync());
        }

        var model = new ScriptedModel();
        await using var after = new Talk(kept: record, models: new Traced(model, "span-test-9"));
        after.Conversation.CameBack(TimeSpan.FromSeconds(4));
        (await model.NextCallAsync()).Say("So.").End();
        await after.UntilSaid("So.");
        after.Hear();

        var link = Assert.Single((await tracer.TurnAsync("span-test-9")).Links).Context;
        Assert.Equal((request.TraceId, request.SpanId, request.ActivityTraceFlags), (link.TraceId, link.SpanId, link.TraceFlags));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_that_ends_in_the_middle_ends_its_turns_spans(bool isHeld)
    {
        using var tracer = new Tracer();
        var model = new ScriptedModel();
        var name = "span-test-6" + isHeld;
        var talk = new Talk(models: new Traced(model, name));
        await talk.Ask("Count!");
        (await model.NextCallAsync()).Say("One two three. Four");
        await talk.UntilSaid("One two three.");
        if (isHeld)
        {
            talk.Conversation.Left();
        }

        Assert.Null(tracer.Find(name));
        await talk.DisposeAsync();

        var turn = await tracer.TurnAsync(name);
        Assert.Equal("ended", turn.GetTagItem("holdfast.outcome"));
        await talk.LetTimePassUntil(() => tracer.OpenOf(turn.TraceId) == 0, TimeSpan.Zero);
    }

    [Fact]
    public async Task A_turn_is_a_trace_of_its_own_and_leaves_the_thread_that_begins_and_ends_it_as_it_was()
    {
        using var tracer = new Tracer();
        var model = new ScriptedModel();
        await using var talk = new Talk(models: new Traced(model, "span-test-7"));
        using var request = new Activity("request").Start();
        await talk.Conversation.AskAsync(new Question("Why?", null, IsSpoken: false) { AskedFrom = request.Context }, interrupts: false);
        Assert.Same(request, Activity.Current);
        (await model.NextCallAsync()).Say("So.").End();
        await talk.UntilSaid("So.");
        talk.Hear();
        Assert.Same(request, Activity.Current);

        var turn = await tracer.TurnAsync("span-test-7");
        Assert.NotEqual(request.TraceId, turn.TraceId);
        Assert.Equal(request.Context, Assert.Single(turn.Links).Context);
    }

    [Fact]
    public async Task The_model_of_a_span_is_the_one_that_the_service_knows_and_not_the_settings_name()
    {
        using var tracer = new Tracer();
        await using var model = await Server.Tests.OpenAiServer.StartAsync();
        var options = new DialogueOptions();
        options.Models["local"] = new ModelOptions { BaseUrl = model.Url, Model = "span-test-3" };
        await using var talk = new Talk(options, models: new ModelDirectory(options, registered: null, new CompanionChatClient(TimeProvider.System), static _ => null));
        model.Say("Yes.");

        await talk.Ask("Why?");
        await talk.UntilSaid("Yes.");
        talk.Hear();

        var turn = await tracer.TurnAsync("span-test-3");
        Assert.Equal("openai", turn.GetTagItem("gen_ai.provider.name"));
        Assert.Contains(tracer.Of(turn.TraceId), static span => span.GetTagItem("gen_ai.operation.name") is "chat" && span.GetTagItem("gen_ai.request.model") is "span-test-3");
    }

    private sealed class Traced(ScriptedModel model, string name) : IModelDirectory
    {
        private readonly ChatModel _model = new(
            new ModelDescription(name, "Test", IsOffline: false), model.AsBuilder().UseOpenTelemetry(sourceName: DialogueDiagnostics.SourceName).Build(), null, null, CallsTools: true);

        public IReadOnlyList<ModelDescription> Models => [_model.Description];

        public ChatModel? Find(string? name) => _model;
    }

    /// <summary>Keeps every span of conversations that is over; other tests have some too.</summary>
    private sealed class Tracer : IDisposable
    {
        private readonly ActivityListener _listener;
        private readonly ConcurrentQueue<Activity> _begun = new();
        private readonly ConcurrentQueue<Activity> _spans = new();

        public Tracer()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = static source => source.Name is DialogueDiagnostics.SourceName,
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStarted = _begun.Enqueue,
                ActivityStopped = _spans.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        /// <summary>The turn that a model answered. Its span ends a moment after the last that is told of it.</summary>
        public async Task<Activity> TurnAsync(string model)
        {
            for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20);)
            {
                if (Find(model) is { } turn)
                {
                    return turn;
                }

                await Task.Yield();
            }

            throw new TimeoutException("There is no such span.");
        }

        /// <summary>The turn that a model answered, or null while it is not over.</summary>
        public Activity? Find(string model) =>
            _spans.FirstOrDefault(span => span.GetTagItem("gen_ai.operation.name") is "invoke_agent" && Equals(span.GetTagItem("gen_ai.request.model"), model));

        /// <summary>Spans of a trace that are not over.</summary>
        public int OpenOf(ActivityTraceId trace) => _begun.Count(span => span.TraceId == trace && !span.IsStopped);

        public IReadOnlyList<Activity> Of(ActivityTraceId trace) => [.. _spans.Where(span => span.TraceId == trace)];

        public void Dispose() => _listener.Dispose();
    }
}
