using Microsoft.Extensions.AI;

namespace Holdfast.Speech.Tests;

/// <summary>When words begin, compared with what espeak-ng itself knows.</summary>
public sealed class WordTimingTests
{
    /// <summary>
    /// The true beginnings, in milliseconds, by the word's place in the text: what espeak-ng 1.51's own word events told for the same text, voice
    /// and rate. It tells nothing for words that it speaks as one with the word before ("I am", "in the").
    /// </summary>
    public static TheoryData<string, string, (int Offset, int Milliseconds)[]> Truth => new()
    {
        {
            "Hello, I am your digital human, and twenty-three cats.", "female",
            [(0, 0), (7, 663), (12, 880), (17, 1025), (25, 1458), (32, 2063), (36, 2261), (49, 2940)]
        },
        {
            "The quick brown fox jumps over the lazy dog.", "female",
            [(0, 0), (4, 114), (10, 492), (16, 818), (20, 1232), (26, 1685), (31, 1932), (35, 2044), (40, 2379)]
        },
        {
            "When the network goes away, our conversation waits for you and goes on at the same word.", "male",
            [(0, 0), (5, 248), (9, 380), (17, 861), (22, 1058), (28, 1694), (32, 1882), (45, 2692), (51, 3055), (55, 3272), (59, 3543),
                (63, 3735), (68, 3941), (71, 4060), (74, 4266), (78, 4380), (83, 4698)]
        },
        {
            "Nothing that was said is lost because every packet of speech has its place in the performance.", "female",
            [(0, 0), (8, 409), (13, 633), (17, 834), (22, 1120), (25, 1268), (30, 1730), (38, 2107), (44, 2444), (51, 2911), (54, 3043),
                (61, 3416), (65, 3600), (69, 3855), (75, 4180), (82, 4401)]
        },
        {
            "In 2024 it was $3.50 at 10:30", "male",
            [(0, 0), (3, 140), (8, 1548), (11, 1719), (16, 1923), (21, 3448), (24, 3631)]
        },
        {
            "你好，我是你的数字人，我有23只猫。", "female",
            [(0, 0), (1, 214), (3, 785), (4, 1012), (5, 1286), (6, 1501), (7, 1652), (8, 1925), (9, 2210), (11, 2801), (12, 3060),
                (13, 3281), (15, 4048), (16, 4343)]
        },
        {
            "网络断开的时候，我们的谈话会等着你，然后从同一个词继续。", "female",
            [(0, 0), (1, 316), (2, 556), (3, 849), (4, 1123), (5, 1278), (6, 1551), (8, 2084), (9, 2311), (10, 2514), (11, 2669), (12, 2999),
                (13, 3352), (14, 3640), (15, 3920), (16, 4172), (18, 4736), (19, 5055), (20, 5343), (21, 5802), (22, 6254), (23, 6470),
                (24, 6651), (25, 6955), (26, 7239)]
        },
        {
            "银行行长在2024年3月说一个苹果三块五毛钱", "male",
            [(0, 0), (1, 302), (2, 689), (3, 1077), (4, 1481), (5, 1770), (9, 3134), (10, 3424), (11, 3764), (12, 3937), (13, 4314), (14, 4535),
                (15, 4725), (16, 5076), (17, 5326), (18, 5665), (19, 6100), (20, 6325), (21, 6546)]
        },
        {
            "今天天气很好我们一起去公园散步吧", "female",
            [(0, 0), (1, 364), (2, 691), (3, 1019), (4, 1333), (5, 1675), (6, 1962), (7, 2190), (8, 2393), (9, 2609), (10, 2927), (11, 3248),
                (12, 3627), (13, 3871), (14, 4205), (15, 4436)]
        },
        {
            "A long sentence without any comma has to be cut into pieces for the voice that says it slowly because the program can only take so much "
            + "in one go and would otherwise break it where nobody expects a break to be at all", "female",
            [(0, 0), (28, 1463), (68, 3523), (102, 5513), (136, 7478), (156, 8620), (181, 9929), (213, 11827)]
        },
        {
            "人们在路上走的时候常常会经过没有信号的隧道而这时候我们的数字人会停下来等待直到网络恢复以后再从刚才没有听到的那个词重新开始说话这样一句话也不会丢失", "female",
            [(0, 0), (10, 2773), (20, 5631), (30, 8080), (40, 10855), (50, 13806), (60, 16547), (70, 19486), (72, 19991)]
        },
    };

    [Theory]
    [MemberData(nameof(Truth))]
    public async Task Words_are_found_where_they_are(string text, string voice, (int Offset, int Milliseconds)[] truth)
    {
        var words = await WordsOf(text, voice);
        Assert.Equal(Words.In(text), words.Select(word => word.Range));
        Assert.Equal(words.Select(word => word.Start).Order(), words.Select(word => word.Start));
        var errors = truth.Select(word => (
            Word: word, Error: words.Single(found => found.Range.Offset == word.Offset).Start.TotalMilliseconds - word.Milliseconds)).ToArray();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(' ', errors.Select(e => $"{text[e.Word.Offset]}:{e.Error:0}")));
        var sizes = errors.Select(e => Math.Abs(e.Error)).Order().ToArray();
        Assert.True(sizes[sizes.Length / 2] < 100, $"The median is {sizes[sizes.Length / 2]:0} ms.");
        Assert.True(sizes[^1] < 250, $"The worst is {sizes[^1]:0} ms.");
    }

    private static async Task<List<SpokenWord>> WordsOf(string text, string voice)
    {
        var words = new List<SpokenWord>();
        var before = TimeSpan.Zero;
        await foreach (var update in Espeak.Client().GetStreamingAudioAsync(
            text, new TextToSpeechOptions { VoiceId = voice }, TestContext.Current.CancellationToken))
        {
            words.AddRange(update.Contents.OfType<SpokenWords>().SelectMany(spoken => spoken.Words).Select(word => word with { Start = word.Start + before }));
            before += TimeSpan.FromSeconds(Espeak.Decode(update.Contents).Length / 48_000.0);
        }

        return words;
    }
}
