using System.Text;

namespace Holdfast.Server.Pages;

/// <summary>A stylesheet without what only its readers need: comments, and blanks that part nothing. Strings stay as they are.</summary>
internal static class StyleText
{
    /// <summary>The text without them.</summary>
    public static string Strip(string source)
    {
        var text = new StringBuilder(source.Length);
        var isBlank = false;
        for (var at = 0; at < source.Length; at++)
        {
            var c = source[at];
            if (c == '/' && at + 1 < source.Length && source[at + 1] == '*')
            {
                // It parts what it stands between, as a blank does.
                var end = source.IndexOf("*/", at + 2, StringComparison.Ordinal);
                at = end < 0 ? source.Length : end + 1;
                isBlank = true;
                continue;
            }

            if (char.IsWhiteSpace(c))
            {
                isBlank = true;
                continue;
            }

            if (isBlank && text.Length > 0 && !IsSeparator(text[^1]) && text[^1] != ':' && !IsSeparator(c))
            {
                text.Append(' ');
            }

            isBlank = false;
            if (c == '}' && text.Length > 0 && text[^1] == ';')
            {
                text.Length--;
            }

            text.Append(c);
            if (c is '"' or '\'')
            {
                at = CopyString(source, at, text);
            }
        }

        return text.ToString();
    }

    /// <summary>A blank beside one of these parts nothing. One before a colon may: <c>a :hover</c> is not <c>a:hover</c>.</summary>
    private static bool IsSeparator(char c) => c is '{' or '}' or ';' or ',';

    private static int CopyString(string source, int at, StringBuilder text)
    {
        var quote = source[at];
        while (++at < source.Length)
        {
            text.Append(source[at]);
            if (source[at] == '\\' && at + 1 < source.Length)
            {
                text.Append(source[++at]);
            }
            else if (source[at] == quote)
            {
                break;
            }
        }

        return at;
    }
}
