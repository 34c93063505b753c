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

        var (first, second) = (await ReadAsync(files[0]), await ReadAsync(files[1]));
        Console.WriteLine(Comparison.Markdown(first, second));
        return ExitCode.Fine;

        Task<BenchReport> ReadAsync(string path) => JsonFile.ReadAsync<BenchReport>("compare", path, cancellationToken);
    }
}
