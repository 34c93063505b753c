namespace Holdfast.Speech;

/// <summary>What Whisper writes where nobody said anything: it learnt from subtitles, and fills silence with what ends them.</summary>
internal static class WhisperWords
{
    /// <summary>From here on it is more likely that nobody spoke than that somebody did. Whisper's own threshold.</summary>
    private const float ProbablyNobody = 0.6f;

    /// <summary>Words that are less likely than this are guessed.</summary>
    private const float Guessed = 0.5f;

    /// <summary>Nobody says these to an avatar: names of those who made subtitles. Letters only, lower case.</summary>
    private static readonly string[] Credits =
    [
        "subtitlesbytheamaraorgcommunity", "subtitlesbyamaraorg", "transcriptionbyesocabornfree", "字幕由amaraorg社区提供", "字幕由amaraorg社群提供",
        "请不吝点赞订阅转发打赏支持明镜与点点栏目", "請不吝點贊訂閱轉發打賞支持明鏡與點點欄目", "中文字幕志愿者", "字幕志愿者", "字幕by索兰娅", "字幕by索蘭婭",
    ];

    /// <summary>Words that people do say, and that Whisper also says where nobody did.</summary>
    private static readonly string[] Polite =
    [
        "thankyou", "thankyouverymuch", "thankyouforwatching", "thanksforwatching", "thanks", "you", "bye", "byebye", "okay", "oh", "hmm", "so",
        "谢谢", "謝謝", "谢谢大家", "謝謝大家", "谢谢观看", "謝謝觀看", "谢谢收看", "謝謝收看", "嗯", "好", "拜拜",
    ];

    /// <summary>Whether a piece of what it wrote was said.</summary>
    /// <param name="text">The piece, up to a sentence or two.</param>
    /// <param name="noSpeech">How likely nobody spoke, 0 to 1.</param>
    /// <param name="probability">How likely its words are, 0 to 1, of one with another.</param>
    public static bool WasSaid(string text, float noSpeech, float probability)
    {
        var letters = string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        if (letters.Length == 0 || Credits.Contains(letters, StringComparer.Ordinal))
        {
            return false;
        }

        return noSpeech < ProbablyNobody || (probability >= Guessed && !Polite.Contains(letters, StringComparer.Ordinal));
    }
}
