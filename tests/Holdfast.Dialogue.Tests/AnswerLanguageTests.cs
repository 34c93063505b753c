namespace Holdfast.Dialogue.Tests;

/// <summary>In which language each piece of an answer is handed to the voice.</summary>
public sealed class AnswerLanguageTests
{
    [Theory]
    [InlineData(null, "你多大？", "30%", "und-Hani")]
    [InlineData(null, "How old?", "30%", "und-Latn")]
    [InlineData(null, "30", "30%", null)]
    [InlineData("de", "How old?", "30%", "de")]
    [InlineData("zh-CN", "How old?", "30%", "zh-CN")]
    public async Task Each_piece_of_an_answer_carries_the_language_of_its_turn(string? own, string question, string answer, string? language)
    {
        await using var talk = new Talk(Speaking(own));
        await talk.Ask(question);
        (await talk.Model.NextCallAsync()).Say(answer).End();
        await talk.UntilSaid(answer);
        Assert.Equal(language, Assert.Single(talk.Languages));
    }

    [Fact]
    public async Task What_the_product_says_itself_is_in_Chinese_or_English_whatever_the_answer_is_in()
    {
        await using var german = new Talk(Speaking("de"));
        await german.Ask("Wie alt?");
        (await german.Model.NextCallAsync()).Say("Alt. Sehr").End(new HttpRequestException("gone"));
        await german.Until(() => german.Said.Count == 2);
        Assert.Equal(["de", "en"], german.Languages);

        // A number asks in the language that was spoken before it.
        await using var chinese = new Talk();
        await chinese.Ask("你好");
        (await chinese.Model.NextCallAsync()).Say("你好。").End();
        await chinese.UntilSaid("你好。");
        chinese.Hear();
        await chinese.UntilTold<ConversationEvent.TurnEnded>();
        await chinese.Ask("50");
        (await chinese.Model.NextCallAsync()).Say("30%。还").End(new HttpRequestException("gone"));
        await chinese.Until(() => chinese.Said.Count == 3);
        Assert.Equal(["und-Hani", "und-Hani", "zh"], chinese.Languages);
    }

    [Fact]
    public async Task What_was_written_and_not_said_when_the_process_ended_is_in_the_same_language_after_it()
    {
        ConversationRecord record;
        await using (var before = new Talk(Speaking("de")))
        {
            await before.Ask("How many?");
            (await before.Model.NextCallAsync()).Say("Eins. Zwei. Drei. 4%.");
            await before.UntilSaid("Eins.", "Zwei.", "Drei.");
            record = await before.Conversation.CaptureAsync();
        }

        await using var after = new Talk(Speaking("de"), kept: Talk.Reread(record));
        after.Conversation.CameBack(TimeSpan.FromSeconds(4));
        after.Conversation.OnUtteranceEnded("u1", null);
        await after.UntilSaid("4%.");
        Assert.Equal("de", Assert.Single(after.Languages));
    }

    private static DialogueOptions Speaking(string? language)
    {
        var options = new DialogueOptions();
        options.LanguageByAvatar["lin"] = language ?? "";
        return options;
    }
}
