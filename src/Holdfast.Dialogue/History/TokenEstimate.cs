namespace Holdfast.Dialogue;

/// <summary>
/// How many tokens a text is for a language model, about. Each model has its own; this leans to the high side for all of them, and needs no
/// vocabulary.
/// </summary>
internal static class TokenEstimate
{
    /// <summary>What a message costs besides its text: its role and its marks.</summary>
    private const int PerMessage = 4;

    /// <summary>A token for each wide character, for four Latin letters, and for each digit's or sign's half.</summary>
    public static int Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var quarters = 0;
        foreach (var c in text)
        {
            quarters += c switch
            {
                < '\u0080' when char.IsAsciiLetter(c) || c == ' ' => 1,
                < '\u0080' => 2,
                < '\u0250' => 2,
                _ => 4,
            };
        }

        return PerMessage + ((quarters + 3) / 4);
    }
}
