using Microsoft.Extensions.AI;

namespace Holdfast.Dialogue.Tests;

public sealed class ConversationTests
{
    [Fact]
    public async Task The_first_sentence_is_spoken_while_the_second_is_being_written()
    {
        await using var talk = new Talk();
        await talk.Ask("Why?");
        var call = await talk.Model.NextCallAsync();

        call.Say("Because it is so. And");
        await talk.UntilSaid("Because it is so.");
        await talk.Until(() => talk.Conversation.Snapshot.Phase == TurnPhase.Speaking);

        call.Say(" that is all.").End();
        await talk.UntilSaid("Because it is so.", "And that is all.");
        talk.Hear();
        talk.Hear();

        var ended = await talk.UntilTold<ConversationEvent.TurnEnded>();
        Assert.Equal("heard", ended.How);
        Assert.Equal("Because it is so. And that is all.", ended.Text);
        await talk.Until(() => talk.Conversation.Snapshot.Phase == TurnPhase.Quiet);
    }

    [Fact]
    public async Task The_model_is_told_what_was_said_and_heard_before()
    {
        await using var talk = new Talk();
        await Answer(talk, "Who are you?", "I am Lin.");
        await talk.Ask("And what do you do?");

        var call = await talk.Model.NextCallAsync();

        Assert.Equal(ChatRole.System, call.Messages[0].Role);
        Assert.Equal("Who are you? I am Lin. And what do you do?", string.Join(' ', call.Messages.Skip(1).Select(static message => message.Text)));
    }

    [Fact]
    public async Task Of_an_answer_that_was_broken_off_the_model_is_told_only_what_was_heard()
    {
        await using var talk = new Talk();
        await talk.Ask("Count!");
        var call = await talk.Model.NextCallAsync();
        call.Say("One two three. Four five six. Seven");
        await talk.UntilSaid("One two three.", "Four five six.");
        talk.Hear();

        await talk.Ask("Stop. Who are you?", interrupts: true);
        await call.IsCancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, talk.Stops);
        talk.Hear(upTo: 4);

        var next = await talk.Model.NextCallAsync();
        Assert.Equal(
            "Count!|One two three. Four|Your answer was broken off after these words. The person heard nothing of the rest.|Stop. Who are you?",
            string.Join('|', next.Messages.Skip(1).Select(static message => message.Text)));
        Assert.Equal("brokenOff", (await talk.UntilTold<ConversationEvent.TurnEnded>()).How);
    }

    [Fact]
    public async Task A_new_question_does_not_wait_for_ever_to_learn_what_was_heard()
    {
        await using var talk = new Talk();
        await talk.Ask("Count!");
        var call = await talk.Model.NextCallAsync();
        call.Say("One two three. Four");
        await talk.UntilSaid("One two three.");
        await talk.Ask("Stop.", interrupts: true);
        await call.IsCancelled.Task.WaitAsync(TestContext.Current.CancellationToken);
        var next = talk.Model.NextCallAsync();
        await talk.LetTimePassUntil(() => next.IsCompleted, TimeSpan.FromMilliseconds(100));

        Assert.DoesNotContain((await next).Messages, static message => message.Text.Contains("three", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_comes_of_a_given_up_turn_is_never_said()
    {
        await using var talk = new Talk();
        await talk.Ask("Count!");
        var call = await talk.Model.NextCallAsync();
        talk.Conversation.Interrupt();
        call.Say("One two three. Four.").End();

        await talk.Ask("Who?");
        (await talk.Model.NextCallAsync()).Say("Lin.").End();

        await talk.UntilSaid("Lin.");
    }

    [Fact]
    public async Task The_voice_runs_only_a_little_ahead_and_the_model_waits_when_too_much_is_written()
    {
        await using var talk = new Talk(new DialogueOptions { MaxWaitingText = 200 });
        await talk.Ask("Count!");
        var call = await talk.Model.NextCallAsync();
        for (var i = 0; i < 100; i++)
        {
            call.Say("A sentence of some length. ");
        }

        await talk.Until(() => talk.Said.Count == 3);
        // The voice has its three before the next is written.
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var waiting = 0;
        while (waiting == 0 && !late.IsCancellationRequested)
        {
            await Task.Yield();
            waiting = (await talk.Conversation.CaptureAsync()).Open!.Unsaid.Sum(static text => text.Length);
        }

        Assert.InRange(waiting, 1, 260);

        talk.Hear();
        await talk.Until(() => talk.Said.Count == 4);
    }

    [Fact]
    public async Task While_nobody_is_there_nothing_is_asked_and_it_is_asked_when_somebody_is()
    {
        await using var talk = new Talk();
        talk.Conversation.Left();
        await talk.Ask("Why?");
        Assert.Equal(0, talk.Model.Asked);

        talk.Conversation.CameBack(TimeSpan.FromSeconds(12));

        var call = await talk.Model.NextCallAsync();
        Assert.Contains(call.Messages, static message => message.Role == ChatRole.System && message.Text.Contains("12 seconds", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_that_streams_on_while_nobody_is_there_is_read_up_to_its_bound_and_goes_on_with_them()
    {
        await using var talk = new Talk(new DialogueOptions { MaxWaitingText = 200 });
        await talk.Ask("Count!");
        var call = await talk.Model.NextCallAsync();
        call.Say("A sentence of some length. And");
        await talk.UntilSaid("A sentence of some length.");
        talk.Conversation.Left();
        for (var i = 0; i < 100; i++)
        {
            call.Say(" another sentence of some length. And");
        }

        // Once the bound is passed nothing more is taken from the model.
        await talk.Until(() => talk.Said.Count == 3);
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await WaitingAsync(talk) < 200 && !late.IsCancellationRequested)
        {
            await Task.Yield();
        }

        Assert.InRange(await WaitingAsync(talk), 200, 260);
        Assert.InRange(call.Updates.Reader.Count, 80, 100);
        Assert.Equal(1, talk.Model.Asked);

        talk.Conversation.CameBack(TimeSpan.FromSeconds(12));
        talk.Hear();
        await talk.Until(() => talk.Said.Count == 4);
        Assert.Equal(1, talk.Model.Asked);

        static async Task<int> WaitingAsync(Talk talk) => (await talk.Conversation.CaptureAsync()).Open!.Unsaid.Sum(static text => text.Length);
    }

    [Fact]
    public async Task After_a_tool_the_model_is_asked_again_only_when_somebody_is_there()
    {
        var called = new TaskCompletionSource();
        var mayAnswer = new TaskCompletionSource();
        var tool = AIFunctionFactory.Create(
            async () =>
            {
                called.SetResult();
                await mayAnswer.Task;
                return "sunny";
            },
            "weather");
        await using var talk = new Talk(tools: [tool]);
        await talk.Ask("Weather?");
        (await talk.Model.NextCallAsync()).CallTool("weather");
        await called.Task;

        talk.Conversation.Left();
        mayAnswer.SetResult();
        await talk.UntilTold<ConversationEvent.ToolCalled>();
        Assert.Equal(1, talk.Model.Asked);

        talk.Conversation.CameBack(TimeSpan.FromSeconds(3));
        (await talk.Model.NextCallAsync()).Say("It is sunny.").End();
        await talk.UntilSaid("It is sunny.");
    }

    [Fact]
    public async Task A_slow_tool_lets_the_avatar_say_something_short_once()
    {
        var mayAnswer = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        var tool = AIFunctionFactory.Create(async () => { begun.SetResult(); await mayAnswer.Task; return 42; }, "slow");
        await using var talk = new Talk(tools: [tool]);
        await talk.Ask("What is it?");
        (await talk.Model.NextCallAsync()).CallTool("slow");
        await begun.Task;
        talk.Time.Advance(TimeSpan.FromMilliseconds(1_500));
        await talk.Until(() => talk.Said.Count > 0);

        Assert.Equal(["One moment, let me look."], talk.Said);
        mayAnswer.SetResult();
        (await talk.Model.NextCallAsync()).Say("It is 42.").End();
        await talk.UntilSaid("One moment, let me look.", "It is 42.");
        talk.Hear();
        talk.Hear();

        Assert.Equal("It is 42.", (await talk.UntilTold<ConversationEvent.TurnEnded>()).Text);
    }

    [Fact]
    public async Task A_tool_that_fails_is_told_to_the_model_and_never_to_the_listener()
    {
        var tool = AIFunctionFactory.Create(string () => throw new InvalidOperationException("secret stack"), "broken");
        await using var talk = new Talk(tools: [tool]);
        await talk.Ask("What is it?");
        (await talk.Model.NextCallAsync()).CallTool("broken");

        var call = await talk.Model.NextCallAsync();

        var result = Assert.Single(call.Messages.SelectMany(static message => message.Contents).OfType<FunctionResultContent>());
        Assert.Equal("Error: the tool broken failed.", result.Result?.ToString());
        Assert.True((await talk.UntilTold<ConversationEvent.ToolCalled>()).Failed);
        Assert.Empty(talk.Said);
    }

    [Fact]
    public async Task A_tool_that_never_answers_is_given_up_and_the_model_is_told()
    {
        var begun = new TaskCompletionSource();
        var tool = AIFunctionFactory.Create(async () => { begun.SetResult(); await new TaskCompletionSource().Task; return 1; }, "dead");
        await using var talk = new Talk(tools: [tool]);
        await talk.Ask("What is it?");
        (await talk.Model.NextCallAsync()).CallTool("dead");
        await begun.Task;
        talk.Time.Advance(TimeSpan.FromSeconds(30));

        var result = Assert.Single((await talk.Model.NextCallAsync()).Messages.SelectMany(static message => message.Contents).OfType<FunctionResultContent>());
        Assert.Contains("longer than 30 seconds", result.Result?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_said_nothing_yet_is_asked_once_more()
    {
        await using var talk = new Talk();
        await talk.Ask("Why?");
        (await talk.Model.NextCallAsync()).End(new HttpRequestException("no", null, System.Net.HttpStatusCode.InternalServerError));
        var next = talk.Model.NextCallAsync();
        await talk.LetTimePassUntil(() => next.IsCompleted, TimeSpan.FromMilliseconds(100));

        (await next).Say("Because.").End();
        await talk.UntilSaid("Because.");
        Assert.Equal(2, talk.Model.Asked);
        Assert.Empty(talk.Events.OfType<ConversationEvent.ModelFailed>());
    }

    [Fact]
    public async Task A_model_that_breaks_off_in_the_middle_is_not_asked_again_and_the_person_is_told()
    {
        await using var talk = new Talk();
        await talk.Ask("Why?");
        (await talk.Model.NextCallAsync()).Say("Because it is so. And also").End(new IOException("gone"));

        await talk.UntilSaid("Because it is so.", "Sorry, I lost the rest of that thought. Please ask me again.");

        Assert.Equal("broken", (await talk.UntilTold<ConversationEvent.ModelFailed>()).Cause);
        Assert.Equal(1, talk.Model.Asked);
        talk.Hear();
        talk.Hear();
        await Answer(talk, "Who?", "Lin.", after: 2);
    }

    [Fact]
    public async Task A_model_that_is_silent_for_too_long_is_given_up()
    {
        await using var talk = new Talk();
        await talk.Ask("为什么？");
        await talk.LetTimePassUntil(() => talk.Said.Count > 0, TimeSpan.FromSeconds(5));

        Assert.Equal(["我的语言模型太久没有回答，请再问一次。"], talk.Said);
        Assert.Equal(2, talk.Model.Asked);
        Assert.Equal("timeout", (await talk.UntilTold<ConversationEvent.ModelFailed>()).Cause);
    }

    [Fact]
    public async Task An_answer_of_reasoning_only_or_of_nothing_is_no_answer()
    {
        await using var talk = new Talk();
        await talk.Ask("Why?");
        (await talk.Model.NextCallAsync()).Say("<think></think>  ").End();
        var next = talk.Model.NextCallAsync();
        await talk.LetTimePassUntil(() => next.IsCompleted, TimeSpan.FromMilliseconds(100));

        (await next).End();
        await talk.UntilSaid("My language model gave me no words for an answer. Please ask me again.");
    }

    [Fact]
    public async Task A_block_of_code_that_is_longer_than_a_piece_is_told_of_once_and_shown_whole()
    {
        await using var talk = new Talk();
        await talk.Ask("Show me all of it.");
        var call = await talk.Model.NextCallAsync();
        var code = "```\n" + string.Concat(Enumerable.Repeat("call(x); // it is done.\n", 6_000)) + "```\n";
        call.Say(code + "That is it.").End();

        await talk.Until(() => talk.Said.Count == 2);
        Assert.StartsWith("```", talk.Said[0], StringComparison.Ordinal);
        Assert.Equal("That is it.", talk.Said[1]);
        talk.Hear();
        talk.Hear();
        Assert.Equal(code + "That is it.", (await talk.UntilTold<ConversationEvent.TurnEnded>()).Text);
    }

    [Fact]
    public async Task Reasoning_whose_beginning_nobody_saw_is_taken_back()
    {
        await using var talk = new Talk();
        await talk.Ask("Why?");
        var call = await talk.Model.NextCallAsync();
        call.Say("They ask why. I should be kind.");
        await talk.UntilSaid("They ask why.");
        call.Say("</think>Because.").End();

        await talk.UntilSaid("They ask why.", "Because.");
        Assert.Equal(1, talk.Stops);
        talk.Hear(upTo: 4);
        talk.Hear();
        Assert.Equal("Because.", (await talk.UntilTold<ConversationEvent.TurnEnded>()).Text);
    }

    [Fact]
    public async Task What_cannot_be_said_is_shown_and_the_turn_goes_on()
    {
        await using var talk = new Talk();
        talk.Refuses = static text => text.Contains("😀", StringComparison.Ordinal) ? new SpeakResult.NothingToSay() : null;
        await talk.Ask("Why?");
        (await talk.Model.NextCallAsync()).Say("Because. ").Say("😀").End();
        await talk.UntilSaid("Because.");
        talk.Hear();

        Assert.Equal("😀", (await talk.UntilTold<ConversationEvent.Shown>()).Text);
        Assert.Equal("Because. 😀", (await talk.UntilTold<ConversationEvent.TurnEnded>()).Text);
    }

    [Fact]
    public async Task A_turn_that_was_thought_about_when_the_process_ended_is_asked_again_once()
    {
        ConversationRecord record;
        await using (var before = new Talk())
        {
            await Answer(before, "Who?", "Lin.");
            await before.Ask("Why?");
            await before.Model.NextCallAsync();
            record = await before.Conversation.CaptureAsync();
        }

        await using var after = new Talk(kept: Talk.Reread(record));
        Assert.Equal(0, after.Model.Asked);
        after.Conversation.CameBack(TimeSpan.FromSeconds(4));

        var call = await after.Model.NextCallAsync();
        Assert.Equal(
            "Who? Lin. Why?",
            string.Join(' ', call.Messages.Where(static message => message.Role != ChatRole.System).Select(static message => message.Text)));
        Assert.Equal(1, call.Messages.Count(static message => string.Equals(message.Text, "Why?", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_answer_that_was_being_said_when_the_process_ended_is_said_to_the_end()
    {
        ConversationRecord record;
        await using (var before = new Talk())
        {
            await before.Ask("Count!");
            (await before.Model.NextCallAsync()).Say("One. Two. Three. Four. Five.").End();
            await before.UntilSaid("One.", "Two.", "Three.");
            before.Hear();
            await before.UntilSaid("One.", "Two.", "Three.", "Four.");

            record = await before.CaptureAsync(static open => open.IsWritten);
        }

        // The session itself goes on with what it had accepted: u2, u3 and u4.
        await using var after = new Talk(kept: Talk.Reread(record));
        after.Conversation.CameBack(TimeSpan.FromSeconds(4));
        after.Conversation.OnUtteranceEnded("u2", null);
        await after.UntilSaid("Five.");
        after.Conversation.OnUtteranceEnded("u3", null);
        after.Conversation.OnUtteranceEnded("u4", null);
        after.Hear();

        Assert.Equal("One. Two. Three. Four. Five.", (await after.UntilTold<ConversationEvent.TurnEnded>()).Text);
    }

    [Fact]
    public async Task An_app_takes_part_by_hooks_and_one_that_throws_is_left_out()
    {
        var hook = new Hook();
        await using var talk = new Talk(hooks: [new Broken(), hook]);
        await talk.Ask("  why?  ");

        var call = await talk.Model.NextCallAsync();

        Assert.Equal("WHY?", call.Messages[^2].Text);
        Assert.Equal("Be brief.", call.Messages[^1].Text);
        call.Say("Because.").End();
        await talk.UntilSaid("Because.");
        talk.Hear();
        await talk.Until(() => hook.Ended is { How: "heard", Text: "Because." });
    }

    [Fact]
    public async Task Another_model_is_asked_from_the_next_turn_on()
    {
        using var other = new ScriptedModel();
        await using var talk = new Talk(models: new TwoModels(new ScriptedModel(), other));

        Assert.False(await talk.Conversation.ChooseModelAsync("nobody"));
        Assert.True(await talk.Conversation.ChooseModelAsync("two"));
        await talk.Ask("Why?");

        await other.NextCallAsync();
        Assert.Equal("two", (await talk.UntilTold<ConversationEvent.TurnStarted>()).Model);
    }

    private static async Task Answer(Talk talk, string question, string answer, int after = 0)
    {
        await talk.Ask(question);
        (await talk.Model.NextCallAsync()).Say(answer).End();
        await talk.Until(() => talk.Said.Count == after + 1);
        talk.Hear();
        await talk.UntilTold<ConversationEvent.TurnEnded>(ended => string.Equals(ended.Text, answer, StringComparison.Ordinal));
    }

    private sealed class Hook : IConversationHook
    {
        public ConversationEvent.TurnEnded? Ended { get; private set; }

        public ValueTask<string?> OnHeardAsync(TurnContext turn, string text, CancellationToken cancellationToken) => new(text.Trim().ToUpperInvariant());

        public ValueTask OnAskingAsync(TurnContext turn, IList<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken)
        {
            messages.Add(new ChatMessage(ChatRole.System, "Be brief."));
            return default;
        }

        public ValueTask OnTurnEndedAsync(TurnContext turn, ConversationEvent.TurnEnded ended)
        {
            Ended = ended;
            return default;
        }
    }

    private sealed class Broken : IConversationHook
    {
        public ValueTask<string?> OnHeardAsync(TurnContext turn, string text, CancellationToken cancellationToken) => throw new InvalidOperationException();
    }

    private sealed class TwoModels(IChatClient one, IChatClient two) : IModelDirectory
    {
        public IReadOnlyList<ModelDescription> Models => [Of("one"), Of("two")];

        public ChatModel? Find(string? name) => name switch
        {
            null or "one" => new ChatModel(Of("one"), one, null, null, false),
            "two" => new ChatModel(Of("two"), two, null, null, false),
            _ => null,
        };

        private static ModelDescription Of(string name) => new(name, name, IsOffline: false);
    }
}
