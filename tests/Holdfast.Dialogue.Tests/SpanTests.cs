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
        talk.Hear();
        await talk.UntilTold<ConversationEvent.TurnEnded>();

        var turn = await tracer.TurnAsync("span-test-1");
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
        await talk.UntilTold<ConversationEvent.ModelFailed>();

        var turn = await tracer.TurnAsync("span-test-2");
        Assert.Equal(ActivityStatusCode.Error, turn.Status);
        Assert.NotNull(turn.GetTagItem("error.type"));
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
        private readonly ConcurrentQueue<Activity> _spans = new();

        public Tracer()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = static source => source.Name is DialogueDiagnostics.SourceName,
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = _spans.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        /// <summary>The turn that a model answered. Its span ends a moment after the last that is told of it.</summary>
        public async Task<Activity> TurnAsync(string model)
        {
            for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20);)
            {
                if (_spans.FirstOrDefault(span => span.GetTagItem("gen_ai.operation.name") is "invoke_agent" && Equals(span.GetTagItem("gen_ai.request.model"), model)) is { } turn)
                {
                    return turn;
                }

                await Task.Yield();
            }

            throw new TimeoutException("There is no such span.");
        }

        public IReadOnlyList<Activity> Of(ActivityTraceId trace) => [.. _spans.Where(span => span.TraceId == trace)];

        public void Dispose() => _listener.Dispose();
    }
}
