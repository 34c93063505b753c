using System.Text;

namespace Holdfast.Speech.Tests;

public sealed class ReasoningFilterTests
{
    public static TheoryData<string, string> Replies => new()
    {
        { "Hello.", "Hello." },
        { "<think>He greets me.</think>Hello.", "Hello." },
        { "<think>\nHe greets me.\n</think>\n\nHello.", "\n\nHello." },
        { "<THINKING>loud</THINKING>Hello.", "Hello." },
        { "<reasoning effort=\"high\">long</reasoning>Yes.", "Yes." },
        { "<think>a<think>b</think>c</think>Yes.", "Yes." },
        { "<think></think>Yes.", "Yes." },
        { "One.\n<think>now two</think>\nTwo.", "One.\n\nTwo." },
        { "<think>is 3 < 4? </thin yes</think>Yes.", "Yes." },
        { "The <think> tag marks reasoning.", "The <think> tag marks reasoning." },
        { "Write `</think>` at its end.", "Write `</think>` at its end." },
        { "3 < 4 and a<b.", "3 < 4 and a<b." },
        { "<thinker>is a word</thinker>", "<thinker>is a word</thinker>" },
        { "<", "<" },
        { "<thi", "<thi" },
        { "", "" },
        { "<think>It never closes, and this was all.", "It never closes, and this was all." },
        { "<think>First I plan.\n\nThe answer is 42.", "The answer is 42." },
        { "Yes.\n<think>afterthought that never closes", "Yes.\n" },
        { "First I plan.</think>The answer is 42.", "The answer is 42." },
        { "<think>a</think>Yes.</think> And more.", "Yes.</think> And more." },
        { "<think>想一想。</think>你好！", "你好！" },
        { "[THINK]secret[/THINK]Answer.", "Answer." },
        { "◁think▷secret◁/think▷Answer.", "Answer." },
        { "<|channel|>analysis<|message|>secret<|end|><|start|>assistant<|channel|>final<|message|>Answer.<|return|>", "Answer." },
        { "<|channel|>commentary to=tool<|message|>{}<|call|><|channel|>final<|message|>Answer.", "Answer." },
        { "<|channel|>analysis<|message|>secret", "" },
        { "<|channel|>final<|message|>Use `<think>` there.", "Use `<think>` there." },
        { "The <|channel|> token is special.", "The <|channel|> token is special." },
        { "Write <|end|> there.", "Write <|end|> there." },
        { "<|begin_of_thought|>secret<|end_of_thought|>\n<|begin_of_solution|>Answer.<|end_of_solution|>", "\nAnswer." },
        { "Hello <think>\nsecret\n</think>\nbye.", "Hello \nbye." },
        { "Sure. <think>secret plan</think> The answer is four.", "Sure.  The answer is four." },
        { "Sure. <think>a<think>b</think>c</think>Four.", "Sure. Four." },
        { "One. <think>a</think>Two. <think>b</think>Three.", "One. Two. Three." },
        { "`<think>` is a tag. It ends with </think> here.", "`<think>` is a tag. It ends with </think> here." },
        { "``a ` <think>`` is code.", "``a ` <think>`` is code." },
        { "Say \"<think>\" and \"</think>\".", "Say \"<think>\" and \"</think>\"." },
        { "用“<think>”和“</think>”。", "用“<think>”和“</think>”。" },
        { "Look:\n```xml\n<think>\nsecret\n</think>\n```\nThat is it.", "Look:\n```xml\n<think>\nsecret\n</think>\n```\nThat is it." },
        { "A lone ` here.\n<think>secret</think>Yes.", "A lone ` here.\nYes." },
        { "<think>a [THINK] b</think>Yes.", "Yes." },
        { "[this](https://example.org) and [THIS].", "[this](https://example.org) and [THIS]." },
        { "<think>I think. So.\n\nHello. This is one.\n\nThis is two.", "Hello. This is one.\n\nThis is two." },
    };

    [Theory]
    [MemberData(nameof(Replies))]
    public void Reasoning_is_cut_out_of_a_whole_reply(string reply, string said) => Assert.Equal(said, Filter([reply]));

    [Theory]
    [MemberData(nameof(Replies))]
    public void Reasoning_is_cut_out_wherever_the_tokens_are_cut(string reply, string said)
    {
        Assert.Equal(said, Filter(reply.Select(static c => c.ToString())));
        for (var first = 0; first <= reply.Length; first++)
        {
            Assert.Equal(said, Filter([reply[..first], reply[first..]]));
            for (var second = first; second <= reply.Length; second += 3)
            {
                Assert.Equal(said, Filter([reply[..first], reply[first..second], reply[second..]]));
            }
        }
    }

    [Fact]
    public void What_is_no_tag_any_more_is_passed_on_at_once()
    {
        var filter = new ReasoningFilter();

        Assert.Equal("a ", filter.Push("a <"));
        Assert.Equal("<b", filter.Push("b"));
    }

    [Fact]
    public void Reasoning_without_an_end_takes_bounded_memory_and_the_reply_after_it_is_whole()
    {
        var filter = new ReasoningFilter();
        filter.Push("<think>");
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Empty(filter.Push("hm, let me think about that. "));
        }

        Assert.Equal("Done.", filter.Push("</think>Done."));
    }

    /// <summary>Nobody is read ten minutes of reasoning because a model forgot its closing tag.</summary>
    [Theory]
    [InlineData(1_000)]
    [InlineData(20_000)]
    public void Of_long_reasoning_without_an_end_the_last_paragraph_is_the_reply(int paragraphs)
    {
        var reasoning = string.Concat(Enumerable.Range(0, paragraphs).Select(static i => $"Let me think about {i}.\n\n"));

        Assert.Equal("The answer is 42.", Filter(["<think>", reasoning, "The answer is 42."]));
        Assert.Empty(Filter(["<think>", reasoning.ReplaceLineEndings(" ")]));
    }

    private static string Filter(IEnumerable<string> pieces)
    {
        var filter = new ReasoningFilter();
        var said = new StringBuilder();
        foreach (var piece in pieces)
        {
            Take(filter.Push(piece));
        }

        Take(filter.End());
        return said.ToString();

        void Take(string text)
        {
            if (filter.IsRetracted)
            {
                said.Clear();
                filter.Acknowledge();
            }

            said.Append(text);
        }
    }
}
