using System.Globalization;

namespace Holdfast.Browser.Kit;

/// <summary>What runs on this machine, as Linux tells it.</summary>
internal static class Processes
{
    /// <summary>A process, all that it has started, and what they have.</summary>
    public static HashSet<int> From(int process)
    {
        var parents = (
            from folder in Directory.EnumerateDirectories("/proc")
            where int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _)
            let parent = Stat(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)) is { } stat ? int.Parse(stat[1], CultureInfo.InvariantCulture) : 0
            select (Id: int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), Parent: parent)).ToArray();
        var below = new HashSet<int> { process };
        while (parents.Count(one => below.Contains(one.Parent) && below.Add(one.Id)) > 0)
        {
            // Until there are no more.
        }

        return below;
    }

    /// <summary>Whether it is there and not merely to be reaped.</summary>
    public static bool Runs(int id) => Stat(id) is [var state, ..] && state is not ("Z" or "X");

    /// <summary>From the state on (proc(5)); the name before it may hold anything.</summary>
    private static string[]? Stat(int id) => Read($"/proc/{id}/stat") is { Length: > 0 } text ? text[(text.LastIndexOf(')') + 2)..].Split(' ') : null;

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
