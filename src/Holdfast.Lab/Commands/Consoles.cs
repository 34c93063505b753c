using Spectre.Console;

namespace Holdfast.Lab.Commands;

/// <summary>Where a command writes for people.</summary>
internal static class Consoles
{
    /// <summary>A line in a file or a pipe is not broken at the edge of a screen that is not there.</summary>
    private const int RedirectedWidth = 160;

    /// <param name="json">Where the report for programs goes; where that is the standard output, people read the other one.</param>
    public static IAnsiConsole For(string? json)
    {
        var toError = string.Equals(json, "-", StringComparison.Ordinal);
        var console = toError ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }) : AnsiConsole.Console;
        if (toError ? Console.IsErrorRedirected : Console.IsOutputRedirected)
        {
            console.Profile.Width = RedirectedWidth;
        }

        return console;
    }
}
