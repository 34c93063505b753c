using System.Globalization;

namespace Holdfast.Dialogue;

/// <summary>All that the companion says, in one language.</summary>
internal abstract class CompanionWords
{
    private static readonly CompanionWords English = new InEnglish();
    private static readonly CompanionWords Chinese = new InChinese();

    public abstract string Product { get; }

    public abstract string YouAreWelcome { get; }

    public abstract string Bye { get; }

    public abstract string NotKnown { get; }

    public abstract string OutOfRange { get; }

    /// <summary>The words for a question: in its own language, or, where it has none, in the avatar's.</summary>
    public static CompanionWords For(string question, bool isChinese)
    {
        foreach (var c in question)
        {
            if (c is >= '\u4E00' and <= '\u9FFF')
            {
                return Chinese;
            }
        }

        return isChinese && !question.Any(char.IsAsciiLetter) ? Chinese : English;
    }

    public static bool EndsGame(string text) => English.IsEnd(text) || Chinese.IsEnd(text);

    public abstract string Who(string avatar);

    public abstract string Hello(string avatar, SurvivedOutage? outage);

    public abstract string Now(DateTimeOffset now);

    public abstract string Survived(IReadOnlyList<SurvivedOutage> outages);

    public abstract string GameBegins(int round);

    public abstract string Higher(int guess);

    public abstract string Lower(int guess);

    public abstract string Found(int number, int guesses);

    public abstract string GaveUp(int number);

    public abstract bool GivesUp(string question);

    protected abstract bool IsEnd(string text);

    private sealed class InEnglish : CompanionWords
    {
        private const string Won = "That is it!";
        private const string Lost = "The number was";

        public override string Product =>
            "This is Holdfast, a live digital human. Its sessions outlive their network connection. Pull the plug while I speak: I wait for you, "
            + "and go on at the word where we broke off. You can also play a guessing game with me, or ask for the time.";

        public override string YouAreWelcome => "You are welcome.";

        public override string Bye => "Goodbye! Your session stays for a while, in case you come back.";

        public override string NotKnown =>
            "I am the offline companion, so I cannot answer that. Ask me who I am, what this is, what time it is, whether we were cut off, or play a guessing game. "
            + "With a language model configured I could talk about anything.";

        public override string OutOfRange => $"My number is from 1 to {GuessingGame.Highest}. Try again!";

        public override string Who(string avatar) =>
            $"I am {Name(avatar)}, drawn and voiced by this server while we talk. No language model is configured, so I am only its small offline companion.";

        public override string Hello(string avatar, SurvivedOutage? outage) => outage is null
            ? $"Hello! I am {Name(avatar)}. Ask me what this is, or say: let us play a game."
            : $"Hello again! We were cut off for {Seconds(outage.Away)}, and here we still are.";

        public override string Now(DateTimeOffset now) =>
            string.Create(CultureInfo.InvariantCulture, $"It is {now:HH:mm} where I live, on {now:dddd}, {now:MMMM} {now.Day}, {now.Year}.");

        public override string Survived(IReadOnlyList<SurvivedOutage> outages)
        {
            if (outages.Count == 0)
            {
                return "Our connection has held so far. Pull the plug and see: I will wait for you.";
            }

            var last = outages[^1];
            var times = outages.Count == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{outages.Count} times");
            var saying = last.Saying.Length == 0 ? "Nobody was speaking then." : $"I was saying: {last.Saying}";
            return $"We were cut off {times}, the last time for {Seconds(last.Away)}. {saying}";
        }

        public override string GameBegins(int round) =>
            string.Create(CultureInfo.InvariantCulture, $"Round {round}: I am thinking of a number from 1 to {GuessingGame.Highest}. What is your guess?");

        public override string Higher(int guess) => string.Create(CultureInfo.InvariantCulture, $"My number is higher than {guess}.");

        public override string Lower(int guess) => string.Create(CultureInfo.InvariantCulture, $"My number is lower than {guess}.");

        public override string Found(int number, int guesses) =>
            string.Create(CultureInfo.InvariantCulture, $"{Won} It was {number}, and you needed {guesses} {(guesses == 1 ? "guess" : "guesses")}.");

        public override string GaveUp(int number) => string.Create(CultureInfo.InvariantCulture, $"{Lost} {number}. Say: play again, when you like.");

        public override bool GivesUp(string question) =>
            question.Contains("give up", StringComparison.OrdinalIgnoreCase) || question.Contains("tell me the number", StringComparison.OrdinalIgnoreCase);

        protected override bool IsEnd(string text) => text.StartsWith(Won, StringComparison.Ordinal) || text.StartsWith(Lost, StringComparison.Ordinal);

        private static string Seconds(TimeSpan span) => span < TimeSpan.FromMinutes(2)
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (int)Math.Round(span.TotalSeconds))} seconds")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)Math.Round(span.TotalMinutes)} minutes");

        private static string Name(string avatar) => avatar.Length == 0 ? "your companion" : char.ToUpperInvariant(avatar[0]) + avatar[1..];
    }

    private sealed class InChinese : CompanionWords
    {
        private const string Won = "猜对了！";
        private const string Lost = "答案是";

        public override string Product => "这里是 Holdfast，一个实时数字人。它的会话比网络连接活得更久。我说话时你断开网络试试：我会等你，然后从断开的那个字继续。你也可以和我玩猜数字，或者问我几点了。";

        public override string YouAreWelcome => "不客气。";

        public override string Bye => "再见！会话会为你保留一段时间，随时可以回来。";

        public override string NotKnown => "我是离线小助手，这个问题我答不了。你可以问我是谁、这是什么、现在几点、刚才断线了多久，或者和我玩猜数字。配置语言模型以后，我什么都能聊。";

        public override string OutOfRange => $"我的数字在 1 到 {GuessingGame.Highest} 之间，再猜一次吧！";

        public override string Who(string avatar) => "我是这台服务器实时画出来、说出来的数字人。这里还没有配置语言模型，所以我只是一个离线小助手。";

        public override string Hello(string avatar, SurvivedOutage? outage) => outage is null
            ? "你好！你可以问我这是什么，或者说：我们来玩个游戏吧。"
            : $"又见面了！我们断线了{Seconds(outage.Away)}，不过会话一直都在。";

        public override string Now(DateTimeOffset now) => string.Create(
            CultureInfo.InvariantCulture,
            $"我这里现在是{now.Hour}点{(now.Minute == 0 ? "整" : now.Minute < 10 ? "零" + now.Minute + "分" : now.Minute + "分")}，{now.Year}年{now.Month}月{now.Day}日，星期{"日一二三四五六"[(int)now.DayOfWeek]}。");

        public override string Survived(IReadOnlyList<SurvivedOutage> outages)
        {
            if (outages.Count == 0)
            {
                return "到现在为止连接一直很稳。你可以断开网络试试：我会等你。";
            }

            var last = outages[^1];
            var saying = last.Saying.Length == 0 ? "当时没有人在说话。" : $"当时我正说到：{last.Saying}";
            return string.Create(CultureInfo.InvariantCulture, $"我们断线了{outages.Count}次，最近一次{Seconds(last.Away)}。{saying}");
        }

        public override string GameBegins(int round) =>
            string.Create(CultureInfo.InvariantCulture, $"第{round}局：我想好了一个 1 到 {GuessingGame.Highest} 之间的数字。你猜是几？");

        public override string Higher(int guess) => string.Create(CultureInfo.InvariantCulture, $"比 {guess} 大。");

        public override string Lower(int guess) => string.Create(CultureInfo.InvariantCulture, $"比 {guess} 小。");

        public override string Found(int number, int guesses) => string.Create(CultureInfo.InvariantCulture, $"{Won}就是 {number}，你一共猜了 {guesses} 次。");

        public override string GaveUp(int number) => string.Create(CultureInfo.InvariantCulture, $"{Lost} {number}。想再玩就说：再来一局游戏。");

        public override bool GivesUp(string question) =>
            question.Contains("放弃", StringComparison.Ordinal) || question.Contains("不猜", StringComparison.Ordinal) || question.Contains("告诉我答案", StringComparison.Ordinal);

        protected override bool IsEnd(string text) => text.StartsWith(Won, StringComparison.Ordinal) || text.StartsWith(Lost, StringComparison.Ordinal);

        private static string Seconds(TimeSpan span) => span < TimeSpan.FromMinutes(2)
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (int)Math.Round(span.TotalSeconds))} 秒")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)Math.Round(span.TotalMinutes)} 分钟");
    }
}
