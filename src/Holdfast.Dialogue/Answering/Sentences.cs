using Holdfast.Speech;

namespace Holdfast.Dialogue;

/// <summary>What the avatar says on its own account, in the language of the question.</summary>
internal static class Sentences
{
    /// <summary>The language that they are in, as a tag.</summary>
    public static string Language(bool isChinese) => isChinese ? LanguageTag.Chinese : LanguageTag.English;

    /// <summary>While a tool takes its time.</summary>
    public static string Filler(bool isChinese) => isChinese ? "稍等，我查一下。" : "One moment, let me look.";

    /// <summary>Where what the person said could not be recognised.</summary>
    public static string NotHeard(bool isChinese) => isChinese ? "抱歉，我没能听清，请再说一遍，或者直接打字。" : "Sorry, I could not make that out. Please say it again, or type it.";

    /// <summary>Where a model gave no answer, or broke off: what happened, and what helps, as far as is known.</summary>
    public static string Failed(ModelFault fault, int? status, bool hasBegun, bool isChinese)
    {
        var (english, chinese) = Failed(fault, status, hasBegun);
        return isChinese ? chinese : english;
    }

    private static (string English, string Chinese) Failed(ModelFault fault, int? status, bool hasBegun) => (fault, status, hasBegun) switch
    {
        (ModelFault.Length, _, true) => ("My answer became too long and was cut here. Ask me to go on.", "我的回答太长，到这里被截断了。可以让我接着说。"),
        (ModelFault.Length, _, false) =>
            ("I used up all my words before my first sentence was whole. Please ask me again.", "我还没说出一句完整的话，字数就用完了。请再问一次。"),
        (ModelFault.Filtered, _, true) => ("A filter of my language model holds back the rest.", "后面的话被我的语言模型的过滤器拦下了。"),
        (ModelFault.Filtered, _, false) => ("A filter of my language model holds back the answer.", "答案被我的语言模型的过滤器拦下了。"),
        (_, _, true) => ("Sorry, I lost the rest of that thought. Please ask me again.", "抱歉，后面的话我没能想完。请再问一次。"),
        (ModelFault.Status, 429, _) => ("My language model takes no more questions just now. Please try again in a moment.", "我的语言模型现在不接受更多问题，请过一会儿再问。"),
        (ModelFault.Status, 401 or 403, _) => ("My language model does not let this server in. Please tell whoever runs it.", "我的语言模型拒绝了这台服务器，请告诉管理员。"),
        (ModelFault.Status, 404, _) =>
            ("The language model that this server asks is not there. Please tell whoever runs it.", "这台服务器要用的语言模型不存在，请告诉管理员。"),
        (ModelFault.Status, 413, _) =>
            ("That is more than my language model takes at once. A shorter question may help.", "这超过了我的语言模型一次能接收的长度，短一些的问题也许可以。"),
        (ModelFault.Status, >= 400 and < 500 and not (408 or 409 or 425), _) =>
            ("My language model refuses what this server asks. Please tell whoever runs it.", "我的语言模型不接受这台服务器的请求，请告诉管理员。"),
        (ModelFault.Timeout, _, _) => ("My language model took too long to answer. Please ask me again.", "我的语言模型太久没有回答，请再问一次。"),
        (ModelFault.Unreachable, _, _) => ("I cannot reach my language model just now. Please try again in a moment.", "我现在连不上语言模型，请过一会儿再问。"),
        (ModelFault.Empty, _, _) => ("My language model gave me no words for an answer. Please ask me again.", "我的语言模型没有给出答案，请再问一次。"),
        (ModelFault.Protocol, _, _) =>
            ("I do not understand what my language model sends. Please tell whoever runs this server.", "我看不懂语言模型发来的内容，请告诉管理员。"),
        _ => ("My language model failed. Please try again in a moment.", "我的语言模型出了故障，请过一会儿再问。"),
    };
}
