namespace Holdfast.Dialogue;

/// <summary>What the companion can talk about.</summary>
internal enum CompanionTopic
{
    Unknown,
    Outage,
    Game,
    Time,
    Who,
    Product,
    Thanks,
    Bye,
    Hello,
}

/// <summary>Finds what a question is about, by its words. The order decides: "who made this game" is about the game.</summary>
internal static class CompanionTopics
{
    private static readonly (CompanionTopic Topic, string[] Words)[] Known =
    [
        (CompanionTopic.Outage, ["cut off", "connection", "disconnect", "network", "offline for", "what happened", "were you saying", "survive", "outage", "断线", "断开", "断了", "连接", "网络", "刚才说", "发生了什么", "掉线"]),
        (CompanionTopic.Game, ["game", "play", "guess", "number", "游戏", "猜", "玩"]),
        (CompanionTopic.Time, ["time", "clock", "date", "day is", "today", "几点", "时间", "日期", "今天", "星期", "几号"]),
        (CompanionTopic.Product, ["holdfast", "what can you", "what do you do", "what is this", "how does", "how do you work", "this product", "this page", "help", "能做什么", "会什么", "这是什么", "怎么用", "帮助", "介绍", "产品"]),
        (CompanionTopic.Who, ["who are you", "your name", "are you real", "are you human", "are you a", "about yourself", "你是谁", "你叫什么", "名字", "你是真", "你是人", "你自己"]),
        (CompanionTopic.Thanks, ["thank", "thx", "谢"]),
        (CompanionTopic.Bye, ["bye", "good night", "see you", "再见", "拜拜", "晚安"]),
        (CompanionTopic.Hello, ["hello", "hi", "hey", "good morning", "good evening", "good afternoon", "你好", "您好", "嗨", "早上好", "晚上好", "大家好"]),
    ];

    public static CompanionTopic Of(string question)
    {
        foreach (var (topic, words) in Known)
        {
            foreach (var word in words)
            {
                if (Has(question, word))
                {
                    return topic;
                }
            }
        }

        return CompanionTopic.Unknown;
    }

    /// <summary>Whole words where the script has blanks between them: "hi" is not in "this". A word may go on: "guess" is in "guessing".</summary>
    private static bool Has(string question, string word)
    {
        for (var at = question.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = question.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + word.Length;
            if (word[0] > '\u00FF'
                || ((at == 0 || !char.IsLetter(question[at - 1])) && (word.Length > 3 || end == question.Length || !char.IsLetter(question[end]))))
            {
                return true;
            }
        }

        return false;
    }
}
