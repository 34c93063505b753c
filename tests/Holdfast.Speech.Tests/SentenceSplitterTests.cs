using CsCheck;

namespace Holdfast.Speech.Tests;

public sealed class SentenceSplitterTests
{
    [Theory]
    [InlineData("Hello. How are you? Fine!", "Hello.|How are you?|Fine!")]
    [InlineData("你好，我是你的数字人。你可以随时拔掉网线！我会在这里等你。", "你好，我是你的数字人。|你可以随时拔掉网线！|我会在这里等你。")]
    [InlineData("Dr. Smith has 3.14 pies, e.g. apple. He is happy.", "Dr. Smith has 3.14 pies, e.g. apple.|He is happy.")]
    [InlineData("J. R. R. Tolkien wrote it. Really?!", "J. R. R. Tolkien wrote it.|Really?!")]
    [InlineData("She said \"Go!\" Then she went.", "She said \"Go!\"|Then she went.")]
    [InlineData("他说：“走吧！”然后走了。", "他说：“走吧！”|然后走了。")]
    [InlineData("Wait... what? Visit holdfast.dev now.", "Wait...|what?|Visit holdfast.dev now.")]
    [InlineData("1. First thing\n2. Second thing", "1. First thing|2. Second thing")]
    [InlineData("好.然后呢", "好.|然后呢")]
    [InlineData("... !!! ，。", "")]
    [InlineData("It was 5 p.m. The end.", "It was 5 p.m.|The end.")]
    public void A_text_is_cut_where_a_reader_breathes(string text, string pieces) =>
        Assert.Equal(pieces, string.Join('|', Pieces.Of(text)));

    [Fact]
    public void A_long_sentence_is_cut_at_a_comma_before_the_bound()
    {
        var text = string.Join(", ", Enumerable.Repeat("this goes on and on", 40)) + ".";
        var pieces = Pieces.Of(text).ToList();
        Assert.All(pieces, piece => Assert.InRange(piece.Length, 40, SentenceSplitter.MaxLength));
        Assert.All(pieces.SkipLast(1), piece => Assert.EndsWith(",", piece, StringComparison.Ordinal));
    }

    [Fact]
    public void A_long_chinese_run_without_any_punctuation_is_cut_too()
    {
        var pieces = Pieces.Of(new string('好', 1000)).ToList();
        Assert.All(pieces, piece => Assert.InRange(piece.Length, 1, SentenceSplitter.MaxWideLength));
        Assert.Equal(1000, pieces.Sum(piece => piece.Length));
    }

    [Fact]
    public void Whatever_is_written_no_letter_is_lost_doubled_or_moved() =>
        Gen.OneOf(
            Gen.String[Gen.Char["aB1., \n。好你!\")\ud83d\ude00\u0301"], 0, 700],
            Gen.String[0, 400]).Sample(text =>
            {
                var pieces = Pieces.Of(text).ToList();
                Assert.All(pieces, piece => Assert.InRange(piece.Length, 1, SentenceSplitter.MaxLength));
                Assert.All(pieces, piece => Assert.True(SentenceSplitter.HasSpeech(piece)));
                Assert.Equal(Letters(text), string.Concat(pieces.Select(Letters)));
            });

    private static string Letters(string text) =>
        string.Concat(text.EnumerateRunes().Where(System.Text.Rune.IsLetterOrDigit).Select(rune => rune.ToString()));
}
