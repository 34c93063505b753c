using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;

namespace Holdfast.Speech.Tests;

/// <summary>What is said is what is written.</summary>
public sealed class SpokenTextTests
{
    public static TheoryData<string, string> English => Rows("said-en.txt");

    public static TheoryData<string, string> Chinese => Rows("said-zh.txt");

    [Theory]
    [MemberData(nameof(English))]
    public void English_is_read_aloud_as_a_person_would(string written, string heard) => Assert.Equal(heard, Heard(written, SpokenLanguage.English));

    [Theory]
    [MemberData(nameof(Chinese))]
    public void Chinese_is_read_aloud_as_a_person_would(string written, string heard) =>
        Assert.Equal(Close(heard), Close(Heard(written, SpokenLanguage.Chinese)));

    [Theory]
    [InlineData("The word 你好 means hello, and costs $5.", "The word 你好 means hello and costs five dollars")]
    [InlineData("他说 \"I have 3 apples\"，然后走了3公里。", "他说 I have three apples 然后走了三公里")]
    [InlineData("I said 30% and 他说30%。", "I said thirty percent and 他说百分之三十")]
    [InlineData("Send 5 files to 王伟 at 9:30.", "Send five files to 王伟 at nine thirty")]
    [InlineData("会议在Room 12，10:30开始。", "会议在Room 十二十点三十分开始")]
    [InlineData("Das kostet 30 €.", "Das kostet thirty euros")]
    [InlineData("値段は30%です。", "値段は30%です")]
    [InlineData("Цена 30%", "Цена 30%")]
    public void Two_languages_in_one_sentence_keep_their_own_numbers(string written, string heard) =>
        Assert.Equal(Close(heard), Close(Heard(written, SpokenLanguage.English)));

    [Fact]
    public void A_voice_of_another_language_gets_its_numbers_as_they_are() =>
        Assert.Equal("Das kostet 30 €.", Assert.Single(SpokenText.Sentences("Das kostet **30** €.", latin: SpokenLanguage.Other)).Said.Text);

    [Theory]
    [InlineData("```csharp\nvar x = 1;\n```\n", SpokenLanguage.Chinese, "代码见屏幕")]
    [InlineData("```csharp\nvar x = 1;\n```\n", SpokenLanguage.English, "code on your screen")]
    public void A_block_of_code_is_told_of_in_the_language_before_it_and_has_none_itself(string written, object language, string heard)
    {
        Assert.Equal(heard, Heard(written, (SpokenLanguage)language));
        Assert.Null(SpokenText.LanguageOf(written));
        Assert.Equal(SpokenLanguage.Chinese, SpokenText.LanguageOf("看：\n" + written));
    }

    [Theory]
    [InlineData("```python\nprint('你好')\n```\n", SpokenLanguage.English, "code on your screen")]
    [InlineData("```python\nprint('你好')\n```\n", SpokenLanguage.Chinese, "代码见屏幕")]
    [InlineData("~~~\nlet hello = \"world\";\n~~~\n", SpokenLanguage.Chinese, "代码见屏幕")]
    [InlineData("Look:\n```\n# 你好，世界\n```\nNice.", SpokenLanguage.English, "Look | code on your screen | Nice")]
    [InlineData("看：\n```\n// many words of English\n```\n好。", SpokenLanguage.Chinese, "看 | 代码见屏幕 | 好")]
    [InlineData("```\n# 你好\n```\n```\n# 世界\n```\n", SpokenLanguage.English, "code on your screen | code on your screen")]
    public void The_language_of_the_conversation_says_that_there_is_code_wherever_the_reply_is_cut(string written, object language, string heard)
    {
        var conversation = (SpokenLanguage)language;
        for (var cut = 0; cut <= written.Length; cut++)
        {
            var stream = new SentenceStream();
            var pieces = stream.Push(written[..cut]).Concat(stream.Push(written[cut..])).Concat(stream.End()).ToArray();
            Assert.Equal(heard, string.Join(" | ", pieces.SelectMany(piece => SpokenText.Sentences(piece.Text, conversation: conversation)).Select(static sentence => Words(sentence.Said.Text))));
        }
    }

    [Fact]
    public void The_conversation_decides_before_the_text_does() => Assert.Equal(
        "看 code on your screen",
        string.Join(" | ", SpokenText.Sentences("看：\n```\nx\n```\n", conversation: SpokenLanguage.English).Select(static sentence => Words(sentence.Said.Text))));

    [Theory]
    [InlineData("……")]
    [InlineData("😀")]
    [InlineData("👩‍👩‍👧 ❤️")]
    [InlineData("。。。！？")]
    [InlineData("---")]
    [InlineData("**")]
    [InlineData("```")]
    [InlineData("```\n```")]
    [InlineData("\u200b\u200d")]
    [InlineData("")]
    public void Where_nothing_can_be_said_nothing_is(string written)
    {
        Assert.Empty(SpokenText.Sentences(written));
        Assert.False(SpokenText.HasAny(written));
    }

    [Theory]
    [InlineData("It costs $3.50 now.", "three dollars and fifty cents", "$3.50")]
    [InlineData("It costs $3.50 now.", "now", "now")]
    [InlineData("This is **30%** of it.", "thirty percent", "30%")]
    [InlineData("一共3.14元。", "三点一四", "3.14")]
    [InlineData("今天-3度", "负三", "-3")]
    [InlineData("See [page 12](https://example.org) now", "twelve", "12")]
    [InlineData("𝐇𝐢 𝟏𝟐", "twelve", "𝟏𝟐")]
    [InlineData("First. Then 5 km.", "five kilometers", "5 km")]
    public void Words_that_are_said_are_known_where_they_are_written(string written, string words, string origin)
    {
        var sentence = Assert.Single(SpokenText.Sentences(written), sentence => sentence.Said.Text.Contains(words, StringComparison.Ordinal));
        var (at, length) = sentence.Said.OriginOf(sentence.Said.Text.IndexOf(words, StringComparison.Ordinal), words.Length);
        Assert.Equal(origin, written.Substring(at, length));
    }

    [Fact]
    public void Whatever_is_written_it_does_not_throw_and_its_places_rise_and_are_inside() => Written.Sample(static written =>
    {
        var end = 0;
        foreach (var sentence in SpokenText.Sentences(written))
        {
            var before = end;
            for (var i = 0; i < sentence.Said.Text.Length; i++)
            {
                var (at, length) = sentence.Said.OriginOf(i, 1);
                Assert.InRange(at, before, written.Length - 1);
                Assert.InRange(length, 1, written.Length - at);
                before = at;
            }

            Assert.InRange(sentence.End, end, written.Length);
            end = before;
        }
    });

    /// <summary>What could be taken for an instruction, or be read in a way of the voice's own, never gets to one.</summary>
    [Fact]
    public void Voices_get_letters_and_pauses_only() => Gen.OneOf(Scribbled, Formulas).Sample(static written =>
    {
        foreach (var sentence in SpokenText.Sentences(written))
        {
            foreach (var rune in sentence.Said.Text.EnumerateRunes())
            {
                Assert.True(
                    Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark || " .,!?;:'-，。！？；".Contains(rune.ToString(), StringComparison.Ordinal),
                    $"{rune} (U+{rune.Value:X4}) in “{sentence.Said.Text}”, of “{written}”");
            }
        }
    });

    [Fact]
    public void No_pattern_looks_further_than_a_number_of_characters()
    {
        var patterns = typeof(Normaliser).Assembly.GetTypes()
            .Where(static type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic).Any(static method => method.GetCustomAttribute<GeneratedRegexAttribute>() is not null))
            .SelectMany(static type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic).Where(static method => method.ReturnType == typeof(Regex) && method.GetParameters().Length == 0))
            .Select(static method => ((Regex)method.Invoke(null, null)!).ToString())
            .ToArray();

        Assert.InRange(patterns.Length, 60, 200);
        Assert.All(patterns.Except([ChineseReader.Anywhere.ToString()], StringComparer.Ordinal), IsTriedInOnePlace);
        Assert.All(patterns, static pattern =>
        {
            var plain = Regex.Replace(pattern, @"\\.|\[(?:\\.|[^\]])+\]", "x", RegexOptions.None, TimeSpan.FromSeconds(1));
            Assert.DoesNotMatch(@"[*+]|\{\d+,\}", plain);
        });
    }

    /// <summary>A pattern that begins in any other way is tried at all places behind its own: one look at a text costs as much as the text is long.</summary>
    private static void IsTriedInOnePlace(string pattern)
    {
        Assert.StartsWith(@"\G", pattern, StringComparison.Ordinal);
        var inside = 0;
        var plain = Regex.Replace(pattern, @"\\.|\[(?:\\.|[^\]])+\]", "x", RegexOptions.None, TimeSpan.FromSeconds(1));
        foreach (var c in plain)
        {
            inside += c == '(' ? 1 : c == ')' ? -1 : 0;
            Assert.False(c == '|' && inside == 0, pattern);
        }
    }

    /// <summary>The bound: at each character at most all rules of one language and those of addresses are tried.</summary>
    [Theory]
    [InlineData("1")]
    [InlineData("1.")]
    [InlineData("1,")]
    [InlineData("1-")]
    [InlineData("1:")]
    [InlineData("a.")]
    [InlineData("a@")]
    [InlineData("http://a")]
    [InlineData("$1")]
    [InlineData("[[")]
    [InlineData("一1")]
    [InlineData("+1 ")]
    [InlineData("*a*")]
    public void The_cost_is_linear_in_the_length(string part)
    {
        const int rules = 60;
        var written = string.Concat(Enumerable.Repeat(part, 20_000 / part.Length));
        Assert.InRange(Normaliser.Read(written, SpokenLanguage.English, SpokenLanguage.English).Tries, 0, rules * written.Length);

        // A text of this length is made within the time that a test has; quadratic it would take hours.
        Assert.NotNull(SpokenText.Sentences(written).LastOrDefault(SpokenText.Sentences("a").Single()));
    }

    /// <summary>However a reply is cut into tokens, the same is heard.</summary>
    [Fact]
    public void Where_a_stream_is_cut_does_not_matter()
    {
        var rows = English.Concat(Chinese).Select(static row => row.Data.Item1).ToArray();
        Gen.Select(Gen.Int[0, rows.Length - 1].Array[1, 4].Select(several => string.Join(' ', several.Select(i => rows[i]))), Gen.Int[1, 7]).Sample(
            static (written, size) => Assert.Equal(Stream(written, written.Length + 1), Stream(written, size)), iter: 3_000);
    }

    [Fact]
    public void Where_a_formula_is_cut_does_not_matter() => Gen.Select(Formulas, Gen.Int[1, 7]).Sample(
        static (written, size) => Assert.Equal(Stream(written, written.Length + 1), Stream(written, size)), iter: 10_000);

    private static readonly string[] PartsOfFormulas =
    [
        "$", "$", "$$", "\\(", "\\)", "\\[", "\\]", "\\frac{", "\\frac12", "{", "}", "x", "y", "ab", "2", "3.5", "^", "_", "^2", "_1", "\\sqrt", "\\alpha", "\\le ", "\\text{if}", "\\sum_{i=1}^n", "\\unknown",
        "!", ". ", "? ", ", ", " ", " ", "+", "-", "=", "|", "(", ")", "\n", "Yes", "and", "`", "是", "。", "5 and $6",
    ];

    private static Gen<string> Formulas { get; } = Gen.Int[0, PartsOfFormulas.Length - 1].Array[0, 24].Select(static parts => string.Concat(parts.Select(static i => PartsOfFormulas[i])));

    private static Gen<string> Scribbled { get; } =
        Gen.String[Gen.Char["ab1 2,.:/-+%$€°#@&*()[]{}<>=~'\"年月元第两个。，！…½²Ⅳ１Ａ\ud835\udc07\u200b\u0301\uff5e℃"], 0, 60];

    private static Gen<string> Written { get; } = Gen.OneOf(Scribbled, Formulas, Gen.String[0, 60]);

    private static string Stream(string written, int size)
    {
        var stream = new SentenceStream();
        var pieces = new List<string>();
        for (var at = 0; at < written.Length; at += size)
        {
            pieces.AddRange(stream.Push(written.Substring(at, Math.Min(size, written.Length - at))).Select(static piece => piece.Text));
        }

        pieces.AddRange(stream.End().Select(static piece => piece.Text));
        return string.Join(" | ", pieces.SelectMany(static piece => SpokenText.Sentences(piece)).Select(static sentence => Words(sentence.Said.Text)));
    }

    private static string Heard(string written, SpokenLanguage language) =>
        string.Join(" | ", SpokenText.Sentences(written, language).Select(static sentence => Words(sentence.Said.Text)));

    /// <summary>What is heard of a text: no punctuation.</summary>
    private static string Words(string said) => string.Join(
        ' ', string.Concat(said.Where(static c => !".,!?;:，。！？；".Contains(c, StringComparison.Ordinal))).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Blanks beside a character of Chinese are not heard.</summary>
    private static string Close(string heard) => Regex.Replace(heard, @" ?(?<han>[\u4E00-\u9FFF]) ?", "${han}", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    private static TheoryData<string, string> Rows(string file)
    {
        var rows = new TheoryData<string, string>();
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Text", file)))
        {
            if (line.Split('\t') is [var written, var heard] && !line.StartsWith("# ", StringComparison.Ordinal))
            {
                rows.Add(written, heard);
            }
        }

        Assert.True(rows.Count >= 200, $"{file} has only {rows.Count} rows.");
        return rows;
    }
}
