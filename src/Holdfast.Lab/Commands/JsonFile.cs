using System.Text.Encodings.Web;
using System.Text.Json;

namespace Holdfast.Lab.Commands;

/// <summary>Writes a report for programs.</summary>
internal static class JsonFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="path">A file, or "-" for the standard output.</param>
    /// <param name="report">What is written.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UsageException">The file cannot be written.</exception>
    public static async Task WriteAsync<T>(string path, T report, CancellationToken cancellationToken)
    {
        var text = JsonSerializer.Serialize(report, Options) + "\n";
        if (string.Equals(path, "-", StringComparison.Ordinal))
        {
            await Console.Out.WriteAsync(text.AsMemory(), cancellationToken);
            return;
        }

        try
        {
            await File.WriteAllTextAsync(path, text, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--json: {e.Message}");
        }
    }
}
