using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;

namespace Holdfast.Dialogue.Tests;

public sealed class CompanionTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 28, 9, 5, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("Who are you?", "I am Lin")]
    [InlineData("你是谁？", "数字人")]
    [InlineData("What is this?", "Holdfast")]
    [InlineData("这是什么？", "Holdfast")]
    [InlineData("What time is it?", "09:05 where I live, on Saturday, November 28, 2026")]
    [InlineData("现在几点了？", "9点零5分，2026年11月28日，星期六")]
    [InlineData("Hi!", "Hello! I am Lin")]
    [InlineData("你好", "你好！")]
    [InlineData("Thank you", "You are welcome")]
    [InlineData("What is the capital of France?", "offline companion")]
    [InlineData("法国的首都是哪里？", "离线小助手")]
    [InlineData("Were we cut off?", "Our connection has held so far")]
    [InlineData("", "offline companion")]
    public async Task It_answers_in_the_language_of_the_question(string question, string part) =>
        Assert.Contains(part, await Ask([new(ChatRole.User, question)]), StringComparison.Ordinal);

    [Theory]
    [InlineData("What happened?", "We were cut off 2 times, the last time for 12 seconds. I was saying: the kelp holds fast")]
    [InlineData("刚才断线了吗？", "我们断线了2次，最近一次12 秒。当时我正说到：the kelp holds fast")]
    public async Task It_shows_what_the_session_survived(string question, string answer) => Assert.Equal(
        answer,
        await Ask(
            [new(ChatRole.User, question)],
            new SurvivedOutage(TimeSpan.FromSeconds(3), ""),
            new SurvivedOutage(TimeSpan.FromSeconds(12), "the kelp holds fast")));

    [Fact]
    public async Task A_guessing_game_can_be_played_to_its_end_and_again()
    {
        List<ChatMessage> talk = [];
        Assert.StartsWith("Round 1:", await Say(talk, "Let us play a game"), StringComparison.Ordinal);
        var (low, high, guesses) = (1, GuessingGame.Highest, 0);
        while (true)
        {
            var guess = (low + high) / 2;
            var answer = await Say(talk, $"Is it {guess}?");
            guesses++;
            if (answer.StartsWith("That is it!", StringComparison.Ordinal))
            {
                Assert.Contains($"needed {guesses} guess", answer, StringComparison.Ordinal);
                break;
            }

            (low, high) = answer.Contains("higher", StringComparison.Ordinal) ? (guess + 1, high) : (low, guess - 1);
            Assert.True(low <= high);
        }

        Assert.Contains("offline companion", await Say(talk, "50"), StringComparison.Ordinal);
        Assert.StartsWith("Round 2:", await Say(talk, "play again"), StringComparison.Ordinal);
        Assert.StartsWith("The number was", await Say(talk, "I give up"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_game_is_played_in_Chinese_too()
    {
        List<ChatMessage> talk = [];
        Assert.StartsWith("第1局：", await Say(talk, "我们来玩猜数字吧"), StringComparison.Ordinal);
        Assert.Contains("1 到 100", await Say(talk, "猜 500"), StringComparison.Ordinal);
        Assert.StartsWith("答案是", await Say(talk, "我放弃"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fifty", 50)]
    [InlineData("Is it fifty-three?", 53)]
    [InlineData("twenty one", 21)]
    [InlineData("a hundred", 100)]
    [InlineData("五十", 50)]
    [InlineData("我猜五十三！", 53)]
    [InlineData("是十三吗？", 13)]
    [InlineData("一百", 100)]
    [InlineData("再来一局", null)]
    [InlineData("one more hint", null)]
    [InlineData("五三", null)]
    [InlineData("hello", null)]
    public void A_number_in_words_is_a_guess_where_it_stands_alone(string text, int? number) => Assert.Equal(number, NumberWords.Of(text));

    [Fact]
    public async Task A_guess_in_words_is_a_guess()
    {
        List<ChatMessage> talk = [];
        await Say(talk, "我们来玩猜数字吧");
        Assert.Equal(await Ask([.. talk, new(ChatRole.User, "猜 50")]), await Ask([.. talk, new(ChatRole.User, "猜五十")]));
    }

    [Fact]
    public void The_numbers_of_sessions_and_rounds_have_nothing_to_do_with_each_other()
    {
        var numbers = Enumerable.Range(0, 2_000).Select(static i => GuessingGame.NumberOf(seed: i / 10, round: i % 10)).ToArray();

        Assert.All(numbers, static number => Assert.InRange(number, 1, GuessingGame.Highest));
        Assert.Equal(GuessingGame.Highest, numbers.Distinct().Count());
    }

    private async Task<string> Say(List<ChatMessage> talk, string text)
    {
        talk.Add(new ChatMessage(ChatRole.User, text));
        var answer = await Ask(talk);
        talk.Add(new ChatMessage(ChatRole.Assistant, answer));
        return answer;
    }

    private async Task<string> Ask(IEnumerable<ChatMessage> messages, params SurvivedOutage[] outages)
    {
        using var companion = new CompanionChatClient(_time);
        var options = new ChatOptions
        {
            AdditionalProperties = new AdditionalPropertiesDictionary { [ConversationFacts.Key] = new ConversationFacts("lin", IsChinese: false, Seed: 7, outages) },
        };
        return (await companion.GetResponseAsync(messages, options, TestContext.Current.CancellationToken)).Text;
    }
}
