using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue.Tests;

/// <summary>Whoever reads the events of a turn can compute how long each of its steps took.</summary>
public sealed class TurnTimesTests
{
    [Fact]
    public async Task A_turn_tells_when_it_was_asked_written_and_first_heard()
    {
        var gate = new Gate();
        await using var talk = new Talk(hooks: [gate]);
        await talk.Ask("Why?");
        await gate.Reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        talk.Time.Advance(TimeSpan.FromMilliseconds(120));
        gate.Opened.SetResult();
        var call = await talk.Model.NextCallAsync();
        talk.Time.Advance(TimeSpan.FromMilliseconds(300));
        call.Say("Because it is so. And");
        await talk.UntilSaid("Because it is so.");
        talk.Time.Advance(TimeSpan.FromMilliseconds(80));
        talk.Begin("u1");
        talk.Begin("u1");
        call.Say(" that is all.").End();
        await talk.UntilSaid("Because it is so.", "And that is all.");
        talk.Begin("u2");
        talk.Time.Advance(TimeSpan.FromMilliseconds(1_000));
        talk.Hear();
        talk.Hear();

        var ended = await talk.UntilTold<ConversationEvent.TurnEnded>();
        Assert.Equal((1_500, (int?)null), (ended.Milliseconds, ended.InterruptedMilliseconds));
        var answer = Assert.Single(talk.Events.OfType<ConversationEvent.AnswerBegan>());
        Assert.Equal((120, 300, 300), (answer.AskedMilliseconds, answer.FirstTokenMilliseconds, answer.FirstPieceMilliseconds));
        Assert.Equal(new ConversationEvent.Spoken(1, "u1", 500, IsFiller: false), Assert.Single(talk.Events.OfType<ConversationEvent.Spoken>()));
        Assert.All(talk.Events, static happened => Assert.Equal(1, happened.Turn));
    }

    [Fact]
    public async Task What_was_said_aloud_tells_how_long_ago_the_voice_ended_and_how_long_the_recogniser_took()
    {
        await using var talk = new Talk();
        talk.Conversation.OnVoice(new TurnInput.VoiceBegan());
        talk.Conversation.OnVoice(new TurnInput.WordRecognised(1, "How"));
        talk.Conversation.OnVoice(new TurnInput.VoiceEnded());
        talk.Conversation.OnVoice(new TurnInput.Recognised(1, "How are you?")
        {
            Times = new SpeechTimes(TimeSpan.FromMilliseconds(700), TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(150)),
        });

        await talk.UntilTold<ConversationEvent.TurnStarted>();
        Assert.Equal(
            [new(1, "How", IsFinal: false), new ConversationEvent.Heard(1, "How are you?", IsFinal: true) { SinceSpeechMilliseconds = 700, RecognitionMilliseconds = 150 }],
            talk.Events.OfType<ConversationEvent.Heard>());
    }

    [Fact]
    public async Task An_answer_that_is_given_up_tells_when_and_what_was_heard_until_then()
    {
        await using var talk = new Talk();
        await talk.Ask("Count!");
        var call = await talk.Model.NextCallAsync();
        call.Say("One two three. Four");
        await talk.UntilSaid("One two three.");
        talk.Begin("u1");
        talk.Time.Advance(TimeSpan.FromMilliseconds(900));
        talk.Conversation.Interrupt();

        // It is done in its turn, and only then may time go on.
        await call.IsCancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
        talk.Time.Advance(TimeSpan.FromMilliseconds(40));
        talk.Hear(upTo: 7);

        var ended = await talk.UntilTold<ConversationEvent.TurnEnded>();
        Assert.Equal(("brokenOff", "One two", 900, 940), (ended.How, ended.Text, ended.InterruptedMilliseconds, ended.Milliseconds));
    }

    [Fact]
    public async Task A_filler_is_told_apart_from_the_answer()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var tool = AIFunctionFactory.Create((string what) => { begun.SetResult(); return found.Task; }, "look");
        await using var talk = new Talk(tools: [tool]);
        await talk.Ask("Look!");
        (await talk.Model.NextCallAsync()).CallTool("look", new Dictionary<string, object?>(StringComparer.Ordinal) { ["what"] = "x" });
        await begun.Task;
        talk.Time.Advance(TimeSpan.FromMilliseconds(1_500));
        await talk.Until(() => talk.Said.Count == 1);
        talk.Begin("u1");
        found.SetResult("y");
        (await talk.Model.NextCallAsync()).Say("It is y.").End();
        await talk.Until(() => talk.Said.Count == 2);
        talk.Begin("u2");

        await talk.UntilTold<ConversationEvent.Spoken>(static spoken => !spoken.IsFiller);
        Assert.Equal([("u1", true), ("u2", false)], talk.Events.OfType<ConversationEvent.Spoken>().Select(static spoken => (spoken.UtteranceId, spoken.IsFiller)));
    }

    [Fact]
    public async Task What_another_process_began_to_say_tells_no_time_that_it_cannot_know()
    {
        var kept = new ConversationRecord
        {
            Version = ConversationRecord.CurrentVersion,
            Turn = 3,
            History = [new(SaidBy.Person, "Why?")],
            Waiting = [],
            Outages = [],
            Open = new OpenAnswer(new Question("Why?", null, IsSpoken: false), [new OpenPart("So.", "u1", 0, IsOver: false)], []),
        };
        await using var talk = new Talk(kept: kept);
        talk.Conversation.CameBack(TimeSpan.FromSeconds(2));
        talk.Begin("u1");
        talk.Conversation.OnUtteranceEnded("u1", heard: null);

        await talk.UntilTold<ConversationEvent.TurnEnded>();
        Assert.Empty(talk.Events.OfType<ConversationEvent.Spoken>());
    }

    /// <summary>Stands before the model.</summary>
    private sealed class Gate : IConversationHook
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask OnAskingAsync(TurnContext turn, IList<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
        {
            Reached.TrySetResult();
            await Opened.Task.WaitAsync(cancellationToken);
        }
    }
}
