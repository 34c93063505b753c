using Microsoft.Extensions.Configuration;

namespace Holdfast.AspNetCore;

/// <summary>Lists that may be written as one string, <c>1.2.3.4, 5.6.7.8</c>, as a command line or an environment likes it best.</summary>
internal static class SettingLists
{
    public static string[] Split(string? text) =>
        (text ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Takes the one string, where there is one, in place of what was written with indices.</summary>
    public static void Read(IConfiguration configuration, string path, IList<string> list)
    {
        if (Split(configuration[path]) is not { Length: > 0 } entries)
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
