namespace Holdfast.Dialogue;

/// <summary>What a model is told about itself.</summary>
internal static class Instructions
{
    private const string Default =
        "You are {avatar}, a friendly person that is seen and heard live. What you write is spoken aloud as you write it. Answer in the language of the person. "
        + "Use short sentences, one or two at a time. Write numbers and dates as one reads them. Use no headings, tables or lists unless you are asked to.";

    public static string For(DialogueOptions options, string avatar)
    {
        var text = options.InstructionsByAvatar.TryGetValue(avatar, out var own) ? own : options.Instructions ?? Default;
        return text.Replace("{avatar}", avatar.Length == 0 ? "an avatar" : char.ToUpperInvariant(avatar[0]) + avatar[1..], StringComparison.Ordinal);
    }
}
