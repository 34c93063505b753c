namespace Holdfast.Dialogue;

/// <summary>What a model is told about itself.</summary>
internal static class Instructions
{
    private const string Theirs = "Answer in the language of the person.";

    private const string Default =
        "You are {avatar}, a friendly person that is seen and heard live. What you write is spoken aloud as you write it. " + Theirs + " "
        + "Use short sentences, one or two at a time. Write numbers and dates as one reads them. Use no headings, tables or lists unless you are asked to.";

    public static string For(DialogueOptions options, string avatar)
    {
        var text = options.InstructionsByAvatar.TryGetValue(avatar, out var own) ? own : options.Instructions ?? Default;
        if (options.LanguageOf(avatar) is { } language)
        {
            var answer = $"Answer in {NameOf(language)}, whatever language you are asked in.";
            text = text.Contains(Theirs, StringComparison.Ordinal) ? text.Replace(Theirs, answer, StringComparison.Ordinal) : text + " " + answer;
        }

        return text.Replace("{avatar}", avatar.Length == 0 ? "an avatar" : char.ToUpperInvariant(avatar[0]) + avatar[1..], StringComparison.Ordinal);
    }

    private static string NameOf(string language) => language.Split('-')[0].ToLowerInvariant() switch
    {
        "en" => "English",
        "zh" => "Chinese",
        _ => $"the language whose tag is {language}",
    };
}
