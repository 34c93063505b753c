using Microsoft.Extensions.Configuration;

namespace Holdfast.AspNetCore;

/// <summary>Lists that may be written as one string, <c>1.2.3.4, 5.6.7.8</c>, as a command line or an environment likes it best.</summary>
internal static class SettingLists
{
    public static string[] Split(string? text) =>
        (text ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Takes the one string, where there is one, in place of what was written with indices.</summary>
    public static void Read(IConfiguration configuration, string path, IList<string> list) => Take(Split(configuration[path]), list);

    /// <summary>The same for a program's arguments, which have blanks between them: a comma may be part of one.</summary>
    public static void ReadArguments(IConfiguration configuration, string path, IList<string> list) =>
        Take((configuration[path] ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries), list);

    private static void Take(string[] entries, IList<string> list)
    {
        if (entries.Length == 0)
        {
            return;
        }

        list.Clear();
        foreach (var entry in entries)
        {
            list.Add(entry);
        }
    }
}
