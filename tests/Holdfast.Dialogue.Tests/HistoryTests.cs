namespace Holdfast.Dialogue.Tests;

public sealed class HistoryTests
{
    [Fact]
    public void That_an_answer_was_broken_off_is_counted_too()
    {
        var (whole, broken) = (new ConversationHistory(1_000), new ConversationHistory(1_000));
        whole.Add(new SaidLine(SaidBy.Avatar, "Yes."));
        broken.Add(new SaidLine(SaidBy.Avatar, "Yes.", IsBrokenOff: true));

        Assert.Equal(broken.ToMessages().Sum(static message => TokenEstimate.Of(message.Text)), broken.Tokens);
        Assert.True(broken.Tokens > whole.Tokens);
    }

    [Fact]
    public void A_number_is_in_the_language_that_was_spoken_before_it()
    {
        var memory = new ConversationMemory(new ConversationIdentity("7", static () => "lin"), new DialogueOptions(), kept: null);
        Assert.False(memory.Ask("50").Facts.IsChinese);
        Assert.True(memory.Ask("我们来玩猜数字吧").Facts.IsChinese);
        Assert.True(memory.Ask("50").Facts.IsChinese);
        Assert.True(memory.Ask("那 50 呢").Facts.IsChinese);
        Assert.False(memory.Ask("Is it 50?").Facts.IsChinese);
    }

    [Fact]
    public void An_avatar_with_a_language_of_its_own_speaks_it_whatever_it_is_asked_in()
    {
        var options = new DialogueOptions();
        options.LanguageByAvatar["lin"] = "zh-CN";
        options.LanguageByAvatar["kai"] = "de";
        var who = "lin";
        var memory = new ConversationMemory(new ConversationIdentity("7", () => who), options, kept: null);
        var (messages, facts) = memory.Ask("Who are you?");
        Assert.True(facts.IsChinese);
        Assert.True(memory.IsChinese);
        Assert.Contains("Answer in Chinese, whatever language you are asked in.", messages[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("language of the person", messages[0].Text, StringComparison.Ordinal);

        who = "kai";
        (messages, facts) = memory.Ask("你是谁？");
        Assert.False(facts.IsChinese);
        Assert.Contains("You are Kai", messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("whose tag is de", messages[0].Text, StringComparison.Ordinal);

        options.Instructions = "Be brief.";
        Assert.Equal("Be brief. Answer in the language whose tag is de, whatever language you are asked in.", memory.Ask("Why?").Messages[0].Text);
        options.LanguageByAvatar.Clear();
        Assert.Equal("Be brief.", memory.Ask("Why?").Messages[0].Text);
        Assert.False(memory.IsChinese);
    }

    [Fact]
    public void It_is_bounded_and_forgets_the_oldest_question_together_with_its_answer()
    {
        var history = new ConversationHistory(maxTokens: 100);
        for (var i = 0; i < 40; i++)
        {
            history.Add(new SaidLine(SaidBy.Person, $"Question {i}, what is it?"));
            history.Add(new SaidLine(SaidBy.Avatar, $"Answer {i}, it is that."));
        }

        Assert.InRange(history.Tokens, 1, 100);
        Assert.Equal(SaidBy.Person, history.Lines.First().Who);
        Assert.Equal("Answer 39, it is that.", history.Lines.Last().Text);
    }

    [Fact]
    public void The_newest_line_stays_however_long_it_is()
    {
        var history = new ConversationHistory(maxTokens: 100);
        history.Add(new SaidLine(SaidBy.Person, new string('字', 500)));

        Assert.Single(history.Lines);
    }

    [Fact]
    public void An_answer_of_which_nothing_was_heard_is_no_line()
    {
        var history = new ConversationHistory(maxTokens: 100);
        history.Add(new SaidLine(SaidBy.Person, "Why?"));
        history.Add(new SaidLine(SaidBy.Avatar, " ", IsBrokenOff: true));

        Assert.Single(history.Lines);
    }

    [Theory]
    [InlineData("", 4)]
    [InlineData("hello there", 7)]
    [InlineData("你好", 6)]
    [InlineData("12345678", 8)]
    public void Tokens_are_estimated_by_script(string text, int tokens) => Assert.Equal(tokens, TokenEstimate.Of(text));
}
