using System.Text.Json;
using Holdfast.Speech;

namespace Holdfast.Dialogue.Tests;

/// <summary>The process ends while a model writes: what was received of its answer is said in the next one, all of it and once.</summary>
public sealed class GoingOnTests
{
    private const string Sorry = "Sorry, I lost the rest of that thought. Please ask me again.";

    public static TheoryData<string> Answers =>
    [
        "One. Two is v1.0.0 of it! Three, e.g. this one? Four: 3.5 and 4. Five",
        "第一句。第二句是3.14元！第三句，还有",
        "Look here:\n\n```sh\ngit push\nls -l\n```\n\nThat is *all* of it. Bye",
        "<think>What do they want?</think>It is so. And $x^2. y$ is <b>that</b>. Or",
        "No end at all but many words in one line",
    ];

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Wherever_the_model_was_no_word_is_lost_and_none_is_said_twice(string text)
    {
        for (var length = 1; length <= text.Length; length += 3)
        {
            for (var heard = 0; heard < 2; heard++)
            {
                await GoOnAsync(text[..length], heard);
            }
        }
    }

    [Fact]
    public async Task A_model_that_was_done_is_not_apologised_for()
    {
        ConversationRecord record;
        await using (var before = new Talk())
        {
            await before.Ask("Count!");
            (await before.Model.NextCallAsync()).Say("One. Two").End();
            record = Talk.Reread(await before.CaptureAsync(static open => open.IsWritten));
        }

        await using var after = new Talk(kept: record);
        after.Conversation.CameBack(TimeSpan.FromSeconds(4));
        after.Conversation.OnUtteranceEnded("u1", null);
        after.Conversation.OnUtteranceEnded("u2", null);
        Assert.Equal(("heard", "One. Two"), await EndAsync(after));
        Assert.Empty(after.Events.OfType<ConversationEvent.ModelFailed>());
    }

    [Fact]
    public async Task One_that_was_not_done_is_told_to_have_broken_off()
    {
        await using var after = new Talk(kept: await InTheMiddleAsync(static _ => { }));
        after.Conversation.CameBack(TimeSpan.FromSeconds(4));
        after.Conversation.OnUtteranceEnded("u1", null);
        await after.UntilSaid("And tw", Sorry);
        after.Hear();
        after.Hear();

        Assert.Equal(("failed", "One. And tw " + Sorry), await EndAsync(after));
        var failed = Assert.Single(after.Events.OfType<ConversationEvent.ModelFailed>());
        Assert.Equal(("broken", Sorry, 1), (failed.Cause, failed.Sentence, failed.Turn));
        await after.Ask("So?");
        Assert.Equal("So?", (await after.Model.NextCallAsync()).Messages[^1].Text);
    }

    [Fact]
    public async Task What_an_older_server_wrote_down_is_said_as_it_was()
    {
        var open = new OpenAnswer(new Question("Count!", null, IsSpoken: false), [new OpenPart("One. ", "u1", 0, IsOver: false)], ["Two."]);
        var json = JsonSerializer.SerializeToNode(new ConversationRecord { Version = 1, Turn = 1, History = [], Waiting = [], Outages = [], Open = open })!;
        foreach (var name in new[] { "Uncut", "IsWritten", "AskedAt", "IsSoundTold" })
        {
            Assert.True(json["Open"]!.AsObject().Remove(name));
        }

        await using var after = new Talk(kept: json.Deserialize<ConversationRecord>());
        after.Conversation.CameBack(TimeSpan.FromSeconds(4));
        after.Begin("u1");
        after.Conversation.OnUtteranceEnded("u1", null);
        await after.UntilSaid("Two.");
        after.Conversation.OnUtteranceEnded("u1", null);
        after.Hear();
        Assert.Equal(("heard", "One. Two."), await EndAsync(after));
        Assert.Empty(after.Events.OfType<ConversationEvent.Spoken>());
    }

    [Fact]
    public async Task The_first_sound_of_an_answer_is_told_in_the_next_process_where_it_is_made_there()
    {
        var record = await InTheMiddleAsync(static _ => { });
        await using var after = new Talk(kept: record with { Open = record.Open! with { AskedAt = record.Open.AskedAt - TimeSpan.FromSeconds(2) } });
        after.Time.Advance(TimeSpan.FromSeconds(4));
        after.Conversation.CameBack(TimeSpan.FromSeconds(4));
        after.Begin("u1");
        after.Begin("u1");

        var spoken = await after.UntilTold<ConversationEvent.Spoken>();
        Assert.Equal((1L, "u1", 6_000, false), (spoken.Turn, spoken.UtteranceId, spoken.FirstSoundMilliseconds, spoken.IsFiller));
        after.Conversation.OnUtteranceEnded("u1", null);
        await after.UntilSaid("And tw", Sorry);
        after.Begin("u1");
        after.Hear();
        after.Hear();
        Assert.Equal(6_000, (await after.UntilTold<ConversationEvent.TurnEnded>()).Milliseconds);
        Assert.Single(after.Events.OfType<ConversationEvent.Spoken>());
    }

    [Fact]
    public async Task A_first_sound_that_was_told_is_not_told_again()
    {
        await using var after = new Talk(kept: await InTheMiddleAsync(static before => before.Begin("u1")));
        after.Conversation.CameBack(TimeSpan.FromSeconds(4));
        after.Begin("u1");
        after.Conversation.OnUtteranceEnded("u1", null);
        await after.UntilSaid("And tw", Sorry);
        after.Hear();
        after.Hear();
        await after.UntilTold<ConversationEvent.TurnEnded>();
        Assert.Empty(after.Events.OfType<ConversationEvent.Spoken>());
    }

    [Fact]
    public void A_piece_that_was_handed_on_after_its_session_was_written_down_is_still_to_be_said()
    {
        var open = new OpenAnswer(
            new Question("Count!", null, IsSpoken: false),
            [new OpenPart("One. ", "u1", 5, IsOver: true), new OpenPart("😀", null, 2, IsOver: true), new OpenPart("Two. ", "u2", 0, IsOver: false), new OpenPart("Three. ", "u3", 0, IsOver: false)],
            ["Four. "]);
        var record = new ConversationRecord { Version = 1, Turn = 1, History = [new SaidLine(SaidBy.Person, "Count!")], Waiting = [], Outages = [], Open = open };
        var taken = record.TakeBack(static id => id is "u3");
        Assert.Equal(["u1", null, "u2"], taken.Open!.Parts.Select(static part => part.UtteranceId), StringComparer.Ordinal);
        Assert.Equal(["Three. ", "Four. "], taken.Open.Unsaid, StringComparer.Ordinal);
        Assert.Single(taken.History);
        Assert.Same(record, record.TakeBack(static _ => false));

        // Nothing of it is on its way: it is asked again, and not noted twice.
        taken = (record with { Open = open with { Parts = [open.Parts[3]] } }).TakeBack(static _ => true);
        Assert.Empty(taken.Open!.Parts);
        Assert.Empty(taken.History);
    }

    private static async Task<ConversationRecord> InTheMiddleAsync(Action<Talk> then)
    {
        await using var before = new Talk();
        await before.Ask("Count!");
        (await before.Model.NextCallAsync()).Say("One. And tw");
        await before.UntilSaid("One.");
        then(before);
        return Talk.Reread(await before.Conversation.CaptureAsync());
    }

    private static async Task<(string How, string Text)> EndAsync(Talk talk)
    {
        var ended = await talk.UntilTold<ConversationEvent.TurnEnded>();
        return (ended.How, ended.Text);
    }

    private static async Task GoOnAsync(string received, int heard)
    {
        var filter = new ReasoningFilter();
        var visible = string.Concat(received.Chunk(3).Select(part => filter.Push(part)));
        var model = "model of " + received;
        List<string> said;
        ConversationRecord record;
        await using (var before = new Talk())
        {
            await before.Ask("Count!");
            var call = await before.Model.NextCallAsync();
            foreach (var token in received.Chunk(3))
            {
                call.Say(new string(token));
            }

            if (visible.Length == 0)
            {
                return;
            }

            await before.CaptureAsync(open => string.Equals(TextOf(open), visible, StringComparison.Ordinal));
            for (var i = 0; i < heard && before.Said.Count > i; i++)
            {
                before.Hear();
            }

            record = Talk.Reread(await before.Conversation.CaptureAsync());
            said = [.. before.Said];
        }

        Assert.Equal(visible, TextOf(record.Open!));
        await using var after = new Talk(kept: record);
        after.Conversation.CameBack(TimeSpan.FromSeconds(4));
        if (record.Open!.Parts.Count == 0)
        {
            // Nothing of it was on its way to anybody: it is asked again.
            await after.Model.NextCallAsync();
            return;
        }

        foreach (var part in record.Open.Parts.Where(static part => !part.IsOver))
        {
            after.Conversation.OnUtteranceEnded(part.UtteranceId!, null);
        }

        var ended = false;
        while (!ended)
        {
            var pieces = after.Said.Count;
            ended = pieces > 0 && after.Said[^1] is Sorry;
            if (!ended)
            {
                Assert.True(pieces > 0, model);
                after.Hear();
                await after.Until(() => after.Said.Count > pieces || after.Events.OfType<ConversationEvent.TurnEnded>().Any());
                Assert.True(after.Said.Count > pieces, model);
            }
        }

        Assert.Equal(Bare(visible), Bare(string.Concat(said.Concat(after.Said.SkipLast(1)))));
    }

    private static string TextOf(OpenAnswer open) => string.Concat(open.Parts.Select(static part => part.Text)) + string.Concat(open.Unsaid) + open.Uncut;

    /// <summary>The pieces are told without the blanks around them.</summary>
    private static string Bare(string text) => string.Concat(text.Where(static c => !char.IsWhiteSpace(c)));
}
