namespace Holdfast.Speech;

/// <summary>What recognisers write that was not said: notes about noises, and nothing at all.</summary>
internal static class HeardText
{
    /// <summary>The words of a text; empty where there are none.</summary>
    public static string Clean(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return string.Empty;
        }

        var words = new System.Text.StringBuilder(text.Length);
        var closing = '\0';
        foreach (var c in text)
        {
            if (closing != '\0')
            {
                closing = c == closing ? '\0' : closing;
                continue;
            }

            closing = c switch { '[' => ']', '(' => ')', '（' => '）', '【' => '】', '<' => '>', '*' => '*', _ => '\0' };
            if (closing == '\0' && c is not ('♪' or '♫' or '\uFEFF'))
            {
                words.Append(c);
            }
        }

        // A bracket that is never closed is no note.
        var clean = (closing == '\0' ? words.ToString() : text).Trim();
        return clean.Any(char.IsLetterOrDigit) ? clean : string.Empty;
    }
}
