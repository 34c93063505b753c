namespace Holdfast.Speech;

/// <summary>The voice ids that every language has.</summary>
internal static class VoiceIds
{
    /// <summary>The voice of a woman, in whatever language the text is.</summary>
    public const string Female = "female";

    /// <summary>The voice of a man, in whatever language the text is.</summary>
    public const string Male = "male";

    public static bool IsFemale(string? id) => id is null || string.Equals(id, Female, StringComparison.OrdinalIgnoreCase);

    public static bool IsMale(string? id) => string.Equals(id, Male, StringComparison.OrdinalIgnoreCase);
}
