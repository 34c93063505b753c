using CsCheck;

namespace Holdfast.Speech.Tests;

public sealed class PlainWordsTests
{
    [Theory]
    [InlineData("Hello.", "Hello.")]
    [InlineData("This is **bold** and *soft* and ***both***.", "This is bold and soft and both.")]
    [InlineData("This is __bold__ and _soft_ and ~~gone~~.", "This is bold and soft and gone.")]
    [InlineData("Call snake_case_name now.", "Call snake_case_name now.")]
    [InlineData("5*3=15", "5*3=15")]
    [InlineData("2 * 3 is 6", "2 * 3 is 6")]
    [InlineData("un*believ*able", "unbelievable")]
    [InlineData("# Heading", "Heading")]
    [InlineData("### A C# heading", "A C# heading")]
    [InlineData("- item", "item")]
    [InlineData("* item", "item")]
    [InlineData("- [ ] to do", "to do")]
    [InlineData("- [x] done", "done")]
    [InlineData("1. First", "1. First")]
    [InlineData("-3 degrees", "-3 degrees")]
    [InlineData("> quoted", "quoted")]
    [InlineData("> 5 is more", "> 5 is more")]
    [InlineData("See [the page](https://example.org/a?b=c).", "See the page.")]
    [InlineData("See [the page][1].", "See the page.")]
    [InlineData("Known[^1] facts", "Known facts")]
    [InlineData("an array[3] of", "an array[3] of")]
    [InlineData("![a cat](cat.png)", "a cat")]
    [InlineData("<https://example.org>", "https://example.org")]
    [InlineData("one<br>two", "one two")]
    [InlineData("<b>bold</b> text", "bold text")]
    [InlineData("3 < 4 and 5 > 4", "3 < 4 and 5 > 4")]
    [InlineData("Tom &amp; Jerry &lt;3", "Tom & Jerry <3")]
    [InlineData("AT&T", "AT&T")]
    [InlineData("Use `git push` here.", "Use git push here.")]
    [InlineData("| a | b |", "a, b")]
    [InlineData("| 苹果 | 梨 |", "苹果，梨")]
    [InlineData("|---|:-:|", "")]
    [InlineData("---", "")]
    [InlineData("***", "")]
    [InlineData("Hi 😀 there", "Hi there")]
    [InlineData("Hi 👩‍👩‍👧", "Hi")]
    [InlineData("Hi ❤️!", "Hi !")]
    [InlineData("H\u200be\u200bllo", "Hello")]
    [InlineData("45° and © and 5 €", "45° and © and 5 €")]
    [InlineData("a \\* b", "a * b")]
    [InlineData("```\ncode\n```", "code on your screen.")]
    [InlineData("```python\nprint('你好')\n```\n", "code on your screen.")]
    [InlineData("Look:\n```python\n# 你好，世界\n```\nNice.", "Look: code on your screen. Nice.")]
    [InlineData("The word 你好 means hello:\n~~~\n你好\n~~~", "The word 你好 means hello: code on your screen.")]
    [InlineData("看：\n```\nlet hello = \"many words of English\";\n```", "看： 代码见屏幕。")]
    [InlineData("用 `git commit --amend --no-edit` 吧：\n```\nx\n```", "用 git commit --amend --no-edit 吧： 代码见屏幕。")]
    [InlineData("Try `打印('你好，世界')`:\n```\nx\n```", "Try 打印('你好，世界'): code on your screen.")]
    [InlineData("```git push``` does it.\nThen wait.", "git push does it. Then wait.")]
    [InlineData("```a``` and ```b```\nand so on", "a and b and so on")]
    [InlineData("````\n```\nx\n```\n````\nafter", "code on your screen. after")]
    [InlineData("- one\n- two", "one. two")]
    [InlineData("a line\nthat wraps", "a line that wraps")]
    [InlineData("1. a\n2. b", "1. a. 2. b")]
    [InlineData("1) one\n2) two\n3) three", "1) one. 2) two. 3) three")]
    [InlineData("1. 一\n2. 二", "1. 一。 2. 二")]
    [InlineData("1. a\n - b\n2. d", "1. a. b. 2. d")]
    [InlineData("- a\n  1. b\n  2. c", "a. 1. b. 2. c")]
    [InlineData("It was in\n2026. Yes", "It was in 2026. Yes")]
    [InlineData("<!-- c -->hi", "hi")]
    [InlineData("a <!-- b\nc --> d", "a d")]
    [InlineData("<!-- never closed", "<!-- never closed")]
    [InlineData("<style>a{}</style>hi", "hi")]
    [InlineData("<script type=\"module\">\nlet x = 1;\n</script>\nhi", "hi")]
    [InlineData("Use `<script>` here.", "Use <script> here.")]
    [InlineData("a<b and c>d", "a<b and c>d")]
    [InlineData("a List<int> of", "a List of int of")]
    [InlineData("Dictionary<string, List<int>>", "Dictionary of string, List of int")]
    [InlineData("std::vector<u8> or Task<int?>", "std::vector of u8 or Task of int?")]
    [InlineData("用List<int>好", "用List int好")]
    [InlineData("word<b>bold</b>", "word bold")]
    [InlineData("H<sub>2</sub>O, x<SUP>2</SUP>, one<BR>two", "H 2 O, x 2 , one two")]
    [InlineData("Haha<laugh>yes", "Haha yes")]
    [InlineData("Box<B>bold</B>", "Box bold")]
    [InlineData("x<3 and 5>y", "x<3 and 5>y")]
    [InlineData("3**2 and x**2 + y**-1", "3**2 and x**2 + y**-1")]
    [InlineData("**3**2", "32")]
    [InlineData("(a)**10", "(a)**10")]
    [InlineData("so **bold** 5", "so bold 5")]
    [InlineData("x<y or y>z", "x<y or y>z")]
    [InlineData("<a href=\"x\">there</a><br />", "there")]
    [InlineData("==mark==", "mark")]
    [InlineData("这是==重点==的", "这是重点的")]
    [InlineData("x==1 and y==2", "x==1 and y==2")]
    [InlineData("++ins++", "ins")]
    [InlineData("C++ and i++", "C++ and i++")]
    [InlineData("a ~~del~~ b", "a del b")]
    [InlineData("$$x^2$$", "x squared")]
    [InlineData("so $a+b$ is", "so a plus b is")]
    [InlineData("$$", "")]
    [InlineData("$$\n\\frac{a}{b}\n$$", "a over b")]
    [InlineData("So\n\\[\nx = 1\n\\]\nholds", "So x equals 1 holds")]
    [InlineData("$5 or 6$", "$5 or 6$")]
    [InlineData("$5-$6", "$5-$6")]
    [InlineData("$5, $6 and $7", "$5, $6 and $7")]
    [InlineData("价格是$5，比$6便宜", "价格是$5，比$6便宜")]
    [InlineData("between $1.5M and $2M", "between $1.5M and $2M")]
    [InlineData("echo $HOME/$USER", "echo $HOME/$USER")]
    [InlineData("a \\$5 bill", "a $5 bill")]
    [InlineData("\\[no link\\] and \\(no formula here\\)", "[no link] and (no formula here)")]
    [InlineData("C:\\times\\in", "C:\\times\\in")]
    [InlineData("| $x^2$ | 2 |", "x squared, 2")]
    [InlineData("`$x^2$` and `\\frac{1}{2}`", "$x^2$ and \\frac{1}{2}")]
    [InlineData("$\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}$", "formula on your screen")]
    [InlineData("矩阵 $\\begin{pmatrix} a & b \\end{pmatrix}$ 如下", "矩阵 公式见屏幕 如下")]
    [InlineData("$\\unknown{x}$", "formula on your screen")]
    [InlineData("$\\frac{\\frac{\\frac{\\frac{1}{2}}{3}}{4}}{5}$", "formula on your screen")]
    [InlineData("$5 and $6", "$5 and $6")]
    [InlineData("US$5, HK$6", "US$5, HK$6")]
    [InlineData("*3*个", "3个")]
    [InlineData("C_(language)", "C_(language)")]
    [InlineData("| a | b |\n|---|---|\n| 1 | 2 |", "a, b. 1, 2")]
    [InlineData("😀", "")]
    [InlineData("……", "……")]
    [InlineData("", "")]
    public void Markup_becomes_words_and_emoji_are_not_said(string written, string said) =>
        Assert.Equal(said, PlainWords.Of(written, SpokenText.LanguageOf(written) == SpokenLanguage.Chinese).Text.Trim());

    [Theory]
    [InlineData("This is **bold** text", "bold", "bold")]
    [InlineData("See [the page](https://example.org) now", "page", "page")]
    [InlineData("See [the page](https://example.org) now", "now", "now")]
    [InlineData("Tom &amp; Jerry", "&", "&amp;")]
    [InlineData("Hi 😀 there", "there", "there")]
    [InlineData("Look:\n```\nx\n```\n", "screen", "```\nx\n```\n")]
    public void A_word_that_is_said_is_known_where_it_is_written(string written, string word, string origin)
    {
        var said = PlainWords.Of(written);
        var at = said.Text.IndexOf(word, StringComparison.Ordinal);

        var (start, length) = said.OriginOf(at, word.Length);

        Assert.Equal(origin, written.Substring(start, length));
    }

    [Fact]
    public void Whatever_is_written_it_does_not_throw_and_every_character_comes_from_the_text()
    {
        Gen.String["ab1 *_~`[](){}<>&;!#|->\\\n\t😀。\u200b\u200d\"'^:/"].Sample(static written =>
        {
            var said = PlainWords.Of(written);
            for (var i = 0; i < said.Text.Length; i++)
            {
                var (at, length) = said.OriginOf(i, 1);
                Assert.InRange(at, 0, Math.Max(0, written.Length - 1));
                Assert.InRange(length, 1, written.Length - at);
            }
        });
    }
}
