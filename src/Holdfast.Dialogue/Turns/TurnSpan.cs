using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue;

/// <summary>
/// What a tracer sees of one turn, as OpenTelemetry's conventions for generative AI have the work of an agent (<c>invoke_agent</c>): from the question, or from
/// the end of the voice that asked it, until the answer was heard or broken off. Below it are the recognition (<c>recognise</c>), the calls of the model
/// (<c>chat</c>) and of tools (<c>execute_tool</c>), and the speech (<c>say</c>).
/// </summary>
/// <remarks>
/// A trace of its own, whoever's thread it begins and ends on: that of the request that asked is linked. Not thread-safe: a conversation calls it in its own
/// order. Without a tracer it does nothing.
/// </remarks>
internal sealed class TurnSpan
{
    private readonly Activity? _turn;
    private Activity? _speech;

    private TurnSpan(Activity? turn) => _turn = turn;

    /// <summary>Of a turn that nobody traces, or whose trace another process did not keep.</summary>
    public static TurnSpan None { get; } = new(turn: null);

    /// <summary>A question's turn has come.</summary>
    public static TurnSpan Start(TurnContext context, ChatModel model, Question question) => Apart(() =>
    {
        ActivityLink[] links = question.AskedFrom == default ? [] : [new ActivityLink(question.AskedFrom)];
        var turn = Begin(context, model, below: default, links)?.SetTag("holdfast.spoken", question.IsSpoken);
        if (turn is not null && question.Times is { } times)
        {
            AddRecognition(turn, times);
        }

        return turn is null ? None : new TurnSpan(turn);
    });

    /// <summary>
    /// An answer goes on in this process: a span of its own in the same trace, below the one that ended with the process before. <c>holdfast.continued</c> marks it.
    /// </summary>
    public static TurnSpan Continue(TurnContext context, ChatModel model, string? trace) => !TryParse(trace, out var before) ? None : Apart(() =>
    {
        var turn = Begin(context, model, before, links: [])?.SetTag("holdfast.continued", true);
        return turn is null ? None : new TurnSpan(turn);
    });

    /// <summary>What belongs to the turn is below this; default where nobody traces it.</summary>
    public ActivityContext Context => _turn?.Context ?? default;

    /// <summary>The same as the W3C's traceparent, for another process; null where nobody traces it.</summary>
    public string? Trace => _turn?.Id;

    /// <summary>Reads <see cref="Trace"/>.</summary>
    public static bool TryParse(string? trace, out ActivityContext context) => ActivityContext.TryParse(trace, traceState: null, isRemote: true, out context);

    /// <summary>Does work whose own spans are below this one.</summary>
    public Task Run(Func<Task> work)
    {
        var current = Activity.Current;
        Activity.Current = _turn;
        try
        {
            return Task.Run(work);
        }
        finally
        {
            Restore(current);
        }
    }

    /// <summary>Something goes to the voice: the speech begins.</summary>
    public void Says()
    {
        if (_turn is { IsStopped: false } turn && _speech is null)
        {
            _speech = Apart(() => DialogueDiagnostics.Source.StartActivity("say", ActivityKind.Internal, turn.Context));
        }
    }

    /// <summary>A first sound is sent.</summary>
    public void Sounds(DateTimeOffset at, bool isFiller) =>
        _speech?.AddEvent(new ActivityEvent(isFiller ? "filler" : "first_sound", at));

    /// <summary>The model gave no answer, or not all of it.</summary>
    /// <param name="cause">Why, for a program.</param>
    public void Fail(string cause) => _turn?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", cause);

    /// <summary>The turn is over, or its session. The first that is told counts.</summary>
    /// <param name="how">As in <see cref="ConversationEvent.TurnEnded.How"/>; "ended" with its session.</param>
    public void End(string how)
    {
        if (_turn is { IsStopped: false } turn)
        {
            Apart(() =>
            {
                _speech?.Stop();
                turn.SetTag("holdfast.outcome", how).Stop();
                return turn;
            });
        }
    }

    /// <summary>What was before the question is known only now.</summary>
    private static void AddRecognition(Activity turn, SpeechTimes times)
    {
        var now = turn.StartTimeUtc;
        var known = now - times.SinceRecognition;
        var asked = known - times.Recognition;
        var ended = now - times.SinceSpeech;
        turn.SetStartTime(ended < asked ? ended : asked);
        using var recognition = DialogueDiagnostics.Source.StartActivity("recognise", ActivityKind.Internal, turn.Context, startTime: new DateTimeOffset(asked, TimeSpan.Zero));
        recognition?.SetEndTime(known);
    }

    /// <summary>Spans begin and end on threads that have their own: these are left as they were.</summary>
    private static T Apart<T>(Func<T> act)
    {
        var current = Activity.Current;
        Activity.Current = null;
        try
        {
            return act();
        }
        finally
        {
            Restore(current);
        }
    }

    private static Activity? Begin(TurnContext context, ChatModel model, ActivityContext below, ActivityLink[] links) =>
        DialogueDiagnostics.Source.StartActivity("invoke_agent " + context.Avatar, ActivityKind.Internal, below, tags: null, links)?
            .SetTag("gen_ai.operation.name", "invoke_agent")
            .SetTag("gen_ai.provider.name", model.Client.GetService<ChatClientMetadata>()?.ProviderName ?? "holdfast")
            .SetTag("gen_ai.agent.name", context.Avatar)
            .SetTag("gen_ai.conversation.id", context.SessionId)
            .SetTag("gen_ai.request.model", model.Id)
            .SetTag("holdfast.turn", context.Turn);

    private static void Restore(Activity? current) => Activity.Current = current is { IsStopped: true } ? null : current;
}
