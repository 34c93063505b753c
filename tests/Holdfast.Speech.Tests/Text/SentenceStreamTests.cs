using CsCheck;

namespace Holdfast.Speech.Tests;

public sealed class SentenceStreamTests
{
    public static TheoryData<string, string[]> Replies => new()
    {
        { "Hello there. How are you?", ["Hello there. ", "How are you?"] },
        { "It costs 3.5 dollars. Yes.", ["It costs 3.5 dollars. ", "Yes."] },
        { "We meet at 9:30 a.m. tomorrow. Fine.", ["We meet at 9:30 a.m. tomorrow. ", "Fine."] },
        { "We meet at 9:30 a.m. The bus is late.", ["We meet at 9:30 a.m. ", "The bus is late."] },
        { "Dr. Chen is here. Good.", ["Dr. Chen is here. ", "Good."] },
        { "Use v1.0.0 now. Thanks.", ["Use v1.0.0 now. ", "Thanks."] },
        { "Ask 192.0.2.7 again. It answers.", ["Ask 192.0.2.7 again. ", "It answers."] },
        { "A tree, i.e. a plant. Yes.", ["A tree, i.e. a plant. ", "Yes."] },
        { "价格是3.14元。很好。", ["价格是3.14元。", "很好。"] },
        { "现在5:30。走吧！", ["现在5:30。", "走吧！"] },
        { "This is one.Two is here.", ["This is one.", "Two is here."] },
        { "one.Two", ["one.", "Two"] },
        { "See System.Text.Json for it. Ok.", ["See System.Text.Json for it. ", "Ok."] },
        { "Open holdfast.dev/page?id=3 now! Now.", ["Open holdfast.dev/page?id=3 now! ", "Now."] },
        { "See p. 12 of it. Good.", ["See p. 12 of it. ", "Good."] },
        { "That is plan B. Yes. Good.", ["That is plan B. ", "Yes. ", "Good."] },
        { "J. Smith and R. A. Miller came. Both.", ["J. Smith and R. A. Miller came. ", "Both."] },
        { "So do I. You too.", ["So do I. ", "You too."] },
        { "No. I said no. Five is fine.", ["No. ", "I said no. ", "Five is fine."] },
        { "It is no. 5 of ten. Yes.", ["It is no. 5 of ten. ", "Yes."] },
        { "Wait... what?! Yes!", ["Wait... ", "what?! ", "Yes!"] },
        { "He said “Go away.” Then he left.", ["He said “Go away.” ", "Then he left."] },
        { "他说：“走开。”然后走了。", ["他说：“走开。”", "然后走了。"] },
        { "1. First item\n2. Second item\n", ["1. First item\n", "2. Second item\n"] },
        { "- red\n- green\n\nDone.", ["- red\n", "- green\n", "\nDone."] },
        { "Look:\n```python\nprint(\"a. b\")\n```\nNice.", ["Look:\n", "```python\nprint(\"a. b\")\n```\n", "Nice."] },
        { "```\nnever closed. really", ["```\nnever closed. really"] },
        { "```git push``` does it. Then wait.\nYes.", ["```git push``` does it. ", "Then wait.", "\nYes."] },
        { "Well. ```a. b``` is it. Yes.", ["Well. ", "```a. b``` is it. ", "Yes."] },
        { "  ```sh\na. b\n```\nYes.", ["  ```sh\na. b\n```\n", "Yes."] },
        { "Use `a.b. c` here. Ok.", ["Use `a.b. c` here. ", "Ok."] },
        { "| a | b |\n|---|---|\n| 1 | 2 |\n", ["| a | b |\n", "|---|---|\n", "| 1 | 2 |\n"] },
        { "好.然后", ["好.", "然后"] },
        { "no end here", ["no end here"] },
        { "", [] },
        { "  \n ", ["  \n "] },
        { "😀 Hi. 😀", ["😀 Hi. ", "😀"] },
        { "U.S. markets rose. The U.S. The end.", ["U.S. markets rose. ", "The U.S. ", "The end."] },
        { "Is a != b? Yes.", ["Is a != b? ", "Yes."] },
        { "There are $n! = 6$ ways. Yes.", ["There are $n! = 6$ ways. ", "Yes."] },
        { "It costs $5. Then $6. Yes.", ["It costs $5. ", "Then $6. ", "Yes."] },
        { "Set $HOME now. Then $PATH. Yes.", ["Set $HOME now. ", "Then $PATH. ", "Yes."] },
        { "So:\n$$\n\\frac{a}{b}!\nx\n$$\nYes.", ["So:\n", "$$\n\\frac{a}{b}!\nx\n$$\n", "Yes."] },
        { "\\[\nx! = 2\n\\]\nYes.", ["\\[\nx! = 2\n\\]\n", "Yes."] },
        { "A \\(n! > 2\\) here. Yes.", ["A \\(n! > 2\\) here. ", "Yes."] },
        { "Use `$n! = 6$` here. Yes.", ["Use `$n! = 6$` here. ", "Yes."] },
        { "An open \\(n! never. Yes.", ["An open \\(n! ", "never. ", "Yes."] },
    };

    [Theory]
    [MemberData(nameof(Replies))]
    public void A_reply_is_cut_into_sentences(string reply, string[] sentences) => Assert.Equal(sentences, Cut([reply]));

    [Theory]
    [MemberData(nameof(Replies))]
    public void The_sentences_are_the_same_wherever_the_tokens_are_cut(string reply, string[] sentences)
    {
        Assert.Equal(sentences, Cut(reply.Select(static c => c.ToString())));
        for (var first = 0; first <= reply.Length; first++)
        {
            Assert.Equal(sentences, Cut([reply[..first], reply[first..]]));
        }
    }

    [Theory]
    [InlineData("Hello there. H", "Hello there. ")]
    [InlineData("你好。", "你好。")]
    [InlineData("Yes! N", "Yes! ")]
    [InlineData("- red\n", "- red\n")]
    public void A_sentence_leaves_as_soon_as_it_is_known_to_be_whole(string soFar, string sentence) =>
        Assert.Equal(sentence, Assert.Single(new SentenceStream().Push(soFar)).Text);

    [Theory]
    [InlineData("It costs 3.")]
    [InlineData("Ask Dr. ")]
    [InlineData("他说：“走开。")]
    [InlineData("Really?")]
    [InlineData("``")]
    public void What_may_go_on_waits(string soFar) => Assert.Empty(new SentenceStream().Push(soFar));

    [Fact]
    public void A_reply_without_any_end_is_cut_in_bounded_pieces_and_nothing_is_lost()
    {
        var reply = string.Concat(Enumerable.Repeat("word and ", 1_000));

        var pieces = Cut(reply.Chunk(7).Select(static chunk => new string(chunk)));

        Assert.Equal(reply, string.Concat(pieces));
        Assert.All(pieces, static piece => Assert.InRange(piece.Length, 1, SentenceStream.MaxPiece));
    }

    /// <summary>What is behind the longest piece of a block of code is code as well: it is not read out as sentences.</summary>
    [Theory]
    [InlineData("call(x); // it is done.\n", 9)]
    [InlineData("call(x); // it is done.\n", 40_000)]
    [InlineData("no end of a line. ", 11)]
    public void A_block_of_code_of_any_length_is_code_until_its_end(string line, int size)
    {
        var code = "```csharp\n" + string.Concat(Enumerable.Repeat(line, (3 * SentenceStream.MaxCode / line.Length) + 1)) + "\n```\n";
        var reply = "Look:\n" + code + "That is it. Do you see?";
        var pieces = Pieces(reply.Chunk(size).Select(static chunk => new string(chunk)));

        Assert.Equal(reply, string.Concat(pieces.Select(static piece => piece.Text)));
        Assert.Equal(
            [PieceKind.Sentence, PieceKind.Code, PieceKind.MoreCode, PieceKind.Sentence],
            pieces.Select(static piece => piece.Kind).Where((kind, i) => i == 0 || kind != pieces[i - 1].Kind));
        Assert.Equal(["That is it. ", "Do you see?"], pieces[^2..].Select(static piece => piece.Text), StringComparer.Ordinal);
    }

    [Fact]
    public void Pieces_one_behind_the_other_are_the_reply()
    {
        Gen.String["abcAB .?!。！\n`~|-*1.3:“”\"'"].Select(Gen.Int[1, 9]).Sample(
            static (reply, size) => string.Equals(reply, string.Concat(Cut(reply.Chunk(size).Select(static chunk => new string(chunk)))), StringComparison.Ordinal));
    }

    private static string[] Cut(IEnumerable<string> parts) => [.. Pieces(parts).Select(static piece => piece.Text)];

    private static List<SpeechPiece> Pieces(IEnumerable<string> parts)
    {
        var stream = new SentenceStream();
        var pieces = new List<SpeechPiece>();
        foreach (var part in parts)
        {
            pieces.AddRange(stream.Push(part));
        }

        pieces.AddRange(stream.End());
        return pieces;
    }
}
