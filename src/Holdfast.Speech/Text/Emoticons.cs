namespace Holdfast.Speech;

/// <summary>Faces made of signs: they are shown and never said, as emoji are.</summary>
internal static class Emoticons
{
    // In normal form, the longest first.
    private static readonly string[] Faces =
    [
        " \u0304\\_(ツ)_/ \u0304", "\u0304\\_(ツ)_/ \u0304", "\u00AF\\_(ツ)_/\u00AF", "\\_(ツ)_/", "(╯°□°)╯︵ ┻━┻", "(╯°□°)╯",
        ">:-(", ":'-(", ":'-)", ":-))", ":-)", ":-(", ":-D", ":-P", ":-p", ":-O", ":-o", ":-/", ":-|", ":-*", ";-)", "8-)", ">:(", ":'(", ":')", "</3", "<3",
        "^_^", "^.^", "-_-", ">_<", "T_T", "o_O", "O_o", "O_O", "o_o", "^^", ":)", ":(", ":D", ":P", ":p", ":O", ":o", ":/", ":|", ":*", ";)", ";P", "=)", "=(", "=D", ":3",
    ];

    /// <summary>How long the face is that stands here by itself; 0 where there is none.</summary>
    public static int LengthAt(ReadOnlySpan<char> text, int at)
    {
        if (text[at] is not ('>' or ':' or ';' or '8' or '<' or '^' or '-' or 'T' or 'o' or 'O' or '=' or '\\' or '(' or ' ' or '\u00AF' or '\u0304') || (at > 0 && text[at] != ' ' && !char.IsWhiteSpace(text[at - 1])))
        {
            return 0;
        }

        foreach (var face in Faces)
        {
            var end = at + face.Length;
            if (text[at..].StartsWith(face, StringComparison.Ordinal) && (end == text.Length || char.IsWhiteSpace(text[end]) || text[end] is '.' or ',' or '!' or '?'))
            {
                return IsComparison(text, at, face) ? 0 : face.Length;
            }
        }

        return 0;
    }

    /// <summary>"x &lt;3" and "2 &lt;3" are sums, and so is "= (" behind them; "I &lt;3 you" is none.</summary>
    private static bool IsComparison(ReadOnlySpan<char> text, int at, string face)
    {
        if (face[0] is not ('<' or '=' or ':' or '^' or '8'))
        {
            return false;
        }

        var before = text[..at].TrimEnd();
        return !before.IsEmpty && (char.IsAsciiDigit(before[^1]) && face[0] is '<' or '=' or '^'
            || (face[0] is '<' && char.IsAsciiLetterLower(before[^1]) && (before.Length == 1 || !char.IsLetter(before[^2]))));
    }
}
