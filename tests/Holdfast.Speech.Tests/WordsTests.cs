using CsCheck;

namespace Holdfast.Speech.Tests;

public sealed class WordsTests
{
    [Theory]
    [InlineData("Hello, world!", "Hello|world")]
    [InlineData("It's twenty-three: 3.50, 1,000 and 10:30 (at) “home”...", "It's|twenty-three|3.50|1,000|and|10:30|at|home")]
    [InlineData("one,two;three—four", "one|two|three|four")]
    [InlineData("你好，23只猫。", "你|好|23|只|猫")]
    [InlineData("我用Holdfast说", "我|用|Holdfast|说")]
    [InlineData("𠀀好", "𠀀|好")]
    [InlineData("cafe\u0301 naïve", "cafe\u0301|naïve")]
    [InlineData("안녕하세요 여러분", "안녕하세요|여러분")]
    [InlineData("... 😀 !", "")]
    [InlineData("", "")]
    public void Words_are_what_a_finger_would_follow(string text, string words) =>
        Assert.Equal(words, string.Join('|', Words.In(text).Select(word => text.Substring(word.Offset, word.Length))));

    [Fact]
    public void Whatever_the_text_words_are_in_order_and_apart() => Gen.String.Sample(text =>
    {
        var end = 0;
        foreach (var word in Words.In(text))
        {
            Assert.True(word.Length > 0 && word.Offset >= end, text);
            end = word.Offset + word.Length;
            Assert.True(end <= text.Length);
        }
    });

    [Fact]
    public void Whatever_was_said_every_word_gets_a_place_in_its_sound() =>
        Gen.Select(Gen.Short.Array[0, 4_000], Gen.Short[-80, 80].Array[0, 30_000], Gen.Int[1, 12]).Sample((sound, paused, count) =>
        {
            var words = Enumerable.Range(0, count).Select(i => new TextRange(i * 3, 2)).ToArray();
            var starts = WordTiming.Locate(sound, [(paused, count)], 22_050, words);
            Assert.Equal(count, starts.Length);
            Assert.Equal(starts.Order(), starts);
            Assert.All(starts, start => Assert.InRange(start, 0, sound.Length));
        }, iter: 300);

    [Fact]
    public void Notation_in_a_text_is_not_taken_for_ours()
    {
        const string text = "a [[b]] c";
        var (paused, count) = Assert.Single(WordTiming.WithPauses(text, Words.In(text)));
        Assert.Equal(3, count);
        Assert.Equal(2, paused.Split("[[_::").Length - 1);
        Assert.Equal(2, paused.Split("[[").Length - 1);
    }
}
