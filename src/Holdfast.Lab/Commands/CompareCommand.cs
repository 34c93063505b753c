using System.Text.Json;
using Holdfast.Lab.Measure;

namespace Holdfast.Lab.Commands;

/// <summary>holdfast-lab compare: two reports of holdfast-lab measure, with ratios.</summary>
internal static class CompareCommand
{
    public const string Help = """
        holdfast-lab compare FIRST.json SECOND.json

        Two reports of holdfast-lab measure side by side, as a Markdown table; the ratio says how many times the first is better.
        """;

    public static async Task<int> RunAsync(string[] files, CancellationToken cancellationToken)
    {
        if (files.Length != 2)
        {
            throw new UsageException("Give two reports of holdfast-lab measure.");
        }

        var (first, second) = (await ReadAsync(files[0], cancellationToken), await ReadAsync(files[1], cancellationToken));
        Console.WriteLine(Comparison.Markdown(first, second));
        return ExitCode.Fine;
    }

    private static async Task<BenchReport> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            return await JsonSerializer.DeserializeAsync<BenchReport>(file, JsonSerializerOptions.Web, cancellationToken)
                ?? throw new UsageException($"{path} is empty.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UsageException($"{path} is no report of holdfast-lab measure: {e.Message}");
        }
    }
}
