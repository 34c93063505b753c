namespace Holdfast.Dialogue;

/// <summary>What the avatar says on its own account, in the language of the question.</summary>
internal static class Sentences
{
    public static bool IsChinese(string text) => text.Any(static c => c is >= '\u4E00' and <= '\u9FFF');

    /// <summary>While a tool takes its time.</summary>
    public static string Filler(bool isChinese) => isChinese ? "稍等，我查一下。" : "One moment, let me look.";

    /// <summary>Where what the person said could not be recognised.</summary>
    public static string NotHeard(bool isChinese) => isChinese ? "抱歉，我没能听清，请再说一遍，或者直接打字。" : "Sorry, I could not make that out. Please say it again, or type it.";

    /// <summary>Where a model gave no answer, or broke off.</summary>
    public static string Failed(ModelFault fault, int? status, bool hasBegun, bool isChinese) => (fault, status, hasBegun, isChinese) switch
    {
        (_, _, true, true) => "抱歉，后面的话我没能想完。请再问一次。",
        (_, _, true, false) => "Sorry, I lost the rest of that thought. Please ask me again.",
        (ModelFault.Status, 429, _, true) => "现在问我的人太多了，请过一会儿再问。",
        (ModelFault.Status, 429, _, false) => "Too many people are asking me just now. Please try again in a moment.",
        (ModelFault.Status, 401 or 403, _, true) => "我的语言模型拒绝了这台服务器，请告诉管理员。",
        (ModelFault.Status, 401 or 403, _, false) => "My language model does not let this server in. Please tell whoever runs it.",
        (ModelFault.Timeout, _, _, true) => "我想了太久还没有答案，请再问一次。",
        (ModelFault.Timeout, _, _, false) => "I took too long to think about that. Please ask me again.",
        (ModelFault.Empty, _, _, true) => "这个问题我没有答案，换个说法试试？",
        (ModelFault.Empty, _, _, false) => "I found no answer to that. Could you put it another way?",
        (_, _, _, true) => "抱歉，我现在想不出来，请再问一次。",
        (_, _, _, false) => "Sorry, I cannot think just now. Please ask me again.",
    };
}
