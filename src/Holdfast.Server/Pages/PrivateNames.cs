using System.Text;

namespace Holdfast.Server.Pages;

/// <summary>
/// Short names for what is private in a script's classes. Nothing outside of a class can see such a name, and no string can make one: so another name changes
/// nothing, as long as each has its own.
/// </summary>
internal static class PrivateNames
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>The script with its private names shortened, the most frequent ones most.</summary>
    /// <param name="script">One that <see cref="ScriptText.Strip"/> has stripped.</param>
    /// <exception cref="InvalidDataException">A name is of a form that is not known.</exception>
    public static string Shorten(string script)
    {
        var (text, isCode) = OnFewerLines(ScriptText.Strip(script));
        var found = new List<(int At, string Name)>();
        for (var at = 0; at < text.Length - 1; at++)
        {
            // In code, this sign begins a private name and nothing else.
            if (text[at] != '#' || !isCode[at])
            {
                continue;
            }

            var end = at + 1;
            while (end < text.Length && ScriptText.IsPartOfName(text[end]))
            {
                end++;
            }

            var name = text[(at + 1)..end];
            if (name.Contains('\\', StringComparison.Ordinal))
            {
                throw new InvalidDataException($"#{name} may be written in more than one way.");
            }

            found.Add((at, name));
            at = end - 1;
        }

        var names = found.GroupBy(static one => one.Name, StringComparer.Ordinal)
            .OrderByDescending(static group => group.Count()).ThenBy(static group => group.Key, StringComparer.Ordinal)
            .Select(static (group, place) => (group.Key, Short: NameOf(place)))
            .ToDictionary(static pair => pair.Key, static pair => pair.Short, StringComparer.Ordinal);
        var shortened = new StringBuilder(text.Length);
        var copied = 0;
        foreach (var (at, name) in found)
        {
            shortened.Append(text, copied, at + 1 - copied).Append(names[name]);
            copied = at + 1 + name.Length;
        }

        return shortened.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>Without the line breaks that end nothing: those behind the end of a statement, or the beginning of a block.</summary>
    private static (string Text, IReadOnlyList<bool> IsCode) OnFewerLines((string Text, IReadOnlyList<bool> IsCode) script)
    {
        var (text, isCode) = script;
        var kept = Enumerable.Range(0, text.Length)
            .Where(at => !(text[at] == '\n' && isCode[at] && at > 0 && at < text.Length - 1 && isCode[at - 1] && text[at - 1] is ';' or '{'))
            .ToList();
        return (string.Concat(kept.Select(at => text[at])), [.. kept.Select(at => isCode[at])]);
    }

    private static string NameOf(int place) =>
        place < Letters.Length ? Letters[place].ToString() : NameOf((place / Letters.Length) - 1) + Letters[place % Letters.Length];
}
