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
        var quarters = 0L;
        foreach (var c in text)
        {
            quarters += QuartersOf(c);
        }

        return (int)Math.Min(int.MaxValue, PerMessage + ((quarters + 3) / 4));
    }

    /// <summary>How much of a text from its beginning is so many tokens at the most, in UTF-16 units. No character is cut in two.</summary>
    public static int Fit(ReadOnlySpan<char> text, int tokens)
    {
        var quarters = 4L * (tokens - PerMessage);
        for (var i = 0; i < text.Length; i++)
        {
            quarters -= QuartersOf(text[i]);
            if (quarters < 0)
            {
                return i > 0 && char.IsHighSurrogate(text[i - 1]) ? i - 1 : i;
            }
        }

        return text.Length;
    }

    private static int QuartersOf(char c) => c switch
    {
        < '\u0080' when char.IsAsciiLetter(c) || c == ' ' => 1,
        < '\u0080' => 2,
        < '\u0250' => 2,
        _ => 4,
    };
}
